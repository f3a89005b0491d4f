package io.earthembed.parquet;

import com.google.gson.Gson;
import io.earthembed.base.file.AtomicFile;
import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.base.table.AttributeColumns;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.CropFootprint;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.EmbeddingSink;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Checks;
import io.earthembed.internal.PlainText;
import io.earthembed.parquet.internal.ColumnData;
import io.earthembed.parquet.internal.ColumnWriter;
import io.earthembed.parquet.internal.ColumnWriter.Embeddings;
import io.earthembed.parquet.internal.ColumnWriter.Field;
import io.earthembed.parquet.internal.ColumnWriter.Kind;
import io.earthembed.parquet.internal.ColumnWriter.Values;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/**
 * Writes an embedding dataset to a folder of GeoParquet files, one per part, with the columns of
 * EarthEmbeddingExplorer's datasets: unique_id, embedding (list of float), timestamp, product_id,
 * grid_cell, grid_row_u, grid_col_r, geometry (WKB, longitude and latitude), centre_lat,
 * centre_lon, utm_footprint, utm_crs, pixel_bbox, parquet_row, parquet_url; and cloud_cover
 * (percent, null if unknown), as in MajorTOM's metadata, and bbox, the struct with which GeoParquet
 * 1.1 lets a reader skip rows. The tiles' attributes follow, in the order of their names: texts,
 * INT64, DOUBLE, TIMESTAMP_MICROS and BOOLEAN, null if absent; a file's metadata list them as
 * earthembed.attributes. A dataset grows by new parts; existing parts do not change. Each file's
 * metadata record the origin of the embeddings, also as {@code emb} metadata by the embeddings STAC
 * extension. One thread may write while another calls the other methods.
 */
public final class GeoParquetSink implements EmbeddingSink {
  private static final String SUFFIX = ".parquet";

  private static final List<Field> FIELDS = fields(Kind.INT16);

  private static List<Field> fields(Kind cell) {
    return List.of(
        new Field("unique_id", Type.BYTE_ARRAY, Kind.STRING),
        new Field("embedding", Type.FLOAT, Kind.LIST),
        new Field("timestamp", Type.BYTE_ARRAY, Kind.STRING),
        new Field("product_id", Type.BYTE_ARRAY, Kind.STRING),
        new Field("grid_cell", Type.BYTE_ARRAY, Kind.STRING),
        new Field("grid_row_u", Type.INT32, cell),
        new Field("grid_col_r", Type.INT32, cell),
        new Field("geometry", Type.BYTE_ARRAY, Kind.BINARY),
        new Field("centre_lat", Type.FLOAT, Kind.NUMBER),
        new Field("centre_lon", Type.FLOAT, Kind.NUMBER),
        new Field("utm_footprint", Type.BYTE_ARRAY, Kind.STRING),
        new Field("utm_crs", Type.BYTE_ARRAY, Kind.STRING),
        new Field("pixel_bbox", Type.INT64, Kind.LIST),
        new Field("parquet_row", Type.INT64, Kind.NUMBER),
        new Field("parquet_url", Type.BYTE_ARRAY, Kind.STRING),
        new Field("cloud_cover", Type.FLOAT, Kind.NUMBER),
        new Field("bbox", Type.DOUBLE, Kind.BOX));
  }

  /** The names of all columns but those of attributes. */
  static final Set<String> COLUMNS = FIELDS.stream().map(Field::name).collect(Collectors.toSet());

  static final int GROUP_BYTES = 128 << 20;

  /** A column of texts has one page per row group, and the size of a page is limited. */
  static final int GROUP_ROWS = 1 << 17;

  private final Path folder;
  private final ModelInfo model;
  private final DatasetCompression compression;

  /**
   * Opens a dataset's folder, which is created if it does not exist. Files are not compressed.
   *
   * @param folder of its part files
   * @param model makes the embeddings
   */
  public GeoParquetSink(Path folder, ModelInfo model) {
    this(folder, model, DatasetCompression.NONE);
  }

  /**
   * Opens a dataset's folder, which is created if it does not exist. Incomplete files that are an
   * hour old or more are removed, and files that an interrupted {@link #compact} has replaced.
   *
   * @param folder of its part files
   * @param model makes the embeddings
   * @param compression of the files that this sink writes; existing files may have another
   */
  public GeoParquetSink(Path folder, ModelInfo model, DatasetCompression compression) {
    this.folder = folder;
    this.model = model;
    this.compression = compression;
    try {
      Files.createDirectories(folder);
      AtomicFile.removeAbandoned(folder);
      DatasetCompaction.removeReplaced(folder, () -> {});
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": cannot be made ready: " + e, e);
    }
  }

  private Path file(String part) {
    // Readers of the folder ignore files that begin with a dot or an underscore.
    if (!part.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,199}")) {
      throw new IllegalArgumentException("not a name of a part: " + part);
    }
    return folder.resolve(part + SUFFIX);
  }

  /** {@inheritDoc} These include the parts that a {@link #compact} merged. */
  @Override
  public Set<String> parts() {
    return filesOfParts().keySet();
  }

  /** A part's file, and the part's rows in it. */
  private record Location(Path file, long firstRow, long rows) {}

  /** Returns the file of each part by the part's name. */
  private Map<String, Location> filesOfParts() {
    try (Stream<Path> found = Files.list(folder)) {
      List<Path> files = found.filter(f -> f.toString().endsWith(SUFFIX)).toList();
      Map<String, Location> all = new HashMap<>();
      for (Path file : CompactedFile.withoutReplaced(files)) {
        CompactedFile compacted = CompactedFile.of(file);
        if (compacted == null) {
          String name = file.getFileName().toString();
          name = name.substring(0, name.length() - SUFFIX.length());
          all.put(name, new Location(file, 0, Long.MAX_VALUE));
          continue;
        }
        long row = 0;
        for (CompactedFile.Part part : compacted.parts()) {
          all.put(part.name(), new Location(file, row, part.rows()));
          row += part.rows();
        }
      }
      return Map.copyOf(all);
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": cannot be listed: " + e, e);
    }
  }

  private Location location(String part, Map<String, Location> all) {
    Location location = all.get(part);
    return location == null ? new Location(file(part), 0, Long.MAX_VALUE) : location;
  }

  @Override
  public void require(String part, EmbeddingOrigin origin) {
    Path file = file(part);
    if (!Files.exists(file)) file = location(part, filesOfParts()).file();
    EmbeddingOrigin made = Origins.of(Footer.read(new FileRanges(file, new Counters()), 1 << 16));
    if (made == null || !made.agreesWith(origin)) {
      throw new EarthEmbedException(
          file + " was made by " + (made == null ? "nobody named" : made) + ", not by " + origin);
    }
  }

  @Override
  public Set<String> ids(Set<String> parts, EmbeddingOrigin origin) {
    Set<String> ids = new HashSet<>();
    Map<String, Location> all = filesOfParts();
    Map<Path, List<Location>> wanted = new TreeMap<>();
    for (String part : parts) {
      // Readers of the dataset ignore these too.
      if (part.startsWith(".") || part.startsWith("_")) continue;
      Location location = location(part, all);
      wanted.computeIfAbsent(location.file(), file -> new ArrayList<>()).add(location);
    }
    wanted.forEach((path, locations) -> addIds(path, locations, origin, ids));
    return ids;
  }

  private static void addIds(
      Path path, List<Location> locations, EmbeddingOrigin origin, Set<String> ids) {
    DatasetFile file = DatasetFile.open(new FileRanges(path, new Counters()));
    EmbeddingOrigin made = Origins.of(file.footer());
    if (made != null && !made.agreesWith(origin)) {
      throw new EarthEmbedException(path + " was made by " + made + ", not by " + origin);
    }
    long first = 0;
    for (Footer.Group group : file.footer().rowGroups()) {
      List<@Nullable String> texts = file.texts(group, "unique_id");
      for (Location location : locations) {
        long from = Math.max(0, location.firstRow() - first);
        long to = Math.min(texts.size(), location.firstRow() - first + location.rows());
        for (long row = from; row < to; row++) {
          String id = texts.get((int) row);
          if (id != null) ids.add(id);
        }
      }
      first += group.rows();
    }
  }

  /**
   * Merges files that follow each other and are small, as nightly runs leave them. The rows keep
   * their order and their bytes; row groups become larger; the parts keep their names, so that a
   * later run still finds what is embedded. Files that cannot be joined stay as they are: those of
   * other programs, and neighbours of other columns, metadata or compression.
   *
   * <p>A dataset that is opened meanwhile, or after an interruption, has the old or the new files,
   * never a row twice. A dataset that was opened before must be opened again if its files are gone.
   * Programs that list the folder by themselves, such as DuckDB, see the rows of merged files twice
   * while the old files are removed; after an interruption the next sink or compaction of the
   * folder removes them. Pipelines may add parts meanwhile.
   *
   * @param fileBytes size of a merged file at most, at least 1; larger files stay as they are
   * @return by how many the folder has fewer files
   * @throws EarthEmbedException if another compaction of the folder is running, another model made
   *     a file, or a file cannot be read or written
   */
  public int compact(long fileBytes) {
    Checks.positive("fileBytes", fileBytes);
    return new DatasetCompaction(folder, model, fileBytes, GROUP_ROWS, () -> {}).run();
  }

  /** {@inheritDoc} Writes lines of JSON to {@code part.failed.jsonl}, beside the part. */
  @Override
  public void recordFailures(String part, List<FailedTile> failures) {
    Path list = file(part).resolveSibling(part + ".failed.jsonl");
    try {
      if (failures.isEmpty()) {
        Files.deleteIfExists(list);
        return;
      }
      StringBuilder lines = new StringBuilder();
      Gson gson = new Gson();
      for (FailedTile failure : failures) {
        Map<String, String> line = new LinkedHashMap<>();
        line.put("tile", failure.tile().id());
        line.put("source", String.valueOf(failure.tile().source()));
        line.put("reason", String.valueOf(failure.reason().getMessage()));
        lines.append(gson.toJson(line)).append('\n');
      }
      try (AtomicFile file = AtomicFile.create(list)) {
        Files.writeString(file.path(), lines);
        file.commit();
      }
    } catch (IOException e) {
      throw new EarthEmbedException(list + ": cannot be written: " + e, e);
    }
  }

  /** Writes a part whose origin records only the model. */
  public void write(String part, List<EmbeddedTile> tiles, Vectors embeddings) {
    write(part, EmbeddingOrigin.of(model), tiles, embeddings);
  }

  @Override
  public void write(
      String part, EmbeddingOrigin origin, List<EmbeddedTile> tiles, Vectors embeddings) {
    if (!origin.model().equals(model)) {
      throw new IllegalArgumentException(this + " takes no embeddings by " + origin.model());
    }
    if (embeddings.rows() != tiles.size() || embeddings.dimension() != model.dimension()) {
      throw new IllegalArgumentException(
          embeddings + " for " + tiles.size() + " tiles of " + model);
    }
    Path file = file(part);
    Location location = location(part, filesOfParts());
    if (!location.file().equals(file)) {
      throw new EarthEmbedException(
          location.file() + " holds part " + part + " since a compaction: give another name");
    }
    List<@Nullable Footprint> footprints = new ArrayList<>();
    for (EmbeddedTile tile : tiles) {
      CropFootprint footprint = tile.footprint();
      footprints.add(footprint == null ? null : Footprint.of(footprint));
    }
    Map<String, String> metadata = Origins.metadata(origin);
    metadata.put(GeoMetadata.KEY, GeoMetadata.of(footprints));
    metadata.put(EmbMetadata.KEY, EmbMetadata.of(origin));
    CompressionCodec codec =
        compression == DatasetCompression.ZSTD
            ? CompressionCodec.ZSTD
            : CompressionCodec.UNCOMPRESSED;
    int rowsPerGroup =
        Math.max(1, (int) Math.min(GROUP_ROWS, GROUP_BYTES / (4L * model.dimension())));
    // The reference datasets store a cell's numbers in 16 bits, which finer grids exceed.
    boolean shorts = tiles.stream().allMatch(t -> fitsShorts(t.tile()));
    List<Field> fields = new ArrayList<>(shorts ? FIELDS : fields(Kind.NUMBER));
    List<AttributeColumns.Column> attributes = attributes(tiles);
    for (AttributeColumns.Column column : attributes) fields.add(AttributeFields.field(column));
    AttributeFields.addTo(metadata, attributes);
    try (ColumnWriter writer = new ColumnWriter(file, fields, metadata, codec)) {
      for (int from = 0; from < tiles.size() || from == 0; from += rowsPerGroup) {
        int to = Math.min(tiles.size(), from + rowsPerGroup);
        List<EmbeddedTile> rows = tiles.subList(from, to);
        List<Values> columns = columns(rows, footprints.subList(from, to), embeddings, from);
        for (AttributeColumns.Column column : attributes) {
          columns.add(AttributeFields.data(column, rows, EmbeddedTile::tile));
        }
        writer.write(to - from, columns);
      }
      writer.finish();
    }
  }

  private static List<AttributeColumns.Column> attributes(List<EmbeddedTile> tiles) {
    List<AttributeColumns.Column> columns =
        AttributeColumns.of(tiles.stream().map(EmbeddedTile::tile).toList(), COLUMNS);
    for (AttributeColumns.Column column : columns) {
      String name = column.attribute();
      int point = name.indexOf('.');
      boolean inside = point >= 0 && COLUMNS.contains(name.substring(0, point));
      if (inside || !column.name().equals(name)) {
        throw new IllegalArgumentException(
            PlainText.message("attribute " + name + " has the name of a column of the dataset"));
      }
    }
    return columns;
  }

  private static List<Values> columns(
      List<EmbeddedTile> tiles,
      List<@Nullable Footprint> footprints,
      Vectors embeddings,
      int from) {
    List<byte @Nullable []> geometries = new ArrayList<>();
    for (Footprint f : footprints) geometries.add(f == null ? null : f.wkb());
    List<Values> columns = new ArrayList<>();
    columns.add(ColumnData.strings(tiles, t -> t.tile().id()));
    columns.add(new Embeddings(embeddings, from, tiles.size()));
    columns.add(ColumnData.strings(tiles, t -> ShardWriter.time(t.tile().timestamp())));
    columns.add(ColumnData.strings(tiles, t -> t.tile().productId()));
    columns.add(ColumnData.strings(tiles, t -> cell(t.tile())));
    columns.add(ofCells(tiles, GridCell::row));
    columns.add(ofCells(tiles, GridCell::column));
    columns.add(ColumnData.binaries(geometries));
    columns.add(ColumnData.numbers(tiles, Type.FLOAT, t -> latitude(t.tile())));
    columns.add(ColumnData.numbers(tiles, Type.FLOAT, t -> longitude(t.tile())));
    columns.add(ColumnData.strings(tiles, t -> wkt(t.footprint())));
    columns.add(ColumnData.strings(tiles, t -> crs(t.footprint())));
    columns.add(ColumnData.lists(boxes(tiles), 4));
    columns.add(ColumnData.numbers(tiles, Type.INT64, t -> row(t.tile())));
    columns.add(ColumnData.strings(tiles, t -> url(t.tile())));
    columns.add(ColumnData.numbers(tiles, Type.FLOAT, t -> t.tile().cloudCover()));
    columns.add(sides(footprints, Footprint::west));
    columns.add(sides(footprints, Footprint::south));
    columns.add(sides(footprints, Footprint::east));
    columns.add(sides(footprints, Footprint::north));
    return columns;
  }

  private static boolean fitsShorts(TileRecord tile) {
    if (!tile.hasCell()) return true;
    GridCell cell = tile.cell();
    return cell.row() == (short) cell.row() && cell.column() == (short) cell.column();
  }

  private static ColumnData sides(
      List<@Nullable Footprint> footprints, ToDoubleFunction<Footprint> side) {
    double[] values = new double[footprints.size()];
    for (int i = 0; i < values.length; i++) {
      Footprint f = footprints.get(i);
      values[i] = f == null ? Double.NaN : side.applyAsDouble(f);
    }
    return ColumnData.numbers(Type.DOUBLE, values);
  }

  private static ColumnData ofCells(List<EmbeddedTile> tiles, ToIntFunction<GridCell> part) {
    return ColumnData.numbers(
        tiles, Type.INT32, t -> t.tile().hasCell() ? part.applyAsInt(t.tile().cell()) : Double.NaN);
  }

  static @Nullable String cell(TileRecord tile) {
    return tile.hasCell() ? tile.cell().name() : null;
  }

  /** Returns the latitude of the centre, or NaN, which is written as null, if it is unknown. */
  static double latitude(TileRecord tile) {
    return tile.hasCenter() ? tile.center().latitude() : Double.NaN;
  }

  /** Returns the longitude of the centre, likewise. */
  static double longitude(TileRecord tile) {
    return tile.hasCenter() ? tile.center().longitude() : Double.NaN;
  }

  /** Returns the row group's number, or NaN, which is written as null, if it is unknown. */
  static double row(TileRecord tile) {
    TileRef source = tile.source();
    return source == null ? Double.NaN : source.rowGroup();
  }

  static @Nullable String url(TileRecord tile) {
    TileRef source = tile.source();
    return source == null ? null : source.shard().toString();
  }

  /**
   * Returns boxes with rows before columns, as in {@link io.earthembed.pipeline.Fragment#pixelBox}.
   */
  private static List<long @Nullable []> boxes(List<EmbeddedTile> tiles) {
    List<long @Nullable []> boxes = new ArrayList<>();
    for (EmbeddedTile tile : tiles) {
      CropFootprint f = tile.footprint();
      boxes.add(
          f == null
              ? null
              : new long[] {f.row(), f.column(), f.row() + f.height(), f.column() + f.width()});
    }
    return boxes;
  }

  private static @Nullable String crs(@Nullable CropFootprint f) {
    return f == null ? null : "EPSG:" + f.reference().epsg();
  }

  private static @Nullable String wkt(@Nullable CropFootprint f) {
    if (f == null) return null;
    return String.format(
        Locale.ROOT,
        "POLYGON ((%1$s %4$s, %3$s %4$s, %3$s %2$s, %1$s %2$s, %1$s %4$s))",
        f.west(),
        f.south(),
        f.east(),
        f.north());
  }

  @Override
  public String toString() {
    return "GeoParquetSink[" + folder + "]";
  }
}
