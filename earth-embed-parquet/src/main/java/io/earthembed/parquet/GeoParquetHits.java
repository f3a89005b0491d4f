package io.earthembed.parquet;

import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.base.table.AttributeColumns;
import io.earthembed.dataset.Attribution;
import io.earthembed.geo.GeoPoint;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.internal.ColumnData;
import io.earthembed.parquet.internal.ColumnWriter;
import io.earthembed.parquet.internal.ColumnWriter.Field;
import io.earthembed.parquet.internal.ColumnWriter.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/**
 * Writes the hits of a search to one GeoParquet 1.1 file, for GeoPandas, DuckDB, QGIS and similar
 * programs. Columns: rank, score, percentile, id, grid_cell, product_id, timestamp (ISO 8601, UTC,
 * null if unknown), centre_lat, centre_lon, parquet_url, parquet_row, cloud_cover (percent, null if
 * unknown), geometry, the tile's centre as a WKB point of longitude and latitude (WGS 84), and the
 * tiles' attributes, with {@code attribute_} before the name of another column. The file's metadata
 * record the query, the model and the attribution of the dataset, if it has one, as
 * earthembed.query, earthembed.model and earthembed.attribution.
 */
public final class GeoParquetHits {
  private static final List<Field> FIELDS =
      List.of(
          new Field("rank", Type.INT32, Kind.NUMBER),
          new Field("score", Type.FLOAT, Kind.NUMBER),
          new Field("percentile", Type.DOUBLE, Kind.NUMBER),
          new Field("id", Type.BYTE_ARRAY, Kind.STRING),
          new Field("grid_cell", Type.BYTE_ARRAY, Kind.STRING),
          new Field("product_id", Type.BYTE_ARRAY, Kind.STRING),
          new Field("timestamp", Type.BYTE_ARRAY, Kind.STRING),
          new Field("centre_lat", Type.DOUBLE, Kind.NUMBER),
          new Field("centre_lon", Type.DOUBLE, Kind.NUMBER),
          new Field("parquet_url", Type.BYTE_ARRAY, Kind.STRING),
          new Field("parquet_row", Type.INT64, Kind.NUMBER),
          new Field("cloud_cover", Type.FLOAT, Kind.NUMBER),
          new Field("geometry", Type.BYTE_ARRAY, Kind.BINARY));

  private GeoParquetHits() {}

  /**
   * Writes the hits of a result. The file is complete or absent.
   *
   * @param file the file; its folder must exist
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public static void write(SearchResult result, Path file) {
    List<Hit> hits = List.copyOf(result.hits());
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("geo", GeoMetadata.ofPoints());
    metadata.put("earthembed.query", result.query().describe());
    metadata.put("earthembed.model", result.model().name() + " " + result.model().version());
    Attribution attribution = result.attribution();
    if (!attribution.isEmpty()) metadata.put("earthembed.attribution", attribution.toString());
    List<AttributeColumns.Column> attributes =
        AttributeColumns.of(
            hits.stream().map(Hit::tile).toList(), FIELDS.stream().map(Field::name).toList());
    List<Field> fields = new ArrayList<>(FIELDS);
    for (AttributeColumns.Column column : attributes) fields.add(AttributeFields.field(column));
    try (ColumnWriter writer = new ColumnWriter(file, fields, metadata, CompressionCodec.ZSTD)) {
      List<ColumnData> columns = columns(hits);
      for (AttributeColumns.Column column : attributes) {
        columns.add(AttributeFields.data(column, hits, Hit::tile));
      }
      if (!hits.isEmpty()) writer.write(hits.size(), columns);
      writer.finish();
    }
  }

  private static List<ColumnData> columns(List<Hit> hits) {
    List<byte @Nullable []> points = new ArrayList<>();
    for (Hit hit : hits) points.add(point(hit.tile()));
    List<ColumnData> columns = new ArrayList<>();
    columns.add(ColumnData.numbers(hits, Type.INT32, Hit::rank));
    columns.add(ColumnData.numbers(hits, Type.FLOAT, Hit::score));
    columns.add(ColumnData.numbers(hits, Type.DOUBLE, Hit::percentile));
    columns.add(ColumnData.strings(hits, hit -> hit.tile().id()));
    columns.add(ColumnData.strings(hits, hit -> GeoParquetSink.cell(hit.tile())));
    columns.add(ColumnData.strings(hits, hit -> hit.tile().productId()));
    columns.add(ColumnData.strings(hits, hit -> Objects.toString(hit.tile().timestamp(), null)));
    columns.add(ColumnData.numbers(hits, Type.DOUBLE, hit -> GeoParquetSink.latitude(hit.tile())));
    columns.add(ColumnData.numbers(hits, Type.DOUBLE, hit -> GeoParquetSink.longitude(hit.tile())));
    columns.add(ColumnData.strings(hits, hit -> GeoParquetSink.url(hit.tile())));
    columns.add(ColumnData.numbers(hits, Type.INT64, hit -> GeoParquetSink.row(hit.tile())));
    columns.add(ColumnData.numbers(hits, Type.FLOAT, hit -> hit.tile().cloudCover()));
    columns.add(ColumnData.binaries(points));
    return columns;
  }

  /** Returns a tile's centre in well-known binary, or null if it is unknown. */
  static byte @Nullable [] point(TileRecord tile) {
    if (!tile.hasCenter()) return null;
    GeoPoint center = tile.center();
    ByteBuffer wkb = ByteBuffer.allocate(21).order(ByteOrder.LITTLE_ENDIAN);
    wkb.put((byte) 1).putInt(1).putDouble(center.longitude()).putDouble(center.latitude());
    return wkb.array();
  }
}
