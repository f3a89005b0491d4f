package io.earthembed.parquet;

import com.google.gson.Gson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The file metadata that GeoParquet 1.1 asks for, in JSON. */
final class GeoMetadata {
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

  private static String around(Map<String, Object> column) {
    Map<String, Object> geo = new LinkedHashMap<>();
    geo.put("version", "1.1.0");
    geo.put("primary_column", "geometry");
    geo.put("columns", Map.of("geometry", column));
    return new Gson().toJson(geo);
  }
}
