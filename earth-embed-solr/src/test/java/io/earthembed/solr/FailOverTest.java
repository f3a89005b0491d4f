package io.earthembed.solr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.Metric;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.time.Duration;
import java.util.List;
import org.apache.solr.embedded.JettySolrRunner;
import org.junit.jupiter.api.Test;

/** Tests searches while a node is down. */
class FailOverTest {
  private static Vectors random(int rows) {
    return SolrIndexContractTest.vectors(rows, 8, rows);
  }

  @Test
  void aReplicaAnswersAndAShardWithoutOneIsAnErrorNotFewerHits() throws Exception {
    try (Cluster cluster = new Cluster()) {
      SolrOptions two =
          cluster.options().toBuilder().replicas(2).timeout(Duration.ofSeconds(20)).build();
      SolrOptions one = cluster.options().toBuilder().timeout(Duration.ofSeconds(20)).build();
      try (SolrIndex twice = SolrIndex.create(two, 8, Metric.L2);
          SolrIndex once = SolrIndex.create(one, 8, Metric.L2)) {
        Vectors vectors = random(200);
        twice.add(vectors);
        once.add(vectors);
        float[] query = vectors.row(77);
        long[] expected = twice.search(query, 20).ordinals();
        assertEquals(20, expected.length);
        assertEquals(77, expected[0]);

        JettySolrRunner gone = cluster.nodes().get(0);
        gone.stop();
        List<String> urls = two.urls();
        assertEquals(gone.getBaseUrl().toString(), urls.get(0));
        SolrOptions dead = SolrOptions.of(urls.get(0), two.collection());
        EarthEmbedException down =
            assertThrows(EarthEmbedException.class, () -> SolrIndex.open(dead));
        assertTrue(down.getMessage().contains(urls.get(0)), down.getMessage());
        try (SolrIndex again = SolrIndex.open(SolrOptions.of(urls, two.collection()))) {
          assertArrayEquals(expected, again.search(query, 20).ordinals());
        }
        assertArrayEquals(expected, twice.search(query, 20).ordinals());
        assertEquals(
            200, twice.searchAbove(query, Float.NEGATIVE_INFINITY, OrdinalSet.all()).size());
        float[] row = new float[8];
        twice.reconstruct(33, row);
        assertArrayEquals(vectors.row(33), row);
        EarthEmbedException e =
            assertThrows(EarthEmbedException.class, () -> once.search(query, 20));
        assertTrue(e.getMessage().contains(one.collection()), e.getMessage());
        assertThrows(EarthEmbedException.class, () -> once.search(query, 20, "ordinal:[0 TO 150]"));
        assertThrows(
            EarthEmbedException.class, () -> once.searchAbove(query, -1, OrdinalSet.all()));

        // Additions go to the replica that leads now.
        retried(() -> twice.add(random(7)));
        assertEquals(207, twice.search(query, 1000).size());
        assertThrows(EarthEmbedException.class, () -> once.add(random(7)));
        assertEquals(200, once.size());

        gone.start();
        retried(() -> assertArrayEquals(expected, once.search(query, 20).ordinals()));
        assertEquals(200, once.search(query, 1000).size(), "what was refused does not count");
        once.add(random(7));
        assertEquals(207, once.search(query, 1000).size());
        OrdinalSet first = OrdinalSet.where(200, i -> true);
        assertArrayEquals(expected, twice.search(query, 20, first).ordinals());
      }
    }
  }

  /** Replicas take a while to agree who leads. */
  private static void retried(Runnable work) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try {
        work.run();
        return;
      } catch (EarthEmbedException notYet) {
        if (System.nanoTime() > end) throw notYet;
        Thread.sleep(100);
      }
    }
  }
}
