package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.index.builtin.IndexFiles;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kinds of index that keep less than whole vectors, or look at fewer than all. */
class FaissKindsTest {
  private static final int DIMENSION = 32;
  private static final int ROWS = 5_000;

  @TempDir Path folder;

  /** Returns normalised vectors around forty centres, similar to embeddings of land cover. */
  static Vectors clustered(int rows, int dimension, long seed) {
    Random centers = new Random(42);
    float[][] center = new float[40][dimension];
    for (float[] c : center) {
      for (int j = 0; j < dimension; j++) c[j] = (float) centers.nextGaussian();
    }
    Random random = new Random(seed);
    Vectors vectors = Vectors.allocate(rows, dimension);
    float[] row = new float[dimension];
    for (int i = 0; i < rows; i++) {
      float[] near = center[random.nextInt(40)];
      for (int j = 0; j < dimension; j++) row[j] = near[j] + 0.4f * (float) random.nextGaussian();
      vectors.set(i, row);
    }
    vectors.normalize();
    return vectors;
  }

  private static FaissIndex filled(String description, Metric metric) {
    FaissIndex index = FaissIndex.create(DIMENSION, metric, FaissSpec.factory(description));
    if (!index.isTrained()) index.train(clustered(2_500, DIMENSION, 1));
    index.add(clustered(ROWS, DIMENSION, 2));
    return index;
  }

  private static double recall(Neighbors exact, Neighbors found) {
    Set<Long> wanted = new HashSet<>();
    for (long o : exact.ordinals()) wanted.add(o);
    int hits = 0;
    for (long o : found.ordinals()) if (wanted.contains(o)) hits++;
    return exact.size() == 0 ? 1 : (double) hits / exact.size();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "IVF32,Flat",
        "IVF32,SQ8",
        "IVF32,SQfp16",
        "IVF32,PQ16x4fs,Refine(SQ8)",
        "PCA16,IVF16,Flat",
        "PCA16,IVF16,PQ16x4fs",
        "HNSW16,Flat",
        "SQ8",
        "PQ16x4fs"
      })
  void filtersEveryKind(String description) {
    Vectors queries = clustered(12, DIMENSION, 3);
    Random random = new Random(4);
    for (Metric metric : Metric.values()) {
      try (FaissIndex index = filled(description, metric);
          ExactIndex exact = new ExactIndex(DIMENSION, metric)) {
        exact.add(clustered(ROWS, DIMENSION, 2));
        for (double pass : new double[] {1, 0.5, 0.05, 0.004, 0.0005}) {
          OrdinalSet filter =
              pass == 1
                  ? OrdinalSet.all()
                  : OrdinalSet.where(ROWS, i -> random.nextDouble() < pass);
          long passing = filter.count(ROWS);
          List<Neighbors> found = index.search(queries, 10, filter, new SearchEffort(8, 64, 20));
          List<Neighbors> expected = exact.search(queries, 10, filter);
          double sum = 0;
          for (int q = 0; q < 12; q++) {
            Neighbors mine = found.get(q);
            assertEquals(Math.min(10, passing), mine.size(), metric + " " + pass);
            for (int i = 0; i < mine.size(); i++) {
              assertTrue(filter.contains(mine.ordinal(i)), "only what passes");
              if (i > 0) assertTrue(mine.score(i - 1) >= mine.score(i), "in order");
            }
            sum += recall(expected.get(q), mine);
          }
          // Only codes of 8 bytes and of half the components are rough; the others are nearly
          // exact.
          assertTrue(
              sum / 12 >= (description.startsWith("P") ? 0.15 : 0.8),
              metric + " pass " + pass + ": recall " + sum / 12);
          Neighbors field = index.searchAbove(queries.row(0), Float.NEGATIVE_INFINITY, filter);
          assertEquals(passing, field.size(), "the field holds all that pass");
          Neighbors above =
              index.searchAbove(
                  queries.row(0), field.size() == 0 ? 0 : field.score(field.size() / 2), filter);
          assertTrue(above.size() >= field.size() / 2 && above.size() <= field.size());
        }
      }
    }
  }

  @Test
  void moreEffortFindsMore() {
    Vectors queries = clustered(40, DIMENSION, 5);
    try (FaissIndex ivf =
            FaissIndex.trained(
                clustered(2_500, DIMENSION, 1),
                Metric.INNER_PRODUCT,
                FaissSpec.ivf(64).withNprobe(1));
        ExactIndex exact = new ExactIndex(DIMENSION, Metric.INNER_PRODUCT)) {
      ivf.add(clustered(ROWS, DIMENSION, 2));
      exact.add(clustered(ROWS, DIMENSION, 2));
      List<Neighbors> expected = exact.search(queries, 10, OrdinalSet.all());
      double[] recall = new double[3];
      int[] nprobe = {0, 8, 64};
      for (int i = 0; i < 3; i++) {
        List<Neighbors> found =
            ivf.search(queries, 10, OrdinalSet.all(), SearchEffort.nprobe(nprobe[i]));
        for (int q = 0; q < 40; q++) recall[i] += recall(expected.get(q), found.get(q)) / 40;
      }
      assertTrue(recall[0] < recall[1], recall[0] + " < " + recall[1]);
      assertEquals(1, recall[2], 1e-9);
    }
  }

  /** The candidates never exceed the vectors, even if a second ranking asks for more. */
  @Test
  void ranksAgainNoMoreThanThereAre() {
    int huge = 1_000_000;
    Vectors sample = clustered(2_500, DIMENSION, 1);
    Vectors queries = clustered(20, DIMENSION, 3);
    try (FaissIndex usual =
            FaissIndex.trained(
                sample,
                Metric.INNER_PRODUCT,
                FaissSpec.ivf(16).withNprobe(16).withProductCodes(16).withRerank(1_000));
        FaissIndex much =
            FaissIndex.trained(
                sample,
                Metric.INNER_PRODUCT,
                FaissSpec.ivf(16).withNprobe(16).withProductCodes(16).withRerank(huge))) {
      usual.add(clustered(ROWS, DIMENSION, 2));
      much.add(clustered(ROWS, DIMENSION, 2));
      for (int k : new int[] {10, ROWS - 1, ROWS}) {
        List<Neighbors> expected = usual.search(queries, k, OrdinalSet.all());
        List<Neighbors> own = much.search(queries, k, OrdinalSet.all());
        List<Neighbors> asked =
            usual.search(queries, k, OrdinalSet.all(), new SearchEffort(16, 0, huge));
        for (int q = 0; q < 20; q++) {
          assertEquals(k, expected.get(q).size());
          assertArrayEquals(expected.get(q).ordinals(), own.get(q).ordinals());
          assertArrayEquals(expected.get(q).ordinals(), asked.get(q).ordinals());
          assertArrayEquals(expected.get(q).ordinals(), much.search(queries.row(q), k).ordinals());
        }
      }
    }
  }

  @Test
  void cosineTakesNoNoticeOfLength() {
    Vectors vectors = clustered(200, DIMENSION, 6);
    Vectors longer = Vectors.allocate(200, DIMENSION);
    for (int i = 0; i < 200; i++) {
      float[] row = vectors.row(i);
      for (int j = 0; j < DIMENSION; j++) row[j] *= 1 + i;
      longer.set(i, row);
    }
    try (FaissIndex index = FaissIndex.flat(DIMENSION, Metric.COSINE)) {
      index.add(longer);
      float[] query = longer.row(17);
      Neighbors found = index.search(query, 3);
      assertEquals(17, found.ordinal(0));
      assertEquals(1, found.score(0), 1e-5);
      index.save(folder.resolve("cosine.index"));
    }
    try (FaissIndex index = FaissIndex.load(folder.resolve("cosine.index"))) {
      assertEquals(Metric.COSINE, index.metric());
    }
  }

  @Test
  void removedVectorsAreGoneAndOthersKeepTheirOrdinals() {
    Vectors vectors = clustered(ROWS, DIMENSION, 2);
    try (FaissIndex index =
        FaissIndex.trained(
            clustered(2_500, DIMENSION, 1),
            Metric.INNER_PRODUCT,
            FaissSpec.ivf(16).withNprobe(16))) {
      index.add(vectors);
      assertEquals(2, index.remove(OrdinalSet.of(7, ROWS - 1, ROWS + 3)));
      assertEquals(ROWS - 2, index.size());
      assertEquals(ROWS, index.ordinalEnd());
      assertFalse(Set.of(7L).contains(index.search(vectors.row(7), 1).ordinal(0)), "7 is gone");
      assertEquals(8, index.search(vectors.row(8), 1).ordinal(0));
      index.add(Vectors.of(vectors.row(7)));
      assertEquals(ROWS, index.search(vectors.row(7), 1).ordinal(0), "a new ordinal");
      Path file = folder.resolve("removed.index");
      index.save(file);
      try (FaissIndex loaded = FaissIndex.load(file)) {
        assertEquals(ROWS + 1, loaded.ordinalEnd());
        loaded.add(Vectors.of(vectors.row(7)));
        assertArrayEquals(new long[] {ROWS, ROWS + 1}, loaded.search(vectors.row(7), 2).ordinals());
      }
    }
    try (FaissIndex flat = FaissIndex.flat(DIMENSION, Metric.L2)) {
      flat.add(vectors);
      assertThrows(UnsupportedOperationException.class, () -> flat.remove(OrdinalSet.of(1)));
    }
  }

  @Test
  void countsWhatItRemovesFromPackedCodes() {
    try (FaissIndex index = filled("IVF16,PQ16x4fs", Metric.L2)) {
      assertEquals(3, index.remove(OrdinalSet.of(0, 100, ROWS - 1)));
      assertEquals(ROWS - 3, index.size());
      assertEquals(
          ROWS - 3, index.search(new float[DIMENSION], ROWS, OrdinalSet.all()).size(), "the rest");
    }
  }

  /** The service loader finds the format, and the label records the rows in the file. */
  @Test
  void opensByItsFileAlone() throws Exception {
    IndexLabel label = new IndexLabel("siglip 1", "core-s2", "0123456789abcdef");
    Path file = folder.resolve("any");
    Path manifest = folder.resolve("many");
    try (FaissIndex index = filled("IVF16,SQ8", Metric.INNER_PRODUCT)) {
      index.label(label);
      index.save(file);
    }
    try (EmbeddingIndex index = IndexFiles.open(file)) {
      assertInstanceOf(MappedFaissIndex.class, index);
      assertEquals(label, index.label());
    }
    assertEquals("earth-embed-faiss", IndexFiles.module(file));
    ShardedIndex.create(manifest, List.of(file), label, IndexFiles::open).close();
    assertEquals("earth-embed-faiss", IndexFiles.module(manifest));
    try (EmbeddingIndex index = IndexFiles.open(manifest)) {
      assertEquals(label, index.label());
      assertEquals(ROWS, index.size());
    }
    // A trailer with a valid checksum and impossible contents.
    byte[] whole = Files.readAllBytes(file);
    for (int[] lie : new int[][] {{12, 9}, {12, -1}, {16, -5}, {24, -1}}) {
      byte[] forged = whole.clone();
      ByteBuffer trailer = ByteBuffer.wrap(forged, forged.length - 64, 64).slice();
      int label1 = trailer.getInt(20);
      trailer.putInt(lie[0], lie[1]);
      CRC32C crc = new CRC32C();
      crc.update(forged, forged.length - 64 - label1, label1 + 56);
      trailer.putLong(56, crc.getValue());
      Files.write(file, forged);
      assertThrows(CorruptDataException.class, () -> FaissIndex.load(file).close());
    }
  }

  @Test
  void mapsWhatItSaved() {
    for (String description :
        List.of("Flat", "IVF16,Flat", "IVF16,SQ8", "IVF16,PQ16x4fs", "HNSW8,Flat")) {
      Path file = folder.resolve(description.replace(',', '-') + ".index");
      Vectors queries = clustered(9, DIMENSION, 7);
      try (FaissIndex index = filled(description, Metric.INNER_PRODUCT)) {
        index.label(new IndexLabel("siglip 1", "core-s2"));
        index.save(file);
        try (MappedFaissIndex mapped = FaissIndex.open(file)) {
          assertEquals(new IndexLabel("siglip 1", "core-s2"), mapped.label());
          List<Neighbors> expected = index.search(queries, 10, OrdinalSet.all());
          List<Neighbors> actual = mapped.search(queries, 10, OrdinalSet.all());
          for (int q = 0; q < 9; q++) {
            assertArrayEquals(expected.get(q).ordinals(), actual.get(q).ordinals(), description);
          }
          float[] kept = new float[DIMENSION];
          float[] read = new float[DIMENSION];
          index.reconstruct(77, kept);
          mapped.reconstruct(77, read);
          assertArrayEquals(kept, read, description);
          // Saving over the file that is mapped replaces it; the mapping keeps the old one.
          index.add(queries);
          index.save(file);
          assertEquals(ROWS, mapped.size());
          assertArrayEquals(
              expected.get(0).ordinals(), mapped.search(queries.row(0), 10).ordinals());
          assertEquals("siglip 1", mapped.requireModel("siglip 1").label().model());
          IllegalArgumentException e =
              assertThrows(IllegalArgumentException.class, () -> mapped.requireModel("farslip 2"));
          assertTrue(String.valueOf(e.getMessage()).contains("siglip 1"), e.toString());
        }
      }
    }
  }

  @Test
  void refusesWhatItCannotDo() {
    IllegalArgumentException nonsense =
        assertThrows(
            IllegalArgumentException.class,
            () -> FaissIndex.create(8, Metric.L2, FaissSpec.factory("Nonsense")));
    // And nothing of the sources and the machine that they were compiled on.
    assertTrue(
        String.valueOf(nonsense.getMessage()).matches("description 'Nonsense': [^/]+"),
        nonsense.getMessage());
    for (String ids : List.of("IDMap,Flat", "PCA4,IDMap,Flat", "PCA4,IDMap2,Flat")) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> FaissIndex.create(8, Metric.L2, FaissSpec.factory(ids)));
      assertTrue(String.valueOf(e.getMessage()).contains("other ids"), e.getMessage());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> FaissIndex.create(8, Metric.L2, FaissSpec.factory("IVF4,PQ3")));
    try (FaissIndex untrained =
        FaissIndex.create(DIMENSION, Metric.L2, FaissSpec.factory("IVF8,Flat"))) {
      assertThrows(IllegalStateException.class, () -> untrained.add(clustered(9, DIMENSION, 1)));
      assertThrows(IllegalStateException.class, () -> untrained.search(new float[DIMENSION], 1));
      assertThrows(
          IllegalStateException.class,
          () -> untrained.searchAbove(new float[DIMENSION], 0, OrdinalSet.all()));
      // Fewer vectors than cells: FAISS's own message.
      assertThrows(EarthEmbedException.class, () -> untrained.train(clustered(3, DIMENSION, 1)));
    }
    assertThrows(
        EarthEmbedException.class, () -> FaissIndex.loadPlain(folder.resolve("absent.index")));
  }

  @Test
  void stopsBetweenBatchesWhenInterrupted() {
    try (FaissIndex index = FaissIndex.flat(4, Metric.INNER_PRODUCT)) {
      index.add(clustered(10, 4, 1));
      Vectors queries = clustered(3_000, 4, 2);
      Thread.currentThread().interrupt();
      EarthEmbedException e =
          assertThrows(EarthEmbedException.class, () -> index.search(queries, 1, OrdinalSet.all()));
      assertTrue(Thread.interrupted(), "the state is kept");
      assertTrue(e.getMessage().contains("interrupted"), e.getMessage());
    }
  }

  @Test
  void recommendsWhatFits() {
    assertEquals("Flat", FaissIndex.recommended(249_000, 1152, 2L << 30).spec().factoryString());
    Recommendation large = FaissIndex.recommended(2_000_000, 768, 2_500_000_000L);
    assertEquals("IVF4096,PQ192x4fs,Refine(SQ8)", large.spec().factoryString());
    assertEquals(new SearchEffort(96, 0, 10), large.spec().effort());
    // Components in eights are needed for short codes; less memory allows 8 bits alone.
    assertEquals(
        "IVF4096,SQfp16",
        FaissIndex.recommended(2_000_000, 100, 600_000_000).spec().factoryString());
    assertEquals(
        "IVF4096,SQ8",
        FaissIndex.recommended(2_000_000, 768, 1_600_000_000).spec().factoryString());
    assertTrue(large.bytes() <= 2_500_000_000L);
    Recommendation globe = FaissIndex.recommended(20_212_974, 1152, 2L << 30);
    assertTrue(globe.spec().factoryString().contains("PQ"), globe.spec().factoryString());
    assertTrue(globe.bytes() <= 2L << 30);
    assertThrows(
        IllegalArgumentException.class, () -> FaissIndex.recommended(20_000_000, 1152, 1 << 20));
    // Every recommended kind can be made.
    for (Recommendation r : List.of(large, globe)) {
      int d = r == large ? 768 : 1152;
      FaissIndex.create(d, Metric.INNER_PRODUCT, r.spec()).close();
    }
  }
}
