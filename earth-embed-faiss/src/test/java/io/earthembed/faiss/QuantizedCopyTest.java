package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.faiss.internal.Faiss;
import io.earthembed.index.ScoreField;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A flat index with a copy in 8 bits answers as one without, to the last bit. */
class QuantizedCopyTest {
  /** The number of cases; a message names a failing one by its number. */
  private static final int CASES = Integer.getInteger("earthembed.quantized", 33);

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

  @AfterEach
  void useTheFastestKernel() {
    Faiss.use_vnni(true);
  }

  private static void assertSame(Neighbors expected, Neighbors actual, String what) {
    assertArrayEquals(expected.ordinals(), actual.ordinals(), what);
    assertArrayEquals(expected.scores(), actual.scores(), what);
  }

  @Test
  void searchesAreThoseOfThePlainScan() {
    searchesAreThoseOfThePlainScan(true, CASES);
  }

  /** On a processor without VNNI, these are the same. */
  @Test
  void searchesByAvx2AreThoseOfThePlainScan() {
    searchesAreThoseOfThePlainScan(false, CASES * 2 / 3);
  }

  private static void searchesAreThoseOfThePlainScan(boolean vnni, int cases) {
    NativeFaiss.load();
    Faiss.use_vnni(vnni);
    for (int number = 0; number < cases; number++) {
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
          assertSameBatch(
              plain, screened, query, vectors, 2 + random.nextInt(30), k, filter, which);
          float[] scores = plain.search(query, 1 + random.nextInt(rows), filter).scores();
          for (float floor : floors(scores[scores.length - 1])) {
            Neighbors expected = plain.searchAbove(query, floor, filter);
            assertSame(expected, screened.searchAbove(query, floor, filter), which + " " + floor);
          }
          assertEstimated(plain, screened, query, which);
        }
      }
    }
  }

  /** The stated error of estimates holds, and without a copy there is none. */
  private static void assertEstimated(
      FaissIndex plain, FaissIndex screened, float[] query, String what) {
    ScoreField exact = plain.scoreField(query);
    ScoreField estimated = screened.scoreField(query);
    assertEquals(0, exact.maxError(), what);
    assertEquals(exact.scores().length, estimated.scores().length, what);
    for (int i = 0; i < exact.scores().length; i++) {
      double off = Math.abs((double) exact.scores()[i] - estimated.scores()[i]);
      if (!(off <= estimated.maxError())) {
        throw new AssertionError(
            what + ", " + i + ": off by " + off + ", stated " + estimated.maxError());
      }
    }
    Neighbors best = plain.search(query, 1);
    // 0 and -0 are equal.
    assertTrue(best.score(0) == exact.scores()[(int) best.ordinal(0)], what);
  }

  @Test
  void scoreFieldsOfUnitVectorsAreCloseAndSayWhenTheyAreExact() {
    Random random = new Random(4);
    Vectors vectors = vectors(Kind.CLUSTERS, 9_000, 300, random);
    try (FaissIndex index = FaissIndex.flat(300, Metric.COSINE)) {
      assertEquals(0, index.scoreField(new float[300]).scores().length);
      index.add(vectors);
      float[] query = vectors.row(5);
      float[] exact = index.scoreField(query).scores();
      index.setQuantizedCopy(true);
      ScoreField estimated = index.scoreField(query);
      assertTrue(estimated.maxError() < 0.02, "error " + estimated.maxError());
      assertEquals(exact[5], estimated.scores()[5], estimated.maxError());
      assertThrows(IllegalArgumentException.class, () -> index.scoreField(new float[2]));
    }
  }

  /** A score that some vectors have, those beside it, and those that all and none reach. */
  private static float[] floors(float score) {
    return new float[] {
      score, Math.nextUp(score), Math.nextDown(score), Float.NEGATIVE_INFINITY, Float.MAX_VALUE
    };
  }

  private static void assertSameBatch(
      FaissIndex plain,
      FaissIndex screened,
      float[] query,
      Vectors vectors,
      int size,
      int k,
      OrdinalSet filter,
      String what) {
    Vectors batch = Vectors.allocate(size, vectors.dimension());
    for (int i = 0; i < size; i++) batch.set(i, i == 0 ? query : vectors.row(i * 7L));
    List<Neighbors> expected = plain.search(batch, k, filter);
    List<Neighbors> actual = screened.search(batch, k, filter);
    for (int i = 0; i < size; i++) {
      assertSame(expected.get(i), actual.get(i), what + ", " + i + " of " + size);
    }
  }

  /** Enough work for several threads to share even one query. */
  @Test
  void threadsShareTheCopy() {
    Random random = new Random(6);
    Vectors vectors = vectors(Kind.CLUSTERS, 64_003, 256, random);
    try (FaissIndex plain = FaissIndex.flat(256, Metric.L2);
        FaissIndex screened = FaissIndex.flat(256, Metric.L2)) {
      plain.add(vectors);
      screened.add(vectors);
      screened.setQuantizedCopy(true);
      OrdinalSet some = OrdinalSet.where(64_003, i -> i % 5 != 0);
      for (OrdinalSet filter : List.of(OrdinalSet.all(), some)) {
        float[] query = vectors.row(31_000);
        Neighbors expected = plain.search(query, 3_000, filter);
        assertSame(expected, screened.search(query, 3_000, filter), "" + filter);
        float floor = expected.scores()[2_999];
        assertSame(
            plain.searchAbove(query, floor, filter),
            screened.searchAbove(query, floor, filter),
            "above, " + filter);
        assertSameBatch(plain, screened, query, vectors, 70, 10, filter, "batch, " + filter);
        assertEstimated(plain, screened, query, "field");
      }
    }
  }

  /** Bounds are of use for the first vectors and of none for the last, or the other way round. */
  @Test
  void boundsMayBecomeUseless() {
    NativeFaiss.load();
    Random random = new Random(3);
    int rows = 20_000;
    int dimension = 64;
    for (Metric metric : Metric.values()) {
      for (boolean vnni : new boolean[] {true, false}) {
        Faiss.use_vnni(vnni);
        for (int useful : new int[] {0, 6_000, 13_000, 19_000}) {
          for (boolean first : new boolean[] {true, false}) {
            Vectors vectors = Vectors.allocate(rows, dimension);
            float[] near = new float[dimension];
            for (int j = 0; j < dimension; j++) near[j] = (float) random.nextGaussian();
            float[] row = new float[dimension];
            for (int i = 0; i < rows; i++) {
              boolean far = first ? i < useful : i >= rows - useful;
              for (int j = 0; j < dimension; j++) {
                row[j] = far ? -near[j] * random.nextFloat() : near[j] + random.nextInt(2) * 1e-6f;
              }
              vectors.set(i, row);
            }
            String what = metric + ", " + useful + (first ? " first" : " last") + ", " + vnni;
            try (FaissIndex plain = FaissIndex.flat(dimension, metric);
                FaissIndex screened = FaissIndex.flat(dimension, metric)) {
              plain.add(vectors);
              screened.add(vectors);
              screened.setQuantizedCopy(true);
              OrdinalSet most = OrdinalSet.where(rows, i -> i % 3 != 0);
              for (OrdinalSet filter : List.of(OrdinalSet.all(), most)) {
                Neighbors expected = plain.search(near, 40, filter);
                assertSame(expected, screened.search(near, 40, filter), what);
                float floor = expected.scores()[39];
                assertSame(
                    plain.searchAbove(near, floor, filter),
                    screened.searchAbove(near, floor, filter),
                    what);
                assertSameBatch(plain, screened, near, vectors, 11, 40, filter, what);
              }
            }
          }
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
