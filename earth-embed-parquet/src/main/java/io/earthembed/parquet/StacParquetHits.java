package io.earthembed.parquet;

import com.google.gson.Gson;
import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.base.table.AttributeColumns;
import io.earthembed.dataset.Attribution;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.parquet.internal.ColumnData;
import io.earthembed.parquet.internal.ColumnWriter;
import io.earthembed.parquet.internal.ColumnWriter.Field;
import io.earthembed.parquet.internal.ColumnWriter.Kind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/**
 * Writes the hits of a search to one STAC-GeoParquet 1.0.0 file, which stac-geoparquet and rustac
 * read as STAC items, and others as GeoParquet 1.1. An item has the tile's id, its centre as a WKB
 * point, its time, and its pixels as the asset {@code data}; {@code earthembed:*} columns have
 * rank, score and what else is known of the tile. A tile of unknown time has the period of the
 * years 1 to 9999, because STAC requires a time.
 *
 * <p>The tiles' attributes are properties after {@code earthembed:attribute:}.
 *
 * <p>The file's metadata record the query as earthembed.query, the attribution of the dataset, if
 * it has one, as earthembed.attribution, and the model and the dimension as {@code emb}, in the
 * terms of the embeddings STAC extension 0.0.1.
 */
public final class StacParquetHits {
  private static final String ATTRIBUTE = "earthembed:attribute:";
  private static final String EO = "https://stac-extensions.github.io/eo/v1.1.0/schema.json";
  private static final double START = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
  private static final double END = Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();

  /** Numbers are doubles: rustac rounds floats to three digits. */
  private static final List<Field> FIELDS =
      List.of(
          new Field("type", Type.BYTE_ARRAY, Kind.STRING),
          new Field("stac_version", Type.BYTE_ARRAY, Kind.STRING),
          new Field("stac_extensions", Type.BYTE_ARRAY, Kind.TEXTS),
          new Field("id", Type.BYTE_ARRAY, Kind.STRING),
          new Field("geometry", Type.BYTE_ARRAY, Kind.BINARY),
          new Field("bbox", Type.DOUBLE, Kind.BOX),
          new Field("links", Type.BYTE_ARRAY, Kind.TEXTS),
          new Field("assets.data.href", Type.BYTE_ARRAY, Kind.NESTED),
          new Field("datetime", Type.INT64, Kind.TIME),
          new Field("start_datetime", Type.INT64, Kind.TIME),
          new Field("end_datetime", Type.INT64, Kind.TIME),
          new Field("eo:cloud_cover", Type.DOUBLE, Kind.NUMBER),
          new Field("earthembed:rank", Type.INT32, Kind.NUMBER),
          new Field("earthembed:score", Type.DOUBLE, Kind.NUMBER),
          new Field("earthembed:percentile", Type.DOUBLE, Kind.NUMBER),
          new Field("earthembed:grid_cell", Type.BYTE_ARRAY, Kind.STRING),
          new Field("earthembed:product_id", Type.BYTE_ARRAY, Kind.STRING),
          new Field("earthembed:row_group", Type.INT64, Kind.NUMBER));

  private StacParquetHits() {}

  /**
   * Writes the hits of a result. The file is complete or absent.
   *
   * @param file the file; its folder must exist
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public static void write(SearchResult result, Path file) {
    List<Hit> hits = List.copyOf(result.hits());
    ModelInfo model = result.model();
    Map<String, Object> emb =
        Map.of(
            "emb:type",
            "chip",
            "emb:dimensions",
            model.dimension(),
            "model",
            Map.of("id", model.name(), "version", model.version()));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("geo", GeoMetadata.ofPoints());
    metadata.put("stac-geoparquet", "{\"version\":\"1.0.0\"}");
    metadata.put("emb", new Gson().toJson(emb));
    metadata.put("earthembed.query", result.query().describe());
    Attribution attribution = result.attribution();
    if (!attribution.isEmpty()) metadata.put("earthembed.attribution", attribution.toString());
    List<Field> fields = new ArrayList<>(FIELDS);
    if (areDated(hits)) fields.removeIf(field -> field.name().matches("(start|end)_datetime"));
    List<ColumnData> columns = columns(hits);
    for (AttributeColumns.Column column :
        AttributeColumns.of(hits.stream().map(Hit::tile).toList(), List.of())) {
      fields.add(AttributeFields.field(column, ATTRIBUTE + column.name()));
      columns.add(AttributeFields.data(column, hits, Hit::tile));
    }
    try (ColumnWriter writer = new ColumnWriter(file, fields, metadata, CompressionCodec.ZSTD)) {
      if (!hits.isEmpty()) writer.write(hits.size(), columns);
      writer.finish();
    }
  }

  private static List<ColumnData> columns(List<Hit> hits) {
    List<byte @Nullable []> points = new ArrayList<>();
    for (Hit hit : hits) points.add(GeoParquetHits.point(hit.tile()));
    ToDoubleFunction<Hit> longitude = hit -> GeoParquetSink.longitude(hit.tile());
    ToDoubleFunction<Hit> latitude = hit -> GeoParquetSink.latitude(hit.tile());
    List<ColumnData> columns = new ArrayList<>();
    columns.add(ColumnData.strings(hits, hit -> "Feature"));
    columns.add(ColumnData.strings(hits, hit -> "1.0.0"));
    columns.add(
        ColumnData.listsOfOne(hits, hit -> Float.isNaN(hit.tile().cloudCover()) ? null : EO));
    columns.add(ColumnData.strings(hits, hit -> hit.tile().id()));
    columns.add(ColumnData.binaries(points));
    columns.add(ColumnData.numbers(hits, Type.DOUBLE, longitude));
    columns.add(ColumnData.numbers(hits, Type.DOUBLE, latitude));
    columns.add(ColumnData.numbers(hits, Type.DOUBLE, longitude));
    columns.add(ColumnData.numbers(hits, Type.DOUBLE, latitude));
    columns.add(ColumnData.listsOfOne(hits, hit -> null));
    columns.add(ColumnData.strings(hits, hit -> GeoParquetSink.url(hit.tile())));
    columns.add(ColumnData.numbers(hits, Type.INT64, hit -> time(hit, Double.NaN)));
    if (!areDated(hits)) {
      columns.add(ColumnData.numbers(hits, Type.INT64, hit -> time(hit, START)));
      columns.add(ColumnData.numbers(hits, Type.INT64, hit -> time(hit, END)));
    }
    columns.add(ColumnData.numbers(hits, Type.DOUBLE, hit -> hit.tile().cloudCover()));
    columns.add(ColumnData.numbers(hits, Type.INT32, Hit::rank));
    columns.add(ColumnData.numbers(hits, Type.DOUBLE, Hit::score));
    columns.add(ColumnData.numbers(hits, Type.DOUBLE, Hit::percentile));
    columns.add(ColumnData.strings(hits, hit -> GeoParquetSink.cell(hit.tile())));
    columns.add(ColumnData.strings(hits, hit -> hit.tile().productId()));
    columns.add(ColumnData.numbers(hits, Type.INT64, hit -> GeoParquetSink.row(hit.tile())));
    return columns;
  }

  private static boolean areDated(List<Hit> hits) {
    return hits.stream().allMatch(hit -> hit.tile().timestamp() != null);
  }

  /** Returns milliseconds since 1970, which a double holds exactly for 285,000 years. */
  private static double time(Hit hit, double otherwise) {
    Instant time = hit.tile().timestamp();
    return time == null ? otherwise : time.toEpochMilli();
  }
}
