package io.earthembed.catalog;

import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Tiles all over the Earth, some at the poles, at the antimeridian, and twice at one place. */
public final class RandomCatalog {
  private static final MajorTomGrid GRID = MajorTomGrid.CORE.withLatitudeLimit(90);

  private RandomCatalog() {}

  public static List<TileRecord> records(long seed, int n) {
    Random random = new Random(seed);
    List<TileRecord> records = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double latitude = Math.toDegrees(Math.asin(random.nextDouble(-1, 1)));
      double longitude = random.nextDouble(-180, 180);
      switch (i % 10) {
        case 1 -> latitude = random.nextBoolean() ? 89.99 : -89.9;
        case 2 -> longitude = random.nextBoolean() ? 179.999 : -180;
        default -> {}
      }
      GeoPoint center =
          i % 10 == 3 ? records.get(i - 1).center() : new GeoPoint(latitude, longitude);
      records.add(
          new TileRecord(
              "tïle-" + i,
              GRID.nearestCell(center),
              "product-" + i % 7,
              time(i, random.nextInt(1 << 30)),
              center,
              random.nextInt(4) == 0 ? Float.NaN : random.nextInt(101),
              i % 5 == 0 ? null : new TileRef(URI.create("file:///shard-" + i % 3), i)));
    }
    return records;
  }

  private static @Nullable Instant time(int i, int random) {
    return i % 11 == 7 ? null : Instant.ofEpochMilli(1_500_000_000_000L + random * 200L);
  }

  public static TileCatalog of(long seed, int n) {
    return TileCatalog.of(records(seed, n));
  }
}
