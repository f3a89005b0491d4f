package io.earthembed.base.table;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A file of tables that are used in their stored form. They are read into memory, not mapped: if
 * another process cut or changed a mapped file, this process could end, or see values other than
 * the verified ones. Little-endian: magic; for each section offset, length and CRC-32C, 8 bytes
 * each; the CRC-32C of all that; the sections, each at a multiple of 64.
 */
public final class SectionFile {
  /** The binary logarithm of a piece's bytes; sections of more than 2 GiB are kept in pieces. */
  public static final int SHIFT = 30;

  private static final int ALIGNMENT = 64;

  private SectionFile() {}

  /**
   * Returns an empty table off the heap.
   *
   * @throws IllegalStateException if it would exceed 2 GiB
   */
  public static ByteBuffer allocate(long bytes) {
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException("a table of " + bytes + " bytes");
    }
    return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Writes a file; it is complete or absent.
   *
   * @param magic the kind of file
   * @param sections the parts of each, from position to limit
   */
  public static void write(Path file, long magic, List<List<ByteBuffer>> sections) {
    int size = headerSize(sections.size());
    ByteBuffer header = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).putLong(magic);
    try (AtomicFile atomic = AtomicFile.create(file)) {
      try (FileChannel out = FileChannel.open(atomic.path(), StandardOpenOption.WRITE)) {
        long at = size;
        for (List<ByteBuffer> section : sections) {
          long start = (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
          at = start;
          for (ByteBuffer part : section) {
            ByteBuffer left = part.duplicate();
            while (left.hasRemaining()) at += out.write(left, at);
          }
          header.putLong(start).putLong(at - start).putLong(crc(section));
        }
        header.putLong(crc(List.of(header.duplicate().flip()))).flip();
        while (header.hasRemaining()) out.write(header, header.position());
      }
      atomic.commit();
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be written: " + e, e);
    }
  }

  private static int headerSize(int sections) {
    return 8 + 24 * sections + 8;
  }

  private static long crc(List<ByteBuffer> parts) {
    CRC32C crc = new CRC32C();
    for (ByteBuffer part : parts) crc.update(part.duplicate());
    return crc.getValue();
  }

  /**
   * Returns the kind of a file, which {@link #open} verifies.
   *
   * @throws CorruptDataException if the file is too short
   * @throws EarthEmbedException if it cannot be read
   */
  public static long magic(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new EarthEmbedException(file + ": not a regular file");
    }
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      if (in.size() < Long.BYTES) throw corrupt(file, 0, "too short");
      return read(file, in, 0, Long.BYTES).getLong();
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
  }

  /**
   * Reads a file's sections and verifies them.
   *
   * @param magic the expected kind of file
   * @param count the expected number of sections
   * @return the parts of each section: one, or pieces of 1 GiB if it exceeds 2 GiB
   * @throws CorruptDataException if it is another file, or damaged
   * @throws EarthEmbedException if it cannot be read, or direct memory is short
   */
  public static List<List<ByteBuffer>> open(Path file, long magic, int count) {
    int size = headerSize(count);
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new EarthEmbedException(file + ": not a regular file");
    }
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = in.size();
      if (length < size) throw corrupt(file, 0, "too short");
      ByteBuffer header = read(file, in, 0, size);
      if (header.getLong() != magic) throw corrupt(file, 0, "another kind of file");
      ByteBuffer own = header.duplicate().position(0).limit(size - 8);
      if (header.getLong(size - 8) != crc(List.of(own))) {
        throw corrupt(file, 0, "wrong checksum of the header");
      }
      List<List<ByteBuffer>> sections = new ArrayList<>();
      long end = size;
      for (int i = 0; i < count; i++) {
        long from = header.getLong();
        long bytes = header.getLong();
        long checksum = header.getLong();
        // Sections must not overlap, so that they take no more memory than the file has bytes.
        if (from < end || bytes < 0 || from > length - bytes && bytes > 0) {
          throw corrupt(file, from, "a section that does not lie in the file");
        }
        end = from + bytes;
        List<ByteBuffer> section = read(file, in, from, bytes, bytes > Integer.MAX_VALUE - 8);
        if (crc(section) != checksum) throw corrupt(file, from, "wrong checksum of a section");
        sections.add(section);
      }
      return sections;
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    } catch (OutOfMemoryError e) {
      throw new EarthEmbedException(
          file + ": not enough direct memory for its tables (-XX:MaxDirectMemorySize)", e);
    }
  }

  private static List<ByteBuffer> read(
      Path file, FileChannel in, long from, long bytes, boolean pieces) throws IOException {
    if (!pieces) return List.of(read(file, in, from, bytes));
    List<ByteBuffer> parts = new ArrayList<>();
    for (long done = 0; done < bytes; done += 1L << SHIFT) {
      parts.add(read(file, in, from + done, Math.min(1L << SHIFT, bytes - done)));
    }
    return parts;
  }

  private static ByteBuffer read(Path file, FileChannel in, long from, long bytes)
      throws IOException {
    ByteBuffer part = allocate(bytes);
    while (part.hasRemaining()) {
      if (in.read(part, from + part.position()) < 0) {
        throw corrupt(file, from + part.position(), "became shorter while it was read");
      }
    }
    return part.flip();
  }

  private static CorruptDataException corrupt(Path file, long at, String problem) {
    return new CorruptDataException(file.toString(), at, problem);
  }
}
