package io.earthembed.parquet;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import io.earthembed.ModelInfo;
import io.earthembed.catalog.EmbeddingDataset;
import io.earthembed.catalog.EmbeddingOrigin;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileRecord;
import io.earthembed.catalog.TileRef;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.parquet.internal.ColumnValues;
import io.earthembed.parquet.internal.Counters;
import io.earthembed.parquet.internal.FileRanges;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.RangeSource;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An embedding dataset in a GeoParquet file, or a folder of them taken in the order of their names.
 * Reads what {@link GeoParquetSink} writes and what the reference systems publish in the same
 * columns; those name no model, so it is given when such a dataset is opened.
 */
public final class GeoParquetDataset implements EmbeddingDataset {
  private static final String EMBEDDING = "embedding";

  private final List<Part> parts;
  private final EmbeddingOrigin origin;
  private final TileCatalog catalog;

  private record Part(RangeSource source, Footer footer) {}

  private GeoParquetDataset(List<Part> parts, EmbeddingOrigin origin, TileCatalog catalog) {
    this.parts = parts;
    this.origin = origin;
    this.catalog = catalog;
  }

  /**
   * Opens a dataset that names its model.
   *
   * @param path a file, or a folder of files that end in .parquet
   * @throws EarthEmbedException if it cannot be read, is of several models, or names none
   */
  public static GeoParquetDataset open(Path path) {
    return open(path, null);
  }

  /**
   * Opens a dataset of a model.
   *
   * @param path a file, or a folder of files that end in .parquet
   * @param expected the model that made it; where the files name one, it must be this; null to take
   *     theirs
   */
  public static GeoParquetDataset open(Path path, @Nullable ModelInfo expected) {
    List<Part> parts = new ArrayList<>();
    TileCatalog.Builder catalog = TileCatalog.builder();
    ModelInfo model = expected;
    EmbeddingOrigin origin = null;
    for (Path file : files(path)) {
      RangeSource source = new FileRanges(file, new Counters());
      Footer footer = Footer.read(source, 1 << 16);
      EmbeddingOrigin named = Origins.of(footer);
      if (named != null) {
        if (model != null && !named.model().equals(model)) {
          throw new EarthEmbedException(
              file + " was made by " + named.model() + ", not by " + model);
        }
        if (origin != null && !named.agreesWith(origin)) {
          throw new EarthEmbedException(file + " was made by " + named + ", not by " + origin);
        }
        model = named.model();
        origin = origin == null ? named : origin.joinedWith(named);
      }
      parts.add(new Part(source, footer));
      readCatalog(source, footer, catalog);
    }
    if (model == null) {
      throw new EarthEmbedException(
          path + " names no model: say which one made it when opening it");
    }
    return new GeoParquetDataset(
        parts, origin == null ? EmbeddingOrigin.of(model) : origin, catalog.build());
  }

  private static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) return List.of(path);
    try (Stream<Path> found = Files.list(path)) {
      List<Path> files =
          found.filter(f -> f.getFileName().toString().endsWith(".parquet")).sorted().toList();
      if (files.isEmpty()) throw new EarthEmbedException(path + " holds no .parquet file");
      return files;
    } catch (IOException e) {
      throw new EarthEmbedException(path + ": cannot be listed: " + e, e);
    }
  }

  private static void readCatalog(RangeSource source, Footer footer, TileCatalog.Builder catalog) {
    for (Group group : footer.rowGroups()) {
      int n = Math.toIntExact(group.rows());
      List<@Nullable String> ids = texts(source, footer, group, "unique_id", n, true);
      List<@Nullable String> cells = texts(source, footer, group, "grid_cell", n, true);
      List<@Nullable String> products = texts(source, footer, group, "product_id", n, true);
      List<@Nullable String> times = texts(source, footer, group, "timestamp", n, true);
      List<@Nullable String> urls = texts(source, footer, group, "parquet_url", n, false);
      double[] latitudes = numbers(source, footer, group, "centre_lat", n, true);
      double[] longitudes = numbers(source, footer, group, "centre_lon", n, true);
      double[] rows = numbers(source, footer, group, "parquet_row", n, false);
      for (int i = 0; i < n; i++) {
        String url = urls.get(i);
        try {
          catalog.add(
              new TileRecord(
                  must(ids.get(i)),
                  GridCell.parse(must(cells.get(i))),
                  must(products.get(i)),
                  Timestamps.parse(must(times.get(i)), footer.name()),
                  new GeoPoint(latitudes[i], longitudes[i]),
                  Float.NaN,
                  url == null || Double.isNaN(rows[i])
                      ? null
                      : new TileRef(URI.create(url), (int) rows[i])));
        } catch (IllegalArgumentException e) {
          throw new CorruptDataException(footer.name(), -1, "row " + i + ": " + e.getMessage(), e);
        }
      }
    }
  }

  private static String must(@Nullable String value) {
    if (value == null) throw new IllegalArgumentException("a null id, cell, product or timestamp");
    return value;
  }

  private static List<@Nullable String> texts(
      RangeSource source, Footer footer, Group group, String column, int n, boolean required) {
    List<@Nullable String> texts = new ArrayList<>(n);
    ColumnValues values = column(source, footer, group, column, required);
    if (values == null) {
      for (int i = 0; i < n; i++) texts.add(null);
      return texts;
    }
    for (ByteBuffer item : values.binaries()) {
      texts.add(item == null ? null : StandardCharsets.UTF_8.decode(item.duplicate()).toString());
    }
    return requireRows(texts, n, column, footer);
  }

  private static <T> List<T> requireRows(List<T> values, int n, String column, Footer footer) {
    if (values.size() == n) return values;
    throw new CorruptDataException(
        footer.name(),
        -1,
        "column " + column + " has " + values.size() + " values in " + n + " rows");
  }

  private static double[] numbers(
      RangeSource source, Footer footer, Group group, String column, int n, boolean required) {
    ColumnValues values = column(source, footer, group, column, required);
    if (values == null) {
      double[] none = new double[n];
      java.util.Arrays.fill(none, Double.NaN);
      return none;
    }
    double[] numbers = values.numbers();
    if (numbers.length != n) {
      throw new CorruptDataException(
          footer.name(),
          -1,
          "column " + column + " has " + numbers.length + " values in " + n + " rows");
    }
    return numbers;
  }

  private static @Nullable ColumnValues column(
      RangeSource source, Footer footer, Group group, String column, boolean required) {
    Chunk chunk = group.chunks().get(column);
    if (chunk == null) {
      if (required) throw new EarthEmbedException(footer.name() + " has no column " + column);
      return null;
    }
    return ColumnValues.decode(
        footer.name(), chunk, source.read(footer.tail(), chunk.offset(), chunk.size()));
  }

  @Override
  public ModelInfo model() {
    return origin.model();
  }

  @Override
  public EmbeddingOrigin origin() {
    return origin;
  }

  @Override
  public TileCatalog catalog() {
    return catalog;
  }

  @Override
  public void forEachBatch(Consumer<Vectors> batches) {
    long row = 0;
    for (Part part : parts) {
      for (Group group : part.footer().rowGroups()) {
        batches.accept(read(part, group, row));
        row += group.rows();
      }
    }
  }

  /** One row group's embeddings, from the page to native memory. */
  private Vectors read(Part part, Group group, long firstRow) {
    int dimension = origin.model().dimension();
    Vectors vectors = Vectors.allocate(group.rows(), dimension);
    ColumnValues values = column(part.source(), part.footer(), group, EMBEDDING, true);
    if (values == null || group.rows() == 0) return vectors;
    int[] chunk = {0};
    FloatBuffer[] target = {vectors.chunk(0)};
    long rows =
        values.floats(
            dimension,
            firstRow,
            floats -> {
              FloatBuffer from = floats.asFloatBuffer();
              while (from.hasRemaining()) {
                if (!target[0].hasRemaining()) {
                  if (++chunk[0] == vectors.chunkCount()) {
                    throw new CorruptDataException(
                        part.footer().name(), -1, "column embedding has more values than its rows");
                  }
                  target[0] = vectors.chunk(chunk[0]);
                }
                int n = Math.min(from.remaining(), target[0].remaining());
                target[0].put(from.slice().limit(n));
                from.position(from.position() + n);
              }
            });
    if (rows != group.rows()) {
      throw new CorruptDataException(
          part.footer().name(), -1, "column embedding has " + rows + " rows of " + group.rows());
    }
    return vectors;
  }

  @Override
  public String toString() {
    return "GeoParquetDataset[" + catalog.size() + " embeddings of " + origin.model() + "]";
  }
}
