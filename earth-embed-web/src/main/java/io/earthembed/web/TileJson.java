package io.earthembed.web;

import com.google.gson.JsonObject;
import io.earthembed.Hit;
import io.earthembed.imagery.TileRecord;

/** Describes tiles and hits for clients. */
final class TileJson {
  private TileJson() {}

  /** Describes a tile; unknown properties are absent. */
  static JsonObject of(long row, TileRecord tile) {
    JsonObject json = new JsonObject();
    json.addProperty("row", row);
    json.addProperty("id", tile.id());
    if (tile.hasCell()) json.addProperty("cell", tile.cell().name());
    if (tile.hasCenter()) {
      json.addProperty("lat", tile.center().latitude());
      json.addProperty("lon", tile.center().longitude());
    }
    if (tile.productId() != null) json.addProperty("product", tile.productId());
    if (tile.timestamp() != null) json.addProperty("time", tile.timestamp().toString());
    if (!Float.isNaN(tile.cloudCover())) json.addProperty("clouds", tile.cloudCover());
    if (!tile.attributes().isEmpty()) json.add("attributes", AttributesJson.of(tile.attributes()));
    json.addProperty("picture", tile.source() != null);
    return json;
  }

  /** Describes a hit. */
  static JsonObject of(Hit hit) {
    JsonObject json = of(hit.ordinal(), hit.tile());
    json.addProperty("rank", hit.rank());
    json.addProperty("score", hit.score());
    json.addProperty("percentile", hit.percentile());
    return json;
  }
}
