package io.earthembed.collection;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * The vectors of a segment, as they were added, in a file that is read in batches. Little-endian:
 * magic 8 bytes, dimension 8, rows 8, the vectors as float32, the CRC-32C of the vectors 8. Safe
 * for many threads: reads wait for one another. The file stays open, so it can be read after
 * another process has removed it.
 */
final class VectorFile implements AutoCloseable {
  private static final long MAGIC = 0x31544345_56434545L; // "EECVECT1" in little-endian order
  private static final int HEADER = 24;
  private static final int BATCH_BYTES = 4 << 20;

  private final Path path;
  private final RandomAccessFile file;
  private final int dimension;
  private final long rows;

  private VectorFile(Path path, RandomAccessFile file, int dimension, long rows) {
    this.path = path;
    this.file = file;
    this.dimension = dimension;
    this.rows = rows;
  }

  /** Supplies the vectors of a new file in batches. */
  interface Source {
    void forEachBatch(Consumer<Vectors> batches);
  }

  /** Writes a file, whole or not at all, and returns how many vectors it has. */
  static long write(Path path, int dimension, Source source) {
    try (AtomicFile atomic = AtomicFile.create(path)) {
      long[] rows = new long[1];
      try (RandomAccessFile out = new RandomAccessFile(atomic.path().toFile(), "rw")) {
        CRC32C crc = new CRC32C();
        out.seek(HEADER);
        source.forEachBatch(
            batch -> {
              try {
                append(batch, out, crc);
              } catch (IOException e) {
                throw new EarthEmbedException(path + ": cannot be written: " + e, e);
              }
              rows[0] += batch.rows();
            });
        out.write(littleEndian(Long.BYTES).putLong(crc.getValue()).array());
        out.seek(0);
        out.write(littleEndian(HEADER).putLong(MAGIC).putLong(dimension).putLong(rows[0]).array());
      }
      atomic.commit();
      return rows[0];
    } catch (IOException e) {
      throw new EarthEmbedException(path + ": cannot be written: " + e, e);
    }
  }

  private static void append(Vectors batch, RandomAccessFile out, CRC32C crc) throws IOException {
    int most = Math.max(1, BATCH_BYTES / Float.BYTES / batch.dimension());
    float[] row = new float[batch.dimension()];
    for (long from = 0; from < batch.rows(); from += most) {
      int n = (int) Math.min(most, batch.rows() - from);
      ByteBuffer bytes = littleEndian(Math.multiplyExact(n, Float.BYTES * row.length));
      for (int i = 0; i < n; i++) {
        batch.get(from + i, row);
        for (float value : row) bytes.putFloat(value);
      }
      out.write(bytes.array());
      crc.update(bytes.array());
    }
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Opens a file. Its checksum is verified when its vectors are read.
   *
   * @param dimension the expected dimension
   * @param rows the expected number of vectors
   */
  @SuppressWarnings("IllegalCatch") // closes the file, whatever is wrong
  static VectorFile open(Path path, int dimension, long rows) {
    RandomAccessFile file;
    try {
      file = new RandomAccessFile(path.toFile(), "r");
    } catch (IOException e) {
      throw new EarthEmbedException(path + ": cannot be read: " + e, e);
    }
    try {
      byte[] header = new byte[HEADER];
      if (file.length() != HEADER + rows * dimension * Float.BYTES + Long.BYTES) {
        throw new CorruptDataException(path.toString(), "not the length of " + rows + " vectors");
      }
      file.readFully(header);
      ByteBuffer values = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
      if (values.getLong() != MAGIC || values.getLong() != dimension || values.getLong() != rows) {
        throw new CorruptDataException(path.toString(), 0, "not the vectors of the segment");
      }
      return new VectorFile(path, file, dimension, rows);
    } catch (IOException | RuntimeException e) {
      try {
        file.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      if (e instanceof RuntimeException known) throw known;
      throw new EarthEmbedException(path + ": cannot be read: " + e, e);
    }
  }

  /**
   * Reads the vectors in order and verifies the checksum of the file at the end.
   *
   * @param batches receives [n, dimension] batches, each valid until the consumer returns
   */
  void forEachBatch(Consumer<Vectors> batches) {
    int most = (int) Math.max(1, Math.min(rows, BATCH_BYTES / Float.BYTES / dimension));
    byte[] stored = new byte[Math.multiplyExact(most, Float.BYTES * dimension)];
    float[] row = new float[dimension];
    CRC32C crc = new CRC32C();
    for (long from = 0; from < rows; from += most) {
      int n = (int) Math.min(most, rows - from);
      int length = n * Float.BYTES * dimension;
      read(HEADER + from * Float.BYTES * dimension, stored, length);
      crc.update(stored, 0, length);
      FloatBuffer values =
          ByteBuffer.wrap(stored, 0, length).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      Vectors batch = Vectors.allocate(n, dimension);
      for (int i = 0; i < n; i++) {
        values.get(row);
        batch.set(i, row);
      }
      batches.accept(batch);
    }
    byte[] checksum = new byte[Long.BYTES];
    long end = HEADER + rows * Float.BYTES * dimension;
    read(end, checksum, checksum.length);
    if (ByteBuffer.wrap(checksum).order(ByteOrder.LITTLE_ENDIAN).getLong() != crc.getValue()) {
      throw new CorruptDataException(path.toString(), end, "wrong checksum");
    }
  }

  /** Uses no channel, because an interrupted thread would close it for all threads. */
  private void read(long from, byte[] into, int length) {
    synchronized (file) {
      try {
        file.seek(from);
        file.readFully(into, 0, length);
      } catch (IOException e) {
        throw new EarthEmbedException(path + ": cannot be read: " + e, e);
      }
    }
  }

  @Override
  public void close() {
    synchronized (file) {
      try {
        file.close();
      } catch (IOException e) {
        throw new EarthEmbedException(path + ": cannot be closed: " + e, e);
      }
    }
  }
}
