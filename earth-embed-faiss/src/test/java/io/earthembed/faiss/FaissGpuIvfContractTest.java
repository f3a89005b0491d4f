package io.earthembed.faiss;

import io.earthembed.common.Device;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.testkit.EmbeddingIndexContract;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import org.junit.jupiter.api.condition.EnabledIf;

/** The contract on a GPU of an inverted file whose every cell is visited. */
@EnabledIf("io.earthembed.faiss.FaissGpuFlatContractTest#hasGpu")
class FaissGpuIvfContractTest implements EmbeddingIndexContract {
  @Override
  public EmbeddingIndex holding(Vectors vectors, Metric metric) {
    FaissIndex index =
        FaissIndex.trained(
            EmbeddingIndexContract.random(400, vectors.dimension(), 99),
            metric,
            FaissSpec.ivf(8).withNprobe(8));
    index.add(vectors);
    index.setDevice(Device.cuda(0));
    return index;
  }
}
