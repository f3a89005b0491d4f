package io.earthembed.parquet;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The file metadata that GeoParquet 1.1 asks for, in JSON. */
final class GeoMetadata {
  /** The key of the metadata in a file. */
  static final String KEY = "geo";

  private GeoMetadata() {}

  static String of(List<@Nullable Footprint> footprints) {
    TreeSet<String> types = new TreeSet<>();
    double[] box = {180, 90, -180, -90};
    for (Footprint f : footprints) {
      if (f == null) continue;
      types.add(f.crossesAntimeridian() ? "MultiPolygon" : "Polygon");
      box[0] = f.crossesAntimeridian() ? -180 : Math.min(box[0], f.west());
      box[1] = Math.min(box[1], f.south());
      box[2] = f.crossesAntimeridian() ? 180 : Math.max(box[2], f.east());
      box[3] = Math.max(box[3], f.north());
    }
    Map<String, Object> column = new LinkedHashMap<>();
    column.put("encoding", "WKB");
    column.put("geometry_types", types);
    column.put("orientation", "counterclockwise");
    if (!types.isEmpty()) column.put("bbox", box);
    Map<String, Object> sides = new LinkedHashMap<>();
    for (String side : GeoColumn.SIDES) {
      sides.put(side, List.of("bbox", side));
    }
    column.put("covering", Map.of("bbox", sides));
    return around(column);
  }

  /**
   * Returns the metadata of points, without a box, which would be wrong across the antimeridian.
   */
  static String ofPoints() {
    return around(Map.of("encoding", "WKB", "geometry_types", List.of("Point")));
  }

  /**
   * Returns the metadata of a file with the rows of several, or null if these differ in more than
   * their geometry types and their boxes.
   *
   * @param files metadata that {@link #of} returned
   */
  static @Nullable String joined(List<String> files) {
    TreeSet<String> types = new TreeSet<>();
    double[] box = {180, 90, -180, -90};
    JsonObject joined = null;
    for (String text : files) {
      JsonObject geo;
      try {
        geo = new Gson().fromJson(text, JsonObject.class);
      } catch (JsonParseException e) {
        return null;
      }
      if (geo == null
          || !(geo.get("columns") instanceof JsonObject columns)
          || !(columns.get("geometry") instanceof JsonObject column)
          || !(column.get("geometry_types") instanceof JsonArray some)) {
        return null; // other metadata than ours
      }
      for (JsonElement type : some) types.add(type.getAsString());
      if (column.remove("bbox") instanceof JsonArray sides) {
        if (sides.size() != box.length) return null;
        for (int i = 0; i < box.length; i++) {
          double side = sides.get(i).getAsDouble();
          box[i] = i < 2 ? Math.min(box[i], side) : Math.max(box[i], side);
        }
      }
      column.remove("geometry_types");
      if (joined != null && !joined.equals(geo)) return null;
      joined = geo;
    }
    if (joined == null) return null;
    JsonObject column = joined.getAsJsonObject("columns").getAsJsonObject("geometry");
    Gson gson = new Gson();
    column.add("geometry_types", gson.toJsonTree(types));
    if (!types.isEmpty()) column.add("bbox", gson.toJsonTree(box));
    return gson.toJson(joined);
  }

  private static String around(Map<String, Object> column) {
    Map<String, Object> geo = new LinkedHashMap<>();
    geo.put("version", "1.1.0");
    geo.put("primary_column", "geometry");
    geo.put("columns", Map.of("geometry", column));
    return new Gson().toJson(geo);
  }
}
