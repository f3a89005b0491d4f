package io.earthembed.index.builtin;

import io.earthembed.base.thread.Processors;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Scores every stored row that passes a filter. Threads take slices of the rows. Within a slice, a
 * few rows at a time stay in the processor's cache while all queries are compared with them. Scores
 * do not depend on the number of threads, on the slices or on the other queries. Safe for many
 * threads, as long as no rows are added.
 */
final class ExactScan {
  /** The queries that are compared with rows in the cache. Their double values fit there too. */
  private static final int MAX_QUERIES = 64;

  /** The most hits that a thread keeps for all queries together. */
  private static final int MAX_KEPT = 1 << 22;

  /** The rows that are compared at a time, if each has few components. */
  private static final int BLOCK = 256;

  /** The components that are compared at a time: 128 KiB. */
  private static final int BLOCK_COMPONENTS = 1 << 15;

  /** Components of the smallest slice. For less, a second thread costs more than it saves. */
  private static final int SLICE = 1 << 17;

  private static final int SLICES_PER_THREAD = 16;

  private final StoredRows rows;
  private final boolean squared;
  private final OrdinalSet filter;
  private final ScoreKernel kernel;
  private final int threads;
  private final long rowsPerSlice;
  private final int slices;
  private final Thread caller = Thread.currentThread();
  private final AtomicBoolean interrupted = new AtomicBoolean();

  /**
   * Prepares a scan by the calling thread.
   *
   * @param squared whether scores are negative squared distances, otherwise inner products
   * @param threads the most threads, including the caller's
   */
  ExactScan(StoredRows rows, boolean squared, OrdinalSet filter, ScoreKernel kernel, int threads) {
    this.rows = rows;
    this.squared = squared;
    this.filter = filter;
    this.kernel = kernel;
    this.threads = threads;
    long least = Math.max(1, SLICE / rows.dimension());
    long wanted = (long) SLICES_PER_THREAD * threads;
    this.rowsPerSlice = Math.max(least, (rows.size() + wanted - 1) / wanted);
    this.slices = (int) ((rows.size() + rowsPerSlice - 1) / rowsPerSlice);
  }

  /** Receives the scores of a query with some rows. */
  private interface Sink {
    void accept(int query, long[] ordinals, float[] scores, int count);
  }

  /**
   * Finds the best k for each query.
   *
   * @param k 1 or more
   */
  List<Neighbors> search(List<double[]> queries, int k) {
    int kept = (int) Math.min(k, Math.min(rows.size(), Integer.MAX_VALUE - 8));
    List<Neighbors> results = new ArrayList<>();
    int group = Math.max(1, Math.min(MAX_QUERIES, MAX_KEPT / Math.max(1, kept)));
    for (int from = 0; from < queries.size(); from += group) {
      List<double[]> some = queries.subList(from, Math.min(queries.size(), from + group));
      for (TopK best : bestOf(some, kept)) results.add(best.sorted());
    }
    return results;
  }

  private List<TopK> bestOf(List<double[]> queries, int kept) {
    int workers = Math.max(1, Math.min(threads, slices));
    List<List<TopK>> found = new ArrayList<>();
    for (int w = 0; w < workers; w++) found.add(new ArrayList<>());
    AtomicInteger next = new AtomicInteger();
    Processors.forEach(
        workers,
        workers,
        w -> {
          int slice = next.getAndIncrement();
          // The first takes part even if there are no rows, so that every query has a result.
          if (slice >= slices && slice > 0) return;
          List<TopK> mine = found.get(w);
          for (int q = 0; q < queries.size(); q++) mine.add(new TopK(kept));
          Sink sink =
              (q, ordinals, scores, count) -> {
                TopK best = mine.get(q);
                for (int i = 0; i < count; i++) best.offer(ordinals[i], scores[i]);
              };
          for (; slice < slices; slice = next.getAndIncrement()) scan(queries, slice, sink);
        });
    requireNotInterrupted();
    List<TopK> best = found.get(0);
    for (List<TopK> other : found.subList(1, workers)) {
      if (best.isEmpty()) {
        best = other;
      } else {
        for (int q = 0; q < other.size(); q++) best.get(q).offerAll(other.get(q));
      }
    }
    return best;
  }

  /**
   * Finds every row whose score reaches a threshold.
   *
   * @param minScore not NaN
   */
  Neighbors searchAbove(double[] query, float minScore) {
    List<Hits> found = new ArrayList<>();
    for (int slice = 0; slice < slices; slice++) found.add(new Hits());
    List<double[]> queries = List.of(query);
    Processors.forEach(
        slices,
        threads,
        slice -> {
          Hits hits = found.get(slice);
          scan(queries, slice, (q, ordinals, scores, n) -> hits.add(ordinals, scores, n, minScore));
        });
    requireNotInterrupted();
    return Hits.sorted(found);
  }

  /** Scores the rows of a slice, unless the calling thread is interrupted. */
  private void scan(List<double[]> queries, int slice, Sink sink) {
    if (slice > 0 && caller.isInterrupted()) interrupted.set(true);
    if (interrupted.get()) return;
    long from = slice * rowsPerSlice;
    long end = Math.min(rows.size(), from + rowsPerSlice);
    Block block = new Block(queries, sink);
    for (int p = rows.partOf(from); from < end; p++) {
      StoredRows.Part part = rows.parts().get(p);
      for (long last = Math.min(end, part.end()); from < last; from++) {
        if (filter.contains(from)) block.add(part, from);
      }
    }
    block.flush();
  }

  /** Some rows of one array, which stay in the cache while all queries are compared with them. */
  private final class Block {
    private final List<double[]> queries;
    private final Sink sink;
    private final long[] ordinals;
    private final int[] places;
    private final float[] scores;
    private float[] values = {};
    private int count;

    Block(List<double[]> queries, Sink sink) {
      this.queries = queries;
      this.sink = sink;
      int most = Math.max(4, Math.min(BLOCK, BLOCK_COMPONENTS / rows.dimension()));
      this.ordinals = new long[most];
      this.places = new int[most];
      this.scores = new float[most];
    }

    void add(StoredRows.Part part, long ordinal) {
      if (part.values() != values || count == ordinals.length) {
        flush();
        values = part.values();
      }
      places[count] = (int) (ordinal - part.first()) * rows.dimension();
      ordinals[count++] = ordinal;
    }

    void flush() {
      for (int q = 0; q < queries.size() && count > 0; q++) {
        // The first query brings the rows into the cache.
        boolean cached = q > 0;
        if (squared) {
          kernel.negativeSquares(queries.get(q), values, places, count, cached, scores);
        } else {
          kernel.innerProducts(queries.get(q), values, places, count, cached, scores);
        }
        sink.accept(q, ordinals, scores, count);
      }
      count = 0;
    }
  }

  private void requireNotInterrupted() {
    if (interrupted.get()) throw new EarthEmbedException("interrupted while searching");
  }
}
