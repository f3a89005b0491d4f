package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.geo.GeoPoint;
import io.earthembed.testkit.peer.PythonPeer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Random reference systems without a code, as pyproj describes them in PROJJSON: points lie within
 * 1 cm of pyproj's, or the system is refused by the name of its method.
 *
 * <p>{@code -Dearthembed.differential=100000} tries as many; {@code
 * -Dearthembed.differential.first=1234} begins with a system of that number.
 */
class ProjectionDifferentialTest {
  private static final int COUNT = Integer.getInteger("earthembed.differential", 2000);
  private static final int FIRST = Integer.getInteger("earthembed.differential.first", 0);
  private static final double METERS = 0.01;

  @Test
  void findsThePlacesThatPyprojFinds() throws Exception {
    int points = 0;
    int refused = 0;
    try (PythonPeer pyproj = PythonPeer.start(Path.of("src/test/python/crs_peer.py"))) {
      for (int number = FIRST; number < FIRST + COUNT; number++) {
        JsonObject answer =
            JsonParser.parseString(pyproj.ask(Integer.toString(number))).getAsJsonObject();
        String name = "number " + number + ": " + answer.get("name").getAsString();
        Projection projection;
        try {
          projection = Projection.of(answer.get("crs").toString());
        } catch (IllegalArgumentException e) {
          assertTrue(
              String.valueOf(e.getMessage())
                  .matches(".* by the method .* on (a sphere|an ellipsoid) is not supported"),
              name + ": " + e.getMessage());
          refused++;
          continue;
        }
        for (JsonElement element : answer.getAsJsonArray("points")) {
          JsonArray point = element.getAsJsonArray();
          GeoPoint ours = projection.point(number(point, 0), number(point, 1));
          double meters = ours.distanceTo(new GeoPoint(number(point, 3), number(point, 2)));
          assertTrue(meters < METERS, name + ": " + meters + " m off " + point);
          points++;
        }
      }
    }
    assertTrue(refused < COUNT / 5, refused + " are refused");
    assertTrue(points > 10 * COUNT, points + " points");
  }

  private static double number(JsonArray point, int i) {
    return point.get(i).getAsDouble();
  }
}
