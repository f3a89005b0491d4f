package io.earthembed.view;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.geo.GeoPoint;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Checks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * The hits of a search as a STAC ItemCollection (STAC 1.0.0), for STAC browsers, QGIS and pystac:
 * an item for each tile, with its id, its centre or its square on the ground, its time, and its
 * pixels as the asset {@code data}. Score and rank are in the properties {@code earthembed:*}, the
 * query, the model and a note in members of the collection. The tiles' attributes are properties
 * after {@code earthembed:attribute:}.
 *
 * <p>STAC requires a time: a tile of unknown time has no {@code datetime}, but a period of the
 * years 1 to 9999. Immutable and safe for many threads.
 */
public final class StacItems {
  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().serializeNulls().create();
  private static final String EO = "https://stac-extensions.github.io/eo/v1.1.0/schema.json";

  private final SearchResult result;
  private final String note;
  private final double side;

  private StacItems(SearchResult result, String note, double side) {
    this.result = result;
    this.note = note;
    this.side = side;
  }

  /** Creates the export of a result's hits. */
  public static StacItems of(SearchResult result) {
    return new StacItems(result, Text.note(result, ""), 0);
  }

  /** Returns a copy with a note for readers, one line, before the dataset's attribution. */
  public StacItems withNote(String line) {
    return new StacItems(result, Text.note(result, line), side);
  }

  /**
   * Returns a copy with squares instead of points, as {@link GeoJson#withSquares}.
   *
   * @param meters side of a square in metres, positive
   */
  public StacItems withSquares(double meters) {
    Checks.positive("meters", meters);
    return new StacItems(result, note, meters);
  }

  /** Returns the document. */
  public String toJson() {
    JsonObject root = new JsonObject();
    root.addProperty("type", "FeatureCollection");
    root.addProperty("earthembed:query", result.query().describe());
    root.addProperty("earthembed:model", Text.models(result));
    if (!note.isEmpty()) root.addProperty("earthembed:note", note);
    JsonArray items = new JsonArray();
    for (Hit hit : result.hits()) items.add(item(hit));
    root.add("features", items);
    return GSON.toJson(root);
  }

  private JsonObject item(Hit hit) {
    TileRecord tile = hit.tile();
    boolean clouds = !Float.isNaN(tile.cloudCover());
    JsonObject item = new JsonObject();
    item.addProperty("type", "Feature");
    item.addProperty("stac_version", "1.0.0");
    JsonArray extensions = new JsonArray();
    if (clouds) extensions.add(EO);
    item.add("stac_extensions", extensions);
    item.addProperty("id", tile.id());
    if (tile.hasCenter()) {
      GeoPoint center = tile.center();
      item.add("geometry", GeoJson.geometry(center, side));
      JsonArray bbox = new JsonArray();
      for (double edge : Footprint.box(List.of(center), side)) bbox.add(edge);
      item.add("bbox", bbox);
    } else {
      item.add("geometry", JsonNull.INSTANCE);
    }
    JsonObject properties = new JsonObject();
    addTime(properties, tile);
    if (clouds) properties.addProperty("eo:cloud_cover", tile.cloudCover());
    properties.addProperty("earthembed:rank", hit.rank());
    properties.addProperty("earthembed:score", hit.score());
    properties.addProperty("earthembed:percentile", hit.percentile());
    if (tile.hasCell()) properties.addProperty("earthembed:grid_cell", tile.cell().name());
    String product = tile.productId();
    if (product != null) properties.addProperty("earthembed:product_id", product);
    tile.attributes()
        .asMap()
        .forEach(
            (name, value) -> properties.add("earthembed:attribute:" + name, GeoJson.value(value)));
    item.add("properties", properties);
    item.add("links", new JsonArray());
    JsonObject assets = new JsonObject();
    TileRef source = tile.source();
    if (source != null) {
      JsonArray roles = new JsonArray();
      roles.add("data");
      JsonObject data = new JsonObject();
      data.addProperty("href", source.shard().toString());
      data.add("roles", roles);
      data.addProperty("earthembed:row_group", source.rowGroup());
      assets.add("data", data);
    }
    item.add("assets", assets);
    return item;
  }

  private static void addTime(JsonObject properties, TileRecord tile) {
    Instant time = tile.timestamp();
    if (time != null) {
      properties.addProperty("datetime", time.toString());
      return;
    }
    properties.add("datetime", JsonNull.INSTANCE);
    properties.addProperty("start_datetime", "0001-01-01T00:00:00Z");
    properties.addProperty("end_datetime", "9999-12-31T23:59:59Z");
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
    return "StacItems[" + result.neighbors().size() + " items]";
  }
}
