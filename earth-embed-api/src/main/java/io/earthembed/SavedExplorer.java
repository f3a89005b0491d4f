package io.earthembed;

import io.earthembed.catalog.EmbeddingOrigin;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.io.AtomicFile;
import io.earthembed.io.PlainText;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@link EarthExplorer#save} leaves in a folder: a file that names the others. Each save
 * writes files of new names and changes that one last, so that there is always one whole explorer.
 *
 * @param origin the model that made the embeddings, and how it prepared pictures; the latter is
 *     empty where an older version saved it
 * @param catalog file of the catalog
 * @param index file of the index
 */
record SavedExplorer(EmbeddingOrigin origin, String catalog, String index) {
  private static final String MANIFEST = "explorer.properties";
  private static final String FORMAT = "1";

  /**
   * What a save writes: its files, and what lies beside them while they are written. Numbers before
   * the name are those of a {@link io.earthembed.vector.ShardedIndex}, which has a file for each
   * shard.
   */
  private static final Pattern OWN =
      Pattern.compile(
          "(\\d+-\\d+\\.)*(catalog|index)-[0-9a-f-]{36}\\.bin(\\..+\\.tmp)?"
              + "|explorer\\.properties\\..+\\.tmp");

  /**
   * One save of a folder at a time, so that none removes the files of another that has not ended.
   */
  private static final Map<Path, Object> LOCKS = new ConcurrentHashMap<>();

  static void write(Path folder, EmbeddingModel model, TileCatalog catalog, EmbeddingIndex index) {
    String save = UUID.randomUUID().toString();
    SavedExplorer saved =
        new SavedExplorer(
            new EmbeddingOrigin(model.info(), model.image().preparation(), "", ""),
            "catalog-" + save + ".bin",
            "index-" + save + ".bin");
    try {
      Files.createDirectories(folder);
      synchronized (LOCKS.computeIfAbsent(folder.toRealPath(), f -> new Object())) {
        catalog.save(folder.resolve(saved.catalog));
        index.save(folder.resolve(saved.index));
        Path manifest = folder.resolve(MANIFEST);
        try (AtomicFile atomic = AtomicFile.create(manifest)) {
          Files.writeString(atomic.path(), saved.text());
          atomic.commit();
        }
        removeOthers(folder, saved);
      }
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": cannot be written: " + e, e);
    }
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    line(text, "format", FORMAT);
    line(text, "model.name", origin.model().name());
    line(text, "model.version", origin.model().version());
    line(text, "model.dimension", Integer.toString(origin.model().dimension()));
    line(text, "model.preparation", origin.preparation());
    line(text, "catalog", catalog);
    line(text, "index", index);
    return text.toString();
  }

  /** One property; what is not plain in its value is escaped. */
  private static void line(StringBuilder text, String key, String value) {
    text.append(key).append('=');
    for (char c : value.toCharArray()) {
      boolean plain = c > ' ' && c < 127 && c != '\\';
      if (plain) text.append(c);
      else text.append(String.format("\\u%04x", (int) c));
    }
    text.append('\n');
  }

  /** Files of earlier saves, and of saves that did not end. */
  private static void removeOthers(Path folder, SavedExplorer saved) throws IOException {
    List<Path> old;
    try (Stream<Path> files = Files.list(folder)) {
      old =
          files
              .filter(
                  f -> {
                    String name = f.getFileName().toString();
                    return OWN.matcher(name).matches()
                        && !name.equals(saved.catalog)
                        && !name.endsWith(saved.index); // or a shard of it
                  })
              .toList();
    }
    for (Path file : old) Files.deleteIfExists(file);
  }

  static SavedExplorer read(Path folder) {
    Path manifest = folder.resolve(MANIFEST);
    Properties lines = new Properties();
    try (Reader in = Files.newBufferedReader(manifest, StandardCharsets.UTF_8)) {
      lines.load(in);
    } catch (NoSuchFileException e) {
      throw new EarthEmbedException(folder + " holds no saved explorer: no " + MANIFEST, e);
    } catch (IOException e) {
      throw new EarthEmbedException(manifest + ": cannot be read: " + e, e);
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(manifest.toString(), -1, "not a saved explorer", e);
    }
    if (!FORMAT.equals(lines.getProperty("format"))) {
      throw new CorruptDataException(
          manifest.toString(), -1, "format " + lines.getProperty("format") + ", not " + FORMAT);
    }
    try {
      ModelInfo model =
          new ModelInfo(
              must(lines.getProperty("model.name")),
              must(lines.getProperty("model.version")),
              Integer.parseInt(must(lines.getProperty("model.dimension"))));
      return new SavedExplorer(
          new EmbeddingOrigin(model, lines.getProperty("model.preparation", ""), "", ""),
          beside(must(lines.getProperty("catalog"))),
          beside(must(lines.getProperty("index"))));
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(manifest.toString(), -1, "not a saved explorer", e);
    }
  }

  /** A file of the folder, whatever the manifest says. */
  private static String beside(String name) {
    if (name.contains("/") || name.contains("\\") || name.equals("..")) {
      throw new IllegalArgumentException("a file elsewhere: " + PlainText.line(name));
    }
    return name;
  }

  private static String must(@Nullable String value) {
    if (value == null) throw new IllegalArgumentException("a property is missing");
    return value;
  }
}
