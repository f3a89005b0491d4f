package io.earthembed.view;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The hits of a search as a GeoJSON FeatureCollection (RFC 7946): a point for each tile's centre,
 * longitude first. The query, the model and a note are foreign members of the collection. Immutable
 * and safe for many threads.
 */
public final class GeoJson {
  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  private final SearchResult result;
  private final String note;

  private GeoJson(SearchResult result, String note) {
    this.result = result;
    this.note = note;
  }

  /** The hits of a result. */
  public static GeoJson of(SearchResult result) {
    return new GeoJson(result, "");
  }

  /** The same with a line that says what a reader must know; it is repeated in every feature. */
  public GeoJson withNote(String line) {
    return new GeoJson(result, line);
  }

  /** The document. */
  public String toJson() {
    JsonObject root = new JsonObject();
    root.addProperty("type", "FeatureCollection");
    root.addProperty("query", result.query().describe());
    root.addProperty("model", result.model().name() + " " + result.model().version());
    if (!note.isEmpty()) root.addProperty("note", note);
    JsonArray features = new JsonArray();
    for (Hit hit : result.hits()) features.add(feature(hit));
    root.add("features", features);
    return GSON.toJson(root);
  }

  private JsonObject feature(Hit hit) {
    JsonArray coordinates = new JsonArray();
    coordinates.add(hit.tile().centre().longitude());
    coordinates.add(hit.tile().centre().latitude());
    JsonObject point = new JsonObject();
    point.addProperty("type", "Point");
    point.add("coordinates", coordinates);
    JsonObject properties = new JsonObject();
    properties.addProperty("rank", hit.rank());
    properties.addProperty("score", hit.score());
    properties.addProperty("id", hit.tile().id());
    properties.addProperty("grid_cell", hit.tile().cell().name());
    properties.addProperty("product_id", hit.tile().productId());
    properties.addProperty("timestamp", hit.tile().timestamp().toString());
    TileRef source = hit.tile().source();
    if (source != null) {
      properties.addProperty("parquet_url", source.shard().toString());
      properties.addProperty("parquet_row", source.rowGroup());
    }
    if (!note.isEmpty()) properties.addProperty("note", note);
    JsonObject feature = new JsonObject();
    feature.addProperty("type", "Feature");
    feature.add("geometry", point);
    feature.add("properties", properties);
    return feature;
  }

  /**
   * Writes {@link #toJson} to a file in UTF-8, whole or not at all.
   *
   * @throws io.earthembed.EarthEmbedException if it cannot be written
   */
  public void write(Path file) {
    AtomicFiles.write(file, toJson().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "GeoJson[" + result.neighbors().size() + " features]";
  }
}
