package io.earthembed;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.List;

/**
 * Tests whether an index without a label holds a dataset's rows. It compares some of the dataset's
 * first embeddings with the index's vectors of the same ordinals. Codes only approximate vectors,
 * so a row passes if no other sampled row is nearer to the index's vector. Rows of another dataset
 * pass only by chance.
 */
final class RowSample {
  private static final int ROWS = 48;

  private final List<float[]> rows = new ArrayList<>();
  private final List<Long> ordinals = new ArrayList<>();

  private RowSample() {}

  /** Ends the iteration over a dataset after its first batch. */
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1;

    Enough() {
      super(null, null, false, false);
    }
  }

  /**
   * Returns true if an index certainly holds other rows than a dataset, false if unknown.
   *
   * @param index of the dataset's size
   */
  static boolean differs(EmbeddingDataset dataset, EmbeddingIndex index) {
    RowSample sample = new RowSample();
    try {
      dataset.forEachBatch(sample::take);
    } catch (Enough e) {
      // That of the first batch.
    } catch (EarthEmbedException | UnsupportedOperationException e) {
      return false; // a search needs only the index
    }
    return sample.differsFrom(index);
  }

  private void take(Vectors batch) {
    if (batch.rows() == 0) return;
    long step = Math.max(1, batch.rows() / ROWS);
    for (long i = 0; i < batch.rows() && rows.size() < ROWS; i += step) {
      rows.add(unit(batch.row(i)));
      ordinals.add(i);
    }
    throw new Enough();
  }

  private boolean differsFrom(EmbeddingIndex index) {
    int told = 0;
    int nearest = 0;
    float[] kept = new float[index.dimension()];
    for (int i = 0; i < rows.size(); i++) {
      try {
        index.reconstruct(ordinals.get(i), kept);
      } catch (UnsupportedOperationException | EarthEmbedException e) {
        return false; // a kind that cannot reconstruct vectors
      }
      unit(kept);
      double own = product(kept, rows.get(i));
      double best = Double.NEGATIVE_INFINITY;
      boolean twin = false;
      for (int j = 0; j < rows.size(); j++) {
        if (j == i) continue;
        best = Math.max(best, product(kept, rows.get(j)));
        twin |= product(rows.get(i), rows.get(j)) > 0.9999;
      }
      if (twin) continue; // equal pictures prove nothing
      told++;
      if (own >= best) nearest++;
    }
    return told >= 4 && nearest * 2 < told;
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
    return sum;
  }

  private static float[] unit(float[] vector) {
    double length = Math.sqrt(product(vector, vector));
    for (int i = 0; i < vector.length && length > 0; i++) {
      vector[i] = (float) (vector[i] / length);
    }
    return vector;
  }
}
