package io.earthembed.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * Builds an index of the whole Earth on this machine, and serves it: {@code ./run scale earth}. The
 * vectors are made block by block and never lie on the disk. Every finished part stays, so that the
 * same command continues after a kill; a kill in the middle of training trains again. See {@link
 * EarthSet} for the options. Writes {@code report.md} in the folder of the set.
 */
final class EarthScale {
  private static final int BLOCK = 50_000;

  /** {@link FaissIndex#train} takes no more bytes. */
  private static final long SAMPLE_BYTES = 1L << 30;

  private static final long SEED = 7;
  private static final long QUERY_SEED = 8;

  /** The default effort of searches. */
  static final int NPROBE = 128;

  private final EarthSet set;
  private final ClusteredVectors source;
  private final Vectors queries;

  private EarthScale(EarthSet set) {
    this.set = set;
    this.source = new ClusteredVectors(set.dimension(), SEED);
    this.queries = queries(set);
  }

  static Vectors queries(EarthSet set) {
    return new ClusteredVectors(set.dimension(), QUERY_SEED).rows(0, set.queries());
  }

  /** Runs it. */
  static void run(String[] args) throws IOException, InterruptedException {
    EarthSet set = EarthSet.parse(args);
    set.prepare();
    EarthScale scale = new EarthScale(set);
    scale.train();
    for (int p = 0; p < set.parts(); p++) scale.add(p);
    String served = serve(args);
    Files.writeString(set.folder().resolve("report.md"), scale.report(served));
    System.out.println("Written: " + set.folder().resolve("report.md"));
  }

  private void train() throws IOException {
    if (Files.exists(set.trained())) return;
    int most = (int) (SAMPLE_BYTES / 4 / set.dimension());
    int size = (int) Math.min(Math.min(most, 39L * set.cells()), set.rows());
    say("training " + set.kind() + " on " + size + " vectors");
    Clock clock = new Clock();
    Vectors sample = source.rows(size, i -> i * set.rows() / size);
    clock.lap("making vectors");
    FaissSpec spec =
        FaissSpec.factory(set.kind()).withNprobe(Math.min(NPROBE, set.cells())).withRerank(4);
    try (FaissIndex index = FaissIndex.trained(sample, Metric.INNER_PRODUCT, spec)) {
      clock.lap("training");
      clock.write();
      index.save(set.trained());
    }
  }

  /** Builds one part, unless it is there. Its index file comes last, and says that it is whole. */
  private void add(int p) throws IOException {
    if (Files.exists(set.index(p))) return;
    Clock clock = new Clock();
    EarthAnswers answers = new EarthAnswers(set.queries());
    try (FaissIndex index = FaissIndex.load(set.trained())) {
      for (int from = 0; from < set.rowsOf(p); from += BLOCK) {
        long ordinal = set.base(p) + from;
        Vectors block = source.rows(ordinal, Math.min(BLOCK, set.rowsOf(p) - from));
        clock.lap("making vectors");
        index.add(block);
        clock.lap("adding");
        answers.add(block, ordinal, queries);
        clock.lap("exact answers");
      }
      answers.write(set.answers(p));
      index.save(set.index(p));
      clock.lap("saving");
    }
    clock.write();
    say(
        String.format(
            Locale.ROOT,
            "part %d of %d: %s; %.1f GB at the peak",
            p + 1,
            set.parts(),
            clock,
            Memory.peak() / 1e9));
  }

  private static void say(String what) {
    System.out.println(java.time.LocalTime.now().withNano(0) + " " + what);
  }

  /** Searches in a process of its own, and returns its part of the report. */
  private static String serve(String[] args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Djava.awt.headless=true",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                EarthServing.class.getName()));
    command.addAll(List.of(args));
    Path out = Files.createTempFile("earth-serving", ".md");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .redirectOutput(out.toFile())
              .start();
      if (process.waitFor() != 0) throw new IOException("the searching process failed");
      return Files.readString(out);
    } finally {
      Files.delete(out);
    }
  }

  private String report(String served) throws IOException {
    TreeMap<String, double[]> stages = new TreeMap<>();
    double peak = 0;
    for (String line : Files.readAllLines(set.progress())) {
      String[] values = line.split("\t");
      double[] sums = stages.computeIfAbsent(values[0], name -> new double[2]);
      sums[0] += Double.parseDouble(values[1]);
      sums[1] += Double.parseDouble(values[2]);
      peak = Math.max(peak, Double.parseDouble(values[3]));
    }
    long bytes = 0;
    for (int p = 0; p < set.parts(); p++) bytes += Files.size(set.index(p));
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "# %,d x %d on one machine%n%n`./run scale earth`: `%s`, in %d parts of %,d vectors,"
                + " %.1f GB of files, searched as one. Queries and vectors are those of faiss.md:"
                + " %d queries, k = %d.%n%n%s%n",
            set.rows(),
            set.dimension(),
            set.kind(),
            set.parts(),
            set.part(),
            bytes / 1e9,
            set.queries(),
            EarthAnswers.K,
            Machine.table(Machine.facts())));
    text.append("## Building\n\n| stage | minutes | CPU minutes |\n| --- | --- | --- |\n");
    double[] sum = new double[2];
    stages.forEach(
        (stage, seconds) -> {
          sum[0] += seconds[0];
          sum[1] += seconds[1];
          text.append(row(stage, seconds));
        });
    text.append(row("all", sum));
    text.append(String.format(Locale.ROOT, "%nMemory at the peak: %.2f GB.%n%n", peak / 1e9));
    return text + served;
  }

  private static String row(String stage, double[] seconds) {
    return String.format(
        Locale.ROOT, "| %s | %.1f | %.1f |%n", stage, seconds[0] / 60, seconds[1] / 60);
  }

  /** Adds up the seconds of stages, and those of all processors. */
  private final class Clock {
    private final TreeMap<String, double[]> stages = new TreeMap<>();
    private long wall = System.nanoTime();
    private long cpu = cpu();

    private static long cpu() {
      return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
          .getProcessCpuTime();
    }

    /** Counts the time since the last lap to a stage. */
    void lap(String stage) {
      double[] sums = stages.computeIfAbsent(stage, name -> new double[2]);
      sums[0] += (System.nanoTime() - wall) / 1e9;
      sums[1] += (cpu() - cpu) / 1e9;
      wall = System.nanoTime();
      cpu = cpu();
    }

    /** Appends the sums, and the peak of the memory, to the file of the progress. */
    void write() throws IOException {
      StringBuilder lines = new StringBuilder();
      long peak = Memory.peak();
      stages.forEach(
          (stage, sums) ->
              lines.append(
                  String.format(
                      Locale.ROOT, "%s\t%.2f\t%.2f\t%d%n", stage, sums[0], sums[1], peak)));
      Files.writeString(
          set.progress(), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public String toString() {
      List<String> parts = new ArrayList<>();
      stages.forEach(
          (stage, sums) -> parts.add(String.format(Locale.ROOT, "%s %.0f s", stage, sums[0])));
      return String.join(", ", parts);
    }
  }
}
