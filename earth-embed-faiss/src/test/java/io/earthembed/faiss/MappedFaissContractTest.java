package io.earthembed.faiss;

import io.earthembed.testkit.PersistentIndexContract;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A flat index, mapped from a file. Tests that damage the file load its vectors. */
class MappedFaissContractTest implements PersistentIndexContract {
  @TempDir private Path files;
  private int made;

  @Override
  public MappedFaissIndex holding(Vectors vectors, Metric metric) {
    Path file = files.resolve("mapped-" + made++);
    try (FaissIndex index = FaissIndex.flat(vectors.dimension(), metric)) {
      index.add(vectors);
      index.save(file);
    }
    return FaissIndex.open(file);
  }

  @Override
  public FaissIndex load(Path file) {
    return FaissIndex.load(file);
  }
}
