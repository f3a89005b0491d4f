package io.earthembed.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.index.EmbeddingIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Eight threads that search until the index is closed. */
final class Searches {
  private final EmbeddingIndex index;
  private final float[] query;
  private final long best;

  /**
   * Prepares searches.
   *
   * @param index the index, which is closed meanwhile
   * @param query the query
   * @param best the ordinal that every search must find first
   */
  Searches(EmbeddingIndex index, float[] query, long best) {
    this.index = index;
    this.query = query;
    this.best = best;
  }

  /** Runs the searches, does something to the index meanwhile, and closes it under them. */
  void closeWhileTheyRun(Callable<?> meanwhile) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    CountDownLatch begun = new CountDownLatch(8);
    try {
      List<Future<Integer>> searches = new ArrayList<>();
      for (int t = 0; t < 8; t++) searches.add(pool.submit(() -> search(begun)));
      meanwhile.call();
      boolean all = begun.await(300, TimeUnit.SECONDS);
      index.close();
      for (Future<Integer> search : searches) search.get(300, TimeUnit.SECONDS);
      assertTrue(all, "every thread searched before the close");
    } finally {
      pool.shutdownNow();
    }
  }

  private int search(CountDownLatch begun) {
    int found = 0;
    try {
      while (true) {
        assertEquals(best, index.search(query, 1).ordinal(0));
        if (found++ == 0) begun.countDown();
      }
    } catch (IllegalStateException closed) {
      return found;
    }
  }
}
