package io.earthembed;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.index.PersistentIndex;
import io.earthembed.index.builtin.IndexFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The manifest that {@link EarthExplorer#save} writes to a folder; it names the other files. Each
 * save writes files with new names and replaces the manifest last, so the folder always has one
 * complete explorer.
 *
 * @param origin the model that made the embeddings, and its preparation of pictures, which is empty
 *     if an older version saved it
 * @param catalog file of the catalog
 * @param index file of the index
 * @param rows fingerprint of the catalog; empty if an older version saved it
 * @param module the module that reads the index; empty if it was unknown
 * @param attribution of the dataset
 */
record SavedExplorer(
    EmbeddingOrigin origin,
    String catalog,
    String index,
    String rows,
    String module,
    Attribution attribution) {
  private static final String MANIFEST = "explorer.properties";
  private static final String FORMAT = "1";
  private static final int MAX_MANIFEST = 1 << 20;

  /** Matches plain file names, which no path syntax or locale interprets. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,250}");

  /**
   * Matches the files of a save, including temporary ones. Numbers before the name are the shards
   * of a {@link io.earthembed.index.builtin.ShardedIndex}, which has one file each.
   */
  private static final Pattern OWN =
      Pattern.compile(
          "(\\d+-\\d+\\.)*(catalog|index)-[0-9a-f-]{36}\\.bin(\\..+\\.tmp)?"
              + "|explorer\\.properties\\..+\\.tmp");

  /**
   * Locks a folder for one save at a time, so that no save removes the files of an unfinished one.
   */
  private static final Map<Path, Object> LOCKS = new ConcurrentHashMap<>();

  static void write(Path folder, EmbeddingModel model, TileCatalog catalog, PersistentIndex index) {
    requireSame(catalog, index);
    String save = UUID.randomUUID().toString();
    String indexName = "index-" + save + ".bin";
    try {
      Files.createDirectories(folder);
      synchronized (LOCKS.computeIfAbsent(folder.toRealPath(), f -> new Object())) {
        Path catalogFile = folder.resolve("catalog-" + save + ".bin");
        Path indexFile = folder.resolve(indexName);
        SavedExplorer saved;
        try {
          catalog.save(catalogFile);
          index.save(indexFile);
          // Checks again, because vectors may have been added during the write. Ordinals are never
          // reused, so an index that has no additional ones now had none then.
          requireSame(catalog, index);
          saved =
              new SavedExplorer(
                  EmbeddingOrigin.of(model.info()).withPreparation(model.image().preparation()),
                  catalogFile.getFileName().toString(),
                  indexName,
                  catalog.fingerprint(),
                  IndexFiles.module(indexFile),
                  catalog.attribution());
        } catch (RuntimeException e) {
          remove(
              folder, name -> name.equals("catalog-" + save + ".bin") || name.endsWith(indexName));
          throw e;
        }
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

  /** Fails if the saved files could not be opened again. */
  private static void requireSame(TileCatalog catalog, PersistentIndex index) {
    if (index.size() == catalog.size() && index.ordinalEnd() == catalog.size()) return;
    throw new IllegalStateException(
        "the index has been changed behind the explorer: it holds "
            + index.size()
            + " vectors with ordinals up to "
            + index.ordinalEnd()
            + ", the catalog "
            + catalog.size()
            + " tiles. Nothing was saved, and the earlier save is unchanged:"
            + " open an explorer over the dataset that has the new tiles, and save that");
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
    line(text, "index.module", module);
    line(text, "rows", rows);
    if (!attribution.isEmpty()) {
      line(text, "attribution", attribution.text());
      line(text, "attribution.license", attribution.license());
      line(text, "attribution.source", attribution.source());
    }
    return text.toString();
  }

  /** Appends one property; escapes non-ASCII characters, blanks and backslashes in its value. */
  private static void line(StringBuilder text, String key, String value) {
    text.append(key).append('=');
    for (char c : value.toCharArray()) {
      boolean plain = c > ' ' && c < 127 && c != '\\';
      if (plain) text.append(c);
      else text.append(String.format("\\u%04x", (int) c));
    }
    text.append('\n');
  }

  /** Removes files of earlier saves, and of saves that did not end. */
  private static void removeOthers(Path folder, SavedExplorer saved) throws IOException {
    remove(
        folder,
        name ->
            OWN.matcher(name).matches()
                && !name.equals(saved.catalog)
                && !name.endsWith(saved.index)); // or a shard of it
  }

  private static void remove(Path folder, Predicate<String> names) throws IOException {
    List<Path> old;
    try (Stream<Path> files = Files.list(folder)) {
      old = files.filter(f -> names.test(f.getFileName().toString())).toList();
    }
    for (Path file : old) Files.deleteIfExists(file);
  }

  static SavedExplorer read(Path folder) {
    Path manifest = folder.resolve(MANIFEST);
    Properties lines = new Properties();
    if (Files.exists(manifest) && !Files.isRegularFile(manifest)) {
      throw new EarthEmbedException(manifest + ": not a regular file");
    }
    try (InputStream in = Files.newInputStream(manifest)) {
      byte[] bytes = in.readNBytes(MAX_MANIFEST + 1);
      if (bytes.length > MAX_MANIFEST) {
        throw new CorruptDataException(manifest.toString(), 0, "too long for a saved explorer");
      }
      lines.load(new StringReader(new String(bytes, StandardCharsets.UTF_8)));
    } catch (NoSuchFileException e) {
      throw new EarthEmbedException(folder + " holds no saved explorer: no " + MANIFEST, e);
    } catch (IOException e) {
      throw new EarthEmbedException(manifest + ": cannot be read: " + e, e);
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(manifest.toString(), "not a saved explorer", e);
    }
    if (!FORMAT.equals(lines.getProperty("format"))) {
      String format = lines.getProperty("format");
      throw new CorruptDataException(
          manifest.toString(),
          "format " + (format == null || format.length() > 9 ? "unknown" : format) + ", not 1");
    }
    try {
      ModelInfo model =
          new ModelInfo(
              must(lines.getProperty("model.name")),
              must(lines.getProperty("model.version")),
              Integer.parseInt(must(lines.getProperty("model.dimension"))));
      return new SavedExplorer(
          EmbeddingOrigin.of(model).withPreparation(lines.getProperty("model.preparation", "")),
          beside(must(lines.getProperty("catalog"))),
          beside(must(lines.getProperty("index"))),
          lines.getProperty("rows", ""),
          module(lines.getProperty("index.module", "")),
          new Attribution(
              lines.getProperty("attribution", ""),
              lines.getProperty("attribution.license", ""),
              lines.getProperty("attribution.source", "")));
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(manifest.toString(), "not a saved explorer", e);
    }
  }

  /** Rejects names outside the folder. */
  private static String beside(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name that a save gives a file");
    }
    return name;
  }

  /** Messages show the name, so anything that cannot be an artifact's name is dropped. */
  private static String module(String name) {
    return name.matches("[a-z0-9-]{1,60}") ? name : "";
  }

  private static String must(@Nullable String value) {
    if (value == null) throw new IllegalArgumentException("a property is missing");
    return value;
  }
}
