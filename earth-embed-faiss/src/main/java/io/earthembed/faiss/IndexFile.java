package io.earthembed.faiss;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.base.thread.Processors;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.faiss.internal.LayeredIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.vector.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Reads and writes an index file: FAISS's own bytes, the label, then a trailer of 64 bytes. The
 * trailer is checked before FAISS sees any of its bytes. FAISS's readers, including Python's, stop
 * at the end of FAISS's bytes and so can read the file. Quantized vectors are bytes of our own, as
 * quantized_io.h has them, in place of FAISS's.
 *
 * <p>Label: model, NUL, dataset and, if they are given, NUL, rows, in UTF-8. Trailer, big-endian:
 * magic 8, version 4, metric 4, dimension 4, length of the label 4, next ordinal 8, length of
 * FAISS's bytes 8, CRC-32C of blocks 8 (see {@link #checksum}), zero 8, CRC-32C of label and
 * trailer 8.
 */
final class IndexFile {
  private static final long MAGIC = 0x65656D62_46414953L; // "eembFAIS"
  private static final int VERSION = 2;
  private static final int TRAILER = 64;
  private static final int MAX_LABEL = 1 << 16;
  private static final long BLOCK = 16 << 20;

  /** Name 4, dimension 4, count 8, unused 16, trained 1, metric 4, floats 8. */
  private static final int FLAT_HEADER = 45;

  // Metrics as FAISS's files number them.
  private static final int METRIC_INNER_PRODUCT = 0;
  private static final int METRIC_L2 = 1;

  private IndexFile() {}

  /** The contents of an index file. */
  record Contents(LayeredIndex index, int dimension, Metric metric, long next, IndexLabel label) {}

  static void write(Contents contents, Path file) {
    byte[] label = contents.label.text().getBytes(StandardCharsets.UTF_8);
    if (label.length > MAX_LABEL) {
      throw new IllegalArgumentException("the label has " + label.length + " bytes");
    }
    try (AtomicFile atomic = AtomicFile.create(file)) {
      Faiss.write_index(contents.index, atomic.path().toString());
      try (FileChannel channel =
          FileChannel.open(atomic.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        long length = channel.size();
        ByteBuffer end = ByteBuffer.allocate(label.length + TRAILER);
        end.put(label)
            .putLong(MAGIC)
            .putInt(VERSION)
            .putInt(contents.metric.ordinal())
            .putInt(contents.dimension)
            .putInt(label.length)
            .putLong(contents.next)
            .putLong(length)
            .putLong(checksum(channel, length))
            .putLong(0);
        CRC32C crc = new CRC32C();
        crc.update(end.array(), 0, end.position());
        end.putLong(crc.getValue()).flip();
        channel.position(length);
        while (end.hasRemaining()) channel.write(end);
      }
      atomic.commit();
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": the index cannot be written: " + e, e);
    } catch (RuntimeException e) {
      String reason = NativeFaiss.reason(e);
      throw new EarthEmbedException(file + ": the index cannot be written: " + reason, e);
    }
  }

  /** Returns whether a file has the trailer that {@link #write} writes. */
  static boolean hasTrailer(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      return size >= TRAILER && readAt(channel, file, size - TRAILER, TRAILER).getLong(0) == MAGIC;
    }
  }

  /** Reads a file that {@link #write} wrote, into memory or mapped. */
  static Contents read(Path file, boolean map) {
    int dimension;
    Metric metric;
    long next;
    IndexLabel label;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < TRAILER) throw corrupt(file, 0, "too short for an index");
      ByteBuffer trailer = readAt(channel, file, size - TRAILER, TRAILER);
      if (trailer.getLong(0) != MAGIC) {
        throw corrupt(
            file,
            size - TRAILER,
            "not an index that FaissIndex.save wrote, or cut off (loadPlain reads FAISS's own files)");
      }
      int version = trailer.getInt(8);
      if (version != VERSION) {
        throw corrupt(file, size - TRAILER + 8, "version " + version + " of the index file");
      }
      int labelLength = trailer.getInt(20);
      long length = trailer.getLong(32);
      if (labelLength < 1
          || labelLength > MAX_LABEL
          || length < 0
          || length != size - TRAILER - labelLength) {
        throw corrupt(file, size - TRAILER, "lengths that do not fit the file");
      }
      ByteBuffer end = readAt(channel, file, length, labelLength + TRAILER);
      CRC32C crc = new CRC32C();
      crc.update(end.array(), 0, labelLength + TRAILER - 8);
      if (crc.getValue() != trailer.getLong(TRAILER - 8)
          || !(map && isFlat(channel, file, trailer, length))
              && checksum(channel, length) != trailer.getLong(40)) {
        throw new CorruptDataException(file.toString(), "the checksum is wrong: a damaged index");
      }
      dimension = trailer.getInt(16);
      int code = trailer.getInt(12);
      next = trailer.getLong(24);
      if (code < 0 || code >= Metric.values().length || dimension < 1 || next < 0) {
        throw corrupt(file, size - TRAILER, "a trailer that cannot be");
      }
      metric = Metric.values()[code];
      try {
        label = IndexLabel.parse(new String(end.array(), 0, labelLength, StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw corrupt(file, length, String.valueOf(e.getMessage()));
      }
    } catch (IOException | UncheckedIOException e) {
      throw new EarthEmbedException(file + ": the index cannot be read: " + e, e);
    }
    LayeredIndex index = faissIndex(file, map);
    if (index.dimension() != dimension || index.size() > next) {
      Faiss.destroy(index);
      throw new CorruptDataException(file.toString(), "FAISS's header and the trailer differ");
    }
    return new Contents(index, dimension, metric, next, label);
  }

  /**
   * Returns whether FAISS's bytes are a flat index whose header agrees with the trailer. The rest
   * are vectors, which cannot mislead FAISS, so no checksum is needed.
   */
  private static boolean isFlat(FileChannel channel, Path file, ByteBuffer trailer, long length)
      throws IOException {
    if (length < FLAT_HEADER) return false;
    ByteBuffer header = readAt(channel, file, 0, FLAT_HEADER).order(ByteOrder.LITTLE_ENDIAN);
    byte[] name = new byte[4];
    header.get(name);
    boolean inner = trailer.getInt(12) != Metric.L2.ordinal();
    if (!new String(name, StandardCharsets.US_ASCII).equals(inner ? "IxFI" : "IxF2")) return false;
    int d = header.getInt();
    long n = header.getLong();
    header.position(header.position() + 16);
    byte trained = header.get();
    int metric = header.getInt();
    long floats = header.getLong();
    return d == trailer.getInt(16)
        && d > 0
        && n == trailer.getLong(24)
        && n >= 0
        && n <= length / 4 / d
        && trained == 1
        && metric == (inner ? METRIC_INNER_PRODUCT : METRIC_L2)
        && floats == n * d
        && length == FLAT_HEADER + 4 * n * d;
  }

  /** Reads a file that FAISS itself wrote. */
  static Contents readPlain(Path file) {
    if (!Files.isRegularFile(file)) throw new EarthEmbedException(file + ": not a file", null);
    LayeredIndex index = faissIndex(file, false);
    try {
      Metric metric = index.is_inner() ? Metric.INNER_PRODUCT : Metric.L2;
      return new Contents(index, index.dimension(), metric, Faiss.next_id(index), IndexLabel.NONE);
    } catch (RuntimeException e) {
      Faiss.destroy(index);
      throw new CorruptDataException(file.toString(), NativeFaiss.reason(e));
    }
  }

  private static LayeredIndex faissIndex(Path file, boolean map) {
    try {
      LayeredIndex index = Faiss.open_index(file.toString(), map, Files.size(file));
      // NativeIndex frees it, not JavaCPP.
      index.deallocate(false);
      return index;
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": the index cannot be read: " + e, e);
    } catch (RuntimeException e) {
      throw new EarthEmbedException(file + ": FAISS cannot read it: " + NativeFaiss.reason(e), e);
    }
  }

  private static ByteBuffer readAt(FileChannel channel, Path file, long from, int length)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw corrupt(file, from, "became shorter while it was read");
      }
    }
    return bytes.flip();
  }

  /** Returns the CRC-32C over the CRC-32Cs of blocks of 16 MiB, computed in parallel. */
  private static long checksum(FileChannel channel, long length) {
    long[] blocks = new long[Math.toIntExact((length + BLOCK - 1) / BLOCK)];
    Processors.forEach(
        blocks.length, block -> blocks[block] = blockChecksum(channel, block * BLOCK, length));
    CRC32C crc = new CRC32C();
    ByteBuffer sums = ByteBuffer.allocate(8 * blocks.length);
    for (long block : blocks) sums.putLong(block);
    crc.update(sums.flip());
    return crc.getValue();
  }

  private static long blockChecksum(FileChannel channel, long from, long length) {
    CRC32C crc = new CRC32C();
    // On the heap: direct buffers would accumulate until the next collection.
    ByteBuffer buffer = ByteBuffer.allocate(1 << 18);
    long to = Math.min(length, from + BLOCK);
    try {
      for (long at = from; at < to; ) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
        int read = channel.read(buffer, at);
        if (read < 0) break; // the file shrank: the checksum will not match
        crc.update(buffer.flip());
        at += read;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return crc.getValue();
  }

  private static CorruptDataException corrupt(Path file, long offset, String what) {
    return new CorruptDataException(file.toString(), offset, what);
  }
}
