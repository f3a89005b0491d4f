package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.index.builtin.GrowingShardedIndex;
import io.earthembed.index.builtin.PartialResultException;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards must be bit for bit what one index is, where FAISS's own shards lose their filters. */
class ShardedFaissTest {
  private static final int DIMENSION = 20;

  @TempDir Path folder;

  /** Returns vectors that repeat, so that ties span shards. */
  private static Vectors repeated(int rows, long seed) {
    Random random = new Random(seed);
    Vectors distinct = FaissKindsTest.clustered(rows / 3, DIMENSION, seed);
    Vectors vectors = Vectors.allocate(rows, DIMENSION);
    for (int i = 0; i < rows; i++) {
      vectors.set(i, distinct.row(random.nextInt((int) distinct.rows())));
    }
    return vectors;
  }

  private static List<FaissIndex> shards(Vectors vectors, int[] cuts) {
    List<FaissIndex> shards = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i == cuts.length ? (int) vectors.rows() : cuts[i];
      FaissIndex shard = FaissIndex.flat(DIMENSION, Metric.INNER_PRODUCT);
      Vectors part = Vectors.allocate(to - from, DIMENSION);
      for (int j = from; j < to; j++) part.set(j - from, vectors.row(j));
      shard.add(part);
      shards.add(shard);
      from = to;
    }
    return shards;
  }

  private static void assertEqual(Neighbors one, Neighbors many) {
    assertArrayEquals(one.ordinals(), many.ordinals());
    assertArrayEquals(one.scores(), many.scores(), 0);
  }

  @Test
  void answersAsOneIndexDoes() {
    Random random = new Random(5);
    for (int round = 0; round < 20; round++) {
      int rows = 200 + random.nextInt(900);
      Vectors vectors = repeated(rows, round);
      int[] cuts = random.ints(7, 0, rows + 1).sorted().toArray();
      try (FaissIndex one = FaissIndex.flat(DIMENSION, Metric.INNER_PRODUCT);
          ShardedIndex many = ShardedIndex.of(shards(vectors, cuts))) {
        one.add(vectors);
        assertEquals(rows, many.size());
        Vectors queries = FaissKindsTest.clustered(9, DIMENSION, 100 + round);
        double pass = round % 4 == 0 ? 1 : random.nextDouble();
        OrdinalSet filter =
            round % 4 == 0
                ? OrdinalSet.all()
                : OrdinalSet.where(rows, i -> random.nextDouble() < pass);
        int k = 1 + random.nextInt(rows + 20);
        List<Neighbors> expected = one.search(queries, k, filter);
        List<Neighbors> actual = many.search(queries, k, filter);
        for (int q = 0; q < 9; q++) assertEqual(expected.get(q), actual.get(q));
        float floor = expected.get(0).size() == 0 ? 0 : expected.get(0).score(0) / 2;
        assertEqual(
            one.searchAbove(queries.row(0), floor, filter),
            many.searchAbove(queries.row(0), floor, filter));
        float[] a = new float[DIMENSION];
        float[] b = new float[DIMENSION];
        int ordinal = random.nextInt(rows);
        one.reconstruct(ordinal, a);
        many.reconstruct(ordinal, b);
        assertArrayEquals(a, b, 0);
      }
    }
  }

  /** A shard keeps the ordinals of removed vectors; the next shard's ordinals follow them. */
  @Test
  void ordinalsStayApartWhereAShardHasRemovedSome() {
    Vectors vectors = FaissKindsTest.clustered(20, DIMENSION, 8);
    List<FaissIndex> shards = new ArrayList<>();
    for (int s = 0; s < 2; s++) {
      FaissIndex shard =
          FaissIndex.trained(vectors, Metric.INNER_PRODUCT, FaissSpec.ivf(1).withNprobe(1));
      for (int i = 10 * s; i < 10 * s + 10; i++) shard.add(Vectors.of(vectors.row(i)));
      shard.remove(OrdinalSet.of(0));
      shards.add(shard);
    }
    Path manifest = folder.resolve("holed.shards");
    try (GrowingShardedIndex made = ShardedIndex.growing(shards)) {
      made.save(manifest);
      try (ShardedIndex loaded = ShardedIndex.load(manifest, FaissIndex::open)) {
        for (ShardedIndex many : List.of(made, loaded)) {
          assertEquals(18, many.size());
          assertEquals(20, many.ordinalEnd());
          float[] stored = new float[DIMENSION];
          for (int i = 0; i < 20; i++) {
            if (i % 10 == 0) continue;
            float[] query = vectors.row(i);
            assertEquals(i, many.search(query, 1).ordinal(0));
            assertArrayEquals(new long[] {i}, many.search(query, 5, OrdinalSet.of(i)).ordinals());
            many.reconstruct(i, stored);
            assertArrayEquals(query, stored, 0);
          }
        }
      }
      made.add(Vectors.of(vectors.row(0)));
      assertEquals(20, made.search(vectors.row(0), 1).ordinal(0));
    }
  }

  @Test
  void namesADeadShardAndKeepsWhatTheOthersFound() {
    Vectors vectors = repeated(300, 3);
    List<FaissIndex> shards = shards(vectors, new int[] {100, 200});
    try (ShardedIndex many = ShardedIndex.of(shards)) {
      float[] query = vectors.row(150);
      shards.get(2).close();
      PartialResultException e =
          assertThrows(PartialResultException.class, () -> many.search(query, 5));
      assertTrue(e.getMessage().contains("shard 2"), e.getMessage());
      assertEquals(List.of("shard 2"), List.copyOf(e.failed().keySet()));
      assertEquals(5, e.results().get(0).size());
      for (long ordinal : e.results().get(0).ordinals()) assertTrue(ordinal < 200);
      assertThrows(
          PartialResultException.class,
          () -> many.searchAbove(query, Float.NEGATIVE_INFINITY, OrdinalSet.all()));
    }
  }

  @Test
  void comesBackFromItsManifestMappedAndLeavesNoOldShards() throws Exception {
    Vectors vectors = repeated(300, 4);
    Path manifest = folder.resolve("globe.index");
    try (ShardedIndex many = ShardedIndex.of(shards(vectors, new int[] {10, 250}))) {
      many.save(manifest);
      many.save(manifest);
      try (Stream<Path> files = Files.list(folder)) {
        assertEquals(4, files.count(), "a manifest and three shards");
      }
      try (ShardedIndex loaded = ShardedIndex.load(manifest, FaissIndex::open)) {
        assertEquals(3, loaded.shardCount());
        assertEqual(many.search(vectors.row(7), 20), loaded.search(vectors.row(7), 20));
      }
    }
  }
}
