package io.earthembed.catalog;

import io.earthembed.CorruptDataException;
import io.earthembed.io.Sections;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A catalog at rest: the columns and the texts as they are in memory, so that the file is used
 * where it is mapped. {@link Sections} in the order of {@link CatalogColumns#WIDTHS}, then
 * positions and bytes of ids, products and shards.
 */
final class CatalogFile {
  private static final long MAGIC = 0x32474C5441434545L; // "EECATLG2"
  private static final int FIXED = CatalogColumns.WIDTHS.size();
  private static final int SECTIONS = FIXED + 6;

  private CatalogFile() {}

  static void write(TileCatalog catalog, Path file) {
    List<List<ByteBuffer>> sections = new ArrayList<>();
    for (ByteBuffer column : catalog.columns().sections()) sections.add(List.of(column));
    for (Texts texts : List.of(catalog.ids(), catalog.products(), catalog.shards())) {
      sections.add(List.of(littleEndian(texts.positions())));
      sections.add(texts.bytes());
    }
    Sections.write(file, MAGIC, sections);
  }

  private static ByteBuffer littleEndian(LongBuffer values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(8, values.remaining()))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return bytes;
  }

  static TileCatalog open(Path file) {
    List<List<ByteBuffer>> sections = Sections.open(file, MAGIC, SECTIONS);
    List<ByteBuffer> columns = new ArrayList<>();
    // What the first column has of them, all must have.
    long size = sections.get(0).get(0).remaining() / CatalogColumns.WIDTHS.get(0);
    for (int s = 0; s < FIXED; s++) {
      List<ByteBuffer> column = sections.get(s);
      if (column.size() != 1 || column.get(0).remaining() != size * CatalogColumns.WIDTHS.get(s)) {
        throw new CorruptDataException(file.toString(), -1, "a column of another length");
      }
      columns.add(column.get(0));
    }
    Texts ids = texts(file, sections, FIXED);
    Texts products = texts(file, sections, FIXED + 2);
    Texts shards = texts(file, sections, FIXED + 4);
    CatalogColumns rows = CatalogColumns.of(columns);
    if (ids.size() != size) {
      throw new CorruptDataException(file.toString(), -1, ids.size() + " ids of " + size + " rows");
    }
    for (int i = 0; i < size; i++) {
      int product = rows.products().get(i);
      int shard = rows.shards().get(i);
      if (product < 0 || product >= products.size() || shard < -1 || shard >= shards.size()) {
        throw new CorruptDataException(
            file.toString(), -1, "row " + i + " of product " + product + " in shard " + shard);
      }
    }
    return new TileCatalog(rows, ids, products, shards);
  }

  private static Texts texts(Path file, List<List<ByteBuffer>> sections, int at) {
    List<ByteBuffer> positions = sections.get(at);
    if (positions.size() != 1 || positions.get(0).remaining() % 8 != 0) {
      throw new CorruptDataException(file.toString(), -1, "texts without positions");
    }
    List<ByteBuffer> bytes = sections.get(at + 1);
    // A checksum tells damage; where somebody wrote another file with its own, a text might end
    // before it begins, or never.
    LongBuffer ends = positions.get(0).asLongBuffer();
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
    return new Texts(ends, bytes, bytes.size() == 1 ? 31 : Sections.SHIFT);
  }
}
