package io.earthembed.catalog;

import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.vector.OrdinalSet;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the ordinals of an index mean, in columns. Immutable and safe for many threads; made with a
 * {@link Builder}.
 */
public final class TileCatalog {
  private final int size;
  private final String[] ids;
  private final int[] rows;
  private final int[] columns;
  private final String[] products;
  private final long[] times;
  private final double[] latitudes;
  private final double[] longitudes;
  private final float[] clouds;
  private final List<URI> shards;
  private final int[] shardOf;
  private final int[] rowGroups;

  private TileCatalog(Builder b) {
    size = b.size;
    ids = Arrays.copyOf(b.ids, size);
    rows = Arrays.copyOf(b.rows, size);
    columns = Arrays.copyOf(b.columns, size);
    products = Arrays.copyOf(b.products, size);
    times = Arrays.copyOf(b.times, size);
    latitudes = Arrays.copyOf(b.latitudes, size);
    longitudes = Arrays.copyOf(b.longitudes, size);
    clouds = Arrays.copyOf(b.clouds, size);
    shards = List.copyOf(b.shards);
    shardOf = Arrays.copyOf(b.shardOf, size);
    rowGroups = Arrays.copyOf(b.rowGroups, size);
  }

  /** A builder of a catalog, to which records are added in order of their ordinals. */
  public static Builder builder() {
    return new Builder();
  }

  /** A catalog of these records, the first being ordinal 0. */
  public static TileCatalog of(Iterable<TileRecord> records) {
    Builder builder = builder();
    records.forEach(builder::add);
    return builder.build();
  }

  /** How many tiles. */
  public long size() {
    return size;
  }

  /**
   * Everything known of a tile.
   *
   * @throws IndexOutOfBoundsException unless 0 &lt;= ordinal &lt; size
   */
  public TileRecord record(long ordinal) {
    int i = index(ordinal);
    return new TileRecord(
        ids[i],
        new GridCell(rows[i], columns[i]),
        products[i],
        Instant.ofEpochMilli(times[i]),
        centre(ordinal),
        clouds[i],
        shardOf[i] < 0 ? null : new TileRef(shards.get(shardOf[i]), rowGroups[i]));
  }

  /** Latitude of a tile's centre, degrees. */
  public double latitude(long ordinal) {
    return latitudes[index(ordinal)];
  }

  /** Longitude of a tile's centre, degrees in [-180, 180). */
  public double longitude(long ordinal) {
    return longitudes[index(ordinal)];
  }

  /** A tile's centre. */
  public GeoPoint centre(long ordinal) {
    int i = index(ordinal);
    return new GeoPoint(latitudes[i], longitudes[i]);
  }

  /** When a tile was sensed, milliseconds since 1970-01-01T00:00Z. */
  public long epochMillis(long ordinal) {
    return times[index(ordinal)];
  }

  /** Cloud cover of a tile in percent, or NaN. */
  public float cloudCover(long ordinal) {
    return clouds[index(ordinal)];
  }

  /** The ordinals that pass a filter, each tested once. */
  public OrdinalSet select(TileFilter filter) {
    return filter == TileFilter.ALL
        ? OrdinalSet.all()
        : OrdinalSet.where(size, i -> filter.test(this, i));
  }

  private int index(long ordinal) {
    return (int) Objects.checkIndex(ordinal, (long) size);
  }

  @Override
  public String toString() {
    return "TileCatalog[" + size + " tiles in " + shards.size() + " shards]";
  }

  /** Collects records. Not safe for many threads. */
  public static final class Builder {
    private int size;
    private String[] ids = new String[16];
    private int[] rows = new int[16];
    private int[] columns = new int[16];
    private String[] products = new String[16];
    private long[] times = new long[16];
    private double[] latitudes = new double[16];
    private double[] longitudes = new double[16];
    private float[] clouds = new float[16];
    private final List<URI> shards = new ArrayList<>();
    private final Map<URI, Integer> shardIndex = new HashMap<>();
    private int[] shardOf = new int[16];
    private int[] rowGroups = new int[16];

    private Builder() {}

    /** Adds the record of the next ordinal. */
    public Builder add(TileRecord tile) {
      if (size == ids.length) grow();
      ids[size] = tile.id();
      rows[size] = tile.cell().row();
      columns[size] = tile.cell().column();
      products[size] = tile.productId();
      times[size] = tile.timestamp().toEpochMilli();
      latitudes[size] = tile.centre().latitude();
      longitudes[size] = tile.centre().longitude();
      clouds[size] = tile.cloudCover();
      TileRef source = tile.source();
      shardOf[size] = source == null ? -1 : indexOf(source.shard());
      rowGroups[size] = source == null ? -1 : source.rowGroup();
      size++;
      return this;
    }

    private int indexOf(URI shard) {
      return shardIndex.computeIfAbsent(
          shard,
          s -> {
            shards.add(s);
            return shards.size() - 1;
          });
    }

    private void grow() {
      int n = Math.multiplyExact(size, 2);
      ids = Arrays.copyOf(ids, n);
      rows = Arrays.copyOf(rows, n);
      columns = Arrays.copyOf(columns, n);
      products = Arrays.copyOf(products, n);
      times = Arrays.copyOf(times, n);
      latitudes = Arrays.copyOf(latitudes, n);
      longitudes = Arrays.copyOf(longitudes, n);
      clouds = Arrays.copyOf(clouds, n);
      shardOf = Arrays.copyOf(shardOf, n);
      rowGroups = Arrays.copyOf(rowGroups, n);
    }

    /** The catalog of what was added so far. */
    public TileCatalog build() {
      return new TileCatalog(this);
    }
  }
}
