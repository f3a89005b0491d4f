package io.earthembed.parquet.internal;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import io.earthembed.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A file of tables that are used where they are mapped. Little-endian: magic; for each section
 * offset, length and CRC-32C, 8 bytes each; the CRC-32C of all that; the sections, each at a
 * multiple of 64.
 */
public final class Sections {
  private static final int ALIGNMENT = 64;

  private Sections() {}

  /**
   * An empty table off the heap.
   *
   * @throws IllegalStateException if it were larger than 2 GiB
   */
  public static ByteBuffer allocate(long bytes) {
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException("a table of " + bytes + " bytes");
    }
    return ByteBuffer.allocateDirect((int) bytes).order(Footer.ORDER);
  }

  /** Writes a file, whole or not at all. */
  public static void write(Path file, long magic, List<ByteBuffer> sections) {
    int size = 16 + 24 * sections.size();
    ByteBuffer header = ByteBuffer.allocate(size).order(Footer.ORDER).putLong(magic);
    try (AtomicFile atomic = AtomicFile.create(file)) {
      try (FileChannel out = FileChannel.open(atomic.path(), StandardOpenOption.WRITE)) {
        long at = size;
        for (ByteBuffer section : sections) {
          at = (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
          ByteBuffer left = section.duplicate().clear();
          header.putLong(at).putLong(left.remaining()).putLong(crc(left.duplicate()));
          while (left.hasRemaining()) at += out.write(left, at);
        }
        header.putLong(crc(header.duplicate().flip())).flip();
        while (header.hasRemaining()) out.write(header, header.position());
      }
      atomic.commit();
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be written: " + e, e);
    }
  }

  private static long crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return crc.getValue();
  }

  /**
   * Maps a file's sections.
   *
   * @param count how many it must have
   * @throws CorruptDataException if it is another file, or damaged
   */
  public static List<ByteBuffer> open(Path file, long magic, int count) {
    int size = 16 + 24 * count;
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = in.size();
      if (length < size) throw corrupt(file, 0, "too short");
      ByteBuffer header = in.map(FileChannel.MapMode.READ_ONLY, 0, size).order(Footer.ORDER);
      if (header.getLong() != magic) throw corrupt(file, 0, "another kind of file");
      if (header.getLong(size - 8) != crc(header.duplicate().position(0).limit(size - 8))) {
        throw corrupt(file, 0, "wrong checksum of the header");
      }
      List<ByteBuffer> sections = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        long from = header.getLong();
        long bytes = header.getLong();
        long checksum = header.getLong();
        if (from < 0
            || bytes < 0
            || bytes > Integer.MAX_VALUE
            || bytes > 0 && from > length - bytes) {
          throw corrupt(file, from, "a section that does not lie in the file");
        }
        ByteBuffer section =
            bytes == 0
                ? allocate(0)
                : in.map(FileChannel.MapMode.READ_ONLY, from, bytes).order(Footer.ORDER);
        if (crc(section.duplicate()) != checksum) {
          throw corrupt(file, from, "wrong checksum of a section");
        }
        sections.add(section);
      }
      return sections;
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
  }

  private static CorruptDataException corrupt(Path file, long at, String problem) {
    return new CorruptDataException(file.toString(), at, problem);
  }
}
