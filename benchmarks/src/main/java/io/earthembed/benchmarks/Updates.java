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
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Measures a collection that is searched while it changes: how long searches take before and during
 * additions of 1,000 tiles, how soon an addition is visible, and how 32 clients fare while 1,000
 * tiles a minute are added and removed and a new version of the explorer is swapped in every
 * minute. Writes {@code report.md}. Arguments: rows (default 1000000), dimension (default 256),
 * {@code --minutes N} of the clients (default 1).
 */
public final class Updates {
  private static final Path FOLDER = Path.of("benchmarks/target/updates");
  private static final int ADDED = 1000;
  private static final int ADDITIONS = 20;
  private static final int SEARCHES = 60;
  private static final int CLIENTS = 32;

  /** A minute's tiles come and go in as many steps, evenly. */
  private static final int STEPS = 10;

  private final int rows;
  private final int dimension;
  private final List<TileRecord> tiles;
  private final EmbeddingModel model;
  private final StringBuilder report = new StringBuilder();

  private Updates(int rows, int dimension, int minutes) {
    this.rows = rows;
    this.dimension = dimension;
    this.tiles = SyntheticData.tiles(rows + (ADDITIONS + minutes) * ADDED);
    this.model = SyntheticData.model(dimension);
  }

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    List<Integer> sizes = new ArrayList<>();
    int minutes = 1;
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--minutes") && i + 1 < args.length) minutes = Integer.parseInt(args[++i]);
      else sizes.add(Integer.parseInt(args[i]));
    }
    int rows = sizes.isEmpty() ? 1_000_000 : sizes.get(0);
    int dimension = sizes.size() < 2 ? 256 : sizes.get(1);
    if (minutes < 1 || rows < (minutes + 1) * ADDED) {
      throw new IllegalArgumentException(
          "--minutes is outside [1, rows / 1000 - 1]: " + minutes + ", for rows of " + rows);
    }
    Files.createDirectories(FOLDER);
    Updates updates = new Updates(rows, dimension, minutes);
    updates.report.append("# Searching while tiles come and go\n\n`./run updates ");
    updates.report.append(rows + " " + dimension + " --minutes " + minutes + "`\n\n");
    updates.report.append(Machine.table(Machine.facts())).append('\n');
    Path folder = Files.createTempDirectory(FOLDER, "collection");
    CollectionOptions options = CollectionOptions.DEFAULTS.withIndexer(Updates::flat);
    EmbeddingOrigin origin = EmbeddingOrigin.of(SyntheticData.info(dimension));
    try (CollectionWriter writer = CollectionWriter.open(folder, origin, options)) {
      writer.add(updates.tiles.subList(0, rows), SyntheticData.vectors(rows, dimension, 1));
      try (EarthExplorer explorer = EarthExplorer.open(writer.collection(), updates.model)) {
        updates.additions(writer, explorer);
        updates.clients(writer, explorer, minutes);
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

  /**
   * The state of the process.
   *
   * @param heap bytes of live objects
   * @param resident bytes of its memory that are in the machine's
   */
  private record Usage(long heap, long resident) {
    static Usage now() throws IOException {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      return new Usage(runtime.totalMemory() - runtime.freeMemory(), Updates.resident());
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%,d MB of heap, %,d MB resident", heap >> 20, resident >> 20);
    }
  }

  /**
   * Searches with many clients while tiles are added and removed, and a new version is swapped in
   * at the end of each minute.
   */
  private void clients(CollectionWriter writer, EarthExplorer explorer, int minutes)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    Usage before = Usage.now();
    long start = System.nanoTime();
    AtomicBoolean done = new AtomicBoolean();
    Queue<Exception> errors = new ConcurrentLinkedQueue<>();
    List<Future<List<Double>>> clients = new ArrayList<>();
    for (int c = 0; c < CLIENTS; c++) {
      SplittableRandom random = new SplittableRandom(c);
      clients.add(
          threads.submit(
              () -> {
                List<Double> millis = new ArrayList<>();
                while (!done.get()) {
                  try {
                    millis.add(searchMillis(explorer, random));
                  } catch (RuntimeException e) { // a closed engine is an IllegalStateException
                    errors.add(e);
                  }
                }
                return millis;
              }));
    }
    int first = rows + ADDITIONS * ADDED;
    int some = ADDED / STEPS;
    int late = 0;
    for (int step = 0; step < minutes * STEPS; step++) {
      int from = first + step * some;
      writer.add(tiles.subList(from, from + some), SyntheticData.vectors(some, dimension, from));
      writer.remove(
          tiles.subList(step * some, (step + 1) * some).stream().map(TileRecord::id).toList());
      if ((step + 1) % STEPS == 0) {
        explorer.replaceWith(EarthExplorer.open(writer.collection(), model));
        System.out.printf("minute %d: %,d MB resident%n", (step + 1) / STEPS, resident() >> 20);
      }
      long wait = start + (step + 1) * 60_000_000_000L / STEPS - System.nanoTime();
      if (wait > 0) Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
      else late++;
    }
    done.set(true);
    double seconds = (System.nanoTime() - start) / 1e9;
    List<Double> all = new ArrayList<>();
    for (Future<List<Double>> client : clients) all.addAll(client.get());
    threads.shutdown();
    double[] millis = all.stream().mapToDouble(m -> m).sorted().toArray();
    double p99 = millis[(int) (millis.length * 99L / 100)];
    line(
        "%d clients, %.0f s: %,d searches, %d errors; %,d tiles added and as many removed, %d"
            + " swaps",
        CLIENTS, seconds, millis.length, errors.size(), minutes * ADDED, minutes);
    for (Exception error : errors.stream().limit(3).toList()) line("error: %s", error);
    if (late > 0) line("%d of %d steps ended late", late, minutes * STEPS);
    line("p50 %.0f ms, p99 %.0f ms (%.1f x)", median(millis), p99, p99 / median(millis));
    line("at the start %s", before);
    line("at the end %s", Usage.now());
  }

  private static double median(double[] sorted) {
    return sorted[sorted.length / 2];
  }

  /** Returns the process's resident memory in bytes. */
  private static long resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS")) return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
    return 0;
  }
}
