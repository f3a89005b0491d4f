package io.earthembed.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.encoder.Encoder;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The contract of every {@link Encoder}. JUnit creates an instance per test, which one thread uses;
 * several threads use the encoder.
 *
 * @param <T> the type of an input
 */
public abstract class EncoderContract<T> {
  /** The largest difference of a component between batches, due to another order of summation. */
  protected static final float TOLERANCE = 1e-5f;

  /** Creates an encoder; the suite closes it. */
  protected abstract Encoder<T> create();

  /** Returns at least five inputs that the model distinguishes. */
  protected abstract List<T> inputs();

  @Test
  void saysWhichModelItIs() {
    try (Encoder<T> encoder = create()) {
      assertFalse(encoder.model().name().isBlank());
      assertFalse(encoder.model().version().isBlank());
      assertEquals(encoder.model().dimension(), encoder.encode(inputs().subList(0, 1)).dimension());
    }
  }

  @Test
  void givesNormalizedFiniteRows() {
    try (Encoder<T> encoder = create()) {
      Vectors vectors = encoder.encode(inputs());
      assertEquals(inputs().size(), vectors.rows());
      vectors.requireFinite("embeddings");
      for (long i = 0; i < vectors.rows(); i++) {
        double sum = 0;
        for (float v : vectors.row(i)) sum += (double) v * v;
        assertEquals(1, Math.sqrt(sum), 1e-5, "length of row " + i);
      }
    }
  }

  @Test
  void tellsItsInputsApart() {
    try (Encoder<T> encoder = create()) {
      Vectors vectors = encoder.encode(inputs());
      for (int i = 0; i < vectors.rows(); i++) {
        for (int j = 0; j < i; j++) {
          assertTrue(dot(vectors.row(i), vectors.row(j)) < 1 - 1e-6, "inputs " + i + " and " + j);
        }
      }
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
    return sum;
  }

  @Test
  void givesTheSameVectorWhateverElseIsInTheBatch() {
    try (Encoder<T> encoder = create()) {
      List<T> inputs = inputs();
      Vectors together = encoder.encode(inputs);
      List<T> reversed = new ArrayList<>(inputs);
      Collections.reverse(reversed);
      Vectors backwards = encoder.encode(reversed);
      for (int i = 0; i < inputs.size(); i++) {
        assertArrayEquals(encoder.encode(inputs.get(i)), together.row(i), TOLERANCE, "alone " + i);
        assertArrayEquals(
            together.row(i), backwards.row(inputs.size() - 1 - i), TOLERANCE, "reversed " + i);
      }
    }
  }

  @Test
  void encodesNothingToNothing() {
    try (Encoder<T> encoder = create()) {
      Vectors none = encoder.encode(List.of());
      assertEquals(0, none.rows());
      assertEquals(encoder.model().dimension(), none.dimension());
    }
  }

  @Test
  @SuppressWarnings("NullAway") // simulates a caller without null checks
  void refusesNull() {
    try (Encoder<T> encoder = create()) {
      List<T> withNull = Arrays.asList(inputs().get(0), null);
      RuntimeException e = assertThrows(RuntimeException.class, () -> encoder.encode(withNull));
      assertTrue(
          e instanceof IllegalArgumentException || e instanceof NullPointerException,
          () -> "not the caller's fault: " + e);
      assertTrue(String.valueOf(e.getMessage()).contains("1"), "names the position: " + e);
    }
  }

  @Test
  void cannotBeUsedAfterClose() {
    Encoder<T> encoder = create();
    encoder.close();
    encoder.close();
    assertThrows(IllegalStateException.class, () -> encoder.encode(inputs()));
  }

  @Test
  void servesManyThreadsUntilItIsClosed() throws Exception {
    Encoder<T> encoder = create();
    List<T> inputs = inputs();
    Vectors expected = encoder.encode(inputs);
    ExecutorService pool = Executors.newFixedThreadPool(6);
    CountDownLatch begun = new CountDownLatch(6);
    try {
      List<Future<Integer>> runs = new ArrayList<>();
      for (int t = 0; t < 6; t++) {
        int mine = t % inputs.size();
        runs.add(
            pool.submit(
                () -> {
                  int encoded = 0;
                  try {
                    while (true) {
                      assertArrayEquals(
                          expected.row(mine), encoder.encode(inputs.get(mine)), TOLERANCE);
                      if (encoded++ == 0) begun.countDown();
                    }
                  } catch (IllegalStateException closed) {
                    return encoded;
                  }
                }));
      }
      boolean all = begun.await(300, TimeUnit.SECONDS);
      encoder.close();
      for (Future<Integer> run : runs) run.get(300, TimeUnit.SECONDS); // rethrows its failure
      assertTrue(all, "every thread encoded before the close");
    } finally {
      pool.shutdownNow();
      encoder.close();
    }
  }
}
