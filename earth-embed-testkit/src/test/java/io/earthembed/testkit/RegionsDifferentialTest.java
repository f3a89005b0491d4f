package io.earthembed.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.Region;
import io.earthembed.region.Regions;
import io.earthembed.testkit.peer.PythonPeer;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/**
 * Random regions that GEOS and GeoPandas write as GeoJSON, WKT and WKB: points and boxes lie inside
 * or outside as Shapely has it, up to a distance of 1e-8 degrees.
 *
 * <p>{@code -Dearthembed.differential=100000} tries as many; {@code
 * -Dearthembed.differential.first=1234} begins with a region of that number.
 */
class RegionsDifferentialTest {
  private static final int COUNT = Integer.getInteger("earthembed.differential", 2000);
  private static final int FIRST = Integer.getInteger("earthembed.differential.first", 0);
  private static final double DOUBT = 1e-8;

  @Test
  void findsWhatShapelyFinds() throws Exception {
    int inside = 0;
    try (PythonPeer shapely = PythonPeer.start(Path.of("src/test/python/regions.py"))) {
      for (int number = FIRST; number < FIRST + COUNT; number++) {
        String answer = shapely.ask(Integer.toString(number));
        JsonObject expected = JsonParser.parseString(answer).getAsJsonObject();
        inside += compare("number " + number, expected);
      }
    }
    assertTrue(inside > COUNT, inside + " points are inside");
  }

  private static Region read(String format, String text) {
    return switch (format) {
      case "GeoJSON" -> Regions.ofGeoJson(text);
      case "WKT" -> Regions.ofWkt(text);
      default -> Regions.ofWkb(HexFormat.of().parseHex(text));
    };
  }

  private static int compare(String name, JsonObject expected) {
    Region region = read(expected.get("format").getAsString(), expected.get("text").getAsString());
    int inside = 0;
    for (JsonElement element : expected.getAsJsonArray("points")) {
      JsonArray point = element.getAsJsonArray();
      double longitude = point.get(0).getAsDouble();
      double latitude = point.get(1).getAsDouble();
      if (point.get(3).getAsDouble() < DOUBT) continue;
      boolean contained = point.get(2).getAsBoolean();
      assertEquals(contained, region.contains(latitude, longitude), name + ": " + point);
      if (!contained) continue;
      inside++;
      assertTrue(region.bounds().contains(latitude, longitude), name + ": " + point);
    }
    for (JsonElement element : expected.getAsJsonArray("boxes")) {
      JsonArray sides = element.getAsJsonArray();
      BoundingBox box =
          new BoundingBox(
              sides.get(0).getAsDouble(),
              sides.get(1).getAsDouble(),
              sides.get(2).getAsDouble(),
              sides.get(3).getAsDouble());
      double distance = sides.get(4).getAsDouble();
      boolean intersects = region.intersects(box);
      if (distance < 0) assertTrue(intersects, name + ": " + box);
      if (distance > DOUBT) assertEquals(false, intersects, name + ": " + box);
    }
    return inside;
  }
}
