package io.earthembed.index.builtin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExactIndexTest {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  @AfterEach
  void useAllProcessors() {
    ExactIndex.setThreads(PROCESSORS);
  }

  /** Four times these overflow, to zero or to a negative number. */
  @ParameterizedTest
  @ValueSource(ints = {1 << 29, 1 << 30, 3 << 29, Integer.MAX_VALUE})
  void refusesRowsThatNoBufferHolds(int dimension) {
    assertThrows(
        IllegalArgumentException.class, () -> new ExactIndex(dimension, Metric.L2).close());
  }

  @Test
  void refusesNoThreads() {
    assertThrows(IllegalArgumentException.class, () -> ExactIndex.setThreads(0));
  }

  /** Vectors of few values, so that many scores are equal. */
  private static Vectors vectors(int rows, int dimension, Random random) {
    Vectors vectors = Vectors.allocate(rows, dimension);
    float[] row = new float[dimension];
    for (int i = 0; i < rows; i++) {
      boolean few = i % 3 > 0;
      for (int j = 0; j < dimension; j++) {
        row[j] = few ? random.nextInt(3) - 1 : (float) random.nextGaussian();
      }
      vectors.set(i, row);
    }
    return vectors;
  }

  private static ExactIndex index(Metric metric, Vectors vectors, Random random) {
    ExactIndex index = new ExactIndex(vectors.dimension(), metric);
    long from = 0;
    while (from < vectors.rows()) {
      long to = Math.min(vectors.rows(), from + 1 + random.nextInt((int) vectors.rows()));
      Vectors part = Vectors.allocate(to - from, vectors.dimension());
      for (long i = from; i < to; i++) part.set(i - from, vectors.row(i));
      index.add(part);
      from = to;
    }
    return index;
  }

  private static void assertSame(Neighbors expected, Neighbors actual, String what) {
    assertArrayEquals(expected.ordinals(), actual.ordinals(), what);
    // Of equal floats, only 0 and -0 have different bits.
    assertArrayEquals(expected.scores(), actual.scores(), what);
  }

  /** Adds in order, in double precision. */
  private static double score(Metric metric, float[] query, float[] row) {
    double sum = 0;
    double queryLength = 0;
    double rowLength = 0;
    for (int j = 0; j < row.length; j++) {
      double difference = (double) query[j] - row[j];
      sum += metric == Metric.L2 ? -difference * difference : (double) query[j] * row[j];
      queryLength += (double) query[j] * query[j];
      rowLength += (double) row[j] * row[j];
    }
    double lengths = Math.sqrt(queryLength) * Math.sqrt(rowLength);
    return metric == Metric.COSINE && lengths > 0 ? sum / lengths : sum;
  }

  @ParameterizedTest
  @EnumSource
  void scoresEveryVector(Metric metric) {
    Random random = new Random(metric.ordinal());
    for (int dimension : new int[] {1, 7, 8, 9, 64, 100}) {
      Vectors vectors = vectors(300, dimension, random);
      float[] query = vectors.row(0);
      try (ExactIndex index = index(metric, vectors, random)) {
        Neighbors all = index.searchAbove(query, Float.NEGATIVE_INFINITY, OrdinalSet.all());
        assertEquals(300, all.size());
        for (int i = 0; i < 300; i++) {
          double expected = score(metric, query, vectors.row(all.ordinals()[i]));
          assertEquals(expected, all.scores()[i], 1e-6 * (dimension + Math.abs(expected)));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void resultsDoNotDependOnThreadsOrBatches(Metric metric) {
    Random random = new Random(metric.ordinal());
    for (int dimension : new int[] {1, 5, 24, 33, 200}) {
      int rows = 700_000 / dimension + random.nextInt(1_000);
      Vectors vectors = vectors(rows, dimension, random);
      Vectors queries = vectors(70, dimension, random);
      OrdinalSet odd = OrdinalSet.where(rows, i -> i % 2 == 1 || i > rows - 50);
      try (ExactIndex index = index(metric, vectors, random)) {
        for (OrdinalSet filter : List.of(OrdinalSet.all(), odd)) {
          for (int k : new int[] {1, 10, rows}) {
            Vectors some = k == rows ? Vectors.of(queries.row(0), queries.row(1)) : queries;
            String what = metric + ", " + dimension + "-d, k " + k + ", " + filter;
            ExactIndex.setThreads(1);
            List<Neighbors> expected = index.search(some, k, filter);
            ExactIndex.setThreads(4);
            List<Neighbors> actual = index.search(some, k, filter);
            for (int q = 0; q < some.rows(); q++) assertSame(expected.get(q), actual.get(q), what);
            assertSame(expected.get(1), index.search(some.row(1), k, filter), what);
            Neighbors above = index.searchAbove(queries.row(1), Float.NEGATIVE_INFINITY, filter);
            assertSame(expected.get(1), firstOf(above, k), what);
          }
        }
      }
    }
  }

  private static Neighbors firstOf(Neighbors all, int k) {
    int n = Math.min(k, all.size());
    return new Neighbors(
        java.util.Arrays.copyOf(all.ordinals(), n), java.util.Arrays.copyOf(all.scores(), n));
  }

  /** The order of results: by score, best first, and equal ones by ordinal. */
  @Test
  void ordersEqualScoresOfAllSlices() {
    int rows = 200_000;
    Vectors vectors = Vectors.allocate(rows, 2);
    Random random = new Random(1);
    for (int i = 0; i < rows; i++) vectors.set(i, new float[] {random.nextInt(5) - 2, 0});
    List<Long> expected = new ArrayList<>();
    for (long i = 0; i < rows; i++) expected.add(i);
    expected.sort(Comparator.comparingDouble((Long i) -> -vectors.row(i)[0]).thenComparing(i -> i));
    try (ExactIndex index = index(Metric.INNER_PRODUCT, vectors, random)) {
      float[] query = {1, 1};
      long[] all = index.search(query, rows).ordinals();
      long[] above = index.searchAbove(query, -1, OrdinalSet.all()).ordinals();
      assertTrue(above.length > rows / 2 && above.length < rows);
      for (int i = 0; i < rows; i++) {
        assertEquals(expected.get(i), all[i]);
        if (i < above.length) assertEquals(expected.get(i), above[i]);
      }
    }
  }

  @Test
  void emptyIndexesHaveNoNeighbors() {
    try (ExactIndex index = new ExactIndex(3, Metric.L2)) {
      Vectors two = Vectors.of(new float[3], new float[3]);
      List<Neighbors> found = index.search(two, 5, OrdinalSet.all());
      assertEquals(2, found.size());
      assertEquals(0, found.get(0).size());
      assertEquals(0, index.searchAbove(new float[3], -1, OrdinalSet.all()).size());
      assertEquals(0, index.search(Vectors.allocate(0, 3), 5, OrdinalSet.all()).size());
    }
  }

  @Test
  void endsIfItsThreadIsInterrupted() {
    Vectors vectors = vectors(60_000, 20, new Random(1));
    try (ExactIndex index = index(Metric.L2, vectors, new Random(1))) {
      Neighbors expected = index.search(vectors.row(5), 3);
      Thread.currentThread().interrupt();
      assertThrows(EarthEmbedException.class, () -> index.search(vectors.row(5), 3));
      assertTrue(Thread.currentThread().isInterrupted());
      assertThrows(
          EarthEmbedException.class, () -> index.searchAbove(vectors.row(5), -1, OrdinalSet.all()));
      assertTrue(Thread.interrupted());
      assertSame(expected, index.search(vectors.row(5), 3), "afterwards");
    }
  }

  @Test
  void closingWaitsForSearches() throws Exception {
    Vectors vectors = vectors(20_000, 20, new Random(1));
    ExactIndex index = index(Metric.L2, vectors, new Random(1));
    Neighbors expected = index.search(vectors.row(5), 3);
    AtomicInteger right = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(4);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  while (true) {
                    Neighbors found = index.search(vectors.row(5), 3);
                    assertSame(expected, found, "beside others");
                    right.incrementAndGet();
                    begun.countDown();
                  }
                } catch (IllegalStateException e) {
                  closed.incrementAndGet();
                }
              });
      threads.add(thread);
      thread.start();
    }
    begun.await();
    index.close();
    for (Thread thread : threads) thread.join();
    assertEquals(4, closed.get());
    assertTrue(right.get() >= 4);
  }

  /** Prints the kernel of this JVM and a digest of the bits of many scores. */
  static final class Scores {
    public static void main(String[] args) {
      Random random = new Random(1);
      long digest = 0;
      for (int dimension = 1; dimension < 45; dimension++) {
        for (int count = 0; count < 9; count++) {
          for (int power : new int[] {-40, 0, 12}) {
            double[] query = new double[dimension];
            float[] rows = new float[count * dimension];
            for (int j = 0; j < dimension; j++) {
              query[j] = (float) (random.nextGaussian() * Math.pow(10, power));
            }
            for (int j = 0; j < rows.length; j++) {
              rows[j] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(8) + power));
            }
            int[] places = new int[count];
            for (int r = 0; r < count; r++) places[r] = (count - 1 - r) * dimension;
            float[] scores = new float[count];
            for (boolean cached : new boolean[] {false, true}) {
              ScoreKernel.BEST.innerProducts(query, rows, places, count, cached, scores);
              for (float score : scores) digest = 31 * digest + Float.floatToRawIntBits(score);
              ScoreKernel.BEST.negativeSquares(query, rows, places, count, cached, scores);
              for (float score : scores) digest = 31 * digest + Float.floatToRawIntBits(score);
            }
          }
        }
      }
      System.out.println(ScoreKernel.BEST.getClass().getSimpleName() + " " + digest);
    }
  }

  private static String scores(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    command.addAll(List.of("-cp", classes, Scores.class.getName()));
    Process process = new ProcessBuilder(command).redirectError(new File("/dev/null")).start();
    String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), line);
    return line.trim();
  }

  @Test
  void theVectorApiGivesTheSameBits() throws Exception {
    String plain = scores();
    assertTrue(plain.startsWith("PlainKernel "), plain);
    String vector = scores("--add-modules", "jdk.incubator.vector");
    assertTrue(vector.startsWith("VectorKernel "), vector);
    String halves = scores("--add-modules", "jdk.incubator.vector", "-XX:MaxVectorSize=32");
    assertTrue(halves.startsWith("VectorKernel "), halves);
    String digest = plain.substring(plain.indexOf(' '));
    assertEquals(digest, vector.substring(vector.indexOf(' ')));
    assertEquals(digest, halves.substring(halves.indexOf(' ')));
    assertFalse(digest.equals(" 0"));
  }
}
