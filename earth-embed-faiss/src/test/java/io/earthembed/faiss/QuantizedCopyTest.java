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

/** A flat index with a copy in 8 bits answers as one without, to the last bit. */
class QuantizedCopyTest {
  /** The number of cases; a message names a failing one by its number. */
  private static final int CASES = Integer.getInteger("earthembed.quantized", 66);

  @TempDir Path folder;

  /** The sets of vectors for which a bound is hard to keep, or of no use. */
  private enum Kind {
    NORMAL,
    CLUSTERS,
    EQUAL,
    NEARLY_EQUAL,
    FEW_VALUES,
    DOMINATED,
    MOSTLY_ZERO,
    HEAVY_TAILS,
    LENGTHS_FROM_TINY_TO_HUGE,
    HUGE,
    TINY
  }

  private static Vectors vectors(Kind kind, int rows, int dimension, Random random) {
    float[][] centers = new float[20][dimension];
    for (float[] center : centers) {
      for (int j = 0; j < dimension; j++) center[j] = (float) random.nextGaussian();
    }
    Vectors vectors = Vectors.allocate(rows, dimension);
    float[] row = new float[dimension];
    for (int i = 0; i < rows; i++) {
      float[] center = centers[i % 20];
      double length = Math.pow(10, random.nextInt(48) - 32);
      for (int j = 0; j < dimension; j++) {
        double normal = random.nextGaussian();
        row[j] =
            (float)
                switch (kind) {
                  case NORMAL -> normal;
                  case CLUSTERS -> center[j] + 0.3 * normal;
                  case EQUAL -> center[j];
                  case NEARLY_EQUAL -> center[j] * (1 + 1e-6 * normal);
                  case FEW_VALUES -> random.nextInt(3) - 1;
                  case DOMINATED -> j < 3 ? 100 * normal : normal;
                  case MOSTLY_ZERO -> i % 3 == 0 ? normal : 0;
                  case HEAVY_TAILS -> Math.exp(4 * normal);
                  case LENGTHS_FROM_TINY_TO_HUGE -> normal * length;
                  case HUGE -> normal * 1e16;
                  case TINY -> normal * 1e-30;
                };
      }
      vectors.set(i, row);
    }
    return vectors;
  }

  private static void assertSame(Neighbors expected, Neighbors actual, String what) {
    assertArrayEquals(expected.ordinals(), actual.ordinals(), what);
    assertArrayEquals(expected.scores(), actual.scores(), what);
  }

  @Test
  void searchesAreThoseOfThePlainScan() {
    for (int number = 0; number < CASES; number++) {
      Random random = new Random(number);
      Kind kind = Kind.values()[number % Kind.values().length];
      int dimension = 1 + random.nextInt(number % 3 == 0 ? 400 : 100);
      // Enough for the scan to use threads.
      int rows = 200_000 / dimension + 1 + random.nextInt(3_000);
      Metric metric = Metric.values()[random.nextInt(3)];
      Vectors vectors = vectors(kind, rows, dimension, random);
      String what = "case " + number + ": " + kind + ", " + rows + " x " + dimension + " " + metric;
      try (FaissIndex plain = FaissIndex.flat(dimension, metric);
          FaissIndex screened = FaissIndex.flat(dimension, metric)) {
        plain.add(vectors);
        if (random.nextBoolean()) screened.setQuantizedCopy(true);
        screened.add(vectors);
        screened.setQuantizedCopy(true);
        plain.add(Vectors.of(new float[dimension], vectors.row(3)));
        screened.add(Vectors.of(new float[dimension], vectors.row(3)));
        for (int q = 0; q < 4; q++) {
          float[] query = vectors.row(random.nextInt(rows));
          if (q == 1) for (int j = 0; j < dimension; j++) query[j] *= 1 + random.nextFloat() / 9;
          if (q == 2) query = new float[dimension];
          if (q == 3) query = vectors(kind, 1, dimension, random).row(0);
          int k = 1 + random.nextInt(random.nextBoolean() ? 20 : rows);
          int part = 2 + random.nextInt(9);
          OrdinalSet filter =
              q % 2 == 0 ? OrdinalSet.all() : OrdinalSet.where(rows, i -> i % part != 1);
          String which = what + ", query " + q + ", k " + k;
          assertSame(plain.search(query, k, filter), screened.search(query, k, filter), which);
          Vectors two = Vectors.of(query, vectors.row(0));
          List<Neighbors> expected = plain.search(two, k, filter);
          List<Neighbors> actual = screened.search(two, k, filter);
          for (int i = 0; i < 2; i++) assertSame(expected.get(i), actual.get(i), which + " of two");
        }
      }
    }
  }

  @Test
  void copiesMappedAndMergedVectors() {
    Random random = new Random(1);
    Vectors vectors = vectors(Kind.CLUSTERS, 9_000, 40, random);
    Path file = folder.resolve("flat");
    float[] query = vectors.row(77);
    try (FaissIndex index = FaissIndex.flat(40, Metric.L2);
        FaissIndex part = FaissIndex.flat(40, Metric.L2)) {
      index.add(vectors);
      index.save(file);
      Neighbors expected = index.search(query, 50);
      try (MappedFaissIndex mapped = FaissIndex.open(file)) {
        mapped.setQuantizedCopy(true);
        assertSame(expected, mapped.search(query, 50), "mapped");
        mapped.setQuantizedCopy(false);
        assertSame(expected, mapped.search(query, 50), "dropped");
      }
      index.setQuantizedCopy(true);
      part.setQuantizedCopy(true);
      part.add(vectors);
      index.mergeFrom(part);
      assertEquals(0, part.search(query, 5).size());
      Neighbors both = index.search(query, 2);
      assertArrayEquals(new long[] {77, 9_077}, both.ordinals());
    }
  }

  @Test
  void onlyFlatIndexesHaveIt() {
    try (FaissIndex index = FaissIndex.create(8, Metric.L2, FaissSpec.int8())) {
      assertThrows(IllegalArgumentException.class, () -> index.setQuantizedCopy(true));
      index.setQuantizedCopy(false);
    }
  }
}
