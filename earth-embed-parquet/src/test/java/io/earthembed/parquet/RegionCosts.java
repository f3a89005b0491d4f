package io.earthembed.parquet;

import io.earthembed.geo.BoundingBox;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures the cost of a region of 10,000 files that make_sets.py wrote, behind a latency of 50 ms.
 * Arguments: their folder, and a folder for the cache. See docs/benchmarks/datasets.md.
 */
final class RegionCosts {
  private RegionCosts() {}

  /** Measures and prints. */
  public static void main(String[] args) throws Exception {
    Path cache = Path.of(args[1]);
    try (SetServer server = new SetServer(Path.of(args[0])).pageSize(1000)) {
      PublishedSet set =
          PublishedSet.parse(
              "measured.json",
              """
              {"name": "measured", "title": "Test", "source": "s", "license": "l",
               "attribution": "a", "model": {"name": "Clay", "version": "1.5", "dimension": 256},
               "listing": {"kind": "s3", "address": "%s", "folder": "hive/", "partitions":
                   {"geohash_l2": "geohash", "year": "year", "month": "month"}}}
              """
                  .formatted(server.url("")));
      StoreOptions uncached = StoreOptions.defaults();
      set.in(new BoundingBox(0.1, 46, 0.2, 46.2)).with(uncached).open().vectors(); // warms up
      server.latency(50);
      StoreOptions cached = StoreOptions.builder().cache(cache, 1L << 40).build();
      PublishedRegion region = set.in(new BoundingBox(8, 48, 15.03, 55.03)).with(cached);
      measure("first opening", region, server);
      measure("second opening", region, server);
      measure("without revalidation", region.withoutRevalidation(), server);
      measure("the whole set", set.everywhere().with(uncached), server);
    }
    System.exit(0); // the server's threads would go on
  }

  private static void measure(String what, PublishedRegion region, SetServer server) {
    server.requests();
    server.bytes();
    long start = System.nanoTime();
    RegionPlan plan = region.plan();
    long planned = System.nanoTime();
    GeoParquetDataset dataset = plan.open();
    long opened = System.nanoTime();
    long[] rows = {0};
    dataset.forEachBatch(batch -> rows[0] += batch.rows());
    long read = System.nanoTime();
    List<String> requests = server.requests();
    System.out.printf(
        "%s: %,d rows of %,d; plan %.2f s, open %.2f s, read %.2f s; %,d requests, %,d files,"
            + " %,d bytes; the rows have %,d%n",
        what,
        rows[0],
        plan.rows(),
        (planned - start) / 1e9,
        (opened - planned) / 1e9,
        (read - opened) / 1e9,
        requests.size(),
        requests.stream().filter(path -> path.contains(".parquet")).distinct().count(),
        server.bytes(),
        plan.bytes() * rows[0] / plan.rows());
  }
}
