package io.earthembed.faiss;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.faiss.internal.GpuCopy;
import io.earthembed.faiss.internal.LayeredIndex;
import io.earthembed.faiss.internal.RangeSearch;
import io.earthembed.index.ScoreField;
import io.earthembed.internal.Checks;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs the searches of a {@link FaissIndex}. */
final class IndexSearcher {
  /** Most results of one native call, so that the memory of a large batch times k is bounded. */
  private static final long MAX_RESULTS = 1L << 22;

  /** Most queries of one native call: between calls a batch can be interrupted. */
  private static final int MAX_QUERIES = 1024;

  private final IndexState state;

  IndexSearcher(IndexState state) {
    this.state = state;
  }

  List<Neighbors> search(Vectors queries, int k, OrdinalSet filter, SearchEffort effort) {
    state.requireDimension("queries", queries.dimension());
    Checks.positive("k", k);
    Objects.requireNonNull(filter, "filter");
    queries.requireComparable("queries");
    return state.memory.searching(
        index -> {
          int topK = topK(index, k);
          ByteBuffer bitmap = bitmapOrNull(filter);
          List<Neighbors> results = new ArrayList<>();
          for (int c = 0; c < queries.chunkCount(); c++) {
            search(index, state.prepared(queries.chunk(c)), topK, bitmap, effort, results);
          }
          return results;
        });
  }

  private void search(
      LayeredIndex index,
      FloatBuffer queries,
      int topK,
      @Nullable ByteBuffer bitmap,
      SearchEffort effort,
      List<Neighbors> results) {
    int dimension = state.dimension;
    int rows = queries.remaining() / dimension;
    if (topK == 0) {
      for (int q = 0; q < rows; q++) results.add(new Neighbors(new long[0], new float[0]));
      return;
    }
    long candidates = Faiss.candidates(index, topK, effort.rerank());
    int batch = (int) Math.max(1, Math.min(Math.min(rows, MAX_QUERIES), MAX_RESULTS / candidates));
    for (int from = 0; from < rows; from += batch) {
      if (from > 0 && Thread.currentThread().isInterrupted()) {
        throw new EarthEmbedException("interrupted after " + from + " of " + rows + " queries");
      }
      int n = Math.min(batch, rows - from);
      float[] scores = new float[n * topK];
      long[] ids = new long[n * topK];
      FloatBuffer part = queries.slice(from * dimension, n * dimension);
      GpuCopy copy = state.memory.copy();
      if (copy != null && bitmap == null) {
        copy.search(
            index,
            n,
            part,
            topK,
            state.next,
            effort.nprobe(),
            FloatBuffer.wrap(scores),
            LongBuffer.wrap(ids));
      } else {
        Faiss.search(
            index,
            n,
            part,
            topK,
            bitmap,
            state.next,
            effort.nprobe(),
            effort.efSearch(),
            effort.rerank(),
            FloatBuffer.wrap(scores),
            LongBuffer.wrap(ids));
      }
      for (int q = 0; q < n; q++) results.add(neighbors(ids, scores, q * topK, topK));
    }
  }

  /**
   * Searches for one query. Without a filter it calls the native side directly, and only the result
   * is allocated.
   */
  Neighbors search(float[] query, int k, OrdinalSet filter) {
    if (!filter.isAll() || state.metric == Metric.COSINE || state.memory.copy() != null) {
      return search(Vectors.of(query), k, filter, SearchEffort.DEFAULT).get(0);
    }
    state.requireDimension("query", query.length);
    Checks.positive("k", k);
    Vectors.requireComparable("query", query);
    return state.memory.searching(
        index -> {
          int topK = topK(index, k);
          float[] scores = new float[topK];
          long[] ids = new long[topK];
          if (topK > 0) {
            Faiss.search(index, 1, query, topK, (byte[]) null, state.next, 0, 0, 0, scores, ids);
          }
          return neighbors(ids, scores, 0, topK);
        });
  }

  Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    state.requireDimension("query", query.length);
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
    Objects.requireNonNull(filter, "filter");
    Vectors vector = Vectors.of(query);
    vector.requireComparable("query");
    return state.memory.searching(
        index -> {
          if (index.size() == 0) return new Neighbors(new long[0], new float[0]);
          FloatBuffer prepared = state.prepared(vector.chunk(0));
          ByteBuffer bitmap = bitmapOrNull(filter);
          try (RangeSearch hits = new RangeSearch(index, prepared, minScore, bitmap, state.next)) {
            int n = Math.toIntExact(hits.size());
            float[] scores = new float[n];
            long[] ids = new long[n];
            hits.copy(scores, ids);
            return new Neighbors(ids, scores);
          }
        });
  }

  ScoreField scoreField(float[] query) {
    state.requireDimension("query", query.length);
    Vectors vector = Vectors.of(query);
    vector.requireComparable("query");
    return state
        .memory
        .searching(index -> estimate(index, vector))
        .orElseGet(() -> exactField(query));
  }

  /** Returns what the copy in 8 bits tells, or nothing if there is no copy. */
  private Optional<ScoreField> estimate(LayeredIndex index, Vectors query) {
    if (!Faiss.has_screen(index)) return Optional.empty();
    float[] scores = new float[Math.toIntExact(index.size())];
    if (scores.length == 0) return Optional.of(new ScoreField(scores, 0));
    FloatBuffer prepared = state.prepared(query.chunk(0));
    float error = Faiss.estimate(index, prepared, FloatBuffer.wrap(scores));
    return Optional.of(new ScoreField(scores, error));
  }

  private ScoreField exactField(float[] query) {
    Neighbors all = searchAbove(query, Float.NEGATIVE_INFINITY, OrdinalSet.all());
    float[] scores = new float[Math.toIntExact(state.ordinalEnd())];
    Arrays.fill(scores, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < all.size(); i++) scores[Math.toIntExact(all.ordinal(i))] = all.score(i);
    return new ScoreField(scores, 0);
  }

  void reconstruct(long ordinal, float[] into) {
    state.requireDimension("into", into.length);
    state.memory.reading(
        "reconstruct",
        index -> {
          Objects.checkIndex(ordinal, state.next);
          Faiss.reconstruct(index, ordinal, FloatBuffer.wrap(into));
          return true;
        });
  }

  /** Returns the hits among the k places from an offset on; a search fills the first ones. */
  private static Neighbors neighbors(long[] ids, float[] scores, int from, int k) {
    int end = from;
    while (end < from + k && ids[end] >= 0) end++;
    return end - from == ids.length
        ? new Neighbors(ids, scores)
        : new Neighbors(Arrays.copyOfRange(ids, from, end), Arrays.copyOfRange(scores, from, end));
  }

  /**
   * Returns the k of the native search: at most the number of vectors, and the length of an array.
   */
  private static int topK(LayeredIndex index, int k) {
    return (int) Math.min(k, Math.min(index.size(), Integer.MAX_VALUE - 8));
  }

  /** Returns the bits of a filter, or null if every vector passes. */
  private @Nullable ByteBuffer bitmapOrNull(OrdinalSet filter) {
    return filter.isAll() ? null : state.bitmap(filter);
  }
}
