package io.earthembed.geo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MajorTomGridTest {
  private static final MajorTomGrid GRID = MajorTomGrid.CORE;

  /** Cells of published tiles, and numbers of cells, from the reference's documentation. */
  @ParameterizedTest
  @CsvSource({
    "34.5, 131.6, 384U_1207R",
    "14.501, -90.876, 161U_980L",
    "40.823861, 14.292709, 454U_120R",
    "-82.770666, -178.200331, 922D_249L",
    "30.32, 120.15, 337U_1155R"
  })
  void namesPublishedCells(double latitude, double longitude, String name) {
    assertEquals(name, GRID.cellOf(new GeoPoint(latitude, longitude)).name());
  }

  @Test
  void countsItsCells() {
    assertEquals(1893, GRID.rows());
    assertEquals(-946, GRID.firstRow());
    assertEquals(4008, GRID.columns(0));
    assertEquals(502, GRID.columns(-922));
    assertEquals(5_094_350, GRID.size());
    assertEquals(51_145, new MajorTomGrid(100).size());
  }

  @Test
  void agreesWithTheReferenceRule() throws IOException {
    for (String line : GoldenFiles.lines("grid.csv")) {
      String[] f = line.split(",");
      MajorTomGrid grid = new MajorTomGrid(Double.parseDouble(f[0]));
      GeoPoint point = new GeoPoint(Double.parseDouble(f[1]), Double.parseDouble(f[2]));
      assertEquals(f[3], grid.cellOf(point).name(), line);
    }
  }

  @Property(tries = 2000)
  void findsTheCellOfItsCenter(
      @ForAll @DoubleRange(min = -84.9, max = 84.9) double latitude,
      @ForAll @DoubleRange(min = -180, max = 180) double longitude) {
    GridCell cell = GRID.cellOf(new GeoPoint(latitude, longitude));
    assertTrue(GRID.contains(cell));
    assertEquals(cell, GRID.cellOf(GRID.centerOf(cell)));
    assertTrue(GRID.footprint(cell).contains(new GeoPoint(latitude, longitude)), cell.name());
    assertEquals(cell, GridCell.parse(cell.name()));
  }

  /** Returns cells of rows with many, few and one cell, at the antimeridian and elsewhere. */
  private static List<GridCell> some(MajorTomGrid grid, long seed) {
    Random random = new Random(seed);
    List<GridCell> cells = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int row =
          i % 4 == 0
              ? (i % 8 == 0 ? grid.firstRow() : grid.lastRow())
              : grid.firstRow() + random.nextInt(grid.rows());
      int first = grid.firstColumn(row);
      int n = grid.columns(row);
      cells.add(new GridCell(row, i % 3 == 0 ? first : first + random.nextInt(n)));
    }
    return cells;
  }

  /** Returns whether two boxes share a point; both may cross the antimeridian. */
  private static boolean touch(BoundingBox a, BoundingBox b) {
    double e = 1e-9;
    if (a.north() + e < b.south() || b.north() + e < a.south()) return false;
    // All meridians meet at the pole.
    if (a.north() >= 90 - e && b.north() >= 90 - e) return true;
    double from = b.west() - a.west();
    from -= 360 * Math.floor((from + e) / 360);
    return from <= span(a) + e || from + span(b) >= 360 - e;
  }

  private static double span(BoundingBox box) {
    return box.east() - box.west() + (box.crossesAntimeridian() ? 360 : 0);
  }

  @Property(tries = 30)
  void neighborsAreTheCellsThatTouch(@ForAll long seed) {
    for (MajorTomGrid grid :
        List.of(
            new MajorTomGrid(500),
            new MajorTomGrid(500).withLatitudeLimit(90),
            new MajorTomGrid(700).withLatitudeLimit(90),
            new MajorTomGrid(5000))) {
      List<GridCell> all = grid.cells().toList();
      assertEquals(grid.size(), all.size());
      List<GridCell> some = new ArrayList<>(some(grid, seed));
      some.add(all.get(0));
      some.add(all.get(all.size() - 1));
      for (GridCell cell : some) {
        Set<GridCell> expected = new HashSet<>();
        for (GridCell other : all) {
          if (!other.equals(cell)
              && Math.abs(other.row() - cell.row()) <= 1
              && touch(grid.footprint(cell), grid.footprint(other))) {
            expected.add(other);
          }
        }
        List<GridCell> found = grid.neighbors(cell);
        assertEquals(expected, Set.copyOf(found), grid + " " + cell);
        assertEquals(expected.size(), found.size());
        for (GridCell other : found) assertTrue(grid.neighbors(other).contains(cell));
      }
    }
  }

  @Test
  void aCellHasEightNeighborsAtMostLatitudes() {
    List<String> names =
        GRID.neighbors(GridCell.parse("0U_0R")).stream().map(GridCell::name).toList();
    assertEquals(
        List.of("1D_1L", "1D_0R", "1D_1R", "0U_1L", "0U_1R", "1U_1L", "1U_0R", "1U_1R"), names);
  }

  @Property(tries = 100)
  void findsTheCellsOfABox(
      @ForAll @DoubleRange(min = -90, max = 89) double south,
      @ForAll @DoubleRange(min = 0, max = 60) double height,
      @ForAll @DoubleRange(min = -180, max = 180) double west,
      @ForAll @DoubleRange(min = 0, max = 359) double width) {
    MajorTomGrid grid = new MajorTomGrid(300);
    double east = west + width > 180 ? west + width - 360 : west + width;
    BoundingBox box = new BoundingBox(west, south, east, Math.min(90, south + height));
    List<GridCell> found = grid.cellsIn(box).toList();
    assertEquals(found.size(), Set.copyOf(found).size(), "each once");
    Set<GridCell> held = Set.copyOf(found);
    for (GridCell cell : found) assertTrue(touch(box, grid.footprint(cell)), cell.name());
    // Every point of the box that the grid covers lies in one of them.
    double covered = (grid.lastRow() + 1) * grid.footprint(new GridCell(0, 0)).north();
    double lowest = grid.cornerOf(new GridCell(grid.firstRow(), 0)).latitude();
    for (int i = 0; i <= 20; i++) {
      double latitude = box.south() + (box.north() - box.south()) * i / 20;
      if (latitude <= lowest || latitude > Math.min(90, covered)) continue;
      for (int j = 0; j <= 20; j++) {
        // The fraction keeps the last point in the box despite rounding.
        double longitude = west + width * Math.min(j / 20.0, 1 - 1e-12);
        GridCell cell = grid.cellOf(new GeoPoint(latitude, longitude));
        assertTrue(held.contains(cell), cell + " of " + latitude + ", " + longitude);
      }
    }
  }

  @Test
  void findsAllCellsOfTheWholeEarth() {
    MajorTomGrid grid = new MajorTomGrid(300);
    assertEquals(grid.size(), grid.cellsIn(new BoundingBox(-180, -90, 180, 90)).count());
  }

  @Property(tries = 300)
  void findsTheNearestCell(
      @ForAll @DoubleRange(min = -90, max = 90) double latitude,
      @ForAll @DoubleRange(min = -180, max = 180) double longitude) {
    GeoPoint point = new GeoPoint(latitude, longitude);
    for (MajorTomGrid grid :
        List.of(new MajorTomGrid(600), new MajorTomGrid(800).withLatitudeLimit(90))) {
      double least =
          grid.cells().mapToDouble(c -> grid.centerOf(c).distanceTo(point)).min().orElseThrow();
      assertEquals(least, grid.centerOf(grid.nearestCell(point)).distanceTo(point), 1e-6);
    }
  }

  @Test
  void coversThePolesWhereAsked() {
    MajorTomGrid grid = GRID.withLatitudeLimit(90);
    assertEquals(2004, grid.rows());
    assertEquals(-1002, grid.firstRow());
    assertEquals(1001, grid.lastRow());
    assertEquals(1, grid.columns(-1002));
    assertEquals(1001, grid.cellOf(new GeoPoint(90, 17)).row());
    assertEquals(new GridCell(-1002, 0), grid.cellOf(new GeoPoint(-90, 17)));
    assertEquals(-1002, grid.cellOf(new GeoPoint(-89.99, 17)).row());
    assertEquals(GRID.cellOf(new GeoPoint(12, 17)), grid.cellOf(new GeoPoint(12, 17)));
  }

  @Test
  void knowsTheZoneOfACell() {
    assertEquals(32701, GRID.utmOf(GridCell.parse("922D_249L")).epsg());
    assertEquals(32651, GRID.utmOf(GridCell.parse("337U_1155R")).epsg());
  }

  @Test
  void worksAtAnySpacing() {
    for (double spacing : new double[] {0.01, 0.32, 1, 2.56, 33, 4999}) {
      MajorTomGrid grid = new MajorTomGrid(spacing);
      for (double latitude = -60; latitude <= 60; latitude += 7.3) {
        GeoPoint point = new GeoPoint(latitude, 3 * latitude);
        GridCell cell = grid.cellOf(point);
        assertEquals(cell, GridCell.parse(cell.name()));
        assertTrue(grid.footprint(cell).contains(point), spacing + " " + point);
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new MajorTomGrid(0));
    assertThrows(IllegalArgumentException.class, () -> new MajorTomGrid(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> GRID.withLatitudeLimit(91));
  }

  @Test
  void refusesWhatItDoesNotCover() {
    assertThrows(IllegalArgumentException.class, () -> GRID.cellOf(new GeoPoint(86, 0)));
    assertThrows(IllegalArgumentException.class, () -> GRID.cellOf(new GeoPoint(-90, 0)));
    assertFalse(GRID.contains(new GridCell(0, 2004)));
    assertTrue(GRID.contains(new GridCell(0, -2004)));
    assertThrows(IllegalArgumentException.class, () -> GRID.cornerOf(new GridCell(947, 0)));
    assertThrows(IllegalArgumentException.class, () -> GridCell.parse("0D_5R"));
    assertThrows(IllegalArgumentException.class, () -> GridCell.parse("12U-5R"));
  }
}
