package io.earthembed.collection;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.Metric;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The file that names the segments of a collection's current version. Its lines are: magic, one
 * line of URL-encoded properties each, one line for each segment, and a CRC-32C of the others.
 *
 * @param version counts the changes
 * @param metric of the scores
 * @param origin of the embeddings
 * @param attribution of the embeddings
 * @param segments in the order of their rows
 */
record Manifest(
    long version,
    Metric metric,
    EmbeddingOrigin origin,
    Attribution attribution,
    List<Entry> segments) {
  static final String FILE = "collection.manifest";

  private static final String MAGIC = "earth-embed collection 1";
  private static final int PROPERTIES = 11;
  private static final int MAX_MANIFEST = 1 << 24;
  private static final Pattern NAME = Pattern.compile("[0-9a-f-]{36}");

  Manifest {
    segments = List.copyOf(segments);
  }

  /**
   * A segment of the version.
   *
   * @param id names its files
   * @param rows rows of its catalog, those removed included
   * @param indexed whether it has an index file; without one its vectors are searched exactly
   * @param removed names the file of its removed rows; empty if there are none
   */
  record Entry(String id, long rows, boolean indexed, String removed) {}

  /** Returns whether a folder has a manifest. */
  static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(FILE));
  }

  /** Replaces the manifest of a folder. After a return the change survives a power failure. */
  void write(Path folder) {
    StringBuilder text = new StringBuilder(MAGIC).append('\n');
    Stream.of(
            version,
            metric,
            origin.model().name(),
            origin.model().version(),
            origin.model().dimension(),
            origin.preparation(),
            origin.crops(),
            origin.source(),
            attribution.text(),
            attribution.license(),
            attribution.source())
        .map(property -> URLEncoder.encode(property.toString(), StandardCharsets.UTF_8))
        .forEach(line -> text.append(line).append('\n'));
    for (Entry segment : segments) {
      text.append(segment.id).append(' ').append(segment.rows);
      text.append(segment.indexed ? " indexed " : " exact ");
      text.append(segment.removed.isEmpty() ? "-" : segment.removed).append('\n');
    }
    text.append(checksum(text.toString())).append('\n');
    try (AtomicFile atomic = AtomicFile.create(folder.resolve(FILE))) {
      Files.writeString(atomic.path(), text);
      AtomicFile.forceFolder(folder); // the files of new segments have their names on the disk
      atomic.commit();
      AtomicFile.forceFolder(folder);
    } catch (IOException e) {
      throw new EarthEmbedException(folder.resolve(FILE) + ": cannot be written: " + e, e);
    }
  }

  static Manifest read(Path folder) {
    Path file = folder.resolve(FILE);
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new EarthEmbedException(file + ": not a regular file");
    }
    String text;
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_MANIFEST + 1);
      if (bytes.length > MAX_MANIFEST) {
        throw new CorruptDataException(file.toString(), 0, "too long for a manifest");
      }
      text = new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new EarthEmbedException(folder + " holds no collection: no " + FILE, e);
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
    String[] lines = text.split("\n", -1);
    int last = lines.length - 2;
    if (!lines[0].equals(MAGIC) || last <= PROPERTIES) {
      throw new CorruptDataException(file.toString(), 0, "not the manifest of a collection");
    }
    int end = text.length() - lines[last].length() - 1;
    if (!lines[last].equals(checksum(text.substring(0, end)))) {
      throw new CorruptDataException(file.toString(), end, "wrong checksum");
    }
    try {
      return parse(lines, last);
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(file.toString(), "not the manifest of a collection", e);
    }
  }

  private static Manifest parse(String[] lines, int last) {
    List<String> properties = new ArrayList<>();
    for (int i = 1; i <= PROPERTIES; i++) {
      properties.add(URLDecoder.decode(lines[i], StandardCharsets.UTF_8));
    }
    List<Entry> segments = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = PROPERTIES + 1; i < last; i++) {
      String[] words = lines[i].split(" ", -1);
      if (words.length != 4
          || !NAME.matcher(words[0]).matches()
          || !names.add(words[0])
          || !words[3].equals("-") && !NAME.matcher(words[3]).matches()) {
        throw new IllegalArgumentException("segment " + (i - PROPERTIES));
      }
      segments.add(
          new Entry(
              words[0],
              Long.parseLong(words[1]),
              words[2].equals("indexed"),
              words[3].equals("-") ? "" : words[3]));
    }
    ModelInfo model =
        new ModelInfo(properties.get(2), properties.get(3), Integer.parseInt(properties.get(4)));
    return new Manifest(
        Long.parseLong(properties.get(0)),
        Metric.valueOf(properties.get(1)),
        new EmbeddingOrigin(model, properties.get(5), properties.get(6), properties.get(7)),
        new Attribution(properties.get(8), properties.get(9), properties.get(10)),
        segments);
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }
}
