package io.earthembed.faiss;

import io.earthembed.testkit.MutableIndexContract;
import io.earthembed.testkit.PersistentIndexContract;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;

/** Vectors rounded to 8 bits, each by its own scale. */
class FaissInt8ContractTest implements MutableIndexContract, PersistentIndexContract {
  @Override
  public FaissIndex create(int dimension, Metric metric) {
    return FaissIndex.create(dimension, metric, FaissSpec.int8());
  }

  @Override
  public FaissIndex load(Path file) {
    return FaissIndex.load(file);
  }

  @Override
  public Vectors stored(Vectors vectors) {
    Vectors rounded = Vectors.allocate(vectors.rows(), vectors.dimension());
    for (long i = 0; i < vectors.rows(); i++) {
      float[] row = vectors.row(i);
      double most = 0;
      for (float value : row) most = Math.max(most, Math.abs((double) value));
      double scale = most / 127;
      for (int j = 0; j < row.length; j++)
        row[j] = (float) Math.rint(row[j] / scale) * (float) scale;
      rounded.set(i, row);
    }
    return rounded;
  }
}
