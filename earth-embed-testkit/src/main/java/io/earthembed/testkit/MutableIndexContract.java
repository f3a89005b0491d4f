package io.earthembed.testkit;

import static io.earthembed.testkit.IndexChecks.DIMENSION;
import static io.earthembed.testkit.IndexChecks.assertRefused;
import static io.earthembed.testkit.IndexChecks.assertSame;
import static io.earthembed.testkit.IndexChecks.reference;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import org.junit.jupiter.api.Test;

/**
 * The contract of every {@link MutableIndex}, in addition to that of every index. JUnit makes an
 * instance for each test; several threads use the index.
 */
public interface MutableIndexContract extends EmbeddingIndexContract {
  /**
   * Returns a new, empty index. One that needs training is returned trained.
   *
   * @param dimension length of a vector
   * @param metric how scores are computed
   */
  MutableIndex create(int dimension, Metric metric);

  @Override
  default MutableIndex holding(Vectors vectors, Metric metric) {
    MutableIndex index = create(vectors.dimension(), metric);
    index.add(vectors);
    return index;
  }

  @Test
  default void isEmptyWhenEmpty() {
    for (Metric metric : metrics()) {
      try (MutableIndex index = create(DIMENSION, metric)) {
        float[] query = IndexChecks.random(1, 1).row(0);
        assertEquals(0, index.size());
        assertEquals(0, index.search(query, 3).size());
        assertEquals(0, index.searchAbove(query, Float.NEGATIVE_INFINITY, OrdinalSet.all()).size());
        index.add(Vectors.allocate(0, DIMENSION));
        assertEquals(0, index.size());
        assertEquals(0, index.search(Vectors.allocate(0, DIMENSION), 3, OrdinalSet.all()).size());
      }
    }
  }

  @Test
  default void givesTheNextOrdinalsToWhatIsAdded() {
    Vectors first = IndexChecks.random(300, 40);
    Vectors second = IndexChecks.random(77, 41);
    Vectors one = stored(first);
    Vectors other = stored(second);
    for (Metric metric : metrics()) {
      try (MutableIndex index = holding(first, metric);
          ExactIndex exact = reference(metric, one, other)) {
        index.add(second);
        assertEquals(377, index.size());
        assertEquals(377, index.ordinalEnd());
        float[] into = new float[DIMENSION];
        for (int i = 0; i < 377; i += 4) {
          index.reconstruct(i, into);
          assertArrayEquals(i < 300 ? one.row(i) : other.row(i - 300), into, 0);
        }
        Vectors queries = IndexChecks.random(9, 3);
        for (int q = 0; q < 9; q++) {
          assertSame(
              exact.search(queries.row(q), 20), index.search(queries.row(q), 20), "query " + q);
        }
      }
    }
  }

  @Test
  default void addsNothingWhereItRefusesAnAddition() {
    for (Metric metric : metrics()) {
      try (MutableIndex index = holding(IndexChecks.random(10, 17), metric)) {
        assertRefused("dimension", () -> index.add(IndexChecks.random(2, DIMENSION + 1, 18)));
        float[] good = IndexChecks.random(1, 19).row(0);
        for (float bad :
            new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
          float[] vector = good.clone();
          vector[3] = bad;
          assertRefused("column 3", () -> index.add(Vectors.of(good, vector)));
        }
        assertEquals(10, index.size());
      }
    }
  }

  @Test
  default void refusesVectorsWhoseScoresWouldOverflow() {
    for (Metric metric : metrics()) {
      try (MutableIndex index = holding(IndexChecks.random(20, 30), metric)) {
        float[] huge = new float[DIMENSION];
        for (int j = 0; j < DIMENSION; j++) {
          huge[j] = j % 2 == 0 ? Float.MAX_VALUE : -Float.MAX_VALUE;
        }
        assertRefused("norm", () -> index.add(Vectors.of(huge)));
        assertEquals(20, index.size());
        // As long as is allowed, in one direction and its opposite.
        float[] longest = new float[DIMENSION];
        longest[5] = 0.99e18f;
        float[] opposite = longest.clone();
        opposite[5] = -0.99e18f;
        index.add(Vectors.of(longest, opposite));
        Neighbors found = index.search(longest, 22);
        assertEquals(22, found.size());
        assertEquals(20, found.ordinal(0));
        assertEquals(21, found.ordinal(21));
        for (float score : found.scores()) assertTrue(Float.isFinite(score));
      }
    }
  }

  @Test
  default void keepsItsLabelThroughAdditions() {
    IndexLabel label = new IndexLabel("model 1", "a folder, ü", "0123456789abcdef");
    for (Metric metric : metrics()) {
      try (MutableIndex index = create(DIMENSION, metric)) {
        assertEquals(IndexLabel.NONE, index.label());
        index.label(label);
        index.add(IndexChecks.random(7, 28));
        assertEquals(label, index.label());
      }
    }
  }

  @Test
  default void takesNoAdditionAfterClose() {
    for (Metric metric : metrics()) {
      MutableIndex index = create(DIMENSION, metric);
      index.close();
      assertThrows(IllegalStateException.class, () -> index.add(IndexChecks.random(1, 27)));
    }
  }

  @Test
  default void isSearchedFromManyThreadsWhileItGrowsAndIsClosed() throws Exception {
    for (Metric metric : metrics()) {
      Vectors vectors = IndexChecks.random(500, 28);
      try (MutableIndex index = holding(vectors, metric)) {
        new Searches(index, vectors.row(123), 123)
            .closeWhileTheyRun(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    index.add(IndexChecks.random(5, 100 + i));
                    Thread.sleep(2);
                  }
                  return null;
                });
      }
    }
  }
}
