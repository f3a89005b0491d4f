package io.earthembed.parquet;

import io.earthembed.base.text.Timestamps;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Addresses;
import io.earthembed.parquet.internal.ChunkReader;
import io.earthembed.parquet.internal.EmbeddingColumn;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.RangeSource;
import io.earthembed.parquet.internal.ValueReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One file of a dataset.
 *
 * @param source its bytes
 * @param footer its footer
 */
record DatasetFile(RangeSource source, Footer footer) {
  private static final String EMBEDDING = "embedding";
  private static final String TIMESTAMP = "timestamp";
  private static final int TAIL = 1 << 16;

  /** Reads a file's footer. */
  static DatasetFile open(RangeSource source) {
    Footer footer = Footer.read(source, TAIL);
    long rows = 0;
    for (Group group : footer.rowGroups()) {
      rows += group.rows();
      // Memory stays in proportion to the file, whatever its footer claims.
      if (rows < 0 || rows > footer.version().length()) {
        throw new CorruptDataException(
            footer.name(), "more rows than bytes in " + footer.version().length() + " bytes");
      }
    }
    return new DatasetFile(source, footer);
  }

  /**
   * Returns the embeddings of a row group.
   *
   * @param firstRow number of its first row in messages
   */
  EmbeddingColumn embeddings(Group group, int dimension, long firstRow) {
    Chunk chunk = footer.chunk(group, EMBEDDING);
    if (chunk == null) throw new EarthEmbedException(footer.name() + " has no column " + EMBEDDING);
    return new EmbeddingColumn(
        footer.name(),
        chunk,
        ChunkReader.read(source, footer, chunk),
        dimension,
        group.rows(),
        firstRow);
  }

  /** Adds the tiles of the rows. */
  void addTo(TileCatalog.Builder catalog) {
    long firstRow = 0;
    for (Group group : footer.rowGroups()) {
      if (group.rows() == 0) continue;
      List<@Nullable String> ids = texts(group, "unique_id", true);
      List<@Nullable String> cells = texts(group, "grid_cell", true);
      List<@Nullable String> products = texts(group, "product_id", true);
      IntFunction<@Nullable Instant> times = times(group);
      List<@Nullable String> urls = texts(group, "parquet_url", false);
      double[] latitudes = numbers(group, "centre_lat", true);
      double[] longitudes = numbers(group, "centre_lon", true);
      RowNumbers rows = rowNumbers(group, false);
      double[] clouds = clouds(group);
      for (int i = 0; i < ids.size(); i++) {
        String url = urls.get(i);
        try {
          catalog.add(
              new TileRecord(
                  must(ids.get(i)),
                  GridCell.parse(must(cells.get(i))),
                  must(products.get(i)),
                  times.apply(i),
                  new GeoPoint(latitudes[i], longitudes[i]),
                  (float) clouds[i],
                  url == null || rows.isNull(i)
                      ? null
                      : new TileRef(Addresses.parse(url), rows.get(i))));
        } catch (IllegalArgumentException e) {
          throw badRow(firstRow + i, e);
        }
      }
      firstRow += group.rows();
    }
  }

  /**
   * Returns cloud cover in percent. A column of that name that is no number means something else.
   */
  private double[] clouds(Group group) {
    Chunk chunk = footer.chunk(group, "cloud_cover");
    boolean number = chunk != null && chunk.column().isNumber();
    double[] clouds = numbers(group, number ? "cloud_cover" : "", false);
    for (int i = 0; i < clouds.length; i++) {
      if (clouds[i] < 0 || clouds[i] > 100) clouds[i] = Double.NaN;
    }
    return clouds;
  }

  /** Values of parquet_row, which are numbers of row groups. */
  record RowNumbers(double[] values, BitSet nulls) {
    boolean isNull(int row) {
      return nulls.get(row);
    }

    /**
     * Returns the number in a row of the row group.
     *
     * @throws IllegalArgumentException if it is no row group's number
     */
    int get(int row) {
      double value = values[row];
      if (!(value >= 0 && value <= Integer.MAX_VALUE && value == Math.rint(value))) {
        throw new IllegalArgumentException(
            "parquet_row is " + value + ", not the number of a row group");
      }
      return (int) value;
    }
  }

  /** Returns the parquet_row of each row of a row group. */
  RowNumbers rowNumbers(Group group, boolean required) {
    BitSet nulls = new BitSet();
    ValueReader values = reader(group, "parquet_row", required);
    if (values == null) {
      nulls.set(0, (int) group.rows());
      return new RowNumbers(new double[0], nulls);
    }
    return new RowNumbers(values.numbers(nulls), nulls);
  }

  /**
   * Returns the exception for an invalid row.
   *
   * @param row of the file
   */
  CorruptDataException badRow(long row, IllegalArgumentException problem) {
    return new CorruptDataException(
        footer.name(), "row " + row + ": " + problem.getMessage(), problem);
  }

  /**
   * Returns the time of each row of a row group, from texts or from numbers that the schema
   * declares as times; null if it is unknown.
   */
  private IntFunction<@Nullable Instant> times(Group group) {
    Chunk chunk = footer.chunk(group, TIMESTAMP);
    if (chunk == null || !chunk.column().isTime()) {
      List<@Nullable String> texts = texts(group, TIMESTAMP, false);
      return row -> {
        String text = texts.get(row);
        return text == null ? null : Timestamps.parse(text);
      };
    }
    List<@Nullable Instant> times = reader(group, chunk).times();
    return times::get;
  }

  private static <T> T must(@Nullable T value) {
    if (value == null) throw new IllegalArgumentException("a null id, cell or product");
    return value;
  }

  /** Returns one text per row of a row group; nulls if there is no such column. */
  List<@Nullable String> texts(Group group, String column, boolean required) {
    ValueReader values = reader(group, column, required);
    if (values == null) {
      return new ArrayList<>(Collections.nCopies((int) group.rows(), (String) null));
    }
    return values.texts();
  }

  /** Returns one number per row of a row group; NaN if there is no such column. */
  double[] numbers(Group group, String column, boolean required) {
    ValueReader values = reader(group, column, required);
    if (values != null) return values.numbers();
    double[] none = new double[(int) group.rows()];
    Arrays.fill(none, Double.NaN);
    return none;
  }

  /** Returns the values of a required column. */
  ValueReader column(Group group, String column) {
    Chunk chunk = footer.chunk(group, column);
    if (chunk == null) throw new EarthEmbedException(footer.name() + " has no column " + column);
    return reader(group, chunk);
  }

  private @Nullable ValueReader reader(Group group, String column, boolean required) {
    if (required) return column(group, column);
    Chunk chunk = footer.chunk(group, column);
    return chunk == null ? null : reader(group, chunk);
  }

  private ValueReader reader(Group group, Chunk chunk) {
    boolean list = chunk.column().maxRepetition() > 0; // its reader refuses that
    if (chunk.values() != group.rows() && !list || group.rows() > Integer.MAX_VALUE - 8) {
      throw new CorruptDataException(
          footer.name(),
          chunk.offset(),
          "column "
              + chunk.column().name()
              + " has "
              + chunk.values()
              + " values in "
              + group.rows()
              + " rows");
    }
    return ValueReader.of(footer.name(), chunk, ChunkReader.read(source, footer, chunk));
  }
}
