package io.earthembed.view;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.base.table.AttributeColumns;
import io.earthembed.geo.GeoPoint;
import io.earthembed.imagery.TileRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * The hits of a search as a GeoJSON FeatureCollection (RFC 7946): a point for each tile's centre,
 * or its square on the ground, longitude first. Squares are cut at the antimeridian (section
 * 3.1.9); the west of the collection's box is then greater than its east (section 5.2). The query,
 * the model and a note are foreign members of the collection. The tiles' attributes are properties,
 * with {@code attribute_} before the name of another one. Unknown properties of a tile are absent.
 * Immutable and safe for many threads.
 */
public final class GeoJson {
  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().serializeNulls().create();

  private static final List<String> PROPERTIES =
      List.of(
          "rank",
          "score",
          "id",
          "grid_cell",
          "product_id",
          "timestamp",
          "parquet_url",
          "parquet_row",
          "note");

  private final SearchResult result;
  private final String note;
  private final double side;

  private GeoJson(SearchResult result, String note, double side) {
    this.result = result;
    this.note = note;
    this.side = side;
  }

  /** Creates the export of a result's hits. */
  public static GeoJson of(SearchResult result) {
    return new GeoJson(result, Text.note(result, ""), 0);
  }

  /**
   * Returns a copy with a note for readers, one line, before the dataset's attribution. The note is
   * in the collection and in each feature.
   */
  public GeoJson withNote(String line) {
    return new GeoJson(result, Text.note(result, line), side);
  }

  /**
   * Returns a copy with squares instead of points, north up in the UTM zone of each tile's centre.
   * A tile beyond 84 degrees of latitude, which no UTM zone covers, stays a point.
   *
   * @param meters side of a square in metres, positive: 10,680 for a tile of MajorTOM, 3,840 for a
   *     crop of 384 pixels
   */
  public GeoJson withSquares(double meters) {
    if (!(meters > 0 && meters < 1e6)) {
      throw new IllegalArgumentException("meters outside (0, 1,000,000): " + meters);
    }
    return new GeoJson(result, note, meters);
  }

  /** Returns the document. */
  public String toJson() {
    JsonObject root = new JsonObject();
    root.addProperty("type", "FeatureCollection");
    root.addProperty("query", result.query().describe());
    root.addProperty("model", Text.models(result));
    if (!note.isEmpty()) root.addProperty("note", note);
    List<GeoPoint> centers =
        result.hits().stream()
            .filter(hit -> hit.tile().hasCenter())
            .map(hit -> hit.tile().center())
            .toList();
    if (!centers.isEmpty()) {
      JsonArray bbox = new JsonArray();
      for (double edge : Footprint.box(centers, side)) {
        bbox.add(edge);
      }
      root.add("bbox", bbox);
    }
    List<AttributeColumns.Column> attributes =
        AttributeColumns.of(result.hits().stream().map(Hit::tile).toList(), PROPERTIES);
    JsonArray features = new JsonArray();
    for (Hit hit : result.hits()) features.add(feature(hit, attributes));
    root.add("features", features);
    return GSON.toJson(root);
  }

  /** Returns the square of a side in metres around a place, or a point if the side is 0. */
  static JsonObject geometry(GeoPoint center, double side) {
    List<double[][]> rings = side > 0 ? Footprint.square(center, side) : List.of();
    JsonObject geometry = new JsonObject();
    if (rings.isEmpty()) {
      geometry.addProperty("type", "Point");
      geometry.add("coordinates", position(center.longitude(), center.latitude()));
      return geometry;
    }
    JsonArray polygons = new JsonArray();
    for (double[][] ring : rings) {
      JsonArray line = new JsonArray();
      for (double[] corner : ring) line.add(position(corner[0], corner[1]));
      JsonArray polygon = new JsonArray();
      polygon.add(line);
      polygons.add(polygon);
    }
    boolean whole = polygons.size() == 1;
    geometry.addProperty("type", whole ? "Polygon" : "MultiPolygon");
    geometry.add("coordinates", whole ? polygons.get(0) : polygons);
    return geometry;
  }

  private static JsonArray position(double longitude, double latitude) {
    JsonArray position = new JsonArray();
    position.add(longitude);
    position.add(latitude);
    return position;
  }

  private JsonObject feature(Hit hit, List<AttributeColumns.Column> attributes) {
    JsonObject properties = new JsonObject();
    properties.addProperty("rank", hit.rank());
    properties.addProperty("score", hit.score());
    properties.addProperty("id", hit.tile().id());
    if (hit.tile().hasCell()) properties.addProperty("grid_cell", hit.tile().cell().name());
    String product = hit.tile().productId();
    if (product != null) properties.addProperty("product_id", product);
    Instant time = hit.tile().timestamp();
    if (time != null) properties.addProperty("timestamp", time.toString());
    TileRef source = hit.tile().source();
    if (source != null) {
      properties.addProperty("parquet_url", source.shard().toString());
      properties.addProperty("parquet_row", source.rowGroup());
    }
    if (!note.isEmpty()) properties.addProperty("note", note);
    for (AttributeColumns.Column column : attributes) {
      Object value = hit.tile().attributes().get(column.attribute());
      if (value != null) properties.add(column.name(), value(value));
    }
    JsonObject feature = new JsonObject();
    feature.addProperty("type", "Feature");
    // RFC 7946: a feature of unknown place has a null geometry.
    boolean placed = hit.tile().hasCenter();
    feature.add("geometry", placed ? geometry(hit.tile().center(), side) : JsonNull.INSTANCE);
    feature.add("properties", properties);
    return feature;
  }

  /** Returns an attribute's value; a time as a text of ISO 8601. */
  static JsonPrimitive value(Object value) {
    if (value instanceof Number number) return new JsonPrimitive(number);
    if (value instanceof Boolean flag) return new JsonPrimitive(flag);
    return new JsonPrimitive(value.toString());
  }

  /**
   * Writes {@link #toJson} to a file in UTF-8, atomically: all or nothing.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public void write(Path file) {
    AtomicFiles.write(file, toJson().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "GeoJson[" + result.neighbors().size() + " features]";
  }
}
