package io.earthembed.faiss;

import io.earthembed.common.Device;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.testkit.EmbeddingIndexContract;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import org.junit.jupiter.api.condition.EnabledIf;

/** The contract on a GPU, for machines that have one; {@code ./run gpu} runs it. */
@EnabledIf("hasGpu")
class FaissGpuFlatContractTest implements EmbeddingIndexContract {
  static boolean hasGpu() {
    return FaissIndex.isAvailable()
        && NativeFaiss.missingForGpus() == null
        && Faiss.gpu_count() > 0;
  }

  @Override
  public EmbeddingIndex holding(Vectors vectors, Metric metric) {
    FaissIndex index = FaissIndex.flat(vectors.dimension(), metric);
    index.add(vectors);
    index.setDevice(Device.cuda(0));
    return index;
  }
}
