package io.earthembed.index.builtin;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.IndexLabel;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The manifest file of a {@link ShardedIndex}, which names its shards. Its lines are: magic,
 * generation, the label if there is one, then size and file of each shard; the last line is a
 * CRC-32C of the others.
 *
 * @param generation counts the saves under this name, so that each gives its shards new names
 * @param label of the whole index
 * @param entries the shards in the order of their ordinals
 */
record ShardManifest(int generation, IndexLabel label, List<Entry> entries) {
  private static final String MAGIC = "earth-embed sharded index 1";

  /** The first line of a manifest with a label; earlier versions had no label. */
  private static final String LABELED = "earth-embed sharded index 2";

  private static final int MAX_MANIFEST = 1 << 24;

  /** Matches a size, and the name of a file beside the manifest. */
  private static final Pattern ENTRY = Pattern.compile("(\\d{1,18}) ([^/\\\\]+)");

  record Entry(String file, long size) {}

  void write(Path target) {
    boolean labeled = !label.equals(IndexLabel.NONE);
    StringBuilder text = new StringBuilder(labeled ? LABELED : MAGIC).append('\n');
    text.append(generation).append('\n');
    if (labeled) {
      text.append(URLEncoder.encode(label.text(), StandardCharsets.UTF_8)).append('\n');
    }
    for (Entry entry : entries) {
      text.append(entry.size).append(' ').append(entry.file).append('\n');
    }
    text.append(checksum(text.toString())).append('\n');
    try (AtomicFile atomic = AtomicFile.create(target)) {
      Files.writeString(atomic.path(), text);
      atomic.commit();
    } catch (IOException e) {
      throw new EarthEmbedException(target + ": cannot be written: " + e, e);
    }
  }

  static @Nullable ShardManifest readOrNull(Path file) {
    try {
      return read(file);
    } catch (EarthEmbedException e) {
      return null; // not ours, or damaged: it is replaced, and the files beside it remain
    }
  }

  static ShardManifest read(Path file) {
    String text;
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new EarthEmbedException(file + ": not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      // One byte more than the limit: the file can grow while it is read.
      byte[] bytes = in.readNBytes(MAX_MANIFEST + 1);
      if (bytes.length > MAX_MANIFEST) {
        throw new CorruptDataException(file.toString(), 0, "too long for a manifest");
      }
      text = new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
    String[] lines = text.split("\n", -1);
    int last = lines.length - 2;
    boolean labeled = lines[0].equals(LABELED);
    int first = labeled ? 3 : 2;
    if (last <= first || !(labeled || lines[0].equals(MAGIC))) {
      throw new CorruptDataException(file.toString(), 0, "not a manifest, or cut off");
    }
    int end = text.length() - lines[last].length() - 1;
    if (!lines[last].equals(checksum(text.substring(0, end)))) {
      throw new CorruptDataException(file.toString(), end, "wrong checksum");
    }
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = first; i < last; i++) {
      Matcher line = ENTRY.matcher(lines[i]);
      if (!line.matches() || !isName(line.group(2)) || !names.add(line.group(2))) {
        throw new CorruptDataException(
            file.toString(), "not a shard beside it, or one twice: " + shown(lines[i]));
      }
      entries.add(new Entry(line.group(2), Long.parseLong(line.group(1))));
    }
    if (!lines[1].matches("\\d{1,9}")) {
      throw new CorruptDataException(file.toString(), "not a generation: " + shown(lines[1]));
    }
    IndexLabel label = IndexLabel.NONE;
    try {
      if (labeled) {
        label = IndexLabel.parse(URLDecoder.decode(lines[2], StandardCharsets.UTF_8));
      }
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(file.toString(), "not a label", e);
    }
    return new ShardManifest(Integer.parseInt(lines[1]), label, entries);
  }

  /** Returns true if a file is a manifest, damaged or not. */
  static boolean isManifest(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      String start = new String(in.readNBytes(MAGIC.length()), StandardCharsets.UTF_8);
      return start.equals(MAGIC) || start.equals(LABELED);
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
  }

  /** Returns the file of the first shard that a manifest names. */
  static Path firstShard(Path manifest) {
    return beside(manifest, read(manifest).entries.get(0).file);
  }

  private static boolean isName(String name) {
    return !name.equals(".")
        && !name.equals("..")
        && name.chars().noneMatch(c -> c < ' ' || c == 0x7F);
  }

  /** Returns a line in a form that is safe for messages. */
  private static String shown(String line) {
    String plain = line.replaceAll("\\p{Cntrl}", " ");
    return plain.length() <= 200 ? plain : plain.substring(0, 200) + "…";
  }

  /** Returns a file beside the manifest. */
  static Path beside(Path manifest, String name) {
    Path file;
    try {
      file = manifest.resolveSibling(name);
    } catch (InvalidPathException e) {
      throw new CorruptDataException(
          manifest.toString(), "not the name of a file: " + shown(name), e);
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new CorruptDataException(
          manifest.toString(), "its shard " + shown(name) + " is not a regular file");
    }
    return file;
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }
}
