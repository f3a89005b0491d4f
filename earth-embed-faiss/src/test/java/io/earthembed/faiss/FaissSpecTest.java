package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaissSpecTest {
  private static final int DIMENSION = 32;
  private static final List<FaissSpec> KINDS =
      List.of(
          FaissSpec.flat(),
          FaissSpec.ivf(8),
          FaissSpec.ivf(16),
          FaissSpec.ivf(8).withScalars(FaissSpec.Scalar.FP16),
          FaissSpec.ivf(8).withScalars(FaissSpec.Scalar.BITS_8),
          FaissSpec.ivf(8).withProductCodes(8),
          FaissSpec.ivf(8).withProductCodes(16),
          FaissSpec.ivf(8).withProductCodes(8).withRerank(4),
          FaissSpec.hnsw(8),
          FaissSpec.hnsw(16),
          FaissSpec.factory("PCA16,IVF8,Flat"),
          FaissSpec.factory("PCA8,IVF8,Flat"),
          FaissSpec.factory("OPQ8,IVF8,PQ8x4fs"),
          FaissSpec.factory("SQ8"),
          FaissSpec.factory("SQfp16"));

  @TempDir Path folder;

  private static Vectors random(int rows, long seed) {
    Random random = new Random(seed);
    Vectors vectors = Vectors.allocate(rows, DIMENSION);
    float[] row = new float[DIMENSION];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < DIMENSION; j++) row[j] = (float) random.nextGaussian();
      vectors.set(i, row);
    }
    return vectors;
  }

  private static List<Long> ordinals(FaissIndex index, float[] query) {
    Neighbors neighbors = index.search(query, 10, OrdinalSet.all());
    return LongStream.range(0, neighbors.size())
        .mapToObj(i -> neighbors.ordinal(Math.toIntExact(i)))
        .toList();
  }

  @Test
  void rendersFactoryStrings() {
    assertEquals("Flat", FaissSpec.flat().factoryString());
    assertEquals("IVF4096,Flat", FaissSpec.ivf(4096).factoryString());
    assertEquals(
        "IVF64,SQfp16", FaissSpec.ivf(64).withScalars(FaissSpec.Scalar.FP16).factoryString());
    FaissSpec ranked = FaissSpec.ivf(4096).withProductCodes(64).withRerank(4);
    assertEquals("IVF4096,PQ64x4fs,Refine(SQ8)", ranked.factoryString());
    assertEquals("IVF4096,PQ64x4fs", ranked.withRerank(0).factoryString());
    FaissSpec described = FaissSpec.factory("IVF64_HNSW8,PQ16x4fs,Refine(SQ4)").withRerank(6);
    assertEquals(6, described.effort().rerank());
    assertEquals("IVF64_HNSW8,PQ16x4fs,Refine(SQ4)", described.factoryString());
    assertEquals("HNSW32,Flat", FaissSpec.hnsw(32).factoryString());
    assertEquals("OPQ32,IVF64,PQ32", FaissSpec.factory("OPQ32,IVF64,PQ32").toString());
  }

  @Test
  void hasAnEffort() {
    assertEquals(SearchEffort.DEFAULT, FaissSpec.flat().effort());
    assertEquals(new SearchEffort(96, 0, 0), FaissSpec.ivf(4096).effort());
    assertEquals(new SearchEffort(4, 0, 0), FaissSpec.ivf(4).effort());
    assertEquals(
        new SearchEffort(7, 0, 5),
        FaissSpec.ivf(64).withNprobe(7).withProductCodes(8).withRerank(5).effort());
    assertEquals(new SearchEffort(0, 64, 0), FaissSpec.hnsw(8).effort());
    assertEquals(new SearchEffort(0, 99, 0), FaissSpec.hnsw(8).withEfSearch(99).effort());
    assertEquals(FaissSpec.ivf(64).withNprobe(7), FaissSpec.ivf(64).withNprobe(7));
    assertNotEquals(FaissSpec.ivf(64).withNprobe(7), FaissSpec.ivf(64).withNprobe(9));
  }

  @Test
  void effortIsTheIndexsDefault() {
    Vectors vectors = random(2_000, 1);
    FaissSpec one = FaissSpec.ivf(64).withNprobe(1);
    try (FaissIndex few = FaissIndex.trained(vectors, Metric.L2, one);
        FaissIndex all = FaissIndex.trained(vectors, Metric.L2, one.withNprobe(64));
        FaissIndex flat = FaissIndex.flat(DIMENSION, Metric.L2)) {
      for (FaissIndex index : List.of(few, all, flat)) index.add(vectors);
      Vectors queries = random(20, 2);
      int missed = 0;
      for (int q = 0; q < 20; q++) {
        List<Long> exact = ordinals(flat, queries.row(q));
        assertEquals(exact, ordinals(all, queries.row(q)));
        if (!exact.equals(ordinals(few, queries.row(q)))) missed++;
      }
      assertTrue(missed > 0, "one cell of 64 does not hold all neighbors");
    }
  }

  @Test
  void refusesWhatDoesNotGoTogether() {
    assertThrows(IllegalArgumentException.class, () -> FaissSpec.ivf(0));
    assertThrows(IllegalArgumentException.class, () -> FaissSpec.hnsw(1));
    assertThrows(IllegalArgumentException.class, () -> FaissSpec.flat().withProductCodes(8));
    assertThrows(IllegalArgumentException.class, () -> FaissSpec.hnsw(8).withNprobe(8));
    assertThrows(IllegalArgumentException.class, () -> FaissSpec.ivf(8).withNprobe(9));
    assertThrows(IllegalArgumentException.class, () -> FaissSpec.ivf(8).withRerank(4));
    assertThrows(IllegalArgumentException.class, () -> FaissSpec.ivf(8).withEfSearch(4));
    FaissSpec codes = FaissSpec.ivf(8).withProductCodes(8);
    assertThrows(IllegalArgumentException.class, () -> codes.withRerank(-1));
    assertThrows(IllegalArgumentException.class, () -> codes.withProductCodes(8));
    assertThrows(IllegalArgumentException.class, () -> FaissSpec.factory("IVF0,Flat"));
    String message =
        String.valueOf(
            assertThrows(
                    IllegalArgumentException.class, () -> FaissIndex.create(30, Metric.L2, codes))
                .getMessage());
    assertEquals("m 8 does not divide the dimension 30", message);
    assertThrows(
        IllegalArgumentException.class,
        () -> FaissIndex.trained(random(5, 1), Metric.L2, FaissSpec.ivf(8)));
  }

  /** Every kind opens as itself, mapped, and as no other kind. */
  @Test
  void openComparesTheKind() {
    Vectors vectors = random(700, 1);
    for (FaissSpec kind : KINDS) {
      Path file = folder.resolve("index");
      try (FaissIndex index = FaissIndex.trained(vectors, Metric.INNER_PRODUCT, kind)) {
        index.add(vectors);
        index.save(file);
      }
      for (FaissSpec expected : KINDS) {
        if (expected.equals(kind)) {
          FaissIndex.open(file, expected).close();
          continue;
        }
        IllegalArgumentException e =
            assertThrows(
                IllegalArgumentException.class,
                () -> FaissIndex.open(file, expected).close(),
                kind + " opened as " + expected);
        assertEquals(file + ": the index is not of the kind " + expected, e.getMessage());
      }
    }
  }
}
