package io.earthembed.raster;

import io.earthembed.base.range.Counters;
import io.earthembed.base.table.SignedSquare;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.geo.Region;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.TileRecord;
import io.earthembed.internal.Checks;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes embeddings of tiles from rasters with an embedding in each pixel, such as AlphaEarth's and
 * TESSERA's: the pixels whose centre is in a grid cell or a polygon are pooled. Only the windows
 * that are needed are read, by HTTP range. Rasters must be in a UTM zone.
 *
 * <p>Pixels without data are left out, and tiles without a pixel too. If two files have the same
 * place, as at the border of two UTM zones, the pixels of both count. Sums are in double precision.
 *
 * <p>Safe for many threads.
 */
public final class PixelEmbeddings implements AutoCloseable {
  /** The most components that are decoded at once: 256 MB, two blocks of AlphaEarth. */
  private static final long MOST_VALUES = 1 << 26;

  /** How the pixels of a tile become one embedding. */
  public enum Pooling {
    /** The mean of each component. */
    MEAN,
    /** The means, then the standard deviations (of the population) of all components. */
    MEAN_AND_DEVIATION
  }

  private final Builder settings;
  private final Counters counters = new Counters();
  private final RasterFiles files;
  private volatile boolean closed;

  private PixelEmbeddings(Builder settings) {
    this.settings = settings;
    files = new RasterFiles(settings.timeout, settings.attempts, settings.hosts, counters);
  }

  /**
   * Returns a builder for rasters of a model. Their numbers are the components, unless {@link
   * Builder#linear} or {@link Builder#signedSquare} is set; those equal to a GeoTIFF's value of
   * missing data are missing.
   *
   * @param model name, version and number of components of a pixel
   */
  public static Builder builder(ModelInfo model) {
    return new Builder(model);
  }

  /**
   * Returns a builder for AlphaEarth's GeoTIFFs of 64 bands: {@code (v / 127.5)^2 * sign(v)}.
   *
   * @param year whose start becomes the time of the tiles
   */
  public static Builder alphaEarth(int year) {
    return builder(new ModelInfo("AlphaEarth", "v1", 64)).signedSquare(127.5).year(year);
  }

  /**
   * Returns a builder for TESSERA's arrays of 128 components with scales.
   *
   * @param version such as 1.1; embeddings of different versions cannot be compared
   * @param year whose start becomes the time of the tiles
   */
  public static Builder tessera(String version, int year) {
    return builder(new ModelInfo("TESSERA", version, 128)).year(year);
  }

  /** Where the pixels of a tile add up. */
  private final class Sums {
    private final GeoPoint center;
    private final GridCell cell;
    private final double[] sums = new double[settings.model.dimension()];
    private final double[] squares =
        new double[settings.pooling == Pooling.MEAN ? 0 : settings.model.dimension()];
    private long count;

    Sums(GeoPoint center, GridCell cell) {
      this.center = center;
      this.cell = cell;
    }

    void add(float[] values, int from) {
      for (int i = from; i < from + sums.length; i++) {
        if (Float.isNaN(values[i])) return;
      }
      for (int i = 0; i < sums.length; i++) {
        double value = values[from + i];
        sums[i] += value;
        if (squares.length > 0) squares[i] += value * value;
      }
      count++;
    }

    float[] pooled() {
      float[] pooled = new float[dimension()];
      for (int i = 0; i < sums.length; i++) {
        double mean = sums[i] / count;
        pooled[i] = (float) mean;
        if (squares.length > 0) {
          pooled[sums.length + i] =
              (float) Math.sqrt(Math.max(0, squares[i] / count - mean * mean));
        }
      }
      return pooled;
    }
  }

  /** Finds the tile of a pixel. */
  private interface Tiles {
    @Nullable Sums at(GeoPoint point);
  }

  private int dimension() {
    return settings.model.dimension() * (settings.pooling == Pooling.MEAN ? 1 : 2);
  }

  /**
   * Pools the pixels of grid cells: of those whose centre is in a region.
   *
   * @param rasters of the region; others cost a read of their header
   * @return the cells with pixels, from south to north and from west to east, with the cell's name
   *     as id
   * @throws EarthEmbedException if a file cannot be read, is damaged, or does not fit the model
   * @throws IllegalStateException after {@link #close}
   */
  public EmbeddingDataset cells(List<PixelFile> rasters, MajorTomGrid grid, Region region) {
    Map<GridCell, Sums> cells = new LinkedHashMap<>();
    for (BoundingBox box : region.boxes()) {
      grid.cellsIn(box)
          .filter(cell -> region.contains(grid.centerOf(cell)))
          .forEach(cell -> cells.putIfAbsent(cell, new Sums(grid.centerOf(cell), cell)));
    }
    if (!cells.isEmpty()) {
      Region whole = Region.union(cells.keySet().stream().map(grid::footprint).toList());
      for (PixelFile raster : rasters) {
        pool(raster, whole, point -> cells.get(grid.cellOf(point)));
      }
    }
    Map<String, Sums> named = new LinkedHashMap<>();
    cells.forEach((cell, sums) -> named.put(cell.name(), sums));
    return dataset(named);
  }

  /**
   * Pools the pixels of polygons or other regions.
   *
   * @param rasters of the regions; others cost a read of their header
   * @param regions by the ids of the tiles; a tile's centre is that of its region's bounds
   * @return the regions with pixels, in the order of the map
   * @throws EarthEmbedException if a file cannot be read, is damaged, or does not fit the model
   * @throws IllegalStateException after {@link #close}
   */
  public EmbeddingDataset regions(List<PixelFile> rasters, Map<String, ? extends Region> regions) {
    Map<String, Sums> named = new LinkedHashMap<>();
    regions.forEach(
        (id, region) -> {
          GeoPoint center = center(region.bounds());
          named.put(id, new Sums(center, MajorTomGrid.CORE.cellOf(center)));
        });
    for (PixelFile raster : rasters) {
      regions.forEach(
          (id, region) -> {
            Sums sums = named.get(id);
            pool(raster, region, point -> region.contains(point) ? sums : null);
          });
    }
    return dataset(named);
  }

  private static GeoPoint center(BoundingBox box) {
    double width = box.east() - box.west() + (box.crossesAntimeridian() ? 360 : 0);
    double longitude = box.west() + width / 2;
    return new GeoPoint(
        (box.south() + box.north()) / 2, longitude > 180 ? longitude - 360 : longitude);
  }

  private void pool(PixelFile raster, Region region, Tiles tiles) {
    if (closed) throw new IllegalStateException("the reader is closed");
    try {
      poolOpen(raster, region, tiles);
    } catch (EarthEmbedException | RejectedExecutionException | CancellationException e) {
      if (closed) throw new IllegalStateException("the reader was closed", e);
      throw e;
    }
  }

  private void poolOpen(PixelFile raster, Region region, Tiles tiles) {
    Pixels pixels = open(raster);
    int components = pixels.shape()[2];
    if (components != settings.model.dimension()) {
      throw new EarthEmbedException(
          pixels.name() + " has " + components + " components, not those of " + settings.model);
    }
    PixelWindows windows = new PixelWindows(pixels);
    for (PixelWindows.Part part : windows.parts(region)) {
      int width = Math.min(part.width(), Math.max(1024, pixels.block()[1]));
      int rows = (int) Math.max(1, MOST_VALUES / ((long) width * components));
      for (PixelWindows.Part piece : pieces(part, pixels.block(), rows, width)) {
        if (!windows.touches(piece, region)) continue;
        float[] values = pixels.read(piece.row(), piece.column(), piece.height(), piece.width());
        int at = 0;
        for (int y = 0; y < piece.height(); y++) {
          for (int x = 0; x < piece.width(); x++) {
            Sums sums = tiles.at(windows.center(piece.row() + y, piece.column() + x));
            if (sums != null) sums.add(values, at);
            at += components;
          }
        }
      }
    }
  }

  /** Divides a part at the borders of blocks, into pieces of limited size. */
  private static List<PixelWindows.Part> pieces(
      PixelWindows.Part part, int[] block, int mostRows, int mostColumns) {
    List<PixelWindows.Part> pieces = new ArrayList<>();
    int bottom = part.row() + part.height();
    int right = part.column() + part.width();
    for (int row = part.row(), end; row < bottom; row = end) {
      end = Math.min(bottom, next(row, block[0], mostRows));
      for (int column = part.column(), edge; column < right; column = edge) {
        edge = Math.min(right, next(column, block[1], mostColumns));
        pieces.add(new PixelWindows.Part(row, column, end - row, edge - column));
      }
    }
    return pieces;
  }

  /** Returns the last border of blocks within a number of pixels, or just that number. */
  private static int next(int from, int block, int most) {
    int border = (int) Math.min(Integer.MAX_VALUE, ((long) from + most) / block * block);
    return border > from ? border : from + most;
  }

  private Pixels open(PixelFile raster) {
    Integer year = raster.year();
    if (year != null) return new ZarrPixels(raster.embeddings(), year, files::source);
    URI scales = raster.scales();
    URI location = raster.location();
    if (scales == null || location == null) {
      return Pixels.of(files.cog(raster.embeddings()), settings.decoding);
    }
    return Pixels.of(
        new NpyArray(files.source(raster.embeddings())),
        new NpyArray(files.source(scales)),
        files.cog(location));
  }

  private EmbeddingDataset dataset(Map<String, Sums> named) {
    Map<String, Sums> filled = new LinkedHashMap<>(named);
    filled.values().removeIf(sums -> sums.count == 0);
    Vectors vectors = Vectors.allocate(filled.size(), dimension());
    TileCatalog.Builder catalog = TileCatalog.builder();
    long row = 0;
    for (Map.Entry<String, Sums> tile : filled.entrySet()) {
      Sums sums = tile.getValue();
      vectors.set(row++, sums.pooled());
      catalog.add(
          new TileRecord(
              tile.getKey(), sums.cell, null, settings.time, sums.center, Float.NaN, null));
    }
    TileCatalog tiles = catalog.build();
    ModelInfo model = settings.model;
    ModelInfo pooled =
        settings.pooling == Pooling.MEAN
            ? model
            : new ModelInfo(model.name(), model.version() + " mean, deviation", dimension());
    return new EmbeddingDataset() {
      @Override
      public ModelInfo model() {
        return pooled;
      }

      @Override
      public TileCatalog catalog() {
        return tiles;
      }

      @Override
      public void forEachBatch(Consumer<Vectors> batches) {
        if (vectors.rows() > 0) batches.accept(vectors);
      }
    };
  }

  /** Returns the counters of all reads. */
  public FetchStats stats() {
    return counters.read();
  }

  /** Frees connections. Closing twice is harmless; reads in progress fail. */
  @Override
  public void close() {
    closed = true;
    files.close();
  }

  /** Builds readers. Not safe for several threads at once. */
  public static final class Builder implements Cloneable {
    private final ModelInfo model;
    private Pixels.Decoding decoding = stored -> stored;
    private Pooling pooling = Pooling.MEAN;
    private @Nullable Instant time;
    private int attempts = 5;
    private Duration timeout = Duration.ofSeconds(20);
    private @Nullable Set<String> hosts;

    private Builder(ModelInfo model) {
      this.model = Objects.requireNonNull(model, "model");
    }

    /** Sets component = number * scale + offset, for GeoTIFFs. */
    public Builder linear(double scale, double offset) {
      decoding = stored -> (float) (stored * scale + offset);
      return this;
    }

    /**
     * Sets component = (integer / divisor)^2 * sign(integer), for GeoTIFFs.
     *
     * @param divisor positive
     */
    public Builder signedSquare(double divisor) {
      Checks.positive("divisor", divisor);
      decoding = stored -> SignedSquare.toFloat((int) stored, divisor);
      return this;
    }

    /** Sets how pixels are pooled (default {@link Pooling#MEAN}). */
    public Builder pooling(Pooling pooling) {
      this.pooling = Objects.requireNonNull(pooling, "pooling");
      return this;
    }

    /** Sets the time of the tiles (default unknown). */
    public Builder time(Instant time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    private Builder year(int year) {
      if (year < 1 || year > 9999)
        throw new IllegalArgumentException("year outside 1-9999: " + year);
      return time(Instant.parse(String.format(Locale.ROOT, "%04d-01-01T00:00:00Z", year)));
    }

    /** Sets how often a request is sent at most, at least 1 (default 5). */
    public Builder attempts(int count) {
      Checks.positive("attempts", count);
      attempts = count;
      return this;
    }

    /** Sets how long a server may be silent (default 20 s). */
    public Builder timeout(Duration limit) {
      Checks.positive("timeout", limit);
      timeout = limit;
      return this;
    }

    /**
     * Restricts the files that are read to some hosts, also after redirects, and to no local files
     * (default: all hosts, and local files).
     *
     * @param hosts names or addresses as in URLs, without a port, in any spelling
     */
    public Builder onlyFrom(Set<String> hosts) {
      this.hosts = Set.copyOf(hosts);
      return this;
    }

    /** Returns the reader. */
    public PixelEmbeddings build() {
      try {
        return new PixelEmbeddings((Builder) clone());
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
