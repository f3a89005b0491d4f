package io.earthembed.web;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.geo.GeoPoint;
import io.earthembed.imagery.TileRecord;
import java.net.URI;

/**
 * The hits of a search as STAC items (STAC 1.1.0) in one FeatureCollection, as the API of STAC
 * returns them. An item's geometry is the tile's center.
 */
final class StacItems {
  private StacItems() {}

  /** Returns the document. */
  static JsonObject of(SearchResult result) {
    JsonObject root = new JsonObject();
    root.addProperty("type", "FeatureCollection");
    JsonArray features = new JsonArray();
    for (Hit hit : result.hits()) features.add(item(hit));
    root.add("features", features);
    root.addProperty("numberReturned", result.hits().size());
    return root;
  }

  private static JsonObject item(Hit hit) {
    TileRecord tile = hit.tile();
    JsonObject item = new JsonObject();
    item.addProperty("type", "Feature");
    item.addProperty("stac_version", "1.1.0");
    item.addProperty("id", tile.id());
    GeoPoint center = tile.center();
    JsonArray position = new JsonArray();
    position.add(center.longitude());
    position.add(center.latitude());
    JsonObject geometry = new JsonObject();
    geometry.addProperty("type", "Point");
    geometry.add("coordinates", position);
    item.add("geometry", geometry);
    JsonArray box = position.deepCopy();
    box.addAll(position);
    item.add("bbox", box);
    JsonObject properties = new JsonObject();
    // The member is required; null says that the time is unknown (and a strict reader refuses it).
    if (tile.timestamp() == null) properties.add("datetime", JsonNull.INSTANCE);
    else properties.addProperty("datetime", tile.timestamp().toString());
    if (!Float.isNaN(tile.cloudCover()))
      properties.addProperty("eo:cloud_cover", tile.cloudCover());
    properties.addProperty("grid:code", "MAJORTOM-" + tile.cell().name());
    properties.addProperty("earthembed:rank", hit.rank());
    properties.addProperty("earthembed:score", hit.score());
    if (tile.productId() != null) properties.addProperty("earthembed:product", tile.productId());
    item.add("properties", properties);
    item.add("links", new JsonArray());
    item.add("assets", assets(tile));
    return item;
  }

  private static JsonObject assets(TileRecord tile) {
    JsonObject assets = new JsonObject();
    if (tile.source() == null || !isPublic(tile.source().shard())) return assets;
    JsonObject asset = new JsonObject();
    asset.addProperty("href", tile.source().shard().toString());
    asset.addProperty("type", "application/vnd.apache.parquet");
    asset.addProperty("earthembed:row_group", tile.source().rowGroup());
    assets.add("shard", asset);
    return assets;
  }

  /** A file's path is nobody's but the server's. */
  private static boolean isPublic(URI shard) {
    return String.valueOf(shard.getScheme()).matches("https?") && shard.getQuery() == null;
  }
}
