package io.earthembed.benchmarks;

import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.MappedFaissIndex;
import io.earthembed.faiss.SearchEffort;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The process of {@link EarthScale} that searches; prints its part of the report. Its arguments are
 * those of the other.
 */
final class EarthServing {
  private static final int[] NPROBES = {16, 32, 64, 128, 256};
  private static final int[] RERANKS = {2, 4, 10};
  private static final int COLD = 50;

  private final EarthSet set;
  private final EarthAnswers answers;
  private final Vectors queries;
  private final ShardedIndex index;
  private final List<MappedFaissIndex> parts = new ArrayList<>();
  private final StringBuilder report = new StringBuilder("## Serving\n\n");

  private EarthServing(EarthSet set) throws IOException {
    this.set = set;
    this.queries = EarthScale.queries(set);
    this.answers = new EarthAnswers(set.queries());
    List<Path> files = new ArrayList<>();
    for (int p = 0; p < set.parts(); p++) {
      answers.merge(set.answers(p));
      files.add(set.index(p));
    }
    long start = System.nanoTime();
    this.index = ShardedIndex.create(set.folder().resolve("earth.index"), files, this::open);
    say("Opening takes %.1f s, which verifies every byte. ", (System.nanoTime() - start) / 1e9);
    sayMemory("After it");
  }

  private MappedFaissIndex open(Path file) {
    MappedFaissIndex part = FaissIndex.open(file);
    parts.add(part);
    return part;
  }

  /** Searches, and prints. */
  public static void main(String[] args) throws IOException, InterruptedException {
    EarthServing serving = new EarthServing(EarthSet.parse(args));
    serving.cold();
    serving.warm();
    serving.efforts();
    serving.index.close();
    System.out.print(serving.report);
  }

  private void say(String format, Object... values) {
    report.append(String.format(Locale.ROOT, format, values));
  }

  private void sayMemory(String when) throws IOException {
    say(
        "%s, %.2f GB are resident that the system cannot drop, and %.2f GB of mapped files; %.2f GB"
            + " at the peak.%n%n",
        when, Memory.anonymous() / 1e9, Memory.mapped() / 1e9, Memory.peak() / 1e9);
  }

  /** Searches after the system has dropped its cache of the files. */
  private void cold() throws IOException, InterruptedException {
    say("### Cold: the files are not in the system's cache%n%n");
    say("The searches with filters follow in the same process, with other queries.%n%n");
    say("| passing | queries | median, ms | slowest, ms |%n| --- | --- | --- | --- |%n");
    int from = 0;
    for (int f = 0; f < EarthAnswers.EVERY.length; f++) {
      for (int p = 0; p < set.parts(); p++) forget(set.index(p));
      int count = Math.min(f == 0 ? COLD : COLD / 5, queriesLeft(from));
      if (count == 0) break;
      OrdinalSet filter = EarthAnswers.passing(EarthAnswers.EVERY[f], 0, set.rows());
      double[] times = new double[count];
      for (int i = 0; i < count; i++) {
        float[] query = queries.row(from + i);
        long start = System.nanoTime();
        index.search(query, EarthAnswers.K, filter);
        times[i] = (System.nanoTime() - start) / 1e6;
      }
      from += count;
      Arrays.sort(times);
      say("| %s | %d | %.1f | %.1f |%n", share(f), count, times[count / 2], times[count - 1]);
    }
    sayMemory("\nAfter it");
  }

  private int queriesLeft(int from) {
    return set.queries() - from;
  }

  /** Drops a file's pages from the system's cache. */
  private static void forget(Path file) throws IOException, InterruptedException {
    Process dd =
        new ProcessBuilder("dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0")
            .redirectErrorStream(true)
            .start();
    dd.getInputStream().readAllBytes();
    if (dd.waitFor() != 0) throw new IOException("dd cannot drop the cached pages of " + file);
  }

  private static String share(int f) {
    return f == 0 ? "all" : 100.0 / EarthAnswers.EVERY[f] + " %";
  }

  /** Searches by the default effort, twice: the second time counts. */
  private void warm() throws IOException {
    say("### Warm, %d cells, 4 candidates a hit in each part%n%n", EarthScale.NPROBE);
    say("| passing | recall@10 | median, ms | 95th percentile, ms |%n| --- | --- | --- | --- |%n");
    for (int f = 0; f < EarthAnswers.EVERY.length; f++) {
      OrdinalSet filter = EarthAnswers.passing(EarthAnswers.EVERY[f], 0, set.rows());
      Timed timed = time(f, query -> index.search(query, EarthAnswers.K, filter));
      say("| %s | %.3f | %.2f | %.2f |%n", share(f), timed.recall, timed.median, timed.slow);
    }
    sayMemory("\nAfter it");
  }

  /** Searches all vectors by other efforts. */
  private void efforts() throws IOException {
    say("### Recall and latency, warm%n%n");
    say("| cells visited | candidates a hit | recall@10 | median, ms | 95th percentile, ms |%n");
    say("| --- | --- | --- | --- | --- |%n");
    for (int nprobe : NPROBES) {
      if (nprobe > set.cells()) continue;
      for (int rerank : RERANKS) {
        SearchEffort effort = new SearchEffort(nprobe, 0, rerank);
        Timed timed = time(0, query -> search(query, effort));
        say(
            "| %d | %d | %.3f | %.2f | %.2f |%n",
            nprobe, rerank, timed.recall, timed.median, timed.slow);
      }
    }
    sayMemory("\nAt the end");
  }

  /** Searches the parts one after another as {@link ShardedIndex} does, with an effort. */
  private Neighbors search(float[] query, SearchEffort effort) {
    List<Neighbors> found = new ArrayList<>();
    for (int p = 0; p < parts.size(); p++) {
      Neighbors part =
          parts.get(p).search(Vectors.of(query), EarthAnswers.K, OrdinalSet.all(), effort).get(0);
      long[] ordinals = part.ordinals();
      for (int i = 0; i < ordinals.length; i++) ordinals[i] += set.base(p);
      found.add(new Neighbors(ordinals, part.scores()));
    }
    return Neighbors.merge(found, EarthAnswers.K);
  }

  private interface Search {
    Neighbors of(float[] query);
  }

  private record Timed(double recall, double median, double slow) {}

  private Timed time(int f, Search search) {
    double[] times = new double[set.queries()];
    double recall = 0;
    for (int q = 0; q < times.length; q++) search.of(queries.row(q));
    for (int q = 0; q < times.length; q++) {
      float[] query = queries.row(q);
      long start = System.nanoTime();
      Neighbors found = search.of(query);
      times[q] = (System.nanoTime() - start) / 1e6;
      recall += answers.recall(f, q, found) / times.length;
    }
    Arrays.sort(times);
    return new Timed(recall, times[times.length / 2], times[times.length * 95 / 100]);
  }
}
