package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.GeoParquetDataset;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attributes of tiles on their way through the jobs. */
class AttributesTest {
  @TempDir Path folder;

  @Test
  void goThroughAllJobs() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 2, 6);
        SparkProcesses spark = new SparkProcesses(folder)) {
      String told =
          spark
              .submit(
                  AttributeJobs.class,
                  "local[2]",
                  List.of("spark.sql.session.timeZone=Asia/Tokyo"),
                  archive.list(),
                  folder)
              .succeed(SparkProcesses.LIMIT);
      TileCatalog catalog = GeoParquetDataset.open(folder.resolve("embeddings")).catalog();
      Map<String, Attributes> attributes = attributes(catalog);
      assertEquals(6, attributes.size(), told);
      for (int i = 0; i < catalog.size(); i++) {
        TileRecord tile = catalog.record(i);
        int row = Objects.requireNonNull(tile.source()).rowGroup();
        Map<String, Object> expected = new HashMap<>();
        if (row < 2) expected.put("crop", row == 0 ? "rye" : "maize");
        if (row > 0) expected.put("yield", row + 0.5);
        expected.put("visits", (1L << 53) + 1 + row);
        expected.put("price.a", 12.25);
        expected.put("sown", Instant.parse("2024-03-01T12:00:00.000001Z"));
        expected.put("seen", Instant.parse("2024-03-01T12:00:00Z"));
        expected.put("surveyed", Instant.parse("1969-12-31T00:00:00Z"));
        expected.put("Organic", row == 2);
        assertEquals(Attributes.of(expected), tile.attributes(), tile.id());
      }
      assertEquals(
          attributes,
          attributes(GeoParquetDataset.open(folder.resolve("again")).catalog()),
          "of a table of records");
      assertEquals(
          attributes, attributes(TileCatalog.open(folder.resolve("index").resolve("catalog.bin"))));
      assertTold(
          told,
          "columns",
          "visits BIGINT,crop STRING,sown TIMESTAMP,Organic BOOLEAN,`price.a` DOUBLE");
      long rye =
          told.lines()
              .filter(line -> line.startsWith("told found: "))
              .filter(
                  line ->
                      line.endsWith(
                          "; 9007199254740993; rye; 2024-03-01 21:00:00.000001; false; 12.25"))
              .count();
      assertEquals(2, rye, told);
      assertTold(told, "missing", "tiles has no column corp");
      assertTold(told, "bytes", "column bytes is binary, which is not read as an attribute");
      assertTold(told, "taken", "attribute product_id has the name of the column product_id");
      assertTold(told, "unknown", "the tiles have no attribute corp; known: [Organic, crop, ");
      assertTold(told, "case", "attribute Timestamp has the name of the column timestamp");
      assertTold(told, "infinite", "attribute yield: the value Infinity is not a text");
    }
  }

  private static Map<String, Attributes> attributes(TileCatalog catalog) {
    Map<String, Attributes> attributes = new TreeMap<>();
    for (int i = 0; i < catalog.size(); i++) {
      attributes.put(catalog.id(i), catalog.record(i).attributes());
    }
    return attributes;
  }

  private static void assertTold(String told, String what, String expected) {
    String line =
        told.lines().filter(l -> l.startsWith("told " + what + ": ")).findFirst().orElse(told);
    assertTrue(line.contains(expected), line + ", not " + expected);
  }
}
