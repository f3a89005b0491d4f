package io.earthembed.testkit;

import static io.earthembed.testkit.IndexChecks.DIMENSION;
import static io.earthembed.testkit.IndexChecks.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.index.PersistentIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of every {@link PersistentIndex}, in addition to that of every index. {@link
 * #holding} must return such an index. JUnit makes an instance for each test; several threads use
 * the index.
 */
public interface PersistentIndexContract extends EmbeddingIndexContract {
  /** Reads an index that {@link PersistentIndex#save} wrote. */
  EmbeddingIndex load(Path file);

  private PersistentIndex persistent(Vectors vectors, Metric metric) {
    return assertInstanceOf(PersistentIndex.class, holding(vectors, metric));
  }

  @Test
  default void comesBackFromAFile(@TempDir Path folder) throws IOException {
    for (Metric metric : metrics()) {
      Path file = folder.resolve(metric + ".index");
      try (PersistentIndex index = persistent(IndexChecks.random(321, 20), metric)) {
        index.save(file);
        index.save(file);
        try (Stream<Path> files = Files.list(folder)) {
          assertTrue(
              files.allMatch(f -> f.getFileName().toString().endsWith(".index")),
              "no temporary file is left");
        }
        Vectors queries = IndexChecks.random(30, 21);
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
          if (loaded instanceof MutableIndex growing) {
            growing.add(IndexChecks.random(4, 22));
            assertEquals(325, growing.size());
          }
        }
      }
    }
  }

  @Test
  default void keepsItsLabelInItsFile(@TempDir Path folder) {
    IndexLabel label = new IndexLabel("model 1", "a folder, ü", "0123456789abcdef");
    for (Metric metric : metrics()) {
      Path file = folder.resolve("labelled-" + metric + ".index");
      try (PersistentIndex index = persistent(IndexChecks.random(7, 28), metric)) {
        index.label(label);
        assertEquals(label, index.label());
        index.save(file);
      }
      try (EmbeddingIndex loaded = load(file)) {
        assertEquals(label, loaded.label());
        assertEquals(7, loaded.size());
      }
    }
  }

  @Test
  default void leavesNoFileWhereItCannotWrite(@TempDir Path folder) {
    Path nowhere = folder.resolve("missing").resolve("x.index");
    for (Metric metric : metrics()) {
      try (PersistentIndex index = persistent(IndexChecks.random(7, 28), metric)) {
        EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> index.save(nowhere));
        assertTrue(String.valueOf(e.getMessage()).contains("x.index"), e.getMessage());
        assertTrue(Files.notExists(nowhere));
      }
    }
  }

  @Test
  default void writesNoFileAfterClose(@TempDir Path folder) {
    for (Metric metric : metrics()) {
      PersistentIndex index = persistent(IndexChecks.random(3, 25), metric);
      index.close();
      assertThrows(IllegalStateException.class, () -> index.save(folder.resolve("x.index")));
      assertTrue(Files.notExists(folder.resolve("x.index")));
    }
  }

  @Test
  default void refusesADamagedFile(@TempDir Path folder) throws IOException {
    for (Metric metric : metrics()) {
      Path file = folder.resolve(metric + ".index");
      try (PersistentIndex index = persistent(IndexChecks.random(40, 23), metric)) {
        index.save(file);
      }
      byte[] bytes = Files.readAllBytes(file);
      Random random = new Random(24);
      for (int i = 0; i < 60; i++) {
        byte[] bad = bytes.clone();
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        assertDamaged(folder, bad);
        assertDamaged(folder, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      }
    }
  }

  private void assertDamaged(Path folder, byte[] bytes) throws IOException {
    Path file = folder.resolve("damaged.index");
    Files.write(file, bytes);
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> load(file).close());
    assertTrue(String.valueOf(e.getMessage()).contains("damaged.index"), e.getMessage());
    Files.delete(file);
  }
}
