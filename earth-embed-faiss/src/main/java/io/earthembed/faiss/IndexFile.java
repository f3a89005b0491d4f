package io.earthembed.faiss;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.faiss.internal.Index;
import io.earthembed.io.AtomicFile;
import io.earthembed.vector.Metric;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The file of an index: FAISS's own bytes, then a trailer of 48 bytes with what is checked before
 * FAISS sees any of them. FAISS's readers, Python's among them, stop where their bytes end and so
 * read the file as their own.
 *
 * <p>Trailer, big-endian: magic 8, version 4, metric 4, dimension 4, reserved 4, count 8, length of
 * FAISS's bytes 8, CRC-32C of all before 8.
 */
final class IndexFile {
  private static final long MAGIC = 0x65656D62_46414953L; // "eembFAIS"
  private static final int VERSION = 1;
  private static final int TRAILER = 48;

  /** FAISS's names for flat indexes of inner products and of squared distances. */
  private static final Set<String> FLAT = Set.of("IxFI", "IxF2");

  private static final int MAX_FLAT_HEADER = 64;

  private IndexFile() {}

  static void write(Index index, int dimension, Metric metric, long count, Path file) {
    try (AtomicFile atomic = AtomicFile.create(file)) {
      Faiss.write_index(index, atomic.path().toString());
      try (FileChannel channel =
          FileChannel.open(atomic.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        long length = channel.size();
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER);
        trailer
            .putLong(MAGIC)
            .putInt(VERSION)
            .putInt(metric == Metric.INNER_PRODUCT ? 0 : 1)
            .putInt(dimension)
            .putInt(0);
        trailer.putLong(count).putLong(length);
        CRC32C crc = checksum(channel, length);
        crc.update(trailer.array(), 0, TRAILER - 8);
        trailer.putLong(crc.getValue()).flip();
        channel.position(length);
        while (trailer.hasRemaining()) channel.write(trailer);
      }
      atomic.commit();
    } catch (IOException | RuntimeException e) {
      throw new EarthEmbedException(file + ": the index cannot be written: " + e, e);
    }
  }

  /** What the trailer says, and whether the vectors lie in the file. */
  record Contents(Index index, int dimension, Metric metric, long count, boolean mapped) {}

  static Contents read(Path file) {
    return read(file, false);
  }

  /**
   * Maps a flat index, and reads any other. The vectors of a flat index are not looked at, as that
   * would read them all; damage among them changes scores and nothing else.
   */
  static Contents map(Path file) {
    return read(file, true);
  }

  private static Contents read(Path file, boolean map) {
    ByteBuffer trailer = ByteBuffer.allocate(TRAILER);
    ByteBuffer kind = ByteBuffer.allocate(4);
    boolean mapped;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size() - TRAILER;
      if (length < 4) throw new CorruptDataException(file.toString(), 0, "too short for an index");
      fill(channel, trailer, length, file);
      fill(channel, kind, 0, file);
      if (trailer.getLong(0) != MAGIC) {
        throw new CorruptDataException(
            file.toString(), length, "not an index that FaissIndex.save wrote, or cut off");
      }
      mapped = map && FLAT.contains(new String(kind.array(), StandardCharsets.US_ASCII));
      if (mapped) {
        long vectors = 4L * trailer.getInt(16) * trailer.getLong(24);
        long header = length - vectors;
        if (trailer.getLong(32) != length || header < 4 || header > MAX_FLAT_HEADER) {
          throw new CorruptDataException(
              file.toString(), length, "the trailer does not fit the file");
        }
      } else {
        CRC32C crc = checksum(channel, length);
        crc.update(trailer.array(), 0, TRAILER - 8);
        if (crc.getValue() != trailer.getLong(TRAILER - 8) || trailer.getLong(32) != length) {
          throw new CorruptDataException(
              file.toString(), -1, "the checksum is wrong: a damaged index");
        }
      }
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": the index cannot be read: " + e, e);
    }
    if (trailer.getInt(8) != VERSION) {
      throw new EarthEmbedException(file + ": an index file of version " + trailer.getInt(8));
    }
    Metric metric = trailer.getInt(12) == 0 ? Metric.INNER_PRODUCT : Metric.L2;
    int dimension = trailer.getInt(16);
    long count = trailer.getLong(24);
    Index index;
    try {
      index =
          mapped
              ? Faiss.read_index(file.toString(), Faiss.IO_FLAG_MMAP_IFC())
              : Faiss.read_index(file.toString());
    } catch (RuntimeException e) {
      throw new CorruptDataException(file.toString(), -1, "FAISS refuses it: " + e.getMessage(), e);
    }
    int code = metric == Metric.INNER_PRODUCT ? Faiss.METRIC_INNER_PRODUCT : Faiss.METRIC_L2;
    if (index.ntotal() != count
        || index.d() != dimension
        || index.metric_type() != code
        || !Faiss.whole(index)) {
      Faiss.destroy(index);
      throw new CorruptDataException(file.toString(), -1, "the trailer is of another index");
    }
    return new Contents(index, dimension, metric, count, mapped);
  }

  private static void fill(FileChannel channel, ByteBuffer buffer, long at, Path file)
      throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new CorruptDataException(file.toString(), at, "became shorter while it was read");
      }
    }
    buffer.flip();
  }

  private static CRC32C checksum(FileChannel channel, long length) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    for (long at = 0; at < length; ) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), length - at));
      int read = channel.read(buffer, at);
      if (read < 0) throw new IOException("the file became shorter while it was read");
      crc.update(buffer.flip());
      at += read;
    }
    return crc;
  }
}
