package io.earthembed.benchmarks;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.collection.CollectionOptions;
import io.earthembed.collection.CollectionWriter;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.PersistentIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Measures a collection that is searched while it changes: how long searches take before and during
 * additions of 1,000 tiles, how soon an addition is visible, and how 32 clients fare while tiles
 * are added and removed and the explorer is replaced. Writes {@code report.md}. Arguments: rows
 * (default 1000000), dimension (default 256), seconds of the clients (default 60).
 */
public final class Updates {
  private static final Path FOLDER = Path.of("benchmarks/target/updates");
  private static final int ADDED = 1000;
  private static final int ADDITIONS = 20;
  private static final int SEARCHES = 60;
  private static final int CLIENTS = 32;

  private final int rows;
  private final int dimension;
  private final List<TileRecord> tiles;
  private final EmbeddingModel model;
  private final StringBuilder report = new StringBuilder();

  private Updates(int rows, int dimension) {
    this.rows = rows;
    this.dimension = dimension;
    this.tiles = SyntheticData.tiles(rows + 100 * ADDED);
    this.model = SyntheticData.model(dimension);
  }

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    int rows = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
    int dimension = args.length > 1 ? Integer.parseInt(args[1]) : 256;
    int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 60;
    Files.createDirectories(FOLDER);
    Updates updates = new Updates(rows, dimension);
    updates.report.append("# Searching while tiles come and go\n\n`./run updates ");
    updates.report.append(rows + " " + dimension + " " + seconds + "`\n\n");
    updates.report.append(Machine.table(Machine.facts())).append('\n');
    Path folder = Files.createTempDirectory(FOLDER, "collection");
    CollectionOptions options = CollectionOptions.DEFAULTS.withIndexer(Updates::flat);
    EmbeddingOrigin origin = EmbeddingOrigin.of(SyntheticData.info(dimension));
    try (CollectionWriter writer = CollectionWriter.open(folder, origin, options)) {
      writer.add(updates.tiles.subList(0, rows), SyntheticData.vectors(rows, dimension, 1));
      try (EarthExplorer explorer = EarthExplorer.open(writer.collection(), updates.model)) {
        updates.additions(writer, explorer);
        updates.clients(writer, explorer, seconds);
      }
    } finally {
      SyntheticData.remove(folder);
    }
    Files.writeString(FOLDER.resolve("report.md"), updates.report);
    System.out.println("Written: " + FOLDER.resolve("report.md"));
  }

  private static PersistentIndex flat(EmbeddingDataset segment, Metric metric) {
    FaissIndex index = FaissIndex.flat(segment.model().dimension(), metric);
    segment.forEachBatch(index::add);
    return index;
  }

  private void line(String format, Object... values) {
    String line = String.format(Locale.ROOT, format, values);
    report.append("- ").append(line).append('\n');
    System.out.println(line);
  }

  private double searchMillis(EarthExplorer explorer, SplittableRandom random) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) vector[i] = (float) (random.nextDouble() - 0.5);
    long start = System.nanoTime();
    explorer.search(Query.vector(vector), SearchOptions.top(10));
    return (System.nanoTime() - start) / 1e6;
  }

  private double[] searches(EarthExplorer explorer, int n) {
    SplittableRandom random = new SplittableRandom(n);
    double[] millis = new double[n];
    for (int i = 0; i < n; i++) millis[i] = searchMillis(explorer, random);
    Arrays.sort(millis);
    return millis;
  }

  /** Adds tiles once a second while one thread searches. */
  private void additions(CollectionWriter writer, EarthExplorer explorer) throws Exception {
    searches(explorer, 10); // warms up
    double[] before = searches(explorer, SEARCHES);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    AtomicBoolean done = new AtomicBoolean();
    Future<double[]> during =
        thread.submit(
            () -> {
              List<Double> millis = new ArrayList<>();
              SplittableRandom random = new SplittableRandom(7);
              while (!done.get()) millis.add(searchMillis(explorer, random));
              return millis.stream().mapToDouble(m -> m).sorted().toArray();
            });
    double[] visible = new double[ADDITIONS];
    for (int a = 0; a < ADDITIONS; a++) {
      int from = rows + a * ADDED;
      Vectors vectors = SyntheticData.vectors(ADDED, dimension, from);
      List<TileRecord> added = tiles.subList(from, from + ADDED);
      long start = System.nanoTime();
      writer.add(added, vectors);
      if (explorer.catalog().find(added.get(ADDED - 1).id()).isEmpty()) {
        throw new IllegalStateException("an added tile is not visible");
      }
      visible[a] = (System.nanoTime() - start) / 1e6;
      Thread.sleep(Math.max(0, 1000 - (long) visible[a]));
    }
    done.set(true);
    double[] meanwhile = during.get();
    thread.shutdown();
    Arrays.sort(visible);
    line(
        "%,d x %d, FAISS flat; %d additions of %,d tiles, one a second",
        rows, dimension, ADDITIONS, ADDED);
    line("visible after: median %.0f ms, slowest %.0f ms", median(visible), visible[ADDITIONS - 1]);
    line(
        "search alone: median %.1f ms; during additions: median %.1f ms, %.2f x",
        median(before), median(meanwhile), median(meanwhile) / median(before));
  }

  /** Searches with many clients while tiles are added and removed. */
  private void clients(CollectionWriter writer, EarthExplorer explorer, int seconds)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    List<Future<List<Double>>> clients = new ArrayList<>();
    long resident = resident();
    for (int c = 0; c < CLIENTS; c++) {
      SplittableRandom random = new SplittableRandom(c);
      clients.add(
          threads.submit(
              () -> {
                List<Double> millis = new ArrayList<>();
                while (System.nanoTime() < end) millis.add(searchMillis(explorer, random));
                return millis;
              }));
    }
    int changes = 0;
    int first = rows + ADDITIONS * ADDED;
    while (System.nanoTime() < end) {
      int from = first + changes * 100;
      writer.add(tiles.subList(from, from + 100), SyntheticData.vectors(100, dimension, from));
      writer.remove(
          tiles.subList(changes * 100, changes * 100 + 100).stream().map(TileRecord::id).toList());
      changes++;
      if (changes % 10 == 0) explorer.replaceWith(EarthExplorer.open(writer.collection(), model));
      Thread.sleep(6000);
    }
    List<Double> all = new ArrayList<>();
    for (Future<List<Double>> client : clients) all.addAll(client.get()); // fails if one failed
    threads.shutdown();
    double[] millis = all.stream().mapToDouble(m -> m).sorted().toArray();
    line(
        "%d clients, %d s, 1,000 tiles a minute added and removed: %,d searches, no error",
        CLIENTS, seconds, millis.length);
    line(
        "p50 %.0f ms, p99 %.0f ms (%.1f x)",
        median(millis),
        millis[millis.length * 99 / 100],
        millis[millis.length * 99 / 100] / median(millis));
    line("resident at the start %,d MB, at the end %,d MB", resident, resident());
  }

  private static double median(double[] sorted) {
    return sorted[sorted.length / 2];
  }

  private static long resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS")) return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
    }
    return 0;
  }
}
