package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests files of Python's FAISS with their own ids; make_faiss_ids.py wrote them. */
class FaissIdsTest {
  private static final float[][] ROWS = {
    {1, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 3, 0}, {0, 0, 0, 4}, {5, 5, 0, 0}
  };

  @TempDir Path folder;

  private Path file(String name) throws IOException {
    Path copy = folder.resolve(name + ".index");
    try (InputStream in = FaissIdsTest.class.getResourceAsStream("ids-" + name + ".index")) {
      Files.write(copy, Objects.requireNonNull(in).readAllBytes());
    }
    return copy;
  }

  @ParameterizedTest
  @CsvSource({
    "doubled, two vectors have the id 3",
    "far, the id 2147483648 is no ordinal",
    "negative, the id -5 is no ordinal",
    "refined, the id 9 has no vector in the second ranking",
  })
  void refusesIdsThatAreNoOrdinalsNamingThem(String name, String why) throws IOException {
    Path file = file(name);
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> FaissIndex.loadPlain(file).close());
    assertEquals(file + ": " + why, e.getMessage().replaceAll(" \\(.*\\)$", ""));
  }

  @Test
  void refusesAMapOfIds() throws IOException {
    Path file = file("idmap");
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> FaissIndex.loadPlain(file).close());
    assertEquals(
        file
            + ": FAISS cannot read it: IndexIDMapTemplate: an IDMap gives vectors other ids than"
            + " their ordinals: vector 2 has the id 12345678901",
        e.getMessage());
  }

  @Test
  void takesIdsInAnotherOrder() throws IOException {
    try (FaissIndex index = FaissIndex.loadPlain(file("own"))) {
      for (int i = 0; i < 5; i++) assertEquals(4 - i, index.search(ROWS[i], 1).ordinal(0));
      index.add(Vectors.of(new float[] {9, 9, 9, 9}));
      assertEquals(5, index.search(new float[] {9, 9, 9, 9}, 1).ordinal(0));
    }
  }

  @Test
  void keepsOrdinalsWhereSomeWereRemoved() throws IOException {
    try (FaissIndex index = FaissIndex.loadPlain(file("removed"))) {
      assertEquals(4, index.size());
      assertEquals(5, index.ordinalEnd());
      assertArrayEquals(
          new long[] {3, 4}, index.search(ROWS[3], 5, OrdinalSet.of(2, 3, 4)).ordinals());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"array", "hashtable"})
  void changesWhatPythonMadeADirectMapFor(String name) throws IOException {
    try (FaissIndex index = FaissIndex.loadPlain(file(name))) {
      assertEquals(1, index.remove(OrdinalSet.of(1)));
      index.add(Vectors.of(ROWS[1]));
      assertEquals(5, index.search(ROWS[1], 1).ordinal(0));
      float[] row = new float[4];
      index.reconstruct(5, row);
      assertArrayEquals(ROWS[1], row);
      index.save(folder.resolve("again.index"));
    }
    try (FaissIndex index = FaissIndex.load(folder.resolve("again.index"))) {
      assertEquals(6, index.ordinalEnd());
      assertEquals(5, index.size());
    }
  }
}
