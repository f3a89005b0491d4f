package io.earthembed.index.builtin;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.IndexFormat;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.PersistentIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * Reads and writes the file of an {@link ExactIndex}. Big-endian: magic 8 bytes, dimension 4,
 * metric 4, rows 8; if the index has a label, its length 4 and its UTF-8; the vectors as float32;
 * CRC-32 of all that 8.
 */
final class ExactIndexFile {
  static final IndexFormat FORMAT = new Format();

  private static final long MAGIC = 0x65656D62_45584158L; // "eembEXAX"

  /** Begins a file with a label; files of earlier versions have none. */
  private static final long LABELED = 0x65656D62_45584159L; // "eembEXAY"

  private static final int HEADER = 24;
  private static final int MAX_LABEL = 1 << 16;

  private ExactIndexFile() {}

  /** Reads a whole file; see {@link ExactIndex#load}. */
  static ExactIndex read(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new EarthEmbedException(file + ": not a regular file");
    }
    try (InputStream raw = Files.newInputStream(file)) {
      return read(file, raw, Files.size(file));
    } catch (EOFException e) {
      throw new CorruptDataException(file.toString(), "became shorter while it was read", e);
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    } catch (OutOfMemoryError e) {
      throw new EarthEmbedException(file + ": not enough memory for its vectors (-Xmx)", e);
    }
  }

  private static ExactIndex read(Path file, InputStream raw, long length) throws IOException {
    CheckedInputStream checked = new CheckedInputStream(new BufferedInputStream(raw), new CRC32());
    DataInputStream in = new DataInputStream(checked);
    long magic = length < HEADER + Long.BYTES ? 0 : in.readLong();
    if (magic != MAGIC && magic != LABELED) {
      throw new CorruptDataException(file.toString(), 0, "not an exact index");
    }
    int dimension = in.readInt();
    int metric = in.readInt();
    long rows = in.readLong();
    int labelLength = magic == LABELED ? in.readInt() : 0;
    long start = HEADER + (magic == LABELED ? Integer.BYTES : 0) + (long) labelLength;
    long bytes = length - Long.BYTES - start;
    // After this check, the file has as many bytes as are allocated below.
    if (dimension < 1
        || dimension > Vectors.MAX_DIMENSION
        || metric < 0
        || metric >= Metric.values().length
        || labelLength < 0
        || labelLength > MAX_LABEL
        || rows < 0
        || bytes < 0
        || rows > bytes / Float.BYTES / dimension
        || rows * dimension * Float.BYTES != bytes) {
      throw new CorruptDataException(file.toString(), 8, "a header that does not fit the file");
    }
    IndexLabel label = IndexLabel.NONE;
    if (magic == LABELED) {
      try {
        String text = new String(in.readNBytes(labelLength), StandardCharsets.UTF_8);
        label = IndexLabel.parse(text);
      } catch (IllegalArgumentException e) {
        throw new CorruptDataException(file.toString(), HEADER, "not a label", e);
      }
    }
    List<float[]> arrays = StoredRows.allocate(rows, dimension);
    byte[] row = new byte[rows == 0 ? 0 : Float.BYTES * dimension];
    for (float[] values : arrays) {
      for (int from = 0; from < values.length; from += dimension) {
        in.readFully(row);
        ByteBuffer.wrap(row).asFloatBuffer().get(values, from, dimension);
      }
    }
    long sum = checked.getChecksum().getValue();
    if (in.readLong() != sum) {
      throw new CorruptDataException(file.toString(), length - 8, "wrong checksum");
    }
    long offset = start;
    for (float[] values : arrays) {
      for (int from = 0; from < values.length; from += dimension) {
        requireComparable(file, offset, Arrays.copyOfRange(values, from, from + dimension));
        offset += row.length;
      }
    }
    return new ExactIndex(dimension, Metric.values()[metric], label, arrays);
  }

  private static void requireComparable(Path file, long offset, float[] row) {
    try {
      Vectors.requireComparable("the vector", row);
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(
          file.toString(), offset, "a vector that cannot be compared", e);
    }
  }

  /** Writes a file beside its target, then renames it. */
  static void write(Path file, int dimension, Metric metric, IndexLabel label, StoredRows rows) {
    byte[] text = label.text().getBytes(StandardCharsets.UTF_8);
    if (text.length > MAX_LABEL) {
      throw new IllegalArgumentException("the label has " + text.length + " bytes");
    }
    try (AtomicFile atomic = AtomicFile.create(file)) {
      try (OutputStream raw = new BufferedOutputStream(Files.newOutputStream(atomic.path()))) {
        CheckedOutputStream checked = new CheckedOutputStream(raw, new CRC32());
        DataOutputStream out = new DataOutputStream(checked);
        boolean labeled = !label.equals(IndexLabel.NONE);
        out.writeLong(labeled ? LABELED : MAGIC);
        out.writeInt(dimension);
        out.writeInt(metric.ordinal());
        out.writeLong(rows.size());
        if (labeled) {
          out.writeInt(text.length);
          out.write(text);
        }
        for (StoredRows.Part part : rows.parts()) write(part.values(), dimension, out);
        out.writeLong(checked.getChecksum().getValue());
      }
      atomic.commit();
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be written: " + e, e);
    }
  }

  private static void write(float[] values, int dimension, DataOutputStream out)
      throws IOException {
    byte[] row = new byte[Float.BYTES * dimension];
    for (int from = 0; from < values.length; from += dimension) {
      ByteBuffer.wrap(row).asFloatBuffer().put(values, from, dimension);
      out.write(row);
    }
  }

  private static final class Format implements IndexFormat {
    @Override
    public String module() {
      return "earth-embed-core";
    }

    @Override
    public boolean recognizes(Path file) throws IOException {
      try (InputStream in = Files.newInputStream(file)) {
        byte[] magic = in.readNBytes(Long.BYTES);
        if (magic.length < Long.BYTES) return false;
        long value = ByteBuffer.wrap(magic).getLong();
        return value == MAGIC || value == LABELED;
      }
    }

    @Override
    public PersistentIndex read(Path file) {
      return ExactIndexFile.read(file);
    }
  }
}
