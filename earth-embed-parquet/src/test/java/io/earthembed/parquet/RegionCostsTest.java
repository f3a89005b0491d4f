package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.geo.BoundingBox;
import io.earthembed.testkit.peer.PythonPeer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server counts the requests and bytes of a region of a set of 240 files by pyarrow. */
class RegionCostsTest {
  /** Cuts several of the 60 geohashes u00 to u1v. */
  private static final BoundingBox REGION = new BoundingBox(1, 45.5, 4, 49);

  @TempDir Path folder;

  private static long embeddings(GeoParquetDataset dataset) {
    long[] rows = {0};
    dataset.forEachBatch(batch -> rows[0] += batch.rows());
    return rows[0];
  }

  @Test
  void readsLittleMoreThanTheRowsOfTheRegion() throws Exception {
    Path script = Path.of("src/test/python/make_sets.py");
    try (PythonPeer peer = PythonPeer.start(script, folder.toString(), "60", "200", "128");
        SetServer server = new SetServer(folder)) {
      assertEquals("written", peer.ask(""));
      PublishedSet set =
          PublishedSet.parse(
              "test.json",
              """
              {"name": "test", "title": "Test", "source": "s", "license": "l", "attribution": "a",
               "model": {"name": "Clay", "version": "1.5", "dimension": 128},
               "listing": {"kind": "s3", "address": "%s", "folder": "hive/",
                           "partitions": {"geohash_l2": "geohash", "month": "month"}}}
              """
                  .formatted(server.url("")));
      StoreOptions options = StoreOptions.builder().cache(folder.resolve("cache"), 1 << 30).build();
      PublishedRegion region = set.in(REGION).with(options);
      RegionPlan plan = region.plan();
      GeoParquetDataset dataset = plan.open();
      long rows = dataset.catalog().size();
      assertTrue(rows > 400 && rows < plan.rows(), plan::toString);
      assertEquals(rows, embeddings(dataset));
      List<String> files =
          server.requests().stream().filter(p -> p.contains(".parquet")).distinct().toList();
      assertEquals(plan.files(), files.size());
      for (String file : files) {
        String geohash = file.replaceFirst(".*geohash_l2=(...)/.*", "$1");
        BoundingBox box = BoxOfGeohash.of(geohash);
        assertTrue(REGION.intersects(box), file);
      }
      long wanted = plan.bytes() * rows / plan.rows();
      long read = server.bytes();
      assertTrue(read <= 3 * wanted, read + " bytes for " + wanted + " of the region's rows");

      assertEquals(rows, embeddings(region.open()));
      assertEquals(files.size(), server.requests().size());
      assertEquals(files.size(), server.bytes());
      assertEquals(rows, embeddings(region.withoutRevalidation().open()));
      assertEquals(List.of(), server.requests());
    }
  }

  /** Decodes geohashes in another way than the code under test: by interleaved bits. */
  private static final class BoxOfGeohash {
    static BoundingBox of(String geohash) {
      long bits = 0;
      for (char c : geohash.toCharArray()) {
        bits = bits << 5 | "0123456789bcdefghjkmnpqrstuvwxyz".indexOf(c);
      }
      int count = 5 * geohash.length();
      long x = 0;
      long y = 0;
      for (int i = 0; i < count; i++) {
        long bit = bits >> (count - 1 - i) & 1;
        if (i % 2 == 0) x = x << 1 | bit;
        else y = y << 1 | bit;
      }
      double width = 360.0 / (1L << (count + 1) / 2);
      double height = 180.0 / (1L << count / 2);
      return new BoundingBox(
          x * width - 180, y * height - 90, (x + 1) * width - 180, (y + 1) * height - 90);
    }
  }
}
