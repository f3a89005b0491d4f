package io.earthembed.spark;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.IndexLabel;
import io.earthembed.spark.SparkProcesses.Running;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Measures a search for many queries in one row group beside FAISS alone, both on cores 0 and 1;
 * runs only by name and needs {@code -Dearthembed.python}. {@code -Dearthembed.vectors=1000000},
 * {@code -Dearthembed.queries=1000000}, {@code -Dearthembed.nprobe=8}; {@code -Dearthembed.folder}
 * keeps the index and the queries for further runs.
 */
class SearchCosts {
  private static final Duration LIMIT = Duration.ofHours(2);
  private static final int DIMENSION = 256;
  private static final int VECTORS = Integer.getInteger("earthembed.vectors", 1_000_000);
  private static final int QUERIES = Integer.getInteger("earthembed.queries", 1_000_000);
  private static final int CELLS = 2048;

  @Test
  void measure() throws IOException {
    String python = System.getProperty("earthembed.python", "");
    Assumptions.assumeFalse(python.isEmpty(), "no -Dearthembed.python");
    Path folder =
        Files.createDirectories(
            Path.of(System.getProperty("earthembed.folder", "target/search-costs"))
                .toAbsolutePath());
    Path index = Files.createDirectories(folder.resolve("index"));
    Path queries = folder.resolve("queries.parquet");
    String script = Path.of("src/test/python/search_costs.py").toString();
    if (!Files.exists(index.resolve(IndexJob.CATALOG))) fill(index);
    if (!Files.exists(queries)) {
      run(folder, python, script, "write", "" + QUERIES, "" + DIMENSION, "" + queries);
    }
    try (SparkProcesses spark = new SparkProcesses(folder.resolve("spark"), List.of())) {
      String master = spark.master();
      List<Running> watched = new ArrayList<>();
      for (int w = 0; w < 2; w++)
        watched.add(spark.worker(master, List.of("taskset", "-c", "" + w), "4g", "127.0.0.1"));
      CostMeter meter = new CostMeter();
      long start = System.nanoTime();
      Running driver =
          spark.submit(
              master,
              List.of("spark.executor.memory=4g"), // Spark reads a row group into the heap
              "search",
              "--index",
              index,
              "--queries",
              queries,
              "--out",
              folder.resolve("found-" + System.nanoTime()));
      watched.add(driver);
      meter.follow(driver, watched);
      driver.succeed(LIMIT);
      CostMeter.say(
          "Spark, 2 workers of 1 core: %.1f s, %.1f s of processor time",
          (System.nanoTime() - start) / 1e9, meter.seconds());
    }
    String merged = index.resolve(IndexJob.MERGED).toString();
    CostMeter.say(
        "FAISS alone, 2 threads: %s",
        run(folder, "taskset", "-c", "0,1", python, script, "search", merged, "" + queries, "10"));
  }

  /** Makes an index of random unit vectors and its catalog, as IndexJob does. */
  private static void fill(Path index) throws IOException {
    Random random = new Random(5);
    TileCatalog.Builder tiles = TileCatalog.builder();
    for (int i = 0; i < VECTORS; i++) {
      GridCell cell = new GridCell(i / 1_000 % 400, i % 1_000);
      tiles.add(
          new TileRecord(
              "tile " + i,
              cell,
              "product",
              Instant.EPOCH,
              MajorTomGrid.CORE.centerOf(cell),
              Float.NaN,
              null));
    }
    TileCatalog catalog = tiles.build();
    FaissSpec spec = FaissSpec.ivf(CELLS).withNprobe(Integer.getInteger("earthembed.nprobe", 8));
    try (FaissIndex made =
        FaissIndex.trained(random(random, 100_000), Metric.INNER_PRODUCT, spec)) {
      for (int from = 0; from < VECTORS; from += 100_000) {
        made.add(random(random, Math.min(100_000, VECTORS - from)));
      }
      made.label(new IndexLabel("model", "dataset", catalog.fingerprint()));
      made.save(index.resolve(IndexJob.MERGED));
    }
    catalog.save(index.resolve(IndexJob.CATALOG));
  }

  private static Vectors random(Random random, int rows) {
    Vectors vectors = Vectors.allocate(rows, DIMENSION);
    float[] row = new float[DIMENSION];
    for (int i = 0; i < rows; i++) {
      for (int d = 0; d < DIMENSION; d++) row[d] = (float) random.nextGaussian();
      vectors.set(i, row);
    }
    vectors.normalize();
    return vectors;
  }

  private static String run(Path folder, String... command) throws IOException {
    Path log = Files.createTempFile(folder, "python", ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new Running(process, log).succeed(LIMIT).strip();
  }
}
