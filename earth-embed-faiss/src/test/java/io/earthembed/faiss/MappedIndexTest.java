package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Indexes opened by mapping their file. */
class MappedIndexTest {
  private static final int DIMENSION = 24;

  @TempDir Path folder;

  private static Vectors random(int rows, long seed) {
    Random random = new Random(seed);
    Vectors vectors = Vectors.allocate(rows, DIMENSION);
    float[] row = new float[DIMENSION];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < DIMENSION; j++) row[j] = (float) random.nextGaussian();
      vectors.set(i, row);
    }
    return vectors;
  }

  @Test
  void findsWhatTheLoadedOneFinds() {
    for (Metric metric : List.of(Metric.INNER_PRODUCT, Metric.L2)) {
      for (boolean ivf : new boolean[] {false, true}) {
        Path file = folder.resolve(metric + "-" + ivf + ".index");
        Vectors vectors = random(2000, 1);
        try (FaissIndex index =
            ivf
                ? FaissIndex.trained(vectors, metric, FaissSpec.ivf(8).withNprobe(8))
                : FaissIndex.flat(DIMENSION, metric)) {
          index.add(vectors);
          index.save(file);
        }
        try (FaissIndex loaded = FaissIndex.load(file);
            MappedFaissIndex opened = FaissIndex.open(file)) {
          assertEquals(2000, opened.size());
          assertEquals(metric, opened.metric());
          float[] query = random(1, 2).row(0);
          OrdinalSet odd = OrdinalSet.where(2000, i -> i % 2 == 1);
          same(loaded.search(query, 17, odd), opened.search(query, 17, odd));
          same(
              loaded.searchAbove(query, Float.NEGATIVE_INFINITY, odd),
              opened.searchAbove(query, Float.NEGATIVE_INFINITY, odd));
          float[] row = new float[DIMENSION];
          opened.reconstruct(1234, row);
          assertArrayEquals(vectors.row(1234), row);
          Path copy = folder.resolve("copy.index");
          opened.save(copy);
          try (FaissIndex again = FaissIndex.load(copy)) {
            same(loaded.search(query, 5), again.search(query, 5));
          }
          opened.close();
          assertThrows(IllegalStateException.class, opened::size);
        }
      }
    }
  }

  private static void same(Neighbors expected, Neighbors actual) {
    assertArrayEquals(expected.ordinals(), actual.ordinals());
    assertArrayEquals(expected.scores(), actual.scores());
  }

  @Test
  void mayBeReplacedWhileItIsOpen() {
    Path file = folder.resolve("flat.index");
    try (FaissIndex index = FaissIndex.flat(DIMENSION, Metric.INNER_PRODUCT)) {
      index.add(random(500, 4));
      index.save(file);
      float[] query = random(1, 5).row(0);
      try (MappedFaissIndex opened = FaissIndex.open(file)) {
        Neighbors before = opened.search(query, 9);
        index.add(random(300, 6));
        index.save(file);
        same(before, opened.search(query, 9));
        opened.save(file);
      }
    }
  }
}
