package io.earthembed.catalog;

import io.earthembed.base.table.StringColumn;
import io.earthembed.base.table.StringDictionary;
import io.earthembed.base.thread.Processors;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.Duplicates;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Addresses;
import io.earthembed.vector.OrdinalSet;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A catalog whose records lie in one set of columns off the heap. */
final class ColumnCatalog extends TileCatalog {
  /** Filters over fewer words of 64 tiles run on the calling thread. */
  private static final int BLOCK = 2048;

  private final CatalogColumns columns;
  private final StringColumn ids;
  private final StringColumn products;
  private final StringColumn shards;
  private final SortedMap<String, AttributeColumn> attributes;
  private final Attribution attribution;

  // Computed on first use; all threads compute equal values.
  private volatile @Nullable StringDictionary idDictionary;
  private volatile @Nullable PointIndex places;
  private volatile @Nullable String fingerprint;

  ColumnCatalog(
      CatalogColumns columns,
      StringColumn ids,
      StringColumn products,
      StringColumn shards,
      SortedMap<String, AttributeColumn> attributes) {
    this(columns, ids, products, shards, attributes, Attribution.NONE);
  }

  private ColumnCatalog(
      CatalogColumns columns,
      StringColumn ids,
      StringColumn products,
      StringColumn shards,
      SortedMap<String, AttributeColumn> attributes,
      Attribution attribution) {
    this.columns = columns;
    this.ids = ids;
    this.products = products;
    this.shards = shards;
    this.attributes = Collections.unmodifiableSortedMap(attributes);
    this.attribution = attribution;
  }

  @Override
  public void save(Path file) {
    CatalogFile.write(this, file);
  }

  @Override
  public Attribution attribution() {
    return attribution;
  }

  @Override
  public TileCatalog withAttribution(Attribution attribution) {
    Objects.requireNonNull(attribution, "attribution");
    if (attribution.equals(this.attribution)) return this;
    return new ColumnCatalog(columns, ids, products, shards, attributes, attribution);
  }

  @Override
  public long size() {
    return columns.size();
  }

  @Override
  public TileRecord record(long ordinal) {
    int i = index(ordinal);
    int shard = columns.shards().get(i);
    return new TileRecord(
        ids.get(i),
        columns.hasCell(i) ? cell(ordinal) : null,
        productId(ordinal),
        Times.ofMillis(columns.times().get(i)),
        columns.hasCenter(i) ? center(ordinal) : null,
        columns.clouds().get(i),
        shard < 0
            ? null
            : new TileRef(Addresses.parse(shards.get(shard)), columns.rowGroups().get(i)),
        attributesOf(i));
  }

  private Attributes attributesOf(int i) {
    if (attributes.isEmpty()) return Attributes.NONE;
    Map<String, Object> values = new TreeMap<>();
    attributes.forEach(
        (name, column) -> {
          Object value = column.get(i);
          if (value != null) values.put(name, value);
        });
    return Attributes.of(values);
  }

  @Override
  public @Nullable Object attribute(long ordinal, String name) {
    int i = index(ordinal);
    AttributeColumn column = attributes.get(name);
    return column == null ? null : column.get(i);
  }

  @Override
  public Map<String, Attributes.Type> attributeTypes() {
    Map<String, Attributes.Type> types = new LinkedHashMap<>();
    attributes.forEach((name, column) -> types.put(name, column.type()));
    return Collections.unmodifiableMap(types);
  }

  SortedMap<String, AttributeColumn> attributes() {
    return attributes;
  }

  @Override
  public String id(long ordinal) {
    return ids.get(index(ordinal));
  }

  @Override
  public @Nullable String productId(long ordinal) {
    int product = columns.products().get(index(ordinal));
    return product < 0 ? null : products.get(product);
  }

  @Override
  public boolean hasCell(long ordinal) {
    return columns.hasCell(index(ordinal));
  }

  @Override
  public boolean hasCenter(long ordinal) {
    return columns.hasCenter(index(ordinal));
  }

  @Override
  public GridCell cell(long ordinal) {
    int i = index(ordinal);
    if (!columns.hasCell(i)) return record(ordinal).cell(); // says that it is unknown
    return new GridCell(columns.rows().get(i), columns.columns().get(i));
  }

  @Override
  public double latitude(long ordinal) {
    return columns.latitudes().get(index(ordinal));
  }

  @Override
  public double longitude(long ordinal) {
    return columns.longitudes().get(index(ordinal));
  }

  @Override
  public GeoPoint center(long ordinal) {
    if (!hasCenter(ordinal)) return record(ordinal).center(); // says that it is unknown
    return new GeoPoint(latitude(ordinal), longitude(ordinal));
  }

  @Override
  public long epochMillis(long ordinal) {
    return columns.times().get(index(ordinal));
  }

  @Override
  public float cloudCover(long ordinal) {
    return columns.clouds().get(index(ordinal));
  }

  @Override
  public String fingerprint() {
    String known = fingerprint;
    if (known == null) {
      known = HexFormat.of().formatHex(ids.sha256(), 0, 16);
      fingerprint = known;
    }
    return known;
  }

  @Override
  public Duplicates equalIds() {
    Duplicates.Finder finder = new Duplicates.Finder(size());
    for (int i = 0; i < columns.size(); i++) finder.add(ids.bytes(i));
    return finder.find();
  }

  @Override
  public OptionalLong find(String id) {
    StringDictionary known = idDictionary;
    if (known == null) {
      known = StringDictionary.of(ids);
      idDictionary = known;
    }
    int found = known.find(id);
    return found < 0 ? OptionalLong.empty() : OptionalLong.of(found);
  }

  @Override
  public OptionalLong nearest(GeoPoint point) {
    return nearest(point, OrdinalSet.all());
  }

  @Override
  OptionalLong nearest(GeoPoint point, OrdinalSet rows) {
    PointIndex index = places;
    if (index == null) {
      index = new PointIndex(columns);
      places = index;
    }
    return index.nearest(point, rows);
  }

  @Override
  public OrdinalSet select(TileFilter filter) {
    if (filter == TileFilter.ALL) return OrdinalSet.all();
    int size = columns.size();
    long[] words = new long[(size + 63) >> 6];
    Arrays.fill(words, -1L);
    if ((size & 63) != 0) words[words.length - 1] = (1L << size) - 1;
    int blocks = (words.length + BLOCK - 1) / BLOCK;
    Processors.forEach(
        blocks,
        b ->
            Filters.retain(
                filter, this, words, b * BLOCK, Math.min(words.length, (b + 1) * BLOCK)));
    return OrdinalSet.ofBitmap(words);
  }

  @Override
  public OrdinalSet undated(TileFilter filter) {
    TileFilter lenient = Filters.passingUndated(filter);
    long[] words = new long[lenient == filter ? 0 : (columns.size() + 63) >> 6];
    LongBuffer times = columns.times();
    for (int i = 0; i < columns.size() && words.length > 0; i++) {
      if (times.get(i) == UNKNOWN_TIME) words[i >> 6] |= 1L << i;
    }
    Filters.retain(lenient, this, words, 0, words.length);
    long[] passing = words.clone();
    Filters.retain(filter, this, passing, 0, passing.length);
    for (int w = 0; w < words.length; w++) words[w] &= ~passing[w];
    return OrdinalSet.ofBitmap(words);
  }

  CatalogColumns columns() {
    return columns;
  }

  StringColumn ids() {
    return ids;
  }

  StringColumn products() {
    return products;
  }

  StringColumn shards() {
    return shards;
  }

  private int index(long ordinal) {
    return (int) Objects.checkIndex(ordinal, (long) columns.size());
  }

  @Override
  public String toString() {
    return "TileCatalog[" + size() + " tiles in " + shards.size() + " shards]";
  }
}
