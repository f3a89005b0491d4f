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
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  /** What the trailer says. */
  record Contents(Index index, int dimension, Metric metric, long count) {}

  static Contents read(Path file) {
    ByteBuffer trailer = ByteBuffer.allocate(TRAILER);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size() - TRAILER;
      if (length < 0) throw new CorruptDataException(file.toString(), 0, "too short for an index");
      while (trailer.hasRemaining()) {
        if (channel.read(trailer, length + trailer.position()) < 0) {
          throw new CorruptDataException(
              file.toString(), length, "became shorter while it was read");
        }
      }
      trailer.flip();
      if (trailer.getLong(0) != MAGIC) {
        throw new CorruptDataException(
            file.toString(), length, "not an index that FaissIndex.save wrote, or cut off");
      }
      CRC32C crc = checksum(channel, length);
      crc.update(trailer.array(), 0, TRAILER - 8);
      if (crc.getValue() != trailer.getLong(TRAILER - 8) || trailer.getLong(32) != length) {
        throw new CorruptDataException(
            file.toString(), -1, "the checksum is wrong: a damaged index");
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
      index = Faiss.read_index(file.toString());
    } catch (RuntimeException e) {
      throw new CorruptDataException(file.toString(), -1, "FAISS refuses it: " + e.getMessage(), e);
    }
    if (index.ntotal() != count || index.d() != dimension) {
      Faiss.destroy(index);
      throw new CorruptDataException(file.toString(), -1, "the trailer is of another index");
    }
    return new Contents(index, dimension, metric, count);
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
