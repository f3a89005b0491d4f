package io.earthembed.testkit;

import static io.earthembed.testkit.IndexChecks.DIMENSION;
import static io.earthembed.testkit.IndexChecks.assertRefused;
import static io.earthembed.testkit.IndexChecks.assertSame;
import static io.earthembed.testkit.IndexChecks.reference;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The contract of every {@link EmbeddingIndex}. A test class implements this and gives an index
 * that holds known vectors; one of an index that takes additions implements {@link
 * MutableIndexContract}, one of an index that writes itself to a file {@link
 * PersistentIndexContract}, or both.
 *
 * <p>The reference for ids and scores is {@link ExactIndex}; make an approximate index so that it
 * visits everything (for example nprobe = nlist). JUnit makes an instance for each test, which one
 * thread uses; the index is used by several.
 */
public interface EmbeddingIndexContract {
  /** The greatest difference of a score from the reference's. */
  float SCORE_TOLERANCE = 1e-5f;

  /**
   * Returns a new index that holds vectors, with ordinals from 0 on. The test closes it.
   *
   * @param vectors [n, dimension]
   * @param metric how scores are computed
   */
  EmbeddingIndex holding(Vectors vectors, Metric metric);

  /** The metrics this index offers (default inner product and L2). */
  default List<Metric> metrics() {
    return List.of(Metric.INNER_PRODUCT, Metric.L2);
  }

  /**
   * Returns vectors as the index stores them (default: unchanged). An index that rounds vectors
   * overrides this; its scores must be those of the rounded vectors.
   */
  default Vectors stored(Vectors vectors) {
    return vectors;
  }

  /** Returns normalised random vectors, the same for the same seed. */
  static Vectors random(int rows, int dimension, long seed) {
    return IndexChecks.random(rows, dimension, seed);
  }

  @Test
  default void findsWhatTheExactIndexFinds() {
    Vectors vectors = IndexChecks.random(2_033, 1);
    Vectors queries = IndexChecks.random(37, 3);
    for (Metric metric : metrics()) {
      try (EmbeddingIndex index = holding(vectors, metric);
          ExactIndex exact = reference(metric, stored(vectors))) {
        assertEquals(DIMENSION, index.dimension());
        assertEquals(metric, index.metric());
        assertEquals(2_033, index.size());
        assertEquals(2_033, index.ordinalEnd());
        for (int k : new int[] {1, 2, 10, 150}) {
          List<Neighbors> expected = exact.search(queries, k, OrdinalSet.all());
          List<Neighbors> actual = index.search(queries, k, OrdinalSet.all());
          assertEquals(expected.size(), actual.size());
          for (int q = 0; q < expected.size(); q++) {
            assertSame(expected.get(q), actual.get(q), metric + " k=" + k + " query " + q);
          }
        }
        assertEquals(0, index.search(Vectors.allocate(0, DIMENSION), 3, OrdinalSet.all()).size());
      }
    }
  }

  @Test
  default void answersABatchAsItAnswersEachQueryAlone() {
    for (Metric metric : metrics()) {
      try (EmbeddingIndex index = holding(IndexChecks.random(700, 4), metric)) {
        Vectors queries = IndexChecks.random(64, 5);
        List<Neighbors> batch = index.search(queries, 9, OrdinalSet.all());
        for (int q = 0; q < 64; q++) {
          assertSame(index.search(queries.row(q), 9), batch.get(q), metric + " query " + q);
        }
      }
    }
  }

  @Test
  default void ordersTiesByOrdinal() {
    // Every vector repeats many times, so that ties straddle each k.
    Vectors distinct = IndexChecks.random(11, 6);
    Vectors repeated = Vectors.allocate(11 * 23, DIMENSION);
    for (int i = 0; i < repeated.rows(); i++) repeated.set(i, distinct.row(i % 11));
    Vectors queries = IndexChecks.random(25, 7);
    for (Metric metric : metrics()) {
      try (EmbeddingIndex index = holding(repeated, metric);
          ExactIndex exact = reference(metric, stored(repeated))) {
        for (int k : new int[] {1, 5, 22, 23, 24, 60, 253}) {
          List<Neighbors> expected = exact.search(queries, k, OrdinalSet.all());
          List<Neighbors> batch = index.search(queries, k, OrdinalSet.all());
          for (int q = 0; q < 25; q++) {
            String what = metric + " k=" + k;
            assertSame(expected.get(q), batch.get(q), what + " in a batch");
            assertSame(expected.get(q), index.search(queries.row(q), k), what + " alone");
          }
        }
      }
    }
  }

  @Test
  default void returnsAllWhereKIsLargerThanTheIndex() {
    Vectors few = IndexChecks.random(5, 8);
    float[] query = IndexChecks.random(1, 9).row(0);
    for (Metric metric : metrics()) {
      try (EmbeddingIndex index = holding(few, metric);
          ExactIndex exact = reference(metric, stored(few))) {
        for (int k : new int[] {6, 1_000, Integer.MAX_VALUE}) {
          assertSame(exact.search(query, k), index.search(query, k), metric + " k=" + k);
        }
      }
    }
  }

  @Test
  default void filtersInsideTheSearch() {
    Vectors vectors = IndexChecks.random(900, 10);
    Vectors queries = IndexChecks.random(22, 11);
    for (Metric metric : metrics()) {
      Random random = new Random(12);
      try (EmbeddingIndex index = holding(vectors, metric);
          ExactIndex exact = reference(metric, stored(vectors))) {
        for (double pass : new double[] {0.5, 0.05, 0.004}) {
          OrdinalSet filter = OrdinalSet.where(900, i -> random.nextDouble() < pass);
          List<Neighbors> expected = exact.search(queries, 10, filter);
          List<Neighbors> actual = index.search(queries, 10, filter);
          for (int q = 0; q < 22; q++) {
            String what = metric + " pass " + pass;
            assertEquals(Math.min(10, filter.count(900)), actual.get(q).size());
            assertSame(expected.get(q), actual.get(q), what);
            assertSame(expected.get(q), index.search(queries.row(q), 10, filter), what + " alone");
          }
        }
      }
    }
  }

  @Test
  default void returnsNothingWhereTheFilterPassesNothing() {
    for (Metric metric : metrics()) {
      try (EmbeddingIndex index = holding(IndexChecks.random(100, 13), metric)) {
        float[] query = IndexChecks.random(1, 14).row(0);
        assertEquals(0, index.search(query, 5, OrdinalSet.none()).size());
        assertEquals(0, index.search(query, 5, OrdinalSet.of(100, 5_000)).size());
        assertEquals(
            0, index.searchAbove(query, Float.NEGATIVE_INFINITY, OrdinalSet.none()).size());
      }
    }
  }

  @Test
  default void givesTheWholeScoreFieldAndWhatReachesAThreshold() {
    Vectors vectors = IndexChecks.random(400, 15);
    float[] query = IndexChecks.random(1, 16).row(0);
    OrdinalSet odd = OrdinalSet.where(400, i -> i % 2 == 1);
    for (Metric metric : metrics()) {
      try (EmbeddingIndex index = holding(vectors, metric);
          ExactIndex exact = reference(metric, stored(vectors))) {
        for (OrdinalSet filter : List.of(OrdinalSet.all(), odd)) {
          Neighbors field = exact.searchAbove(query, Float.NEGATIVE_INFINITY, filter);
          assertEquals(filter.count(400), field.size());
          assertSame(field, index.searchAbove(query, Float.NEGATIVE_INFINITY, filter), "the field");
          // A threshold between two scores, so that rounding decides nothing.
          float middle = (field.score(20) + field.score(21)) / 2;
          assertSame(
              exact.searchAbove(query, middle, filter),
              index.searchAbove(query, middle, filter),
              "above a threshold");
        }
        assertEquals(0, index.searchAbove(query, Float.POSITIVE_INFINITY, OrdinalSet.all()).size());
        assertThrows(
            IllegalArgumentException.class,
            () -> index.searchAbove(query, Float.NaN, OrdinalSet.all()));
      }
    }
  }

  @Test
  default void refusesBadArguments() {
    for (Metric metric : metrics()) {
      try (EmbeddingIndex index = holding(IndexChecks.random(10, 17), metric)) {
        Vectors wrong = random(2, DIMENSION + 1, 18);
        assertRefused("dimension", () -> index.search(wrong, 1, OrdinalSet.all()));
        assertRefused("dimension", () -> index.searchAbove(wrong.row(0), 0, OrdinalSet.all()));
        float[] good = IndexChecks.random(1, 19).row(0);
        assertRefused("k", () -> index.search(good, 0));
        assertRefused("k", () -> index.search(good, -1));
        for (float bad :
            new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
          float[] vector = good.clone();
          vector[3] = bad;
          assertRefused("column 3", () -> index.search(vector, 1));
          assertRefused("column 3", () -> index.searchAbove(vector, 0, OrdinalSet.all()));
        }
        float[] huge = new float[DIMENSION];
        for (int j = 0; j < DIMENSION; j++) {
          huge[j] = j % 2 == 0 ? Float.MAX_VALUE : -Float.MAX_VALUE;
        }
        assertRefused("norm", () -> index.search(huge, 3));
        assertRefused("norm", () -> index.searchAbove(huge, 0, OrdinalSet.all()));
      }
    }
  }

  @Test
  default void givesBackTheVectorsItStores() {
    Vectors vectors = IndexChecks.random(377, 40);
    Vectors stored = stored(vectors);
    for (Metric metric : metrics()) {
      try (EmbeddingIndex index = holding(vectors, metric)) {
        float[] into = new float[DIMENSION];
        for (int i = 0; i < 377; i += 4) {
          index.reconstruct(i, into);
          assertArrayEquals(stored.row(i), into, 0);
        }
        long[] some = {376, 3, 3, 0};
        Vectors together = index.reconstruct(some);
        assertEquals(some.length, together.rows());
        for (int i = 0; i < some.length; i++) {
          assertArrayEquals(stored.row(some[i]), together.row(i), 0);
        }
        assertEquals(0, index.reconstruct(new long[0]).rows());
        assertThrows(IndexOutOfBoundsException.class, () -> index.reconstruct(new long[] {0, 377}));
        assertThrows(IndexOutOfBoundsException.class, () -> index.reconstruct(377, into));
        assertThrows(IndexOutOfBoundsException.class, () -> index.reconstruct(-1, into));
        assertRefused("dimension", () -> index.reconstruct(0, new float[DIMENSION + 1]));
      }
    }
  }

  @Test
  default void cannotBeUsedAfterClose() {
    for (Metric metric : metrics()) {
      EmbeddingIndex index = holding(IndexChecks.random(3, 25), metric);
      index.close();
      index.close();
      float[] query = IndexChecks.random(1, 26).row(0);
      assertThrows(IllegalStateException.class, () -> index.search(query, 1));
      assertThrows(
          IllegalStateException.class, () -> index.searchAbove(query, 0, OrdinalSet.all()));
      assertThrows(IllegalStateException.class, () -> index.reconstruct(0, new float[DIMENSION]));
      assertThrows(IllegalStateException.class, () -> index.reconstruct(new long[] {0}));
      assertThrows(IllegalStateException.class, index::size);
      assertThrows(IllegalStateException.class, index::ordinalEnd);
    }
  }

  @Test
  default void isSearchedFromManyThreadsWhileItIsClosed() throws Exception {
    for (Metric metric : metrics()) {
      Vectors vectors = IndexChecks.random(500, 28);
      try (EmbeddingIndex index = holding(vectors, metric)) {
        Searches searches = new Searches(index, vectors.row(123), 123);
        searches.closeWhileTheyRun(() -> null);
      }
    }
  }
}
