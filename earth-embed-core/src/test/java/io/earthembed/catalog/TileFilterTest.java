package io.earthembed.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.Polygon;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.OrdinalSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Every filter passes the tiles that its definition names, alone and combined. */
class TileFilterTest {
  /** A filter, and a plain predicate with its meaning. */
  private record Case(TileFilter filter, Predicate<TileRecord> meaning) {
    Case and(Case other) {
      return new Case(filter.and(other.filter), meaning.and(other.meaning));
    }

    Case or(Case other) {
      return new Case(filter.or(other.filter), meaning.or(other.meaning));
    }

    Case negate() {
      return new Case(filter.negate(), meaning.negate());
    }
  }

  private static Case random(Random random, List<TileRecord> tiles, int depth) {
    if (depth > 0) {
      switch (random.nextInt(4)) {
        case 0 -> {
          return random(random, tiles, depth - 1).and(random(random, tiles, depth - 1));
        }
        case 1 -> {
          return random(random, tiles, depth - 1).or(random(random, tiles, depth - 1));
        }
        case 2 -> {
          return random(random, tiles, depth - 1).negate();
        }
        default -> {}
      }
    }
    double latitude = random.nextDouble(-80, 80);
    double longitude = random.nextDouble(-180, 180);
    GeoPoint point = new GeoPoint(latitude, longitude);
    switch (random.nextInt(9)) {
      case 0 -> {
        double width = random.nextDouble(0, 350);
        double east = longitude + width > 180 ? longitude + width - 360 : longitude + width;
        BoundingBox box = new BoundingBox(longitude, latitude, east, 85);
        return new Case(TileFilter.within(box), t -> box.contains(t.center()));
      }
      case 1 -> {
        Polygon polygon =
            Polygon.of(
                point,
                new GeoPoint(latitude, longitude + 120),
                new GeoPoint(Math.min(90, latitude + 60), longitude + 60));
        return new Case(TileFilter.within(polygon), t -> polygon.contains(t.center()));
      }
      case 2 -> {
        double meters = Math.pow(10, random.nextDouble(0, 7.4));
        GeoPoint at =
            random.nextBoolean() ? point : tiles.get(random.nextInt(tiles.size())).center();
        return new Case(TileFilter.near(at, meters), t -> t.center().distanceTo(at) <= meters);
      }
      case 3 -> {
        // Exactly the distance of a tile, to test the edge.
        double meters = tiles.get(random.nextInt(tiles.size())).center().distanceTo(point);
        return new Case(
            TileFilter.near(point, meters), t -> t.center().distanceTo(point) <= meters);
      }
      case 4 -> {
        Instant some = tiles.get(random.nextInt(tiles.size())).timestamp();
        Instant from = some == null ? Instant.ofEpochMilli(1_500_000_000_000L) : some;
        Instant until = from.plusMillis(1 + random.nextInt(1 << 30) * 50L);
        return new Case(
            TileFilter.sensed(from, until),
            t -> {
              Instant time = t.timestamp();
              return time != null && !time.isBefore(from) && time.isBefore(until);
            });
      }
      case 5 -> {
        int percent = random.nextInt(101);
        return new Case(TileFilter.cloudCoverAtMost(percent), t -> t.cloudCover() <= percent);
      }
      case 6 -> {
        Set<GridCell> cells = new HashSet<>();
        for (int i = 0; i < 20; i++) cells.add(tiles.get(random.nextInt(tiles.size())).cell());
        cells.add(new GridCell(-3_000_000, 5));
        if (random.nextBoolean()) cells.add(new GridCell(3_000_000, 5));
        return new Case(TileFilter.cells(cells), t -> cells.contains(t.cell()));
      }
      case 7 -> {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 9; i++) ids.add(tiles.get(random.nextInt(tiles.size())).id());
        return new Case(TileFilter.ids(ids), t -> ids.contains(t.id()));
      }
      default -> {
        String product = "product-" + random.nextInt(8);
        return new Case(
            (c, i) -> product.equals(c.productId(i)), t -> product.equals(t.productId()));
      }
    }
  }

  @Property(tries = 400)
  void passesWhatItSays(@ForAll long seed) {
    Random random = new Random(seed);
    List<TileRecord> tiles = RandomCatalog.records(seed, 1 + random.nextInt(300));
    TileCatalog catalog = TileCatalog.of(tiles);
    Case one = random(random, tiles, 3);
    OrdinalSet set = catalog.select(one.filter());
    for (int i = 0; i < tiles.size(); i++) {
      boolean expected = one.meaning().test(tiles.get(i));
      assertEquals(expected, set.contains(i), one.filter() + " of " + tiles.get(i));
      assertEquals(expected, one.filter().test(catalog, i), "one by one");
    }
    assertFalse(set.contains(tiles.size()), "nothing beyond the catalog");
  }

  /** Large catalogs are filtered in blocks by several threads. */
  @Test
  void filtersLargeCatalogs() {
    int n = 300_001;
    List<TileRecord> few = RandomCatalog.records(5, 1000);
    TileCatalog.Builder builder = TileCatalog.builder();
    for (int i = 0; i < n; i++) builder.add(few.get(i % 1000));
    TileCatalog catalog = builder.build();
    Case one = random(new Random(11), few, 0).or(random(new Random(12), few, 0)).negate();
    OrdinalSet set = catalog.select(one.filter());
    long expected = 0;
    for (int i = 0; i < n; i++) {
      boolean passes = one.meaning().test(few.get(i % 1000));
      if (passes) expected++;
      assertEquals(passes, set.contains(i));
    }
    assertEquals(expected, set.count(n));
    assertTrue(expected > 0 && expected < n);
  }

  @Test
  void takesTimesWithoutAnEnd() {
    TileRecord r = RandomCatalog.records(6, 1).get(0);
    TileCatalog catalog = TileCatalog.of(List.of(r));
    assertEquals(1, catalog.select(TileFilter.sensed(Instant.MIN, Instant.MAX)).count(1));
    Instant at = Objects.requireNonNull(r.timestamp());
    assertEquals(1, catalog.select(TileFilter.sensed(at, Instant.MAX)).count(1));
    assertEquals(0, catalog.select(TileFilter.sensed(Instant.MIN, at)).count(1));
    // A tile itself has a time that a catalog can hold.
    for (Instant time :
        List.of(Instant.MIN, Instant.MAX, Instant.ofEpochMilli(TileCatalog.UNKNOWN_TIME))) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> new TileRecord("id", r.cell(), "p", time, r.center(), Float.NaN, null));
      assertTrue(String.valueOf(e.getMessage()).contains("timestamp"), e.getMessage());
    }
  }

  /**
   * An unknown time is neither 1970 nor the beginning of time: it is in no period, and is counted.
   */
  @Test
  void leavesOutWhatHasNoTimeAndTellsWhich() {
    TileRecord r = RandomCatalog.records(6, 1).get(0);
    Instant[] times = {null, Instant.EPOCH, Instant.parse("2024-06-01T00:00:00Z"), null};
    List<TileRecord> tiles = new ArrayList<>();
    for (Instant time : times) {
      float cloud = tiles.size() == 3 ? 90 : 10;
      tiles.add(
          new TileRecord("t" + tiles.size(), r.cell(), "p", time, r.center(), cloud, r.source()));
    }
    TileCatalog catalog = TileCatalog.of(tiles);
    assertNull(catalog.record(0).timestamp());
    assertEquals(Instant.EPOCH, catalog.record(1).timestamp());
    assertEquals(TileCatalog.UNKNOWN_TIME, catalog.epochMillis(3));
    assertEquals(0, catalog.epochMillis(1));

    TileFilter always = TileFilter.sensed(Instant.MIN, Instant.MAX);
    TileFilter in2024 =
        TileFilter.sensed(
            Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2025-01-01T00:00:00Z"));
    TileFilter clear = TileFilter.cloudCoverAtMost(50);
    assertEquals("0110 1001", bits(catalog, always));
    assertEquals("0010 1001", bits(catalog, in2024));
    // The cloudy one is left out for its clouds too.
    assertEquals("0010 1000", bits(catalog, clear.and(in2024)));
    // The clear ones pass anyhow.
    assertEquals("1110 0001", bits(catalog, clear.or(in2024)));
    // A negated period passes tiles that may be outside it.
    assertEquals("1101 0000", bits(catalog, in2024.negate()));
    assertEquals("1111 0000", bits(catalog, TileFilter.ALL));
    assertEquals("1110 0000", bits(catalog, clear));
    assertEquals("0010 1000", bits(catalog, in2024.and((c, i) -> i != 3)));
  }

  /**
   * Returns the bits of the tiles that pass, and of those that fail only because of their unknown
   * time.
   */
  private static String bits(TileCatalog catalog, TileFilter filter) {
    StringBuilder bits = new StringBuilder();
    for (OrdinalSet set : List.of(catalog.select(filter), catalog.undated(filter))) {
      for (int i = 0; i < catalog.size(); i++) bits.append(set.contains(i) ? '1' : '0');
      bits.append(' ');
    }
    return bits.toString().strip();
  }

  @Test
  void takesNoughtsOfEitherSign() {
    List<TileRecord> tiles = new ArrayList<>();
    for (double latitude : new double[] {0.0, -0.0}) {
      for (double longitude : new double[] {0.0, -0.0}) {
        TileRecord r = RandomCatalog.records(6, 1).get(0);
        tiles.add(
            new TileRecord(
                "t" + tiles.size(),
                r.cell(),
                r.productId(),
                r.timestamp(),
                new GeoPoint(latitude, longitude),
                r.cloudCover(),
                r.source()));
      }
    }
    TileCatalog catalog = TileCatalog.of(tiles);
    for (double south : new double[] {0.0, -0.0}) {
      BoundingBox box = new BoundingBox(south, south, 10, 10);
      assertEquals(4, catalog.select(TileFilter.within(box)).count(4), box.toString());
    }
  }

  @Test
  void refusesWhatCannotBe() {
    assertThrows(
        IllegalArgumentException.class, () -> TileFilter.near(new GeoPoint(0, 0), Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> TileFilter.cloudCoverAtMost(-1));
    assertEquals(0, RandomCatalog.of(1, 50).select(TileFilter.cells(List.of())).count(50));
    assertEquals(0, RandomCatalog.of(1, 50).select(TileFilter.ids(new ArrayList<>())).count(50));
  }
}
