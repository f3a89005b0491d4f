package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.Arrays;
import java.util.List;

/**
 * Scores tiles by the distance from their nearest neighbours (S. Ramaswamy, R. Rastogi, K. Shim,
 * "Efficient Algorithms for Mining Outliers from Large Data Sets", 2000; with the mean of all k
 * distances, as F. Angiulli and C. Pizzuti use their sum, 2002).
 */
record Outliers(EmbeddingModel model, EmbeddingIndex index, TileCatalog catalog) {
  private static final int BATCH = 256;

  /** Returns the tiles that pass the filter, the farthest from its neighbours first. */
  SearchResult search(int neighbors, SearchOptions options) {
    OrdinalSet set = catalog.select(options.filter());
    float[] scores = new float[Math.toIntExact(catalog.size())];
    Arrays.fill(scores, Float.NaN);
    Vectors batch = Vectors.allocate(BATCH, index.dimension());
    long[] rows = new long[BATCH];
    int n = 0;
    for (long row = 0; row < catalog.size(); row++) {
      if (!set.contains(row)) continue;
      float[] vector = new float[index.dimension()];
      index.reconstruct(row, vector);
      batch.set(n, vector);
      rows[n++] = row;
      if (n == BATCH) {
        score(batch, rows, n, neighbors, set, scores);
        n = 0;
      }
    }
    if (n > 0) {
      Vectors rest = Vectors.allocate(n, index.dimension());
      for (int i = 0; i < n; i++) rest.set(i, batch.row(i));
      score(rest, rows, n, neighbors, set, scores);
    }
    return SearchResult.ofScores("outliers", model.info(), catalog, scores, options);
  }

  private void score(
      Vectors batch, long[] rows, int n, int neighbors, OrdinalSet set, float[] scores) {
    if (Thread.currentThread().isInterrupted()) {
      throw new EarthEmbedException("interrupted while searching for outliers");
    }
    List<Neighbors> found = index.search(batch, neighbors + 1, set);
    for (int i = 0; i < n; i++) {
      double sum = 0;
      int count = 0;
      for (int rank = 0; rank < found.get(i).size() && count < neighbors; rank++) {
        if (found.get(i).ordinal(rank) == rows[i]) continue;
        float score = found.get(i).score(rank);
        sum += index.metric() == Metric.L2 ? -score : 1 - score;
        count++;
      }
      if (count > 0) scores[(int) rows[i]] = (float) (sum / count);
    }
  }
}
