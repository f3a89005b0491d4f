package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.evaluation.RetrievalSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table is written by pandas, see src/test/python/make_big_earth_net.py. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class BigEarthNetTest {
  private static final String TILE = "S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP";

  @TempDir Path directory;
  private Path metadata;

  @BeforeEach
  void copyTable() throws IOException {
    metadata = directory.resolve("metadata.parquet");
    try (var table =
        Objects.requireNonNull(
            BigEarthNetTest.class.getResourceAsStream("big-earth-net.parquet"))) {
      Files.copy(table, metadata);
    }
  }

  @Test
  void readsTheLabelsOfPatchesInTheFoldersOfTilesOrBesideThem() throws IOException {
    Path patches = directory.resolve("BigEarthNet-S2");
    Path first = Files.createDirectories(patches.resolve(TILE + "/" + TILE + "_26_57"));
    Path second = Files.createDirectories(patches.resolve(TILE + "_27_57"));
    Path fourth = Files.createDirectories(patches.resolve(TILE + "/" + TILE + "_29_57"));
    RetrievalSet test = BigEarthNet.read(metadata, patches, "test");
    assertEquals(
        List.of(
            new RetrievalSet.Item(first, Set.of("Pastures", "Arable land"), List.of()),
            new RetrievalSet.Item(second, Set.of("Mixed forest"), List.of())),
        test.items());
    RetrievalSet all = BigEarthNet.read(metadata, patches, "");
    assertEquals(fourth, all.items().get(2).picture()); // the third is not there
    assertEquals(
        List.of("Arable land", "Inland waters", "Mixed forest", "Pastures"), all.classes());
  }

  @Test
  void namesWhatItDoesNotFind() {
    String message =
        String.valueOf(
            assertThrows(
                    EarthEmbedException.class,
                    () -> BigEarthNet.read(metadata, directory, "validation"))
                .getMessage());
    assertTrue(message.contains("no patch of split validation is in " + directory), message);
    assertTrue(message.endsWith("the splits are [test, train, validation]"), message);
    Path other = Path.of("src/test/resources/io/earthembed/parquet/big-earth-net.parquet", "x");
    assertThrows(EarthEmbedException.class, () -> BigEarthNet.read(other, directory, ""));
  }
}
