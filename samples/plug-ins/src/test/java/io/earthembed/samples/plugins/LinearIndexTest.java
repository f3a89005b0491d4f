package io.earthembed.samples.plugins;

import io.earthembed.index.MutableIndex;
import io.earthembed.testkit.MutableIndexContract;
import io.earthembed.vector.Metric;

class LinearIndexTest implements MutableIndexContract {
  @Override
  public MutableIndex create(int dimension, Metric metric) {
    return new LinearIndex(dimension, metric);
  }
}
