package io.earthembed.geo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MajorTomGridTest {
  private static final MajorTomGrid GRID = MajorTomGrid.CORE;

  /** Cells of published tiles, and counts, as the reference documents them. */
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
    for (String line :
        Files.readAllLines(Path.of("src/test/resources/io/earthembed/geo/grid.csv"))) {
      String[] f = line.split(",");
      MajorTomGrid grid = new MajorTomGrid(Double.parseDouble(f[0]));
      GeoPoint point = new GeoPoint(Double.parseDouble(f[1]), Double.parseDouble(f[2]));
      assertEquals(f[3], grid.cellOf(point).name(), line);
    }
  }

  @Property(tries = 2000)
  void findsTheCellOfItsCentre(
      @ForAll @DoubleRange(min = -84.9, max = 84.9) double latitude,
      @ForAll @DoubleRange(min = -180, max = 180) double longitude) {
    GridCell cell = GRID.cellOf(new GeoPoint(latitude, longitude));
    assertTrue(GRID.contains(cell));
    assertEquals(cell, GRID.cellOf(GRID.centreOf(cell)));
    assertTrue(GRID.footprint(cell).contains(new GeoPoint(latitude, longitude)), cell.name());
    assertEquals(cell, GridCell.parse(cell.name()));
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
