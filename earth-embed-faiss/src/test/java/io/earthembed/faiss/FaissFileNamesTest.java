package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files whose names have characters of several code pages of Windows. */
class FaissFileNamesTest {
  private static final String NAME =
      "\u0440\u0435\u043a\u0430-\u00e9-\u65e5\u672c-\ud83d\udef0.index";

  @TempDir Path folder;

  @Test
  void savesReadsAndMaps() {
    Path file = folder.resolve(NAME);
    try (FaissIndex index = FaissIndex.flat(2, Metric.INNER_PRODUCT)) {
      index.add(Vectors.of(new float[] {1, 0}, new float[] {0, 1}));
      index.save(file);
    }
    try (FaissIndex index = FaissIndex.load(file)) {
      assertEquals(1, index.search(new float[] {0, 2}, 1).ordinal(0));
    }
    try (MappedFaissIndex index = FaissIndex.open(file)) {
      assertEquals(1, index.search(new float[] {0, 2}, 1).ordinal(0));
    }
  }

  @Test
  void namesAFileThatIsNotThere() {
    Path file = folder.resolve(NAME);
    EarthEmbedException e =
        Assertions.assertThrows(EarthEmbedException.class, () -> FaissIndex.load(file));
    assertTrue(e.getMessage().contains(NAME), e.getMessage());
  }
}
