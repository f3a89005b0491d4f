package io.earthembed.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.Query;
import io.earthembed.SearchResult;
import io.earthembed.imagery.TileRecord;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DotLayerTest {
  private static SearchResult line(int n) {
    List<TileRecord> tiles = new ArrayList<>();
    float[] scores = new float[n];
    for (int i = 0; i < n; i++) {
      tiles.add(Results.tile("tile-" + i, 10, i * 0.1));
      scores[i] = 1 - i / 2000f;
    }
    return Results.of(Query.text("a river"), n, true, tiles, scores);
  }

  /** The middle of a dot of any size is at most half a pixel from its tile's place. */
  @Test
  void dotsLieAroundTheirPlaces() {
    for (int place = 0; place < 40; place++) {
      double latitude = -60 + 2.917 * place;
      double longitude = -170 + 8.413 * place;
      SimilarityMap map =
          SimilarityMap.of(
              Results.of(
                  Query.text("a river"),
                  1,
                  true,
                  List.of(Results.tile("one", latitude, longitude)),
                  new float[] {0.5f}));
      Frame frame = map.frame();
      for (int size = 1; size <= 7; size++) {
        BufferedImage image = DotLayer.draw(map.dots, frame, size, 0, 1);
        double x = 0;
        double y = 0;
        int n = 0;
        for (int row = 0; row < frame.height; row++) {
          for (int column = 0; column < frame.width; column++) {
            if (image.getRGB(column, row) >>> 24 == 0) continue;
            x += column + 0.5;
            y += row + 0.5;
            n++;
          }
        }
        assertEquals(size * size, n);
        assertEquals(frame.x(latitude, longitude) - frame.left, x / n, 0.5 + 1e-9);
        assertEquals(frame.y(latitude) - frame.top, y / n, 0.5 + 1e-9);
      }
    }
  }

  /** 2 % of the tiles are below the lower end of the colours, 0.2 % above the upper end. */
  @Test
  void colorsRangeBetweenTheDocumentedPercentiles() {
    for (int n : new int[] {1, 2, 49, 50, 99, 100, 499, 500, 999, 1000, 1150}) {
      SimilarityMap map = SimilarityMap.of(line(n));
      int below = 0;
      int above = 0;
      for (int i = 0; i < n; i++) {
        if (map.dots.score(i) < map.low()) below++;
        if (map.dots.score(i) > map.high()) above++;
      }
      assertEquals(2 * n / 100, below, n + " tiles");
      assertEquals(2 * n / 1000, above, n + " tiles");
      assertTrue(map.high() >= map.low());
    }
  }
}
