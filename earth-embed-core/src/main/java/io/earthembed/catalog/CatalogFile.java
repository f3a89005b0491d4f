package io.earthembed.catalog;

import io.earthembed.base.table.SectionFile;
import io.earthembed.base.table.StringColumn;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.imagery.Attributes;
import io.earthembed.internal.Addresses;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The file of a catalog: its columns and strings, in the form that they have in memory. The
 * sections of the {@link SectionFile} are the columns in the order of {@link
 * CatalogColumns#WIDTHS}, then positions and bytes of ids, products and shards. A catalog with
 * attributes has another magic, which ends with their number, and more sections: positions and
 * bytes of their names and types in turn, then for each attribute the keys, the bitmap of the rows
 * that have it, and positions and bytes of its texts.
 */
final class CatalogFile {
  private static final long MAGIC = 0x32474C5441434545L; // "EECATLG2"
  private static final long ATTRIBUTES_MAGIC = 0x41544143_45450000L; // number, then "EECATA"
  private static final int FIXED = CatalogColumns.WIDTHS.size();
  private static final int SECTIONS = FIXED + 6;
  private static final int SECTIONS_OF_ATTRIBUTE = 4;
  private static final int MAX_ATTRIBUTES = (1 << 16) - 1;

  private CatalogFile() {}

  static void write(ColumnCatalog catalog, Path file) {
    List<List<ByteBuffer>> sections = new ArrayList<>();
    for (ByteBuffer column : catalog.columns().sections()) sections.add(List.of(column));
    for (StringColumn strings : List.of(catalog.ids(), catalog.products(), catalog.shards())) {
      sections.addAll(strings.longSections());
    }
    SortedMap<String, AttributeColumn> attributes = catalog.attributes();
    if (attributes.isEmpty()) {
      SectionFile.write(file, MAGIC, sections);
      return;
    }
    if (attributes.size() > MAX_ATTRIBUTES) {
      throw new EarthEmbedException(
          file + ": " + attributes.size() + " attributes, more than " + MAX_ATTRIBUTES);
    }
    List<String> names = new ArrayList<>();
    attributes.forEach((name, column) -> names.addAll(List.of(name, column.type().name())));
    sections.addAll(StringColumn.of(names).longSections());
    for (AttributeColumn column : attributes.values()) {
      sections.add(List.of(column.keyBytes()));
      sections.add(List.of(column.presentBytes()));
      sections.addAll(column.texts().longSections());
    }
    SectionFile.write(file, ATTRIBUTES_MAGIC | attributes.size(), sections);
  }

  private static StringColumn strings(Path file, List<List<ByteBuffer>> sections, int at) {
    return StringColumn.ofLong(file, sections.get(at), sections.get(at + 1));
  }

  static TileCatalog open(Path file) {
    long magic = SectionFile.magic(file);
    boolean any = (magic & ~MAX_ATTRIBUTES) == ATTRIBUTES_MAGIC;
    int attributes = any ? (int) magic & MAX_ATTRIBUTES : 0;
    int more = any ? 2 + SECTIONS_OF_ATTRIBUTE * attributes : 0;
    List<List<ByteBuffer>> sections = SectionFile.open(file, any ? magic : MAGIC, SECTIONS + more);
    List<ByteBuffer> columns = new ArrayList<>();
    // All columns need the first one's row count.
    long size = sections.get(0).get(0).remaining() / CatalogColumns.WIDTHS.get(0);
    for (int s = 0; s < FIXED; s++) {
      List<ByteBuffer> column = sections.get(s);
      if (column.size() != 1 || column.get(0).remaining() != size * CatalogColumns.WIDTHS.get(s)) {
        throw new CorruptDataException(file.toString(), "a column of another length");
      }
      columns.add(column.get(0));
    }
    StringColumn ids = strings(file, sections, FIXED);
    StringColumn products = strings(file, sections, FIXED + 2);
    StringColumn shards = strings(file, sections, FIXED + 4);
    CatalogColumns rows = CatalogColumns.of(columns);
    if (ids.size() != size) {
      throw new CorruptDataException(file.toString(), ids.size() + " ids of " + size + " rows");
    }
    for (int i = 0; i < shards.size(); i++) {
      try {
        Addresses.parse(shards.get(i));
      } catch (IllegalArgumentException e) {
        throw new CorruptDataException(file.toString(), "shard " + i + ": " + e.getMessage());
      }
    }
    for (int i = 0; i < size; i++) {
      int product = rows.products().get(i);
      int shard = rows.shards().get(i);
      if (product < -1 || product >= products.size() || shard < -1 || shard >= shards.size()) {
        throw new CorruptDataException(
            file.toString(), "row " + i + " of product " + product + " in shard " + shard);
      }
      String problem = problem(rows, i);
      if (problem != null) {
        throw new CorruptDataException(file.toString(), "row " + i + ": " + problem);
      }
    }
    return new ColumnCatalog(
        rows,
        ids,
        products,
        shards,
        any ? attributes(file, sections, (int) size) : AttributeColumn.NONE);
  }

  private static SortedMap<String, AttributeColumn> attributes(
      Path file, List<List<ByteBuffer>> sections, int size) {
    StringColumn names = strings(file, sections, SECTIONS);
    int count = (sections.size() - SECTIONS - 2) / SECTIONS_OF_ATTRIBUTE;
    if (names.size() != 2 * count) {
      throw new CorruptDataException(
          file.toString(), names.size() + " texts of " + count + " attributes");
    }
    SortedMap<String, AttributeColumn> columns = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String name = names.get(2 * i);
      int at = SECTIONS + 2 + SECTIONS_OF_ATTRIBUTE * i;
      List<ByteBuffer> keys = sections.get(at);
      List<ByteBuffer> present = sections.get(at + 1);
      long words = (size + 63L) / 64;
      boolean whole = keys.size() == 1 && keys.get(0).remaining() == 8L * size;
      if (!whole || present.size() != 1 || present.get(0).remaining() != 8 * words) {
        throw new CorruptDataException(
            file.toString(), "attribute " + name + ": a column of another length");
      }
      try {
        AttributeColumn column =
            new AttributeColumn(
                name,
                Attributes.Type.valueOf(names.get(2 * i + 1)),
                keys.get(0),
                present.get(0),
                strings(file, sections, at + 2));
        column.requireValid();
        if (columns.put(name, column) != null) throw new IllegalArgumentException("occurs twice");
      } catch (IllegalArgumentException e) {
        throw new CorruptDataException(
            file.toString(), "attribute " + name + ": " + e.getMessage(), e);
      }
    }
    return columns;
  }

  /**
   * Returns the invalid value of a row, or null. This check lets an opened catalog answer every
   * query, even if another program wrote the file.
   */
  private static @Nullable String problem(CatalogColumns rows, int i) {
    double latitude = rows.latitudes().get(i);
    double longitude = rows.longitudes().get(i);
    boolean unknown = Double.isNaN(latitude) && Double.isNaN(longitude);
    if (!unknown && !(latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude < 180)) {
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
    if (unknown) {
      return Double.isNaN(x) && Double.isNaN(y) && Double.isNaN(z)
          ? null
          : "a vector, but no place";
    }
    if (!(Math.abs(x * x + y * y + z * z - 1) <= 8 * CatalogColumns.ROUNDING)) {
      return "not a unit vector: " + x + ", " + y + ", " + z;
    }
    return null;
  }
}
