package io.earthembed.parquet;

import io.earthembed.base.range.ChunkBytes;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.text.Timestamps;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Addresses;
import io.earthembed.parquet.DatasetColumns.Arrow;
import io.earthembed.parquet.DatasetColumns.Box;
import io.earthembed.parquet.DatasetColumns.Center;
import io.earthembed.parquet.DatasetColumns.Interleaved;
import io.earthembed.parquet.DatasetColumns.Point;
import io.earthembed.parquet.DatasetColumns.Wkb;
import io.earthembed.parquet.DatasetFile.RowNumbers;
import io.earthembed.parquet.internal.ChunkReader;
import io.earthembed.parquet.internal.EmbeddingColumn;
import io.earthembed.parquet.internal.EmbeddingColumn.Slice;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.vector.QuantizedVectors;
import io.earthembed.vector.QuantizedVectors.Format;
import io.earthembed.vector.QuantizedVectors.Scaling;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** One file of a dataset, whose columns are known. */
final class MappedFile {
  /** Reaches the poles; its cells elsewhere are those of Major TOM. */
  private static final MajorTomGrid GRID = MajorTomGrid.CORE.withLatitudeLimit(90);

  private final DatasetFile file;
  private final DatasetColumns columns;
  private final boolean skipsIncompleteRows;

  /** Whether this SDK wrote the file. */
  private final boolean isOwn;

  /** For each row group, its rows that are left out. */
  private final List<BitSet> skipped = new ArrayList<>();

  private long incompleteRows;

  private MappedFile(DatasetFile file, DatasetColumns columns, boolean skipsIncompleteRows) {
    this.file = file;
    this.columns = columns;
    this.skipsIncompleteRows = skipsIncompleteRows;
    this.isOwn = Origins.of(file.footer()) != null;
  }

  /** Reads a file's footer and finds its columns. */
  static MappedFile open(RangeSource source, ColumnMapping mapping) {
    DatasetFile file = DatasetFile.open(source);
    // Some writers leave out the types of columns without values, or the columns.
    boolean empty = file.footer().rowGroups().stream().allMatch(group -> group.rows() == 0);
    DatasetColumns columns =
        empty ? DatasetColumns.NONE : DatasetColumns.of(file.footer(), mapping);
    return new MappedFile(file, columns, mapping.skipsIncompleteRows());
  }

  /** Returns this file without the rows that were added or left out. */
  MappedFile fresh() {
    return new MappedFile(file, columns, skipsIncompleteRows);
  }

  Footer footer() {
    return file.footer();
  }

  RangeSource source() {
    return file.source();
  }

  /** Returns the number of rows, skipped ones included. */
  long rows() {
    return footer().rowGroups().stream().mapToLong(Group::rows).sum();
  }

  /** Returns the number of rows of a row group that are not skipped. */
  long kept(int group) {
    return footer().rowGroups().get(group).rows() - skipped.get(group).cardinality();
  }

  /** Returns how many rows were left out because they are incomplete. */
  long skippedRows() {
    return incompleteRows;
  }

  DatasetColumns columns() {
    return columns;
  }

  /**
   * Refuses a file whose embeddings cannot all have some dimension, as far as the counts in its
   * footer tell. A null row counts as one value.
   */
  void requireDimension(int dimension) {
    Format format = quantizedFormat(dimension);
    long values = format == null ? dimension : format.bytes(dimension);
    for (int g = 0; g < footer().rowGroups().size(); g++) {
      long rows = footer().rowGroups().get(g).rows();
      for (Chunk chunk : embeddingChunks(g)) {
        if (chunk.column().maxRepetition() == 0 || values == 1) continue;
        long missing = rows * values - chunk.values();
        long nulls = missing / (values - 1);
        if (missing % (values - 1) == 0 && nulls >= 0 && nulls <= rows) continue;
        throw new EarthEmbedException(
            footer().name()
                + ": row group "
                + g
                + " has "
                + chunk.values()
                + " values in "
                + rows
                + " embeddings, so not all are of dimension "
                + dimension);
      }
    }
  }

  /** Returns the chunks of a row group that describe its tiles: all but the embeddings. */
  List<Chunk> tileChunks(Group group) {
    List<Chunk> chunks = new ArrayList<>();
    for (String column : columns.ofTiles()) {
      Chunk chunk = footer().chunk(group, column);
      if (chunk != null) chunks.add(chunk);
    }
    return chunks;
  }

  /** Returns the chunk of a row group's embeddings; none if it has no such column. */
  List<Chunk> embeddingChunks(int group) {
    Chunk chunk = footer().chunk(footer().rowGroups().get(group), columns.embedding());
    return chunk == null ? List.of() : List.of(chunk);
  }

  /**
   * Adds the tiles of all rows.
   *
   * @param firstNumber number of the first row in the dataset
   */
  void addTo(TileCatalog.Builder catalog, long firstNumber) {
    long number = firstNumber;
    for (Group group : footer().rowGroups()) {
      addGroupTo(catalog, number, RowSelection.ALL);
      number += group.rows();
    }
  }

  /**
   * Adds the tiles of the next row group's rows.
   *
   * @param firstNumber number of the group's first row in the dataset
   * @param selection the rows that are wanted
   * @return how many rows were added
   */
  long addGroupTo(TileCatalog.Builder catalog, long firstNumber, RowSelection selection) {
    int number = skipped.size();
    long firstRow = 0;
    for (Group before : footer().rowGroups().subList(0, number)) firstRow += before.rows();
    Group group = footer().rowGroups().get(number);
    BitSet without = new BitSet();
    if (group.rows() > 0) {
      if (selection.mayHold(footer(), group, columns)) {
        addTo(catalog, group, firstRow, firstNumber, without, selection);
      } else {
        without.set(0, Math.toIntExact(group.rows()));
      }
    }
    skipped.add(without);
    return kept(number);
  }

  /** Returns the rows whose centre or time is known and not wanted. */
  private BitSet unwanted(
      double[][] centers,
      IntFunction<@Nullable Instant> times,
      long firstRow,
      RowSelection selection) {
    BitSet unwanted = new BitSet();
    if (selection.isAll()) return unwanted;
    for (int i = 0; i < centers[0].length; i++) {
      if (Double.isNaN(centers[0][i]) || Double.isNaN(centers[1][i])) {
        // A tile of unknown place is in no region. In files of others, its row is incomplete.
        if (isOwn && selection.region() != null) unwanted.set(i);
        continue;
      }
      try {
        GeoPoint center = columns.projection().point(centers[0][i], centers[1][i]);
        if (!selection.keeps(center, times.apply(i))) unwanted.set(i);
      } catch (IllegalArgumentException e) {
        throw file.badRow(firstRow + i, e);
      }
    }
    return unwanted;
  }

  private void addTo(
      TileCatalog.Builder catalog,
      Group group,
      long firstRow,
      long firstNumber,
      BitSet without,
      RowSelection selection) {
    double[][] centers = centers(group, firstRow);
    requireMeters(centers);
    IntFunction<@Nullable Instant> times = times(group);
    without.or(unwanted(centers, times, firstRow, selection));
    long unwanted = without.cardinality();
    if (unwanted == group.rows()) return;
    List<@Nullable String> ids =
        columns.id() == null ? null : file.column(group, columns.id()).ids();
    List<@Nullable String> cells = file.texts(group, columns.cell());
    List<@Nullable String> products = file.texts(group, columns.product());
    List<@Nullable String> urls = file.texts(group, columns.url());
    RowNumbers rows = file.rowNumbers(group, columns.row());
    double[] clouds = clouds(group);
    Map<String, List<@Nullable Object>> attributes = attributes(group);
    if (skipsIncompleteRows) without.or(incompleteEmbeddings(group));
    for (int i = 0; i < group.rows(); i++) {
      if (skipsIncompleteRows) {
        boolean noId = ids != null && ids.get(i) == null;
        boolean noCenter = Double.isNaN(centers[0][i]) || Double.isNaN(centers[1][i]);
        if (noId || columns.center() != null && noCenter) without.set(i);
      }
      if (without.get(i)) continue;
      String url = urls.get(i);
      String cell = cells.get(i);
      try {
        String id = ids == null ? String.valueOf(firstNumber + i) : ids.get(i);
        if (id == null) throw new IllegalArgumentException("a null id");
        // Our own files have nulls in place of unknown centres; others forgot a value.
        boolean unknown = columns.center() == null || isOwn && Double.isNaN(centers[0][i]);
        GeoPoint center = unknown ? null : columns.projection().point(centers[0][i], centers[1][i]);
        catalog.add(
            new TileRecord(
                id,
                cell != null ? GridCell.parse(cell) : center == null ? null : GRID.cellOf(center),
                products.get(i),
                times.apply(i),
                center,
                (float) clouds[i],
                url == null || rows.isNull(i)
                    ? null
                    : new TileRef(Addresses.parse(url), rows.get(i)),
                attributes(attributes, i)));
      } catch (IllegalArgumentException e) {
        throw file.badRow(firstRow + i, e);
      }
    }
    incompleteRows += without.cardinality() - unwanted;
  }

  private Map<String, List<@Nullable Object>> attributes(Group group) {
    Map<String, List<@Nullable Object>> values = new LinkedHashMap<>();
    for (String name : columns.attributes()) {
      values.put(name, AttributeFields.values(file.column(group, name)));
    }
    return values;
  }

  private static Attributes attributes(Map<String, List<@Nullable Object>> values, int row) {
    if (values.isEmpty()) return Attributes.NONE;
    Map<String, Object> own = new LinkedHashMap<>();
    values.forEach(
        (name, column) -> {
          Object value = column.get(row);
          if (value != null) own.put(name, value);
        });
    return Attributes.of(own);
  }

  /**
   * Returns cloud cover in percent. A column of that name that is no number means something else.
   */
  private double[] clouds(Group group) {
    String name = columns.cloud();
    Chunk chunk = name == null ? null : footer().chunk(group, name);
    boolean number = chunk != null && chunk.column().isNumber();
    double[] clouds = file.numbers(group, number ? name : null);
    for (int i = 0; i < clouds.length; i++) {
      if (clouds[i] < 0 || clouds[i] > 100) clouds[i] = Double.NaN;
    }
    return clouds;
  }

  /**
   * Returns the time of each row of a row group, from texts or from numbers that the schema
   * declares as times; null if it is unknown.
   */
  private IntFunction<@Nullable Instant> times(Group group) {
    String name = columns.time();
    Chunk chunk = name == null ? null : footer().chunk(group, name);
    if (chunk == null || !chunk.column().isTime()) {
      List<@Nullable String> texts = file.texts(group, name);
      return row -> {
        String text = texts.get(row);
        return text == null ? null : Timestamps.parse(text);
      };
    }
    List<@Nullable Instant> times = file.reader(group, chunk).times();
    return times::get;
  }

  /** Returns x and y of the centres in their reference system; NaN if a centre is unknown. */
  private double[][] centers(Group group, long firstRow) {
    Center center = columns.center();
    if (center == null) {
      double[] unknown = file.numbers(group, null);
      return new double[][] {unknown, unknown};
    }
    if (center instanceof Point point) {
      double[] y = file.column(group, point.y()).numbers();
      return new double[][] {file.column(group, point.x()).numbers(), y};
    }
    if (center instanceof Box box) return middles(group, box);
    if (center instanceof Arrow arrow) {
      boolean degrees = columns.projection().isGeographic();
      return ArrowCenters.of(file, group, arrow.shape(), arrow.x(), arrow.y(), degrees);
    }
    if (center instanceof Interleaved arrow) {
      boolean degrees = columns.projection().isGeographic();
      return ArrowCenters.interleaved(
          file, group, arrow.shape(), arrow.column(), firstRow, degrees);
    }
    double[] x = new double[(int) group.rows()];
    double[] y = new double[x.length];
    List<byte @Nullable []> shapes = file.column(group, ((Wkb) center).column()).binaries();
    for (int i = 0; i < x.length; i++) {
      byte[] shape = shapes.get(i);
      try {
        double[] at =
            shape == null
                ? new double[] {Double.NaN, Double.NaN}
                : WkbCenter.of(shape, columns.projection().isGeographic());
        x[i] = at[0];
        y[i] = at[1];
      } catch (IllegalArgumentException e) {
        throw file.badRow(firstRow + i, e);
      }
    }
    return new double[][] {x, y};
  }

  /**
   * Refuses degrees that the file declares as metres, as Planet's sample does: all tiles would lie
   * within 200 m of the origin.
   */
  private void requireMeters(double[][] centers) {
    if (columns.crsIsStated() || columns.projection().isGeographic()) return;
    boolean any = false;
    for (int i = 0; i < centers[0].length; i++) {
      if (Double.isNaN(centers[0][i])) continue;
      if (Math.abs(centers[0][i]) > 180 || Math.abs(centers[1][i]) > 90) return;
      any = true;
    }
    if (!any) return;
    throw new EarthEmbedException(
        footer().name()
            + " says that its geometries are in "
            + columns.projection()
            + ", but all coordinates look like degrees. State the reference system, such as"
            + " ColumnMapping.builder().crs(\"OGC:CRS84\").build(), or name columns of the centre");
  }

  private double[][] middles(Group group, Box box) {
    double[] west = file.column(group, box.sides().get(0)).numbers();
    double[] south = file.column(group, box.sides().get(1)).numbers();
    double[] east = file.column(group, box.sides().get(2)).numbers();
    double[] north = file.column(group, box.sides().get(3)).numbers();
    boolean degrees = columns.projection().isGeographic();
    for (int i = 0; i < west.length; i++) {
      double width = east[i] - west[i];
      west[i] += (degrees && width < 0 ? width + 360 : width) / 2;
      south[i] += (north[i] - south[i]) / 2;
    }
    return new double[][] {west, south};
  }

  /** Returns the rows whose embedding, or its scale, is null or incomplete. */
  private BitSet incompleteEmbeddings(Group group) {
    BitSet rows = file.column(group, columns.embedding()).incompleteRows();
    Quantization quantization = columns.quantization();
    if (quantization == null) return rows;
    for (double[] numbers :
        List.of(
            rowNumbers(group, quantization.scaleColumn()),
            rowNumbers(group, quantization.offsetColumn()))) {
      for (int i = 0; i < numbers.length; i++) if (Double.isNaN(numbers[i])) rows.set(i);
    }
    return rows;
  }

  /** Returns one number per row of a row group, or none without a column. */
  private double[] rowNumbers(Group group, @Nullable String column) {
    return column == null ? new double[0] : file.column(group, column).numbers();
  }

  /**
   * Returns the form of the rows if the embeddings are stored in 8 bits or one bit a component,
   * else null.
   */
  @Nullable Format quantizedFormat(int dimension) {
    Quantization quantization = columns.quantization();
    Column column = footer().columns().get(columns.embedding());
    if (quantization == null || column == null) return null;
    quantization.requireDimension(dimension);
    return quantization.format(column, dimension);
  }

  /**
   * Returns the embeddings of a row group, whose pages are located.
   *
   * @param number of the row group
   * @param firstRow number of its first row in messages
   * @param asBytes whether rows are wanted as they are stored
   */
  Embeddings embeddings(int number, int dimension, long firstRow, boolean asBytes) {
    Group group = footer().rowGroups().get(number);
    Chunk chunk = footer().chunk(group, columns.embedding());
    if (chunk == null) {
      throw new EarthEmbedException(footer().name() + " has no column " + columns.embedding());
    }
    Quantization quantization = columns.quantization();
    if (quantization != null) quantization.requireDimension(dimension);
    BitSet without = skipped.get(number);
    Format format = null;
    if (asBytes || quantization != null && quantization.readsBytes(chunk.column())) {
      format = quantizedFormat(dimension);
    }
    ChunkBytes bytes = ChunkReader.read(source(), footer(), chunk);
    String name = footer().name();
    EmbeddingColumn column =
        format != null
            ? EmbeddingColumn.ofBytes(
                name, chunk, bytes, format.bytes(dimension), group.rows(), firstRow, without)
            : new EmbeddingColumn(
                name,
                chunk,
                bytes,
                dimension,
                group.rows(),
                firstRow,
                without,
                quantization == null ? null : quantization.integers());
    column.requireRows();
    if (quantization == null) {
      return new Embeddings(column, null, null, new double[0], new double[0], without);
    }
    return new Embeddings(
        column,
        quantization,
        format,
        keep(rowNumbers(group, quantization.scaleColumn()), without),
        keep(rowNumbers(group, quantization.offsetColumn()), without),
        without);
  }

  private static double[] keep(double[] numbers, BitSet without) {
    if (without.isEmpty()) return numbers;
    double[] kept = new double[numbers.length];
    int n = 0;
    for (int i = 0; i < numbers.length; i++) if (!without.get(i)) kept[n++] = numbers[i];
    return Arrays.copyOf(kept, n);
  }

  /**
   * The embeddings of a row group.
   *
   * @param column their pages
   * @param quantization null if they are floats
   * @param format of rows that are read as bytes, else null
   * @param scales per row that is not skipped, or empty
   * @param offsets per row that is not skipped, or empty
   * @param skipped rows that are left out
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Embeddings(
      EmbeddingColumn column,
      @Nullable Quantization quantization,
      @Nullable Format format,
      double[] scales,
      double[] offsets,
      BitSet skipped) {
    List<Slice> slices(long bytes) {
      return column.slices(bytes);
    }

    /** Decodes a slice to the rows of a matrix from {@code row} on. */
    void decode(Slice slice, Vectors target, long row) {
      if (format != null) {
        quantized(slice, target.dimension()).copyTo(target, row);
        return;
      }
      column.decode(slice, target, row, Runtime.getRuntime().availableProcessors());
      if (quantization == null) return;
      quantization.scale(target, row, slice.rows(), of(scales, slice), of(offsets, slice));
    }

    /** Returns a slice as it is stored, if it is read as bytes. */
    QuantizedVectors quantized(Slice slice, int dimension) {
      if (format == null || quantization == null) throw new IllegalStateException("floats");
      ByteBuffer codes = column.bytes(slice, Runtime.getRuntime().availableProcessors());
      if (format.isBits()) return QuantizedVectors.bits(format, codes, dimension);
      Scaling scaling = quantization.scaling(dimension, of(scales, slice), of(offsets, slice));
      return QuantizedVectors.bytes(format, codes, dimension, scaling);
    }

    /** Returns the numbers of a slice's rows, if there is one for each row. */
    private static double[] of(double[] numbers, Slice slice) {
      if (numbers.length == 0) return numbers;
      return Arrays.copyOfRange(numbers, (int) slice.row(), (int) (slice.row() + slice.rows()));
    }

    /** Returns the row of the row group that is number i of those that are not skipped. */
    long rowOf(long i) {
      int row = skipped.nextClearBit(0);
      for (long n = 0; n < i; n++) row = skipped.nextClearBit(row + 1);
      return row;
    }
  }
}
