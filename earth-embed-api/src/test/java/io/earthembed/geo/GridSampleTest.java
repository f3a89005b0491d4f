package io.earthembed.geo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class GridSampleTest {
  private static final MajorTomGrid GRID = new MajorTomGrid(40);

  /** A continent with a corner on the antimeridian. */
  private static final Predicate<GeoPoint> LAND =
      Polygon.of(
              new GeoPoint(-50, 60),
              new GeoPoint(-30, -170),
              new GeoPoint(65, 150),
              new GeoPoint(60, 20))
          ::contains;

  @Test
  void takesThePartAskedForEverywhere() {
    for (double rate : new double[] {0.01, 0.012, 0.11, 0.5, 1}) {
      GridSample sample = new GridSample(GRID, rate);
      GridSample.Coverage all = sample.coverage(p -> true);
      assertEquals(GRID.size(), all.cells());
      assertEquals(rate, all.rate(), rate * 0.02, "everywhere");
      GridSample.Coverage land = sample.coverage(LAND);
      assertEquals(rate, land.rate(), rate * 0.05, "on land");
      assertEquals(land.chosenArea() / land.area(), land.rate(), rate * 0.02);
      assertTrue(land.cells() > 20_000 && land.cells() < GRID.size() / 2, land.toString());
      assertEquals(land.chosen(), sample.cells(LAND).count());
    }
  }

  @Test
  void isTheSameEveryTimeAndWholeAtRateOne() {
    List<GridCell> cells = new GridSample(GRID, 0.03).cells().toList();
    assertEquals(cells, new GridSample(new MajorTomGrid(40), 0.03).cells().toList());
    assertEquals(GRID.size(), new GridSample(GRID, 1).cells().count());
    GridSample tenth = new GridSample(MajorTomGrid.CORE, 0.01);
    assertEquals(0, GRID.cells().filter(c -> c.row() % 10 == 0 && tenth.contains(c)).count());
    // At 1 % every tenth row is sampled, and the rows between are empty.
    assertEquals(
        190,
        MajorTomGrid.CORE.cells().filter(tenth::contains).map(GridCell::row).distinct().count(),
        1);
  }

  /** The sample is even: no gap is much wider or narrower than the step. */
  @Test
  void leavesNoHoles() {
    GridSample sample = new GridSample(GRID, 0.01);
    List<GeoPoint> chosen = sample.cells().map(GRID::centerOf).toList();
    for (double latitude = -75; latitude <= 75; latitude += 15) {
      for (double longitude = -180; longitude < 180; longitude += 40) {
        GeoPoint point = new GeoPoint(latitude, longitude);
        double least = chosen.stream().mapToDouble(c -> c.distanceTo(point)).min().orElseThrow();
        assertTrue(least < 400_000, point + " is " + least + " m from the sample");
      }
    }
  }

  @Test
  void refusesRatesThatAreNone() {
    for (double rate : new double[] {0, -1, 1.01, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> new GridSample(GRID, rate));
    }
  }
}
