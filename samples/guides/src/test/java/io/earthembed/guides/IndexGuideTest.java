package io.earthembed.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.guides.examples.IndexGuide;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the code of the guide to indexes. */
class IndexGuideTest {
  @TempDir Path folder;

  private static Vectors random(int rows) {
    Random random = new Random(1);
    Vectors vectors = Vectors.allocate(rows, 768);
    float[] row = new float[768];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < 768; j++) row[j] = (float) random.nextGaussian();
      vectors.set(i, row);
    }
    vectors.normalize();
    return vectors;
  }

  @Test
  void runs() {
    assertEquals("IVF4096,PQ192x4fs,Refine(SQ8)", IndexGuide.choose().spec().factoryString());
    Vectors vectors = random(500);
    Path first = folder.resolve("first.index");
    Path second = folder.resolve("second.index");
    IndexGuide.fill(vectors, vectors, first);
    IndexGuide.fill(vectors, vectors, second);
    List<Neighbors> found = IndexGuide.search(first, vectors.row(42));
    for (Neighbors neighbors : found) assertEquals(42, neighbors.ordinal(0));
    Neighbors quantized = IndexGuide.quantized();
    assertEquals(List.of(0L, 1L), List.of(quantized.ordinal(0), quantized.ordinal(1)));
    assertEquals(127 / Math.sqrt(127 * 127 + 9), quantized.score(0), 1e-6);
    Path trained = folder.resolve("trained.index");
    try (FaissIndex empty =
        FaissIndex.trained(vectors, Metric.INNER_PRODUCT, FaissSpec.factory("IVF64,SQ8"))) {
      empty.save(trained);
    }
    assertEquals(500, IndexGuide.merge(trained, vectors));
    Neighbors both = IndexGuide.shards(folder.resolve("all"), first, second, vectors.row(42));
    assertEquals(List.of(42L, 542L), List.of(both.ordinal(0), both.ordinal(1)));
  }
}
