package io.earthembed.parquet;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileRecord;
import io.earthembed.catalog.TileRef;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.io.Addresses;
import io.earthembed.parquet.internal.EmbeddingColumn;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.RangeSource;
import io.earthembed.parquet.internal.Ranges;
import io.earthembed.parquet.internal.ValueReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/**
 * One file of a dataset.
 *
 * @param source its bytes
 * @param footer read from them
 */
record DatasetFile(RangeSource source, Footer footer) {
  private static final String EMBEDDING = "embedding";
  private static final String TIMESTAMP = "timestamp";
  private static final int TAIL = 1 << 16;
  private static final Set<Type> NUMBERS =
      EnumSet.of(Type.INT32, Type.INT64, Type.FLOAT, Type.DOUBLE);

  /** Reads a file's footer. */
  static DatasetFile open(RangeSource source) {
    Footer footer = Footer.read(source, TAIL);
    long rows = 0;
    for (Group group : footer.rowGroups()) {
      rows += group.rows();
      // What is asked for in memory stays in proportion to the file, whatever its footer claims.
      if (rows < 0 || rows > footer.tail().length()) {
        throw new CorruptDataException(
            footer.name(), -1, "more rows than bytes in " + footer.tail().length() + " bytes");
      }
    }
    return new DatasetFile(source, footer);
  }

  /**
   * The embeddings of a row group.
   *
   * @param firstRow what to call its first row in messages
   */
  EmbeddingColumn embeddings(Group group, int dimension, long firstRow) {
    Chunk chunk = group.chunks().get(EMBEDDING);
    if (chunk == null) throw new EarthEmbedException(footer.name() + " has no column " + EMBEDDING);
    return new EmbeddingColumn(
        footer.name(),
        chunk,
        Ranges.whole(source, footer, chunk),
        dimension,
        group.rows(),
        firstRow);
  }

  /** Adds what the rows are embeddings of. */
  void addTo(TileCatalog.Builder catalog) {
    long firstRow = 0;
    for (Group group : footer.rowGroups()) {
      List<@Nullable String> ids = texts(group, "unique_id", true);
      List<@Nullable String> cells = texts(group, "grid_cell", true);
      List<@Nullable String> products = texts(group, "product_id", true);
      IntFunction<Instant> times = times(group);
      List<@Nullable String> urls = texts(group, "parquet_url", false);
      double[] latitudes = numbers(group, "centre_lat", true);
      double[] longitudes = numbers(group, "centre_lon", true);
      double[] rows = numbers(group, "parquet_row", false);
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
                  url == null || Double.isNaN(rows[i])
                      ? null
                      : new TileRef(Addresses.parse(url), (int) rows[i])));
        } catch (IllegalArgumentException e) {
          throw badRow(firstRow + i, e);
        }
      }
      firstRow += group.rows();
    }
  }

  /** Percent; others may mean something else by the name, and what is none is not known. */
  private double[] clouds(Group group) {
    Chunk chunk = group.chunks().get("cloud_cover");
    boolean number =
        chunk != null
            && chunk.column().maxRepetition() == 0
            && NUMBERS.contains(chunk.column().type());
    double[] clouds = numbers(group, number ? "cloud_cover" : "", false);
    for (int i = 0; i < clouds.length; i++) {
      if (clouds[i] < 0 || clouds[i] > 100) clouds[i] = Double.NaN;
    }
    return clouds;
  }

  /**
   * What to throw where a row makes no sense.
   *
   * @param row of the file
   */
  CorruptDataException badRow(long row, IllegalArgumentException problem) {
    return new CorruptDataException(
        footer.name(), -1, "row " + row + ": " + problem.getMessage(), problem);
  }

  /** The time of each row of a row group: from texts, or numbers that the schema calls times. */
  private IntFunction<Instant> times(Group group) {
    Chunk chunk = group.chunks().get(TIMESTAMP);
    if (chunk == null || chunk.column().unit() == null) {
      List<@Nullable String> texts = texts(group, TIMESTAMP, true);
      return row -> Timestamps.parse(must(texts.get(row)));
    }
    List<@Nullable Instant> times = reader(group, chunk).times();
    return row -> must(times.get(row));
  }

  private static <T> T must(@Nullable T value) {
    if (value == null) throw new IllegalArgumentException("a null id, cell, product or timestamp");
    return value;
  }

  /** One text for each row of a row group; nulls where there is no such column. */
  List<@Nullable String> texts(Group group, String column, boolean required) {
    ValueReader values = reader(group, column, required);
    if (values == null) {
      return new ArrayList<>(Collections.nCopies((int) group.rows(), (String) null));
    }
    return values.texts();
  }

  /** One number for each row of a row group; NaN where there is no such column. */
  double[] numbers(Group group, String column, boolean required) {
    ValueReader values = reader(group, column, required);
    if (values != null) return values.numbers();
    double[] none = new double[(int) group.rows()];
    Arrays.fill(none, Double.NaN);
    return none;
  }

  private @Nullable ValueReader reader(Group group, String column, boolean required) {
    Chunk chunk = group.chunks().get(column);
    if (chunk == null) {
      if (required) throw new EarthEmbedException(footer.name() + " has no column " + column);
      return null;
    }
    return reader(group, chunk);
  }

  private ValueReader reader(Group group, Chunk chunk) {
    if (chunk.values() != group.rows() || group.rows() > Integer.MAX_VALUE - 8) {
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
    return ValueReader.of(footer.name(), chunk, Ranges.whole(source, footer, chunk));
  }
}
