package io.earthembed.benchmarks;

import io.earthembed.ChangeSearch;
import io.earthembed.Changes;
import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.parquet.DatasetCompression;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures learning from labels, and the change between two datasets compared with reading both.
 * Compared runs alternate; each figure is a median. Prints Markdown.
 *
 * <p>Arguments: any of {@code labels}, {@code change}; both without. {@code change} writes and
 * reads two datasets of 1 GiB in a temporary folder, and needs as much direct memory.
 */
public final class LearningCosts {
  private static final int TILES = 249_000;
  private static final int DIMENSION = 1152;
  private static final int CELLS = 1_000_000;
  private static final int CHANGE_DIMENSION = 256;
  private static final int RUNS = 3;

  private LearningCosts() {}

  /** Runs the named parts, or both. */
  public static void main(String[] args) throws IOException {
    List<String> parts = args.length == 0 ? List.of("labels", "change") : List.of(args);
    System.out.printf(
        Locale.ROOT,
        "%nLoad %.1f%n%n| what | wall ms | CPU ms |%n| --- | --- | --- |%n",
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    if (parts.contains("labels")) labels();
    if (parts.contains("change")) change();
  }

  private interface Work {
    Object run() throws IOException;
  }

  private static volatile Object sink = "";

  private static double cpuMillis() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean process
        ? process.getProcessCpuTime() / 1e6
        : Double.NaN;
  }

  /** Runs tasks alternately, and prints the medians of their wall and CPU times. */
  private static void measure(List<String> names, Work... works) throws IOException {
    double[][] wall = new double[works.length][RUNS];
    double[][] cpu = new double[works.length][RUNS];
    for (int run = -1; run < RUNS; run++) {
      for (int w = 0; w < works.length; w++) {
        double cpuStart = cpuMillis();
        long start = System.nanoTime();
        sink = works[w].run();
        if (run < 0) continue;
        wall[w][run] = (System.nanoTime() - start) / 1e6;
        cpu[w][run] = cpuMillis() - cpuStart;
      }
    }
    for (int w = 0; w < works.length; w++) {
      Arrays.sort(wall[w]);
      Arrays.sort(cpu[w]);
      System.out.printf(
          Locale.ROOT, "| %s | %.1f | %.1f |%n", names.get(w), wall[w][RUNS / 2], cpu[w][RUNS / 2]);
    }
  }

  private static void labels() throws IOException {
    Vectors vectors = SyntheticData.vectors(TILES, DIMENSION, 1);
    EmbeddingModel model = SyntheticData.model(DIMENSION);
    EmbeddingIndex index = FaissIndex.flat(DIMENSION, Metric.INNER_PRODUCT);
    EmbeddingDataset dataset = SyntheticData.dataset(SyntheticData.catalog(TILES), vectors);
    try (EarthExplorer earth = EarthExplorer.open(dataset, model, index).owning()) {
      List<Query> good = new ArrayList<>();
      List<Query> bad = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        (i % 2 == 0 ? good : bad).add(Query.tile(earth.catalog().id(1000L * i)));
      }
      SearchOptions top = SearchOptions.top(20);
      Query.Learned learned = earth.learn(good, bad);
      measure(
          List.of(
              "train on 200 labels x 1152",
              "search 249,000 by the learned query",
              "train and search"),
          () -> earth.learn(good, bad),
          () -> earth.search(learned, top),
          () -> earth.search(earth.learn(good, bad), top));
    }
  }

  private static void change() throws IOException {
    Path folder = Files.createTempDirectory("learning-costs");
    try {
      Path before = write(folder.resolve("before"), 1);
      Path after = write(folder.resolve("after"), 2);
      measure(
          List.of("read two datasets of 1 M x 256, one after the other", "find the changes"),
          () -> read(before) + read(after),
          () -> changes(before, after).size());
    } finally {
      SyntheticData.remove(folder);
    }
  }

  private static final ModelInfo MODEL = new ModelInfo("benchmark", "1", CHANGE_DIMENSION);

  /** Writes a dataset of uncompressed files, whose cells are in the order of the grid. */
  private static Path write(Path folder, long seed) throws IOException {
    GeoParquetSink sink = new GeoParquetSink(folder, MODEL, DatasetCompression.NONE);
    int part = CELLS / 10;
    for (int p = 0; p < 10; p++) {
      List<EmbeddedTile> tiles = new ArrayList<>();
      for (int i = p * part; i < (p + 1) * part; i++) {
        GridCell cell = new GridCell(i / 2000 - 250, i % 2000 - 1000);
        tiles.add(
            new EmbeddedTile(
                new TileRecord(
                    cell + "-" + seed,
                    cell,
                    "product-" + seed + "-" + i / 100,
                    Instant.ofEpochSecond(1_600_000_000L + seed * 31_536_000),
                    MajorTomGrid.CORE.centerOf(cell),
                    3,
                    null),
                null));
      }
      sink.write("part-" + p, tiles, SyntheticData.vectors(part, CHANGE_DIMENSION, seed * 100 + p));
    }
    return folder;
  }

  /** Opens a dataset, catalog included, and copies each embedding out, as any use does. */
  private static double read(Path folder) {
    EmbeddingDataset dataset = GeoParquetDataset.open(folder, MODEL);
    double[] sum = {TileCatalog.of(dataset.catalog()).size()};
    float[] row = new float[CHANGE_DIMENSION];
    dataset.forEachBatch(
        batch -> {
          for (long i = 0; i < batch.rows(); i++) {
            batch.get(i, row);
            sum[0] += row[0];
          }
        });
    return sum[0];
  }

  private static Changes changes(Path before, Path after) {
    return ChangeSearch.between(
        GeoParquetDataset.open(before, MODEL), GeoParquetDataset.open(after, MODEL));
  }
}
