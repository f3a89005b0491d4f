package io.earthembed.parquet.internal.listing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.geo.BoundingBox;
import io.earthembed.parquet.internal.listing.PathPartitions.FileName;
import io.earthembed.parquet.internal.listing.PathPartitions.Meaning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Places and periods in the paths of files. */
class PathPartitionsTest {
  private static final PathPartitions HIVE =
      new PathPartitions(
          Map.of(
              "geohash", Meaning.GEOHASH,
              "gzd", Meaning.MGRS,
              "cell", Meaning.MAJOR_TOM_CELL,
              "row", Meaning.MAJOR_TOM_ROW,
              "year", Meaning.YEAR,
              "month", Meaning.MONTH,
              "day", Meaning.DAY),
          null);

  private static BoundingBox box(String path) {
    BoundingBox box = HIVE.extent(path).box();
    assertNotNull(box, path);
    return box;
  }

  private static Instant start(String day) {
    return Instant.parse(day + "T00:00:00Z");
  }

  /** Geohashes of the page that introduced them, and of the corners of the Earth. */
  @Test
  void readsGeohashes() {
    assertEquals(new BoundingBox(-180, -90, -135, -45), box("geohash=0/a.parquet"));
    assertEquals(new BoundingBox(135, 45, 180, 90), box("geohash=z/a.parquet"));
    assertEquals(new BoundingBox(-112.5, 33.75, -101.25, 39.375), box("geohash=9w/a.parquet"));
    assertTrue(box("geohash=ezs42/a.parquet").contains(42.605, -5.603));
    assertFalse(box("geohash=ezs42/a.parquet").contains(42.63, -5.603));
    assertNull(HIVE.extent("geohash=a!/x.parquet").box());
  }

  /** The Python package mgrs named the squares of random points. */
  @Test
  void readsTilesAsMgrsNamesThem() throws Exception {
    Path points = Path.of("src/test/resources/io/earthembed/parquet/internal/listing/mgrs.txt");
    for (String line : Files.readAllLines(points)) {
      String[] parts = line.split(" ", -1);
      double longitude = Double.parseDouble(parts[1]);
      double latitude = Double.parseDouble(parts[2]);
      BoundingBox tile = box("gzd=" + parts[0] + "/a.parquet");
      assertTrue(tile.contains(latitude, longitude), line + " in " + tile);
      assertTrue(tile.north() - tile.south() < 1.3, line + " in " + tile);
      BoundingBox zone = box("gzd=" + parts[0].substring(0, 3) + "/a.parquet");
      assertTrue(zone.contains(latitude, longitude), line + " in " + zone);
    }
  }

  @Test
  void readsCellsAndRowsOfMajorTom() {
    assertTrue(box("cell=384U_1207R/a.parquet").contains(34.5, 131.6));
    assertTrue(box("row=384U/a.parquet").contains(34.5, 0));
    assertTrue(box("row=384/a.parquet").contains(34.5, 0));
    assertTrue(box("row=922D/a.parquet").contains(-82.770666, -178));
    assertTrue(box("row=-922/a.parquet").contains(-82.770666, -178));
    assertFalse(box("row=384U/a.parquet").contains(34.6, 0));
    assertNull(HIVE.extent("row=99999U/a.parquet").box());
  }

  @Test
  void readsPeriods() {
    Extent june = HIVE.extent("year=2024/month=06/a.parquet");
    assertEquals(start("2024-06-01"), june.first());
    assertEquals(start("2024-07-01").minusNanos(1), june.last());
    Extent year = HIVE.extent("year=2024/month=__HIVE_DEFAULT_PARTITION__/a.parquet");
    assertEquals(start("2024-01-01"), year.first());
    assertEquals(start("2025-01-01").minusNanos(1), year.last());
    assertEquals(start("2024-02-29"), HIVE.extent("year=2024/month=2/day=29/a").first());
    assertFalse(HIVE.extent("year=2023/month=2/day=29/a").hasTime());
    assertFalse(HIVE.extent("month=2/a").hasTime());
  }

  @Test
  void readsNamesOfFiles() {
    PathPartitions names =
        new PathPartitions(Map.of(), new FileName("{mgrs}_{start}_{end}.parquet"));
    Extent tile = names.extent("2024/31TDF_2024-01-01_2025-01-01.parquet");
    assertTrue(tile.box() != null && tile.box().contains(41.39, 2.17));
    assertEquals(start("2024-01-01"), tile.first());
    assertEquals(start("2025-01-01").minusNanos(1), tile.last());
    assertFalse(names.fits("2024/readme.parquet"));
    PathPartitions clay = new PathPartitions(Map.of(), new FileName("{mgrs}_{start}_{end}_*"));
    Extent v0 = clay.extent("27WXN_20200101_20231231_v001.gpq");
    assertEquals(start("2024-01-01").minusNanos(1), v0.last());
    assertTrue(v0.box() != null && v0.box().contains(65.3, -18), () -> "" + v0);
  }
}
