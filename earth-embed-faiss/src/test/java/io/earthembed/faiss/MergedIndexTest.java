package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts filled one by one from one trained index must be what one index filled at once is. */
class MergedIndexTest {
  private static final int DIMENSION = 32;

  /**
   * The second target length is a multiple of 512: FAISS's own merge of packed codes fails there.
   */
  private static final int[] PARTS = {512, 1, 1_536, 0, 1_001};

  @TempDir Path folder;

  private Path trained(String description, Metric metric) {
    Path file = folder.resolve("trained.index");
    try (FaissIndex index = FaissIndex.create(DIMENSION, metric, FaissSpec.factory(description))) {
      if (!index.isTrained()) index.train(FaissKindsTest.clustered(2_500, DIMENSION, 1));
      index.save(file);
    }
    return file;
  }

  private static Vectors part(Vectors vectors, int from, int rows) {
    Vectors part = Vectors.allocate(rows, DIMENSION);
    for (int i = 0; i < rows; i++) part.set(i, vectors.row(from + i));
    return part;
  }

  private static void assertSame(FaissIndex one, EmbeddingIndex many, String what) {
    Vectors queries = FaissKindsTest.clustered(20, DIMENSION, 3);
    List<Neighbors> expected = one.search(queries, 10, OrdinalSet.all());
    List<Neighbors> actual = many.search(queries, 10, OrdinalSet.all());
    for (int q = 0; q < 20; q++) {
      assertArrayEquals(expected.get(q).ordinals(), actual.get(q).ordinals(), what);
      assertArrayEquals(expected.get(q).scores(), actual.get(q).scores(), 0, what);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Flat",
        "SQ8",
        "IVF1,PQ16x4fs",
        "IVF8,Flat",
        "IVF8,SQ8",
        "IVF8,PQ8",
        "IVF8,PQ16x4fs,Refine(SQ8)",
        "OPQ8,IVF8,PQ8x4fs"
      })
  void partsBecomeOne(String description) {
    for (Metric metric : Metric.values()) {
      Path file = trained(description, metric);
      Vectors vectors = FaissKindsTest.clustered(3_050, DIMENSION, 2);
      try (FaissIndex one = FaissIndex.load(file);
          FaissIndex many = FaissIndex.load(file)) {
        one.add(vectors);
        int from = 0;
        for (int rows : PARTS) {
          try (FaissIndex part = FaissIndex.load(file)) {
            part.add(part(vectors, from, rows));
            many.mergeFrom(part);
            assertEquals(0, part.size());
          }
          from += rows;
          assertEquals(from, many.size());
        }
        assertSame(one, many, description + " " + metric);
        Path saved = folder.resolve("merged.index");
        many.save(saved);
        try (MappedFaissIndex mapped = FaissIndex.open(saved)) {
          assertSame(one, mapped, description + " " + metric + " mapped");
        }
        // An emptied index can be filled again.
        try (FaissIndex part = FaissIndex.load(file)) {
          part.add(part(vectors, 0, 40));
          many.mergeFrom(part);
          part.add(part(vectors, 40, 40));
          assertEquals(40, part.search(vectors.row(40), 50).size());
          many.mergeFrom(part);
          assertEquals(3_130, many.size());
        }
      }
    }
  }

  @Test
  void ordinalsOfRemovedVectorsAreNotGivenAgain() {
    Path file = trained("IVF4,Flat", Metric.L2);
    Vectors vectors = FaissKindsTest.clustered(30, DIMENSION, 2);
    try (FaissIndex one = FaissIndex.load(file);
        FaissIndex other = FaissIndex.load(file)) {
      one.add(part(vectors, 0, 10));
      one.remove(OrdinalSet.of(9));
      other.add(part(vectors, 10, 20));
      other.remove(OrdinalSet.of(0, 19));
      one.mergeFrom(other);
      assertEquals(27, one.size());
      assertEquals(28, one.search(vectors.row(28), 1, OrdinalSet.of(28)).ordinal(0));
      one.add(part(vectors, 9, 1));
      assertEquals(1, one.search(vectors.row(9), 1, OrdinalSet.of(30)).size());
      assertEquals(0, one.search(vectors.row(9), 1, OrdinalSet.of(29)).size());
    }
  }

  @Test
  void aNewFlatIndexTakesOneFromAFile() {
    Vectors vectors = FaissKindsTest.clustered(10, DIMENSION, 2);
    try (FaissIndex made = FaissIndex.flat(DIMENSION, Metric.INNER_PRODUCT);
        FaissIndex read = FaissIndex.load(trained("Flat", Metric.INNER_PRODUCT))) {
      read.add(vectors);
      made.mergeFrom(read);
      assertEquals(7, made.search(vectors.row(7), 1).ordinal(0));
    }
  }

  @Test
  void refusesWhatWasTrainedOtherwise() {
    Path file = trained("IVF8,SQ8", Metric.L2);
    Vectors vectors = FaissKindsTest.clustered(100, DIMENSION, 2);
    try (FaissIndex one = FaissIndex.load(file);
        FaissIndex elsewhere =
            FaissIndex.create(DIMENSION, Metric.L2, FaissSpec.factory("IVF8,SQ8"));
        FaissIndex labeled = FaissIndex.load(file);
        FaissIndex graph =
            FaissIndex.create(DIMENSION, Metric.L2, FaissSpec.hnsw(8).withEfSearch(16))) {
      elsewhere.train(FaissKindsTest.clustered(2_500, DIMENSION, 9));
      elsewhere.add(vectors);
      one.add(vectors);
      labeled.label(new IndexLabel("siglip", ""));
      for (FaissIndex other : List.of(one, elsewhere, labeled, graph)) {
        assertThrows(IllegalArgumentException.class, () -> one.mergeFrom(other));
      }
      assertThrows(IllegalArgumentException.class, () -> graph.mergeFrom(one));
      // All as they were.
      assertEquals(100, one.size());
      assertEquals(100, elsewhere.size());
      assertEquals(0, graph.size());
      assertEquals(10, elsewhere.search(vectors.row(1), 10).size());
    }
  }

  @Test
  void shardsWrittenOneByOneBecomeAnIndex() {
    Vectors vectors = FaissKindsTest.clustered(90, DIMENSION, 2);
    List<Path> files = new ArrayList<>();
    for (int s = 0; s < 3; s++) {
      Path file = folder.resolve("part-" + s + ".index");
      try (FaissIndex shard = FaissIndex.flat(DIMENSION, Metric.COSINE)) {
        shard.add(part(vectors, 30 * s, 30));
        shard.save(file);
      }
      files.add(file);
    }
    Path manifest = folder.resolve("all.shards");
    ShardedIndex.create(manifest, files, FaissIndex::open).close();
    try (ShardedIndex index = ShardedIndex.load(manifest, FaissIndex::open)) {
      assertEquals(3, index.shardCount());
      assertEquals(77, index.search(vectors.row(77), 1).ordinal(0));
    }
    Path elsewhere = folder.resolve("sub").resolve("other.index");
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> ShardedIndex.create(manifest, List.of(elsewhere), FaissIndex::open));
    assertTrue(String.valueOf(e.getMessage()).contains("other.index"), e.toString());
    assertThrows(
        IllegalArgumentException.class,
        () -> ShardedIndex.create(manifest, List.of(files.get(0), files.get(0)), FaissIndex::open));
  }
}
