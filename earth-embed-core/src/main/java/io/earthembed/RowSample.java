package io.earthembed;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.List;

/**
 * A look at whether an index that does not say which rows it holds holds a dataset's: some of the
 * dataset's first embeddings are compared with what the index has under their ordinals. Codes keep
 * vectors roughly only, so that a row passes if no other of those looked at is nearer to what the
 * index has for it. That of other rows is so by chance.
 */
final class RowSample {
  private static final int ROWS = 48;

  private final List<float[]> rows = new ArrayList<>();
  private final List<Long> ordinals = new ArrayList<>();

  private RowSample() {}

  /** Ends the reading of a dataset after its first batch. */
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1;

    Enough() {
      super(null, null, false, false);
    }
  }

  /**
   * Whether an index surely holds other rows than a dataset; false where that cannot be told.
   *
   * @param index as large as the dataset
   */
  static boolean differs(EmbeddingDataset dataset, EmbeddingIndex index) {
    RowSample sample = new RowSample();
    try {
      dataset.forEachBatch(sample::take);
    } catch (Enough e) {
      // That of the first batch.
    } catch (EarthEmbedException | UnsupportedOperationException e) {
      return false; // who searches needs the index only
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
        return false; // a kind that gives no vectors back
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
      if (twin) continue; // equal pictures tell nothing
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
