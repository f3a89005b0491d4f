package io.earthembed.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.imagery.TileRecord;
import java.time.Duration;

/** Describes a search for programs, with the names of the explorer's HTTP API. */
final class HitJson {
  private HitJson() {}

  /** Describes a result. */
  static JsonObject of(SearchResult result) {
    JsonObject json = new JsonObject();
    json.addProperty("query", result.query().describe());
    json.addProperty("model", result.model().nameAndVersion());
    json.addProperty("total", result.searched());
    json.addProperty("undated", result.undated());
    JsonArray hits = new JsonArray();
    for (Hit hit : result.hits()) hits.add(of(hit));
    json.add("hits", hits);
    JsonObject stages = new JsonObject();
    stages.addProperty("encode", milliseconds(result.timings().encode()));
    stages.addProperty("filter", milliseconds(result.timings().filter()));
    stages.addProperty("search", milliseconds(result.timings().search()));
    stages.addProperty("rank", milliseconds(result.timings().rank()));
    json.add("ms", stages);
    String attribution = result.attribution().toString();
    if (!attribution.isEmpty()) json.addProperty("attribution", attribution);
    return json;
  }

  /** Describes a hit; unknown properties are absent. */
  private static JsonObject of(Hit hit) {
    TileRecord tile = hit.tile();
    JsonObject json = new JsonObject();
    json.addProperty("rank", hit.rank());
    json.addProperty("score", hit.score());
    json.addProperty("percentile", hit.percentile());
    json.addProperty("row", hit.ordinal());
    json.addProperty("id", tile.id());
    if (tile.hasCell()) json.addProperty("cell", tile.cell().name());
    if (tile.hasCenter()) {
      json.addProperty("lat", tile.center().latitude());
      json.addProperty("lon", tile.center().longitude());
    }
    if (tile.productId() != null) json.addProperty("product", tile.productId());
    if (tile.timestamp() != null) json.addProperty("time", tile.timestamp().toString());
    if (!Float.isNaN(tile.cloudCover())) json.addProperty("clouds", tile.cloudCover());
    if (!tile.attributes().isEmpty()) {
      JsonObject attributes = new JsonObject();
      tile.attributes()
          .asMap()
          .forEach(
              (name, value) -> {
                if (value instanceof Number number) attributes.addProperty(name, number);
                else if (value instanceof Boolean flag) attributes.addProperty(name, flag);
                else attributes.addProperty(name, value.toString());
              });
      json.add("attributes", attributes);
    }
    json.addProperty("picture", tile.source() != null);
    return json;
  }

  private static double milliseconds(Duration time) {
    return Math.rint(time.toNanos() / 1e3) / 1e3;
  }

  /**
   * Returns one line. Control and formatting characters, which could steer a terminal, are escaped.
   */
  static String line(JsonObject json) {
    StringBuilder line = new StringBuilder();
    String text = json.toString();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (Character.getType(c)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR ->
            line.append(String.format("\\u%04x", (int) c));
        default -> line.append(c);
      }
    }
    return line.toString();
  }
}
