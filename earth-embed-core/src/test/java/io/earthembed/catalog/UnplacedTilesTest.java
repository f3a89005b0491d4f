package io.earthembed.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.Polygon;
import io.earthembed.geo.Region;
import io.earthembed.imagery.TileRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiles whose centre or grid cell is unknown pass no filter by place, and say what is missing. */
class UnplacedTilesTest {
  private static final BoundingBox WORLD = new BoundingBox(-180, -90, 180, 90);
  private static final int SIZE = 200;

  @TempDir Path folder;

  private static TileRecord tile(int i) {
    @Nullable GeoPoint center = i % 3 == 0 ? null : new GeoPoint(i / 4.0, i - 100);
    @Nullable GridCell cell = i % 5 == 0 ? null : new GridCell(i, -i);
    return new TileRecord("tile-" + i, cell, "product", null, center, Float.NaN, null);
  }

  private static TileCatalog catalog() {
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) tiles.add(tile(i));
    return TileCatalog.of(tiles);
  }

  private static void assertPasses(TileCatalog catalog, TileFilter filter, boolean[] expected) {
    for (int i = 0; i < SIZE; i++) {
      assertEquals(expected[i], catalog.select(filter).contains(i), filter + ": " + i);
      assertEquals(expected[i], filter.test(catalog, i), filter + ": " + i);
    }
  }

  @Test
  void passNoFilterByPlace() {
    TileCatalog catalog = catalog();
    boolean[] placed = new boolean[SIZE];
    boolean[] unplaced = new boolean[SIZE];
    boolean[] celled = new boolean[SIZE];
    List<GridCell> cells = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      placed[i] = i % 3 != 0;
      unplaced[i] = !placed[i];
      celled[i] = i % 5 != 0;
      cells.add(new GridCell(i, -i));
    }
    cells.add(new GridCell(Integer.MIN_VALUE, Integer.MIN_VALUE + 1));
    Polygon north =
        Polygon.of(
            new GeoPoint(-1, -179),
            new GeoPoint(-1, 0),
            new GeoPoint(-1, 179),
            new GeoPoint(89, 179),
            new GeoPoint(89, 0),
            new GeoPoint(89, -179));
    assertPasses(catalog, TileFilter.within(WORLD), placed);
    assertPasses(catalog, TileFilter.within(north), placed);
    assertPasses(catalog, TileFilter.within(Region.union(List.of(north, WORLD))), placed);
    assertPasses(catalog, TileFilter.near(new GeoPoint(0, 0), 3e7), placed);
    assertPasses(catalog, TileFilter.within(WORLD).negate(), unplaced);
    assertPasses(catalog, TileFilter.cells(cells), celled);
  }

  @Test
  void areSavedAndOpened() {
    Path file = folder.resolve("catalog");
    catalog().save(file);
    TileCatalog opened = TileCatalog.open(file);
    for (int i = 0; i < SIZE; i++) {
      assertEquals(tile(i), opened.record(i));
      assertEquals(i % 3 != 0, opened.hasCenter(i));
      assertEquals(i % 5 != 0, opened.hasCell(i));
    }
  }

  @Test
  void areNearestToNothing() {
    TileCatalog catalog = catalog();
    for (int i = 0; i < SIZE; i++) {
      if (i % 3 != 0) assertEquals(OptionalLong.of(i), catalog.nearest(catalog.center(i)));
    }
    TileCatalog nowhere = TileCatalog.of(List.of(tile(0), tile(3)));
    assertEquals(OptionalLong.empty(), nowhere.nearest(new GeoPoint(0, 0)));
  }

  @Test
  void sayWhatIsMissing() {
    TileCatalog catalog = catalog();
    for (Runnable asking :
        List.<Runnable>of(
            () -> catalog.center(15),
            () -> catalog.cell(15),
            () -> tile(15).center(),
            () -> tile(15).cell())) {
      EarthEmbedException e = assertThrows(EarthEmbedException.class, asking::run);
      assertTrue(e.toString().contains("of tile tile-15 is unknown"), e::toString);
    }
    assertTrue(Double.isNaN(catalog.latitude(15)) && Double.isNaN(catalog.longitude(15)));
    assertFalse(tile(15).equals(tile(30)));
  }
}
