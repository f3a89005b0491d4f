package io.earthembed.catalog;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import io.earthembed.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A catalog at rest: a header, then the columns and the texts as they are in memory, so that the
 * file is used where it is mapped. All little-endian.
 *
 * <p>The header: magic, version and number of tiles; for each section its offset, length and
 * CRC-32C; the header's own CRC-32C. Sections are the columns in the order of {@link
 * CatalogColumns#WIDTHS}, then positions and bytes of ids, products and shards.
 */
final class CatalogFile {
  private static final long MAGIC = 0x31474C5441434545L; // "EECATLG1"
  private static final int FIXED = CatalogColumns.WIDTHS.size();
  private static final int SECTIONS = FIXED + 6;
  private static final int HEADER = 8 + 8 + SECTIONS * 24 + 8;
  private static final int ALIGNMENT = 64;
  private static final int SHIFT = 30;

  private CatalogFile() {}

  static void write(TileCatalog catalog, Path file) {
    List<List<ByteBuffer>> sections = new ArrayList<>();
    for (ByteBuffer column : catalog.columns().sections()) sections.add(List.of(column));
    for (Texts texts : List.of(catalog.ids(), catalog.products(), catalog.shards())) {
      sections.add(List.of(littleEndian(texts.positions())));
      sections.add(texts.bytes());
    }
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(MAGIC).putLong(catalog.size());
    try (AtomicFile atomic = AtomicFile.create(file)) {
      try (FileChannel out = FileChannel.open(atomic.path(), StandardOpenOption.WRITE)) {
        long at = HEADER;
        for (List<ByteBuffer> section : sections) {
          at = (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
          header.putLong(at);
          long start = at;
          CRC32C crc = new CRC32C();
          for (ByteBuffer part : section) {
            crc.update(part.duplicate());
            ByteBuffer left = part.duplicate();
            while (left.hasRemaining()) at += out.write(left, at);
          }
          header.putLong(at - start).putLong(crc.getValue());
        }
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().flip());
        header.putLong(crc.getValue()).flip();
        while (header.hasRemaining()) out.write(header, header.position());
      }
      atomic.commit();
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be written: " + e, e);
    }
  }

  private static ByteBuffer littleEndian(LongBuffer values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(8, values.remaining()))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return bytes;
  }

  static TileCatalog open(Path file) {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = in.size();
      if (length < HEADER) throw new CorruptDataException(file.toString(), 0, "not a catalog");
      ByteBuffer header = map(in, 0, HEADER);
      if (header.getLong() != MAGIC) {
        throw new CorruptDataException(file.toString(), 0, "not a catalog");
      }
      CRC32C own = new CRC32C();
      own.update(header.duplicate().position(0).limit(HEADER - 8));
      if (header.getLong(HEADER - 8) != own.getValue()) {
        throw new CorruptDataException(file.toString(), 0, "wrong checksum of the header");
      }
      // What follows was written as it is read: the header is whole.
      long size = header.getLong();
      List<List<ByteBuffer>> sections = new ArrayList<>();
      for (int s = 0; s < SECTIONS; s++) {
        sections.add(
            section(in, file, length, header.getLong(), header.getLong(), header.getLong()));
      }
      List<ByteBuffer> columns = new ArrayList<>();
      for (int s = 0; s < FIXED; s++) {
        columns.add(whole(file, sections.get(s), size * CatalogColumns.WIDTHS.get(s)));
      }
      return new TileCatalog(
          CatalogColumns.of(columns),
          texts(file, sections, FIXED),
          texts(file, sections, FIXED + 2),
          texts(file, sections, FIXED + 4));
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
  }

  private static ByteBuffer map(FileChannel in, long from, long length) throws IOException {
    return in.map(FileChannel.MapMode.READ_ONLY, from, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static List<ByteBuffer> section(
      FileChannel in, Path file, long fileLength, long from, long length, long checksum)
      throws IOException {
    if (length == 0) return List.of();
    if (from < HEADER || length < 0 || from > fileLength - length) {
      throw new CorruptDataException(file.toString(), from, "the file ends before its section");
    }
    List<ByteBuffer> parts = new ArrayList<>();
    CRC32C crc = new CRC32C();
    for (long done = 0; done < length; done += 1L << SHIFT) {
      ByteBuffer part = map(in, from + done, Math.min(1L << SHIFT, length - done));
      crc.update(part.duplicate());
      parts.add(part);
    }
    if (crc.getValue() != checksum) {
      throw new CorruptDataException(file.toString(), from, "wrong checksum of a section");
    }
    // A column of more than a segment is one buffer all the same.
    return parts.size() > 1 && length <= Integer.MAX_VALUE ? List.of(map(in, from, length)) : parts;
  }

  private static ByteBuffer whole(Path file, List<ByteBuffer> parts, long bytes) {
    ByteBuffer all = parts.isEmpty() ? ByteBuffer.allocateDirect(0) : parts.get(0);
    if (parts.size() > 1 || all.remaining() != bytes) {
      throw new CorruptDataException(file.toString(), -1, "a column of another length");
    }
    return all;
  }

  private static Texts texts(Path file, List<List<ByteBuffer>> sections, int at) {
    List<ByteBuffer> positions = sections.get(at);
    if (positions.size() != 1 || positions.get(0).remaining() % 8 != 0) {
      throw new CorruptDataException(file.toString(), -1, "texts without positions");
    }
    List<ByteBuffer> bytes = sections.get(at + 1);
    // A checksum tells damage; where somebody wrote another file with its own, a text might end
    // before it begins, or never.
    LongBuffer ends = positions.get(0).duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    long last = 0;
    for (int i = 0; i < ends.limit(); i++) {
      if (i == 0 ? ends.get(0) != 0 : ends.get(i) < last) {
        throw new CorruptDataException(file.toString(), -1, "texts that overlap");
      }
      last = ends.get(i);
    }
    if (ends.limit() == 0 || last > bytes.stream().mapToLong(ByteBuffer::remaining).sum()) {
      throw new CorruptDataException(file.toString(), -1, "texts beyond their end");
    }
    // One buffer of up to 2 GiB, or segments of one.
    return new Texts(
        positions.get(0).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer(),
        bytes,
        bytes.size() == 1 ? 31 : SHIFT);
  }
}
