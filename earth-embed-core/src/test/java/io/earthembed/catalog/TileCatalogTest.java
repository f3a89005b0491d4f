package io.earthembed.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.vector.OrdinalSet;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TileCatalogTest {
  private static TileRecord tile(int i) {
    return new TileRecord(
        "tile-" + i,
        new GridCell(i, -i),
        i % 5 == 0 ? null : "product-" + i % 3,
        Instant.ofEpochSecond(1_700_000_000L + 86_400L * i),
        new GeoPoint(i - 50, 170 + i / 2.0),
        i % 3 == 0 ? Float.NaN : i % 100,
        i % 4 == 0 ? null : new TileRef(URI.create("file:///shard-" + i % 2), i));
  }

  private static TileCatalog catalog() {
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < 100; i++) tiles.add(tile(i));
    return TileCatalog.of(tiles);
  }

  @Test
  void givesBackWhatWasAdded() {
    TileCatalog catalog = catalog();
    assertEquals(100, catalog.size());
    for (int i = 0; i < 100; i++) assertEquals(tile(i), catalog.record(i));
    assertThrows(IndexOutOfBoundsException.class, () -> catalog.record(100));
  }

  @Test
  void filtersAsTheRecordsSay() {
    TileCatalog catalog = catalog();
    BoundingBox pacific = new BoundingBox(175, -45, -170, 0);
    Instant from = Instant.ofEpochSecond(1_700_000_000L + 86_400L * 10);
    Instant until = Instant.ofEpochSecond(1_700_000_000L + 86_400L * 40);
    assertSelects(catalog, TileFilter.within(pacific), i -> pacific.contains(tile(i).center()));
    assertSelects(catalog, TileFilter.sensed(from, until), i -> i >= 10 && i < 40);
    assertSelects(catalog, TileFilter.cloudCoverAtMost(50), i -> i % 3 != 0 && i <= 50);
    GeoPoint point = new GeoPoint(0, -170);
    assertSelects(
        catalog,
        TileFilter.near(point, 2e6).negate().and(TileFilter.sensed(from, until)),
        i -> tile(i).center().distanceTo(point) > 2e6 && i >= 10 && i < 40);
    assertEquals(OrdinalSet.all(), catalog.select(TileFilter.ALL));
    assertThrows(IllegalArgumentException.class, () -> TileFilter.sensed(until, from));
    assertThrows(IllegalArgumentException.class, () -> TileFilter.cloudCoverAtMost(101));
    assertThrows(IllegalArgumentException.class, () -> TileFilter.near(point, -1));
  }

  @Test
  void findsTilesById() {
    TileCatalog catalog = RandomCatalog.of(9, 5000);
    for (int i = 0; i < 5000; i++) assertEquals(i, catalog.find("tïle-" + i).orElseThrow());
    assertEquals(OptionalLong.empty(), catalog.find("tïle-5000"));
    assertEquals(OptionalLong.empty(), catalog.find(""));
    TileCatalog twice = TileCatalog.of(List.of(tile(1), tile(2), tile(1)));
    assertEquals(0, twice.find("tile-1").orElseThrow());
    assertEquals(OptionalLong.empty(), TileCatalog.of(List.of()).find("tile-1"));
  }

  @Property(tries = 100)
  void findsTheNearestTile(@ForAll long seed) {
    Random random = new Random(seed);
    List<TileRecord> tiles = RandomCatalog.records(seed, 1 + random.nextInt(400));
    TileCatalog catalog = TileCatalog.of(tiles);
    for (int q = 0; q < 30; q++) {
      GeoPoint point =
          switch (q % 5) {
            case 0 -> new GeoPoint(random.nextBoolean() ? 90 : -90, 0);
            case 1 -> new GeoPoint(random.nextDouble(-90, 90), 180);
            case 2 -> tiles.get(random.nextInt(tiles.size())).center();
            default -> new GeoPoint(random.nextDouble(-90, 90), random.nextDouble(-180, 180));
          };
      int nearest = 0;
      for (int i = 1; i < tiles.size(); i++) {
        double meters = tiles.get(i).center().distanceTo(point);
        if (meters < tiles.get(nearest).center().distanceTo(point)) nearest = i;
      }
      assertEquals(nearest, catalog.nearest(point).orElseThrow(), "of " + point);
    }
    assertEquals(OptionalLong.empty(), TileCatalog.of(List.of()).nearest(new GeoPoint(0, 0)));
  }

  private interface Expected {
    boolean at(int i);
  }

  private static void assertSelects(TileCatalog catalog, TileFilter filter, Expected expected) {
    OrdinalSet selected = catalog.select(filter);
    int count = 0;
    for (int i = 0; i < 100; i++) {
      assertEquals(expected.at(i), selected.contains(i), "tile " + i);
      if (expected.at(i)) count++;
    }
    assertEquals(true, count > 0 && count < 100, "the case tells something");
  }
}
