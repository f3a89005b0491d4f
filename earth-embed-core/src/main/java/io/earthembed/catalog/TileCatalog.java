package io.earthembed.catalog;

import io.earthembed.base.table.StringColumn;
import io.earthembed.base.table.StringDictionary;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.Duplicates;
import io.earthembed.dataset.TileRecords;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.PlainText;
import io.earthembed.vector.OrdinalSet;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tile records of an index by ordinal, in columns off the heap. A {@link Builder} makes a
 * catalog, or {@link #open} reads one that {@link #save} wrote. Immutable and safe for many
 * threads. The garbage collector frees the memory, so there is nothing to close.
 */
public abstract sealed class TileCatalog implements TileRecords
    permits ColumnCatalog, JoinedCatalog {
  /** The {@link #epochMillis} of a tile of unknown time. */
  public static final long UNKNOWN_TIME = Long.MIN_VALUE;

  TileCatalog() {}

  /** Returns a builder, which takes the records in order of their ordinals. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a catalog of these records; the first has ordinal 0.
   *
   * @throws IllegalArgumentException if an attribute has different types in two records
   */
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
   * Returns one catalog of some rows of several, without a copy. The chosen rows of the first
   * catalog come first, in their order, then those of the second, and so on; ordinals count only
   * the chosen rows.
   *
   * @param parts the catalogs
   * @param rows for each part, the ordinals of its rows that the result has; no two of these rows
   *     may have the same id as another row of their part
   * @throws IllegalArgumentException if there are not as many parts as sets of rows, or an
   *     attribute has different types in two parts
   */
  public static TileCatalog join(List<TileCatalog> parts, List<OrdinalSet> rows) {
    return new JoinedCatalog(parts, rows);
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
  public abstract void save(Path file);

  /**
   * Returns the license and the attribution that the publisher of the tiles asks for; {@link
   * Attribution#NONE} if they are unknown. {@link #save} does not keep them; an explorer's folder
   * does.
   */
  public abstract Attribution attribution();

  /** Returns a catalog of the same tiles with another attribution. */
  public abstract TileCatalog withAttribution(Attribution attribution);

  /** Returns a tile's id. */
  public abstract String id(long ordinal);

  /** Returns the product that a tile was cut from, or null if it is unknown. */
  public abstract @Nullable String productId(long ordinal);

  /** Returns whether a tile's grid cell is known. */
  public abstract boolean hasCell(long ordinal);

  /** Returns whether a tile's centre is known. */
  public abstract boolean hasCenter(long ordinal);

  /**
   * Returns a tile's grid cell.
   *
   * @throws EarthEmbedException if it is unknown: see {@link #hasCell}
   */
  public abstract GridCell cell(long ordinal);

  /** Returns the latitude of a tile's centre in degrees, or NaN if it is unknown. */
  public abstract double latitude(long ordinal);

  /** Returns the longitude of a tile's centre in degrees, in [-180, 180), or NaN. */
  public abstract double longitude(long ordinal);

  /**
   * Returns a tile's centre.
   *
   * @throws EarthEmbedException if it is unknown: see {@link #hasCenter}
   */
  public abstract GeoPoint center(long ordinal);

  /**
   * Returns a tile's sensing time in milliseconds since 1970-01-01T00:00Z, or {@link
   * #UNKNOWN_TIME}.
   */
  public abstract long epochMillis(long ordinal);

  /** Returns the cloud cover of a tile in percent, or NaN if it is unknown. */
  public abstract float cloudCover(long ordinal);

  /**
   * Returns an attribute of a tile, or null if it has none of this name.
   *
   * @param name may be any
   */
  public abstract @Nullable Object attribute(long ordinal, String name);

  /**
   * Returns the attributes that tiles have, by name, in the order of the names; unmodifiable. A
   * tile that has been removed from a collection counts until its segment is merged.
   */
  public abstract Map<String, Attributes.Type> attributeTypes();

  /**
   * Returns a fingerprint of the ids of all tiles in their order: 32 hexadecimal digits, the first
   * half of a SHA-256. Catalogs with equal ids in equal order have equal fingerprints. Other
   * catalogs differ, up to a chance of about 1 in 1e38. Computed once.
   */
  @Override
  public abstract String fingerprint();

  /** Returns the ids that several tiles have; {@link #find} knows only the first tile of each. */
  public abstract Duplicates equalIds();

  /**
   * Returns the tile of an id; the first one if several have it. The first call builds a table of
   * all ids, which takes 6 bytes per tile.
   */
  public abstract OptionalLong find(String id);

  /**
   * Returns the tile whose centre is nearest to a point by great-circle distance: the first one of
   * a tie, none if no centre is known. The first call builds a spatial index, which takes 4 bytes
   * per tile.
   */
  public abstract OptionalLong nearest(GeoPoint point);

  /**
   * Returns the nearest tile of a set.
   *
   * @param rows ordinals of the tiles that may be returned
   */
  abstract OptionalLong nearest(GeoPoint point, OrdinalSet rows);

  /** Returns the set of the tiles that pass a filter. */
  public abstract OrdinalSet select(TileFilter filter);

  /**
   * Returns the tiles that a filter refuses only because their time is unknown. With a time in the
   * filter's period they would pass.
   */
  public abstract OrdinalSet undated(TileFilter filter);

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
    private final SortedMap<String, AttributeColumn.Builder> attributes = new TreeMap<>();

    private Builder() {}

    /**
     * Adds the record of the next ordinal.
     *
     * @throws IllegalArgumentException if an attribute has another type than in an earlier record;
     *     the record is not added then
     */
    public Builder add(TileRecord tile) {
      Map<String, Object> own = tile.attributes().asMap();
      if (!own.isEmpty()) requireTypes(tile.id(), own);
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
      own.forEach(
          (name, value) ->
              attributes
                  .computeIfAbsent(name, n -> new AttributeColumn.Builder(n, value))
                  .add(size, value));
      size++;
      return this;
    }

    private void requireTypes(String id, Map<String, Object> own) {
      own.forEach(
          (name, value) -> {
            AttributeColumn.Builder column = attributes.get(name);
            Attributes.Type type = Attributes.Type.of(value);
            if (column == null || column.type() == type) return;
            throw new IllegalArgumentException(
                PlainText.message(
                    "attribute "
                        + name
                        + " of tile "
                        + id
                        + " (row "
                        + size
                        + ") is of type "
                        + type
                        + ", but of type "
                        + column.type()
                        + " in earlier rows"));
          });
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
      SortedMap<String, AttributeColumn> own = new TreeMap<>();
      attributes.forEach((name, column) -> own.put(name, column.build(size)));
      return new ColumnCatalog(off, ids.build(), productNumbers.build(), shardNumbers.build(), own);
    }
  }
}
