package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.testkit.MutableIndexContract;
import io.earthembed.testkit.PersistentIndexContract;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Vectors rounded to bits, compared with queries of floats. */
class FaissBinaryContractTest implements MutableIndexContract, PersistentIndexContract {
  /** L2's floats are 50 times as large as those of normalised vectors, and rounded as much more. */
  @Override
  public List<Metric> metrics() {
    return List.of(Metric.INNER_PRODUCT);
  }

  @Override
  public FaissIndex create(int dimension, Metric metric) {
    return FaissIndex.create(dimension, metric, FaissSpec.binary());
  }

  @Override
  public FaissIndex load(Path file) {
    return FaissIndex.load(file);
  }

  @Override
  public Vectors stored(Vectors vectors) {
    return signs(vectors);
  }

  /** Returns 1 for positive components and -1 for all others. */
  static Vectors signs(Vectors vectors) {
    Vectors rounded = Vectors.allocate(vectors.rows(), vectors.dimension());
    for (long i = 0; i < vectors.rows(); i++) {
      float[] row = vectors.row(i);
      for (int j = 0; j < row.length; j++) row[j] = row[j] > 0 ? 1 : -1;
      rounded.set(i, row);
    }
    return rounded;
  }

  /** Bits have no length, so a long vector does not come first. */
  @Override
  @Test
  public void refusesVectorsWhoseScoresWouldOverflow() {
    float[] longest = new float[48];
    longest[5] = 0.99e18f;
    for (Metric metric : metrics()) {
      try (FaissIndex index = create(48, metric)) {
        index.add(Vectors.of(longest, new float[48]));
        Neighbors found = index.search(longest, 2);
        assertEquals(0, found.ordinal(0));
        for (float score : found.scores()) assertTrue(Float.isFinite(score));
      }
    }
  }
}
