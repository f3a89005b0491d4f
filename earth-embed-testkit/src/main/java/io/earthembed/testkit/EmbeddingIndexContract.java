package io.earthembed.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of every {@link EmbeddingIndex}. {@link ExactIndex} is the reference for ids and
 * scores; configure an approximate index so that it visits everything (for example nprobe = nlist).
 * JUnit creates an instance per test, which one thread uses; several threads use the index.
 */
public abstract class EmbeddingIndexContract {
  /** The largest difference of a score from the reference's. */
  protected static final float SCORE_TOLERANCE = 1e-5f;

  private static final int DIMENSION = 48;

  /** A folder for the files of {@link EmbeddingIndex#save}. */
  @TempDir protected Path folder;

  /**
   * Creates an empty index. An index that needs training must be trained.
   *
   * @param dimension length of a vector
   * @param metric how scores are computed
   */
  protected abstract EmbeddingIndex create(int dimension, Metric metric);

  /** Reads an index that {@link EmbeddingIndex#save} wrote. */
  protected abstract EmbeddingIndex load(Path file);

  /** Returns the metrics that this index offers (default INNER_PRODUCT and L2). */
  protected List<Metric> metrics() {
    return List.of(Metric.INNER_PRODUCT, Metric.L2);
  }

  /** Returns normalized random vectors, which depend only on the seed. */
  protected static Vectors random(int rows, int dimension, long seed) {
    Random random = new Random(seed);
    Vectors vectors = Vectors.allocate(rows, dimension);
    float[] row = new float[dimension];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < dimension; j++) row[j] = (float) random.nextGaussian();
      vectors.set(i, row);
    }
    vectors.normalize();
    return vectors;
  }

  private interface Body {
    void run(EmbeddingIndex index, Metric metric) throws Exception;
  }

  private void forEachMetric(Body body) throws Exception {
    for (Metric metric : metrics()) {
      try (EmbeddingIndex index = create(DIMENSION, metric)) {
        body.run(index, metric);
      }
    }
  }

  private static ExactIndex reference(Metric metric, Vectors... parts) {
    ExactIndex exact = new ExactIndex(parts[0].dimension(), metric);
    for (Vectors part : parts) exact.add(part);
    return exact;
  }

  /** Fails unless both have the same ordinals and scores. */
  protected static void assertSame(Neighbors expected, Neighbors actual, String what) {
    assertArrayEquals(expected.ordinals(), actual.ordinals(), what + ": ordinals");
    assertArrayEquals(expected.scores(), actual.scores(), SCORE_TOLERANCE, what + ": scores");
  }

  @Test
  void reportsWhatItIs() throws Exception {
    forEachMetric(
        (index, metric) -> {
          assertEquals(DIMENSION, index.dimension());
          assertEquals(metric, index.metric());
          assertEquals(0, index.size());
          index.add(random(7, DIMENSION, 1));
          index.add(random(3, DIMENSION, 2));
          assertEquals(10, index.size());
          assertEquals(10, index.ordinalEnd());
        });
  }

  @Test
  void findsWhatTheExactIndexFinds() throws Exception {
    forEachMetric(
        (index, metric) -> {
          Vectors first = random(1_500, DIMENSION, 1);
          Vectors second = random(533, DIMENSION, 2);
          index.add(first);
          index.add(second);
          try (ExactIndex exact = reference(metric, first, second)) {
            Vectors queries = random(37, DIMENSION, 3);
            for (int k : new int[] {1, 2, 10, 150}) {
              List<Neighbors> expected = exact.search(queries, k, OrdinalSet.all());
              List<Neighbors> actual = index.search(queries, k, OrdinalSet.all());
              assertEquals(expected.size(), actual.size());
              for (int q = 0; q < expected.size(); q++) {
                assertSame(expected.get(q), actual.get(q), metric + " k=" + k + " query " + q);
              }
            }
          }
        });
  }

  @Test
  void answersABatchAsItAnswersEachQueryAlone() throws Exception {
    forEachMetric(
        (index, metric) -> {
          index.add(random(700, DIMENSION, 4));
          Vectors queries = random(64, DIMENSION, 5);
          List<Neighbors> batch = index.search(queries, 9, OrdinalSet.all());
          for (int q = 0; q < 64; q++) {
            assertSame(index.search(queries.row(q), 9), batch.get(q), metric + " query " + q);
          }
        });
  }

  @Test
  void ordersTiesByOrdinal() throws Exception {
    forEachMetric(
        (index, metric) -> {
          // Every vector occurs many times, so that ties straddle each k.
          Vectors distinct = random(11, DIMENSION, 6);
          Vectors repeated = Vectors.allocate(11 * 23, DIMENSION);
          for (int i = 0; i < repeated.rows(); i++) repeated.set(i, distinct.row(i % 11));
          index.add(repeated);
          Vectors queries = random(25, DIMENSION, 7);
          try (ExactIndex exact = reference(metric, repeated)) {
            for (int k : new int[] {1, 5, 22, 23, 24, 60, 253}) {
              List<Neighbors> expected = exact.search(queries, k, OrdinalSet.all());
              List<Neighbors> batch = index.search(queries, k, OrdinalSet.all());
              for (int q = 0; q < 25; q++) {
                assertSame(expected.get(q), batch.get(q), metric + " k=" + k + " in a batch");
                assertSame(
                    expected.get(q),
                    index.search(queries.row(q), k),
                    metric + " k=" + k + " alone");
              }
            }
          }
        });
  }

  @Test
  void returnsAllWhereKIsLargerThanTheIndex() throws Exception {
    forEachMetric(
        (index, metric) -> {
          Vectors few = random(5, DIMENSION, 8);
          index.add(few);
          float[] query = random(1, DIMENSION, 9).row(0);
          try (ExactIndex exact = reference(metric, few)) {
            for (int k : new int[] {6, 1_000, Integer.MAX_VALUE}) {
              assertSame(exact.search(query, k), index.search(query, k), metric + " k=" + k);
            }
          }
        });
  }

  @Test
  void isEmptyWhenEmpty() throws Exception {
    forEachMetric(
        (index, metric) -> {
          float[] query = random(1, DIMENSION, 1).row(0);
          assertEquals(0, index.search(query, 3).size());
          assertEquals(
              0, index.searchAbove(query, Float.NEGATIVE_INFINITY, OrdinalSet.all()).size());
          index.add(Vectors.allocate(0, DIMENSION));
          assertEquals(0, index.size());
          assertEquals(0, index.search(Vectors.allocate(0, DIMENSION), 3, OrdinalSet.all()).size());
        });
  }

  @Test
  void filtersInsideTheSearch() throws Exception {
    forEachMetric(
        (index, metric) -> {
          Vectors vectors = random(900, DIMENSION, 10);
          index.add(vectors);
          Vectors queries = random(22, DIMENSION, 11);
          Random random = new Random(12);
          try (ExactIndex exact = reference(metric, vectors)) {
            for (double pass : new double[] {0.5, 0.05, 0.004}) {
              OrdinalSet filter = OrdinalSet.where(900, i -> random.nextDouble() < pass);
              List<Neighbors> expected = exact.search(queries, 10, filter);
              List<Neighbors> actual = index.search(queries, 10, filter);
              for (int q = 0; q < 22; q++) {
                assertEquals(Math.min(10, filter.count(900)), actual.get(q).size());
                assertSame(expected.get(q), actual.get(q), metric + " pass " + pass);
                assertSame(
                    expected.get(q),
                    index.search(queries.row(q), 10, filter),
                    metric + " pass " + pass + " alone");
              }
            }
          }
        });
  }

  @Test
  void returnsNothingWhereTheFilterPassesNothing() throws Exception {
    forEachMetric(
        (index, metric) -> {
          index.add(random(100, DIMENSION, 13));
          float[] query = random(1, DIMENSION, 14).row(0);
          assertEquals(0, index.search(query, 5, OrdinalSet.none()).size());
          assertEquals(0, index.search(query, 5, OrdinalSet.of(100, 5_000)).size());
          assertEquals(
              0, index.searchAbove(query, Float.NEGATIVE_INFINITY, OrdinalSet.none()).size());
        });
  }

  @Test
  void givesTheWholeScoreFieldAndWhatReachesAThreshold() throws Exception {
    forEachMetric(
        (index, metric) -> {
          Vectors vectors = random(400, DIMENSION, 15);
          index.add(vectors);
          float[] query = random(1, DIMENSION, 16).row(0);
          OrdinalSet odd = OrdinalSet.where(400, i -> i % 2 == 1);
          try (ExactIndex exact = reference(metric, vectors)) {
            for (OrdinalSet filter : List.of(OrdinalSet.all(), odd)) {
              Neighbors field = exact.searchAbove(query, Float.NEGATIVE_INFINITY, filter);
              assertEquals(filter.count(400), field.size());
              assertSame(
                  field, index.searchAbove(query, Float.NEGATIVE_INFINITY, filter), "the field");
              // A threshold between two scores, so that rounding decides nothing.
              float middle = (field.score(20) + field.score(21)) / 2;
              assertSame(
                  exact.searchAbove(query, middle, filter),
                  index.searchAbove(query, middle, filter),
                  "above a threshold");
            }
            assertEquals(
                0, index.searchAbove(query, Float.POSITIVE_INFINITY, OrdinalSet.all()).size());
          }
          assertThrows(
              IllegalArgumentException.class,
              () -> index.searchAbove(query, Float.NaN, OrdinalSet.all()));
        });
  }

  @Test
  void refusesBadArguments() throws Exception {
    forEachMetric(
        (index, metric) -> {
          index.add(random(10, DIMENSION, 17));
          Vectors wrong = random(2, DIMENSION + 1, 18);
          assertRefused("dimension", () -> index.add(wrong));
          assertRefused("dimension", () -> index.search(wrong, 1, OrdinalSet.all()));
          assertRefused("dimension", () -> index.searchAbove(wrong.row(0), 0, OrdinalSet.all()));
          float[] good = random(1, DIMENSION, 19).row(0);
          assertRefused("k", () -> index.search(good, 0));
          assertRefused("k", () -> index.search(good, -1));
          for (float bad :
              new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] vector = good.clone();
            vector[3] = bad;
            assertRefused("column 3", () -> index.add(Vectors.of(good, vector)));
            assertRefused("column 3", () -> index.search(vector, 1));
            assertRefused("column 3", () -> index.searchAbove(vector, 0, OrdinalSet.all()));
          }
          assertEquals(10, index.size(), "a refused addition adds nothing");
        });
  }

  private interface Call {
    void run();
  }

  private static void assertRefused(String mention, Call call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(
        String.valueOf(e.getMessage()).contains(mention),
        () -> "the message names '" + mention + "': " + e.getMessage());
  }

  @Test
  void refusesVectorsWhoseScoresWouldOverflow() throws Exception {
    forEachMetric(
        (index, metric) -> {
          index.add(random(20, DIMENSION, 30));
          float[] huge = new float[DIMENSION];
          for (int j = 0; j < DIMENSION; j++)
            huge[j] = j % 2 == 0 ? Float.MAX_VALUE : -Float.MAX_VALUE;
          assertRefused("norm", () -> index.add(Vectors.of(huge)));
          assertRefused("norm", () -> index.search(huge, 3));
          assertRefused("norm", () -> index.searchAbove(huge, 0, OrdinalSet.all()));
          assertEquals(20, index.size());
          // The longest allowed vector, in one direction and its opposite.
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
        });
  }

  @Test
  void comesBackFromAFile() throws Exception {
    forEachMetric(
        (index, metric) -> {
          Path file = folder.resolve(metric + ".index");
          index.add(random(321, DIMENSION, 20));
          index.save(file);
          index.save(file);
          try (Stream<Path> files = Files.list(folder)) {
            assertTrue(
                files.allMatch(f -> f.getFileName().toString().endsWith(".index")),
                "no temporary file is left");
          }
          Vectors queries = random(30, DIMENSION, 21);
          try (EmbeddingIndex loaded = load(file)) {
            assertEquals(DIMENSION, loaded.dimension());
            assertEquals(metric, loaded.metric());
            assertEquals(321, loaded.size());
            float[] before = new float[DIMENSION];
            float[] after = new float[DIMENSION];
            for (long i = 0; i < 321; i++) {
              index.reconstruct(i, before);
              loaded.reconstruct(i, after);
              assertArrayEquals(before, after, "to the bit: vector " + i);
            }
            for (int q = 0; q < 30; q++) {
              assertSame(
                  index.search(queries.row(q), 8), loaded.search(queries.row(q), 8), "query " + q);
            }
            loaded.add(random(4, DIMENSION, 22));
            assertEquals(325, loaded.size());
          }
        });
  }

  /** An index that keeps a label keeps it through additions and in its file. */
  @Test
  void keepsItsLabel() throws Exception {
    forEachMetric(
        (index, metric) -> {
          IndexLabel label = new IndexLabel("model 1", "a folder, ü", "0123456789abcdef");
          assertEquals(IndexLabel.NONE, index.label());
          index.label(label);
          if (index.label().equals(IndexLabel.NONE)) return;
          index.add(random(7, DIMENSION, 28));
          assertEquals(label, index.label());
          Path file = folder.resolve("labelled-" + metric + ".index");
          index.save(file);
          try (EmbeddingIndex loaded = load(file)) {
            assertEquals(label, loaded.label());
            assertEquals(7, loaded.size());
          }
        });
  }

  @Test
  void leavesNoFileWhereItCannotWrite() throws Exception {
    forEachMetric(
        (index, metric) -> {
          Path nowhere = folder.resolve("missing").resolve("x.index");
          EarthEmbedException e =
              assertThrows(EarthEmbedException.class, () -> index.save(nowhere));
          assertTrue(e.getMessage().contains("x.index"), e.getMessage());
        });
  }

  @Test
  void refusesADamagedFile() throws Exception {
    forEachMetric(
        (index, metric) -> {
          Path file = folder.resolve(metric + ".index");
          index.add(random(40, DIMENSION, 23));
          index.save(file);
          byte[] bytes = Files.readAllBytes(file);
          Random random = new Random(24);
          for (int i = 0; i < 60; i++) {
            byte[] bad = bytes.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            assertDamaged(bad);
            assertDamaged(java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)));
          }
        });
  }

  private void assertDamaged(byte[] bytes) throws IOException {
    Path file = folder.resolve("damaged.index");
    Files.write(file, bytes);
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> load(file).close());
    assertTrue(e.getMessage().contains("damaged.index"), e.getMessage());
    Files.delete(file);
  }

  @Test
  void givesBackTheVectorsItStores() throws Exception {
    forEachMetric(
        (index, metric) -> {
          Vectors first = random(300, DIMENSION, 40);
          Vectors second = random(77, DIMENSION, 41);
          index.add(first);
          index.add(second);
          float[] into = new float[DIMENSION];
          for (int i = 0; i < 377; i += 4) {
            index.reconstruct(i, into);
            assertArrayEquals(i < 300 ? first.row(i) : second.row(i - 300), into, 0);
          }
          assertThrows(IndexOutOfBoundsException.class, () -> index.reconstruct(377, into));
          assertThrows(IndexOutOfBoundsException.class, () -> index.reconstruct(-1, into));
          assertRefused("dimension", () -> index.reconstruct(0, new float[DIMENSION + 1]));
          index.close();
          assertThrows(IllegalStateException.class, () -> index.reconstruct(0, into));
        });
  }

  @Test
  void cannotBeUsedAfterClose() throws Exception {
    forEachMetric(
        (index, metric) -> {
          index.add(random(3, DIMENSION, 25));
          index.close();
          index.close();
          float[] query = random(1, DIMENSION, 26).row(0);
          assertThrows(IllegalStateException.class, () -> index.search(query, 1));
          assertThrows(
              IllegalStateException.class, () -> index.searchAbove(query, 0, OrdinalSet.all()));
          assertThrows(IllegalStateException.class, () -> index.add(random(1, DIMENSION, 27)));
          assertThrows(IllegalStateException.class, index::size);
          assertThrows(IllegalStateException.class, index::ordinalEnd);
          assertThrows(IllegalStateException.class, () -> index.save(folder.resolve("x.index")));
        });
  }

  @Test
  void isSearchedFromManyThreadsWhileItGrowsAndIsClosed() throws Exception {
    forEachMetric(
        (index, metric) -> {
          Vectors vectors = random(500, DIMENSION, 28);
          index.add(vectors);
          float[] query = vectors.row(123);
          ExecutorService pool = Executors.newFixedThreadPool(8);
          CountDownLatch begun = new CountDownLatch(8);
          try {
            List<Future<Integer>> searches = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
              Callable<Integer> search =
                  () -> {
                    int found = 0;
                    try {
                      while (true) {
                        assertEquals(123, index.search(query, 1).ordinal(0));
                        if (found++ == 0) begun.countDown();
                      }
                    } catch (IllegalStateException closed) {
                      return found;
                    }
                  };
              searches.add(pool.submit(search));
            }
            for (int i = 0; i < 20; i++) {
              index.add(random(5, DIMENSION, 100 + i));
              Thread.sleep(2);
            }
            boolean all = begun.await(60, TimeUnit.SECONDS);
            index.close();
            for (Future<Integer> search : searches) search.get(60, TimeUnit.SECONDS);
            assertTrue(all, "every thread searched before the close");
          } finally {
            pool.shutdownNow();
          }
        });
  }
}
