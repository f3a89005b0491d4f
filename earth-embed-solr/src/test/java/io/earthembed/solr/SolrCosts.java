package io.earthembed.solr;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/**
 * Measures searches by comparing and by graph, and filters by ordinals and by Solr itself; runs
 * only by name. {@code -Dearthembed.sizes=20000,200000}, {@code -Dearthembed.dimension=64}.
 */
class SolrCosts {
  private static final int DIMENSION = Integer.getInteger("earthembed.dimension", 64);
  private static final int QUERIES = Integer.getInteger("earthembed.queries", 30);
  private static final int K = 10;

  @Test
  void measure() {
    for (String size : System.getProperty("earthembed.sizes", "20000,200000").split(",")) {
      measure(Integer.parseInt(size));
    }
  }

  private static void measure(int rows) {
    Random random = new Random(3);
    try (Cluster cluster = new Cluster()) {
      SolrOptions options = cluster.options().toBuilder().timeout(Duration.ofMinutes(30)).build();
      List<TileRecord> tiles = new ArrayList<>();
      try (SolrIndex filling = SolrIndex.create(options, DIMENSION, Metric.INNER_PRODUCT)) {
        for (int from = 0; from < rows; from += 20_000) {
          List<TileRecord> some = tiles(random, from, Math.min(20_000, rows - from));
          filling.add(clustered(random, some.size()), some);
          tiles.addAll(some);
        }
      }
      TileCatalog catalog = TileCatalog.of(tiles);
      Vectors queries = clustered(random, QUERIES + 1);
      TileFilter clear = TileFilter.cloudCoverAtMost(50);
      TileFilter lambda = (records, i) -> records.cloudCover(i) <= 50;
      OrdinalSet half = catalog.select(clear);
      try (SolrIndex all = SolrIndex.open(options);
          SolrIndex graph = SolrIndex.open(options.toBuilder().candidates(100).build())) {
        long[] words = half.toBitmap(rows);
        say("%,d x %d, %,d pass the filter", rows, DIMENSION, half.count(rows));
        List<Neighbors> exact = time("comparing", q -> all.search(queries.row(q), K));
        List<Neighbors> near = time("graph, 100 candidates", q -> graph.search(queries.row(q), K));
        say("  recall of the graph: %.3f", recall(exact, near));
        time("comparing, ordinals sent", q -> filtered(all, queries, q, lambda, without(words, q)));
        time("comparing, ordinals stored", q -> filtered(all, queries, q, lambda, half));
        time("comparing, Solr's filter", q -> filtered(all, queries, q, clear, half));
        time("graph, ordinals sent", q -> filtered(graph, queries, q, lambda, without(words, q)));
        time("graph, ordinals stored", q -> filtered(graph, queries, q, lambda, half));
        time("graph, Solr's filter", q -> filtered(graph, queries, q, clear, half));
      }
    }
  }

  /** Returns another set for each query, because an index stores what comes a second time. */
  private static OrdinalSet without(long[] set, int nth) {
    long[] words = set.clone();
    words[nth] = 0;
    return OrdinalSet.ofBitmap(words);
  }

  private static Neighbors filtered(
      SolrIndex index, Vectors queries, int q, TileFilter filter, OrdinalSet passing) {
    return index.search(Vectors.of(queries.row(q)), K, filter, passing).get(0);
  }

  private static List<Neighbors> time(String what, IntFunction<Neighbors> search) {
    // The first searches open connections, fill the server's caches and store a list.
    for (int i = 0; i < 2; i++) Objects.requireNonNull(search.apply(QUERIES));
    long[] nanos = new long[QUERIES];
    List<Neighbors> found = new ArrayList<>();
    for (int q = 0; q < QUERIES; q++) {
      long start = System.nanoTime();
      found.add(search.apply(q));
      nanos[q] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    say(
        "  %s: median %.1f ms, of %.1f to %.1f",
        what, nanos[QUERIES / 2] / 1e6, nanos[0] / 1e6, nanos[QUERIES - 1] / 1e6);
    return found;
  }

  private static double recall(List<Neighbors> exact, List<Neighbors> near) {
    int found = 0;
    for (int q = 0; q < exact.size(); q++) {
      Set<Long> best = new HashSet<>();
      for (long ordinal : exact.get(q).ordinals()) best.add(ordinal);
      for (long ordinal : near.get(q).ordinals()) found += best.contains(ordinal) ? 1 : 0;
    }
    return found / (double) (K * exact.size());
  }

  /** Returns unit vectors around 1,000 centers, because embeddings are not uniform. */
  private static Vectors clustered(Random random, int rows) {
    Vectors vectors = Vectors.allocate(rows, DIMENSION);
    float[] row = new float[DIMENSION];
    for (int i = 0; i < rows; i++) {
      Random center = new Random(random.nextInt(1000));
      for (int d = 0; d < DIMENSION; d++) {
        row[d] = (float) (center.nextGaussian() + 0.5 * random.nextGaussian());
      }
      vectors.set(i, row);
    }
    vectors.normalize();
    return vectors;
  }

  private static List<TileRecord> tiles(Random random, int from, int count) {
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      GeoPoint at = new GeoPoint(random.nextDouble(-70, 70), random.nextDouble(-180, 180));
      tiles.add(
          new TileRecord(
              "tile " + (from + i),
              MajorTomGrid.CORE.cellOf(at),
              "p",
              Instant.ofEpochSecond(1_600_000_000L + from + i),
              at,
              random.nextFloat(0, 100),
              null));
    }
    return tiles;
  }

  private static void say(String format, Object... values) {
    PrintStream out = System.out;
    out.println(String.format(Locale.ROOT, format, values));
  }
}
