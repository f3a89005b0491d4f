package io.earthembed.catalog;

import io.earthembed.base.table.StringColumn;
import io.earthembed.base.table.StringDictionary;
import io.earthembed.base.thread.Processors;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.Duplicates;
import io.earthembed.dataset.TileRecords;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Addresses;
import io.earthembed.vector.OrdinalSet;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The tile records of an index by ordinal, in columns off the heap. A {@link Builder} makes a
 * catalog, or {@link #open} reads one that {@link #save} wrote. Immutable and safe for many
 * threads. The garbage collector frees the memory, so there is nothing to close.
 */
public final class TileCatalog implements TileRecords {
  /** The {@link #epochMillis} of a tile of unknown time. */
  public static final long UNKNOWN_TIME = Long.MIN_VALUE;

  /** Filters over fewer words of 64 tiles run on the calling thread. */
  private static final int BLOCK = 2048;

  private final CatalogColumns columns;
  private final StringColumn ids;
  private final StringColumn products;
  private final StringColumn shards;
  private final Attribution attribution;

  // Computed on first use; all threads compute equal values.
  private volatile @Nullable StringDictionary idDictionary;
  private volatile @Nullable PointIndex places;
  private volatile @Nullable String fingerprint;

  TileCatalog(
      CatalogColumns columns, StringColumn ids, StringColumn products, StringColumn shards) {
    this(columns, ids, products, shards, Attribution.NONE);
  }

  private TileCatalog(
      CatalogColumns columns,
      StringColumn ids,
      StringColumn products,
      StringColumn shards,
      Attribution attribution) {
    this.columns = columns;
    this.ids = ids;
    this.products = products;
    this.shards = shards;
    this.attribution = attribution;
  }

  /** Returns a builder, which takes the records in order of their ordinals. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a catalog of these records; the first has ordinal 0. */
  public static TileCatalog of(Iterable<TileRecord> records) {
    Builder builder = builder();
    records.forEach(builder::add);
    return builder.build();
  }

  /**
   * Returns the catalog of a dataset's tiles: the object itself if it is a catalog, otherwise a
   * copy.
   *
   * @throws IllegalStateException if there are more tiles than a catalog holds
   */
  public static TileCatalog of(TileRecords records) {
    if (records instanceof TileCatalog catalog) return catalog;
    Builder builder = builder();
    for (long i = 0; i < records.size(); i++) builder.add(records.record(i));
    return builder.build();
  }

  /**
   * Reads a catalog into memory off the heap and verifies its checksums and every row. It needs as
   * many bytes as the file has. The file may be changed or removed afterward.
   *
   * @param file written by {@link #save}
   * @throws CorruptDataException if the file is not a catalog, or is damaged
   * @throws EarthEmbedException if it cannot be read
   */
  public static TileCatalog open(Path file) {
    return CatalogFile.open(file);
  }

  /**
   * Writes the catalog to a file, whole or not at all.
   *
   * @throws EarthEmbedException if it cannot be written
   */
  public void save(Path file) {
    CatalogFile.write(this, file);
  }

  /**
   * Returns the license and the attribution that the publisher of the tiles asks for; {@link
   * Attribution#NONE} if they are unknown. {@link #save} does not keep them; an explorer's folder
   * does.
   */
  public Attribution attribution() {
    return attribution;
  }

  /** Returns a catalog of the same tiles with another attribution. */
  public TileCatalog withAttribution(Attribution attribution) {
    Objects.requireNonNull(attribution, "attribution");
    if (attribution.equals(this.attribution)) return this;
    return new TileCatalog(columns, ids, products, shards, attribution);
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
            : new TileRef(Addresses.parse(shards.get(shard)), columns.rowGroups().get(i)));
  }

  /** Returns a tile's id. */
  public String id(long ordinal) {
    return ids.get(index(ordinal));
  }

  /** Returns the product that a tile was cut from, or null if it is unknown. */
  public @Nullable String productId(long ordinal) {
    int product = columns.products().get(index(ordinal));
    return product < 0 ? null : products.get(product);
  }

  /** Returns whether a tile's grid cell is known. */
  public boolean hasCell(long ordinal) {
    return columns.hasCell(index(ordinal));
  }

  /** Returns whether a tile's centre is known. */
  public boolean hasCenter(long ordinal) {
    return columns.hasCenter(index(ordinal));
  }

  /**
   * Returns a tile's grid cell.
   *
   * @throws EarthEmbedException if it is unknown: see {@link #hasCell}
   */
  public GridCell cell(long ordinal) {
    int i = index(ordinal);
    if (!columns.hasCell(i)) return record(ordinal).cell(); // says that it is unknown
    return new GridCell(columns.rows().get(i), columns.columns().get(i));
  }

  /** Returns the latitude of a tile's centre in degrees, or NaN if it is unknown. */
  public double latitude(long ordinal) {
    return columns.latitudes().get(index(ordinal));
  }

  /** Returns the longitude of a tile's centre in degrees, in [-180, 180), or NaN. */
  public double longitude(long ordinal) {
    return columns.longitudes().get(index(ordinal));
  }

  /**
   * Returns a tile's centre.
   *
   * @throws EarthEmbedException if it is unknown: see {@link #hasCenter}
   */
  public GeoPoint center(long ordinal) {
    if (!hasCenter(ordinal)) return record(ordinal).center(); // says that it is unknown
    return new GeoPoint(latitude(ordinal), longitude(ordinal));
  }

  /**
   * Returns a tile's sensing time in milliseconds since 1970-01-01T00:00Z, or {@link
   * #UNKNOWN_TIME}.
   */
  public long epochMillis(long ordinal) {
    return columns.times().get(index(ordinal));
  }

  /** Returns the cloud cover of a tile in percent, or NaN if it is unknown. */
  public float cloudCover(long ordinal) {
    return columns.clouds().get(index(ordinal));
  }

  /**
   * Returns a fingerprint of the ids of all tiles in their order: 32 hexadecimal digits, the first
   * half of a SHA-256. Catalogs with equal ids in equal order have equal fingerprints. Other
   * catalogs differ, up to a chance of about 1 in 1e38. Computed once.
   */
  @Override
  public String fingerprint() {
    String known = fingerprint;
    if (known == null) {
      known = HexFormat.of().formatHex(ids.sha256(), 0, 16);
      fingerprint = known;
    }
    return known;
  }

  /** Returns the ids that several tiles have; {@link #find} knows only the first tile of each. */
  public Duplicates equalIds() {
    Duplicates.Finder finder = new Duplicates.Finder(size());
    for (int i = 0; i < columns.size(); i++) finder.add(ids.bytes(i));
    return finder.find();
  }

  /**
   * Returns the tile of an id; the first one if several have it. The first call builds a table of
   * all ids, which takes 6 bytes per tile.
   */
  public OptionalLong find(String id) {
    StringDictionary known = idDictionary;
    if (known == null) {
      known = StringDictionary.of(ids);
      idDictionary = known;
    }
    int found = known.find(id);
    return found < 0 ? OptionalLong.empty() : OptionalLong.of(found);
  }

  /**
   * Returns the tile whose centre is nearest to a point by great-circle distance: the first one of
   * a tie, none if no centre is known. The first call builds a spatial index, which takes 4 bytes
   * per tile.
   */
  public OptionalLong nearest(GeoPoint point) {
    PointIndex index = places;
    if (index == null) {
      index = new PointIndex(columns);
      places = index;
    }
    return index.nearest(point);
  }

  /** Returns the set of the tiles that pass a filter. */
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

  /**
   * Returns the tiles that a filter refuses only because their time is unknown. With a time in the
   * filter's period they would pass.
   */
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

  /** Collects records. Not safe for many threads. */
  public static final class Builder {
    private final StringColumn.Builder ids = new StringColumn.Builder();
    private final StringDictionary.Builder productNumbers = new StringDictionary.Builder();
    private final StringDictionary.Builder shardNumbers = new StringDictionary.Builder();
    private int size;
    private int[] rows = new int[16];
    private int[] columns = new int[16];
    private int[] products = new int[16];
    private long[] times = new long[16];
    private double[] latitudes = new double[16];
    private double[] longitudes = new double[16];
    private float[] clouds = new float[16];
    private int[] shards = new int[16];
    private int[] rowGroups = new int[16];

    private Builder() {}

    /** Adds the record of the next ordinal. */
    public Builder add(TileRecord tile) {
      if (size == rows.length) grow();
      ids.add(tile.id());
      rows[size] = tile.hasCell() ? tile.cell().row() : CatalogColumns.UNKNOWN_CELL;
      columns[size] = tile.hasCell() ? tile.cell().column() : CatalogColumns.UNKNOWN_CELL;
      String product = tile.productId();
      products[size] = product == null ? -1 : productNumbers.number(product);
      times[size] = Times.toMillis(tile.timestamp());
      latitudes[size] = tile.hasCenter() ? tile.center().latitude() : Double.NaN;
      longitudes[size] = tile.hasCenter() ? tile.center().longitude() : Double.NaN;
      clouds[size] = tile.cloudCover();
      TileRef source = tile.source();
      shards[size] = source == null ? -1 : shardNumbers.number(source.shard().toString());
      rowGroups[size] = source == null ? -1 : source.rowGroup();
      size++;
      return this;
    }

    private void grow() {
      if (size >= CatalogColumns.MAX_SIZE) {
        throw new IllegalStateException("a catalog holds " + size + " tiles at the most");
      }
      int n = (int) Math.min(CatalogColumns.MAX_SIZE, 2L * size);
      rows = Arrays.copyOf(rows, n);
      columns = Arrays.copyOf(columns, n);
      products = Arrays.copyOf(products, n);
      times = Arrays.copyOf(times, n);
      latitudes = Arrays.copyOf(latitudes, n);
      longitudes = Arrays.copyOf(longitudes, n);
      clouds = Arrays.copyOf(clouds, n);
      shards = Arrays.copyOf(shards, n);
      rowGroups = Arrays.copyOf(rowGroups, n);
    }

    /** Returns the catalog of the records that were added so far. */
    public TileCatalog build() {
      CatalogColumns off = CatalogColumns.allocate(size);
      off.rows().put(0, rows, 0, size);
      off.columns().put(0, columns, 0, size);
      off.products().put(0, products, 0, size);
      off.times().put(0, times, 0, size);
      off.latitudes().put(0, latitudes, 0, size);
      off.longitudes().put(0, longitudes, 0, size);
      off.clouds().put(0, clouds, 0, size);
      off.shards().put(0, shards, 0, size);
      off.rowGroups().put(0, rowGroups, 0, size);
      for (int i = 0; i < size; i++) {
        double[] at = {Double.NaN, Double.NaN, Double.NaN};
        if (off.hasCenter(i)) at = new GeoPoint(latitudes[i], longitudes[i]).unitVector();
        off.x().put(i, (float) at[0]);
        off.y().put(i, (float) at[1]);
        off.z().put(i, (float) at[2]);
      }
      return new TileCatalog(off, ids.build(), productNumbers.build(), shardNumbers.build());
    }
  }
}
