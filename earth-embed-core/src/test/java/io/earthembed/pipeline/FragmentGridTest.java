package io.earthembed.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Polygon;
import io.earthembed.geo.Utm;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FragmentGridTest {
  /** The numbers that Major TOM's code computes for its tiles of 1068 pixels. */
  @ParameterizedTest
  @CsvSource({"224, 5, 211, 844", "384, 3, 342, 684", "256, 5, 203, 812", "128, 9, 117, 940"})
  void cutsAsMajorTom(int size, int perSide, int stride, int last) {
    FragmentGrid grid = FragmentGrid.of(1068, size);
    assertEquals(perSide, grid.perSide());
    assertEquals(perSide * perSide, grid.count());
    assertEquals(new Fragment(0, stride, size), grid.at(0, 1));
    assertEquals(new Fragment(last, last, size), grid.at(perSide - 1, perSide - 1));
    assertEquals(grid.count(), grid.fragments().size());
    assertEquals(grid.at(1, 0), grid.fragments().get(perSide));
  }

  /** Places stay within the tile where products of sizes are beyond an int. */
  @ParameterizedTest
  @CsvSource({
    "2000000000, 100000",
    "2147483647, 60000",
    "2147483647, 2147483646",
    "100000, 3",
    "46341, 2"
  })
  void cutsTilesOfAnySize(int tile, int size) {
    FragmentGrid grid = FragmentGrid.of(tile, size);
    assertEquals((long) grid.perSide() * grid.perSide(), grid.count());
    int last = 0;
    for (int i = 1; i < grid.perSide(); i++) {
      int next = grid.at(i, i).row();
      assertTrue(next > last && next - last <= size, i + ": " + last + " to " + next);
      last = next;
    }
    assertEquals(tile - size, last);
  }

  @Test
  void refusesMoreFragmentsThanAnIntCounts() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> FragmentGrid.of(1_000_000, 1));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("size 1 cuts a tile of 1000000"), e.getMessage());
  }

  @Test
  void theMiddleFragmentIsTheCenterCrop() {
    assertEquals(new Fragment(342, 342, 384), FragmentGrid.center(1068, 384));
    assertEquals(FragmentGrid.of(1068, 384).at(1, 1), FragmentGrid.center(1068, 384));
    assertEquals(new Fragment(422, 422, 224), FragmentGrid.center(1068, 224));
    assertEquals(FragmentGrid.of(1068, 224).at(2, 2), FragmentGrid.center(1068, 224));
    Raster tile = Raster.allocate(1068, 1068, 1, SampleType.UINT8);
    tile.set(422, 422, 0, 77);
    assertEquals(77, FragmentGrid.center(1068, 224).cut(tile).get(0, 0, 0));
    assertEquals(77, tile.centerCrop(224).get(0, 0, 0));
  }

  @Property(tries = 500)
  void coversEveryPixel(
      @ForAll @IntRange(min = 1, max = 600) int tile,
      @ForAll @IntRange(min = 1, max = 600) int size) {
    if (size > tile) {
      assertThrows(IllegalArgumentException.class, () -> FragmentGrid.of(tile, size));
      return;
    }
    FragmentGrid grid = FragmentGrid.of(tile, size);
    int reached = 0;
    Set<Integer> starts = new HashSet<>();
    for (int i = 0; i < grid.perSide(); i++) {
      Fragment fragment = grid.at(i, i);
      assertTrue(fragment.row() <= reached, "no gap before " + fragment + " in " + grid);
      reached = fragment.row() + size;
      assertTrue(starts.add(fragment.row()), "no fragment twice in " + grid);
    }
    assertEquals(tile, reached);
  }

  @Test
  void knowsItsPlaceOnTheGround() {
    GeoReference tile = new GeoReference(32633, 499_980, 5_300_040, 10);
    Fragment fragment = FragmentGrid.of(1068, 384).at(0, 2);
    Utm zone = Utm.ofEpsg(32633);
    Polygon footprint = fragment.footprint(tile);
    Utm.Point northWest = zone.project(footprint.shell().get(0));
    assertEquals(499_980 + 6840, northWest.easting(), 1e-6);
    assertEquals(5_300_040, northWest.northing(), 1e-6);
    Utm.Point southEast = zone.project(footprint.shell().get(2));
    assertEquals(499_980 + 6840 + 3840, southEast.easting(), 1e-6);
    assertEquals(5_300_040 - 3840, southEast.northing(), 1e-6);
    GeoPoint center = fragment.center(tile);
    assertTrue(footprint.contains(center));
    assertEquals(5_300_040 - 1920, zone.project(center).northing(), 1e-6);
    // All twenty-five or nine lie in the tile, and their centres are theirs alone.
    for (int size : new int[] {224, 384}) {
      List<Fragment> all = FragmentGrid.of(1068, size).fragments();
      for (Fragment one : all) {
        long holders =
            all.stream().filter(f -> f.footprint(tile).contains(one.center(tile))).count();
        assertEquals(1, holders);
      }
    }
  }

  /**
   * The published files enumerate columns first, so their second number grows first; their
   * latitudes fall with it, because the geometry treats it as a row.
   */
  @Test
  void writesItsPixelBoxInTheOrderOfThePublishedFiles() {
    FragmentGrid grid = FragmentGrid.of(1068, 224);
    assertEquals(List.of(0, 211, 224, 435), grid.fragments().get(1).pixelBox());
    for (Fragment fragment : grid.fragments()) {
      assertEquals(fragment, Fragment.ofPixelBox(fragment.pixelBox()));
      assertEquals(fragment, fragment.transposed().transposed());
    }
    GeoReference tile = new GeoReference(32701, 500_000, 800_000, 10);
    Fragment second = grid.fragments().get(1);
    assertTrue(second.center(tile).longitude() > grid.at(0, 0).center(tile).longitude());
    assertTrue(second.transposed().center(tile).latitude() < grid.at(0, 0).center(tile).latitude());
    assertThrows(IllegalArgumentException.class, () -> Fragment.ofPixelBox(List.of(0, 0, 10, 11)));
  }
}
