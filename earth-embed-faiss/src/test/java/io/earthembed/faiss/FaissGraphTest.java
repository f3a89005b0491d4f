package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests equal vectors, as of black tiles, and interrupted work. */
class FaissGraphTest {
  private static final int DIMENSION = 32;

  /** Returns 4,000 vectors, of which every hundredth is equal. */
  private static Vectors withEqual(int seed) {
    Vectors vectors = FaissKindsTest.clustered(4_000, DIMENSION, seed);
    float[] black = vectors.row(0);
    for (int i = 0; i < 4_000; i += 100) vectors.set(i, black);
    return vectors;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HNSW32,Flat",
        "HNSW8,SQ8",
        "IVF8,Flat",
        "SQ8",
        "PQ8",
        "PCA16,IVF8,SQ8",
        "IVF8,PQ16x4fs,Refine(SQ8)",
        "RQ2x4",
        "Flat"
      })
  void equalVectorsComeInTheOrderOfTheirOrdinals(String description) {
    Vectors vectors = withEqual(5);
    try (FaissIndex index =
        FaissIndex.create(DIMENSION, Metric.INNER_PRODUCT, FaissSpec.factory(description))) {
      if (!index.isTrained()) index.train(vectors);
      index.add(vectors);
      float[] black = vectors.row(0);
      OrdinalSet most = OrdinalSet.where(4_000, i -> i != 200);
      SearchEffort effort = new SearchEffort(8, 64, 4);
      for (int k : new int[] {1, 5, 20, 40}) {
        for (OrdinalSet filter : new OrdinalSet[] {OrdinalSet.all(), most}) {
          Neighbors found = index.search(Vectors.of(black), k, filter, effort).get(0);
          long next = -1;
          for (int i = 0; i < k; i++) {
            // Vectors with equal codes may be among them.
            if (found.score(i) < found.score(0)) continue;
            assertTrue(found.ordinal(i) > next, description + " " + k + ": " + found.ordinal(i));
            next = found.ordinal(i);
          }
          boolean exact = description.endsWith("Flat");
          if (exact) {
            for (int i = 0; i < Math.min(k, 39); i++) {
              long expected = 100L * (filter.isAll() || i < 2 ? i : i + 1);
              assertEquals(expected, found.ordinal(i), description + " " + k);
            }
          }
        }
      }
    }
  }

  /** If some vectors are equal, the graph still leads to the others. */
  /** FAISS's search of a graph does not end if a distance is not finite. Halves end at 65,504. */
  @Test
  @Timeout(600)
  void refusesVectorsWhoseCodesAreInfinite() {
    Vectors vectors = FaissKindsTest.clustered(400, DIMENSION, 3);
    float[] huge = new float[DIMENSION];
    Arrays.fill(huge, 1e6f);
    try (FaissIndex index =
        FaissIndex.create(DIMENSION, Metric.L2, FaissSpec.factory("HNSW8,SQfp16"))) {
      if (!index.isTrained()) index.train(vectors);
      index.add(vectors);
      Vectors wrong = Vectors.allocate(2, DIMENSION);
      wrong.set(0, vectors.row(0));
      wrong.set(1, huge);
      RuntimeException e = assertThrows(RuntimeException.class, () -> index.add(wrong));
      assertTrue(String.valueOf(e.getMessage()).contains("vector 1 is not finite"), e.toString());
      assertEquals(400, index.size());
      assertEquals(10, index.search(huge, 10, OrdinalSet.all()).size());
      assertEquals(10, index.search(vectors.row(7), 10, OrdinalSet.all()).size());
    }
  }

  /** Whitening of components that do not vary divides by zero. */
  @Test
  @Timeout(600)
  void refusesVectorsThatATransformMakesInfinite() {
    Vectors same = Vectors.allocate(400, DIMENSION);
    for (int i = 0; i < 400; i++) same.set(i, new float[DIMENSION]);
    try (FaissIndex index =
        FaissIndex.create(
            DIMENSION, Metric.INNER_PRODUCT, FaissSpec.factory("PCAW16,HNSW16,SQfp16"))) {
      RuntimeException e =
          assertThrows(
              RuntimeException.class,
              () -> {
                index.train(same);
                index.add(same);
              });
      assertTrue(String.valueOf(e.getMessage()).contains("not finite"), e.toString());
    }
  }

  @Test
  void otherVectorsAreFoundByThemselves() {
    Vectors vectors = withEqual(6);
    try (FaissIndex index =
        FaissIndex.create(DIMENSION, Metric.INNER_PRODUCT, FaissSpec.hnsw(32).withEfSearch(64))) {
      index.add(vectors);
      int missed = 0;
      for (int i = 0; i < 4_000; i++) {
        Neighbors found = index.search(vectors.row(i), 1);
        long self = i % 100 == 0 ? 0 : i;
        if (found.ordinal(0) != self) missed++;
      }
      System.out.println(missed + " of 4,000 vectors are not found by themselves");
      assertTrue(missed < 40, missed + " are not found by themselves");
    }
  }

  @Test
  void anAdditionThatIsInterruptedEndsAndLeavesNoIndexToUse() throws Exception {
    Vectors many = FaissKindsTest.clustered(60_000, DIMENSION, 7);
    try (FaissIndex index =
        FaissIndex.create(DIMENSION, Metric.L2, FaissSpec.hnsw(32).withEfSearch(64))) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      AtomicBoolean state = new AtomicBoolean();
      Thread adding =
          new Thread(
              () -> {
                try {
                  index.add(many);
                } catch (EarthEmbedException e) {
                  thrown.set(e);
                }
                state.set(Thread.interrupted());
              });
      adding.start();
      Thread.sleep(300);
      adding.interrupt();
      adding.join(120_000);
      assertTrue(!adding.isAlive(), "the addition goes on");
      assertTrue(state.get(), "the interrupted state is kept");
      String message = String.valueOf(String.valueOf(thrown.get()));
      assertTrue(message.contains("interrupted in add"), message);
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> index.search(many.row(0), 1));
      assertTrue(String.valueOf(e.getMessage()).contains("load it again"), e.getMessage());
    }
  }

  @Test
  void trainingThatIsInterruptedEnds() throws Exception {
    Vectors sample = FaissKindsTest.clustered(60_000, DIMENSION, 8);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (FaissIndex index =
        FaissIndex.create(DIMENSION, Metric.L2, FaissSpec.factory("IVF1500,Flat"))) {
      Thread training =
          new Thread(
              () -> {
                try {
                  index.train(sample);
                } catch (EarthEmbedException e) {
                  thrown.set(e);
                }
              });
      training.start();
      Thread.sleep(200);
      training.interrupt();
      training.join(120_000);
      assertTrue(!training.isAlive(), "the training goes on");
      assertTrue(String.valueOf(thrown.get()).contains("interrupted in training"));
      assertTrue(!index.isTrained());
    }
  }
}
