package io.earthembed.view;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.geo.GeoPoint;
import io.earthembed.imagery.TileRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * The hits of a search as a GeoJSON FeatureCollection (RFC 7946): a point for each tile's centre,
 * or its square on the ground, longitude first. What crosses the antimeridian is cut there (section
 * 3.1.9), and the collection's box then runs from a greater west to a smaller east (5.2). The
 * query, the model and a note are foreign members of the collection. What is not known of a tile is
 * not among its properties. Immutable and safe for many threads.
 */
public final class GeoJson {
  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  private final SearchResult result;
  private final String note;
  private final double side;

  private GeoJson(SearchResult result, String note, double side) {
    this.result = result;
    this.note = note;
    this.side = side;
  }

  /** The hits of a result. */
  public static GeoJson of(SearchResult result) {
    return new GeoJson(result, "", 0);
  }

  /** The same with a line that says what a reader must know; it is repeated in every feature. */
  public GeoJson withNote(String line) {
    return new GeoJson(result, line, side);
  }

  /**
   * The same with squares for points: north up in the UTM zone of each tile's centre. A tile beyond
   * 84 degrees, where there is no zone, stays a point.
   *
   * @param metres side of a square, positive: 10,680 for a tile of MajorTOM, 3,840 for a crop of
   *     384
   */
  public GeoJson withSquares(double metres) {
    if (!(metres > 0 && metres < 1e6)) {
      throw new IllegalArgumentException("metres outside (0, 1,000,000): " + metres);
    }
    return new GeoJson(result, note, metres);
  }

  /** The document. */
  public String toJson() {
    JsonObject root = new JsonObject();
    root.addProperty("type", "FeatureCollection");
    root.addProperty("query", result.query().describe());
    root.addProperty("model", Text.models(result));
    if (!note.isEmpty()) root.addProperty("note", note);
    if (result.neighbors().size() > 0) {
      List<GeoPoint> centres = result.hits().stream().map(hit -> hit.tile().centre()).toList();
      JsonArray bbox = new JsonArray();
      for (double edge : Footprint.box(centres, side)) {
        bbox.add(edge);
      }
      root.add("bbox", bbox);
    }
    JsonArray features = new JsonArray();
    for (Hit hit : result.hits()) features.add(feature(hit));
    root.add("features", features);
    return GSON.toJson(root);
  }

  private JsonObject geometry(GeoPoint centre) {
    List<double[][]> rings = side > 0 ? Footprint.square(centre, side) : List.of();
    JsonObject geometry = new JsonObject();
    if (rings.isEmpty()) {
      geometry.addProperty("type", "Point");
      geometry.add("coordinates", position(centre.longitude(), centre.latitude()));
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

  private JsonObject feature(Hit hit) {
    JsonObject properties = new JsonObject();
    properties.addProperty("rank", hit.rank());
    properties.addProperty("score", hit.score());
    properties.addProperty("id", hit.tile().id());
    properties.addProperty("grid_cell", hit.tile().cell().name());
    properties.addProperty("product_id", hit.tile().productId());
    Instant time = hit.tile().timestamp();
    if (time != null) properties.addProperty("timestamp", time.toString());
    TileRef source = hit.tile().source();
    if (source != null) {
      properties.addProperty("parquet_url", source.shard().toString());
      properties.addProperty("parquet_row", source.rowGroup());
    }
    if (!note.isEmpty()) properties.addProperty("note", note);
    JsonObject feature = new JsonObject();
    feature.addProperty("type", "Feature");
    feature.add("geometry", geometry(hit.tile().centre()));
    feature.add("properties", properties);
    return feature;
  }

  /**
   * Writes {@link #toJson} to a file in UTF-8, whole or not at all.
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
