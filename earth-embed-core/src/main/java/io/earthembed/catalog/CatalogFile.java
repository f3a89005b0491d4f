package io.earthembed.catalog;

import io.earthembed.base.file.Sections;
import io.earthembed.common.CorruptDataException;
import io.earthembed.internal.Addresses;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file of a catalog: its columns and texts, as they are in memory. The {@link Sections} are in
 * the order of {@link CatalogColumns#WIDTHS}, then positions and bytes of ids, products and shards.
 */
final class CatalogFile {
  private static final long MAGIC = 0x32474C5441434545L; // "EECATLG2"
  private static final int FIXED = CatalogColumns.WIDTHS.size();
  private static final int SECTIONS = FIXED + 6;

  /** The most bytes of an id, a product or a shard's address. */
  static final int MAX_TEXT = 1 << 24;

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
    // All columns need the first one's row count.
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
    for (int i = 0; i < shards.size(); i++) {
      try {
        Addresses.parse(shards.get(i));
      } catch (IllegalArgumentException e) {
        throw new CorruptDataException(file.toString(), -1, "shard " + i + ": " + e.getMessage());
      }
    }
    for (int i = 0; i < size; i++) {
      int product = rows.products().get(i);
      int shard = rows.shards().get(i);
      if (product < 0 || product >= products.size() || shard < -1 || shard >= shards.size()) {
        throw new CorruptDataException(
            file.toString(), -1, "row " + i + " of product " + product + " in shard " + shard);
      }
      String problem = problem(rows, i);
      if (problem != null) {
        throw new CorruptDataException(file.toString(), -1, "row " + i + ": " + problem);
      }
    }
    return new TileCatalog(rows, ids, products, shards);
  }

  /**
   * Returns the invalid value of a row, or null. This check lets an opened catalog answer every
   * query, even if another program wrote the file.
   */
  private static @Nullable String problem(CatalogColumns rows, int i) {
    double latitude = rows.latitudes().get(i);
    double longitude = rows.longitudes().get(i);
    if (!(latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude < 180)) {
      return "no place: " + latitude + ", " + longitude;
    }
    float cloud = rows.clouds().get(i);
    if (cloud < 0 || cloud > 100) return "cloud cover " + cloud;
    if (rows.shards().get(i) >= 0 && rows.rowGroups().get(i) < 0) {
      return "row group " + rows.rowGroups().get(i);
    }
    double x = rows.x().get(i);
    double y = rows.y().get(i);
    double z = rows.z().get(i);
    if (!(Math.abs(x * x + y * y + z * z - 1) <= 8 * CatalogColumns.ROUNDING)) {
      return "not a unit vector: " + x + ", " + y + ", " + z;
    }
    return null;
  }

  private static Texts texts(Path file, List<List<ByteBuffer>> sections, int at) {
    List<ByteBuffer> positions = sections.get(at);
    if (positions.size() != 1 || positions.get(0).remaining() % 8 != 0) {
      throw new CorruptDataException(file.toString(), -1, "texts without positions");
    }
    List<ByteBuffer> bytes = sections.get(at + 1);
    // Checksums detect damage, but another program may write a valid checksum over texts that end
    // before they begin, or never.
    LongBuffer ends = positions.get(0).asLongBuffer();
    long last = 0;
    for (int i = 0; i < ends.limit(); i++) {
      if (i == 0 ? ends.get(0) != 0 : ends.get(i) < last) {
        throw new CorruptDataException(file.toString(), -1, "texts that overlap");
      }
      if (ends.get(i) - last > MAX_TEXT) {
        throw new CorruptDataException(
            file.toString(), -1, "a text of " + (ends.get(i) - last) + " bytes");
      }
      last = ends.get(i);
    }
    if (ends.limit() == 0 || last > bytes.stream().mapToLong(ByteBuffer::remaining).sum()) {
      throw new CorruptDataException(file.toString(), -1, "texts beyond their end");
    }
    // One buffer of up to 2 GiB, or segments of equal size.
    Texts texts = new Texts(ends, bytes, bytes.size() == 1 ? 31 : Sections.SHIFT);
    int bad = texts.firstBad();
    if (bad >= 0)
      throw new CorruptDataException(file.toString(), -1, "text " + bad + " is not UTF-8");
    return texts;
  }
}
