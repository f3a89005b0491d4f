package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.CorruptDataException;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Indexes opened by mapping their file. */
class MappedIndexTest {
  private static final int DIMENSION = 24;

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

  @Test
  void findsWhatTheLoadedOneFinds() {
    for (Metric metric : Metric.values()) {
      for (boolean ivf : new boolean[] {false, true}) {
        Path file = folder.resolve(metric + "-" + ivf + ".index");
        Vectors vectors = random(2000, 1);
        try (FaissIndex index =
            ivf ? FaissIndex.ivfFlat(vectors, metric, 8, 8) : FaissIndex.flat(DIMENSION, metric)) {
          index.add(vectors);
          index.save(file);
        }
        try (FaissIndex loaded = FaissIndex.load(file);
            FaissIndex opened = FaissIndex.open(file)) {
          assertEquals(2000, opened.size());
          assertEquals(metric, opened.metric());
          float[] query = random(1, 2).row(0);
          OrdinalSet odd = OrdinalSet.where(2000, i -> i % 2 == 1);
          same(loaded.search(query, 17, odd), opened.search(query, 17, odd));
          same(
              loaded.searchAbove(query, Float.NEGATIVE_INFINITY, odd),
              opened.searchAbove(query, Float.NEGATIVE_INFINITY, odd));
          float[] row = new float[DIMENSION];
          opened.reconstruct(1234, row);
          assertArrayEquals(vectors.row(1234), row);
          Path copy = folder.resolve("copy.index");
          opened.save(copy);
          try (FaissIndex again = FaissIndex.load(copy)) {
            same(loaded.search(query, 5), again.search(query, 5));
          }
          if (!ivf) assertThrows(IllegalStateException.class, () -> opened.add(random(1, 3)));
          opened.close();
          assertThrows(IllegalStateException.class, opened::size);
        }
      }
    }
  }

  private static void same(Neighbors expected, Neighbors actual) {
    assertArrayEquals(expected.ordinals(), actual.ordinals());
    assertArrayEquals(expected.scores(), actual.scores());
  }

  @Test
  void mayBeReplacedWhileItIsOpen() {
    Path file = folder.resolve("flat.index");
    try (FaissIndex index = FaissIndex.flat(DIMENSION, Metric.INNER_PRODUCT)) {
      index.add(random(500, 4));
      index.save(file);
      float[] query = random(1, 5).row(0);
      try (FaissIndex opened = FaissIndex.open(file)) {
        Neighbors before = opened.search(query, 9);
        index.add(random(300, 6));
        index.save(file);
        same(before, opened.search(query, 9));
        opened.save(file);
      }
    }
  }

  /** Whatever byte outside the vectors is damaged, the index opens as it was or not at all. */
  @Test
  void noticesDamageThatMatters() throws IOException {
    Path file = folder.resolve("flat.index");
    Vectors vectors = random(50, 7);
    try (FaissIndex index = FaissIndex.flat(DIMENSION, Metric.L2)) {
      index.add(vectors);
      index.save(file);
    }
    byte[] whole = Files.readAllBytes(file);
    int body = 4 * 50 * DIMENSION;
    int head = whole.length - body - 48;
    float[] query = random(1, 8).row(0);
    Neighbors expected;
    try (FaissIndex opened = FaissIndex.open(file)) {
      expected = opened.search(query, 50);
    }
    int refused = 0;
    for (int at = 0; at < whole.length; at = at == head - 1 ? whole.length - 48 : at + 1) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] damaged = whole.clone();
        damaged[at] ^= (byte) (1 << bit);
        Path one = folder.resolve("damaged-" + at + "-" + bit);
        Files.write(one, damaged);
        try (FaissIndex opened = FaissIndex.open(one)) {
          same(expected, opened.search(query, 50));
        } catch (CorruptDataException e) {
          refused++;
        } catch (io.earthembed.EarthEmbedException e) {
          assertTrue(e.getMessage().contains("version"), e.toString());
        }
        Files.delete(one);
      }
    }
    assertTrue(refused > 300, "refused " + refused);
    for (int length = 0; length < whole.length; length += 31) {
      Path one = folder.resolve("cut-" + length);
      Files.write(one, Arrays.copyOf(whole, length));
      assertThrows(CorruptDataException.class, () -> FaissIndex.open(one).close());
    }
  }
}
