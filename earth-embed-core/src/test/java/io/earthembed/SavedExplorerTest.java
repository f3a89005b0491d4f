package io.earthembed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.dataset.TileRecords;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder holds one whole explorer, however a save ends. */
class SavedExplorerTest {
  private static final int[] SIZES = {2000, 3000};

  @TempDir Path folder;

  /** Saves two explorers in turns until it is killed. */
  static final class Child {
    public static void main(String[] args) {
      Path folder = Path.of(args[0]);
      EarthExplorer[] earths = {
        Planet.of(SIZES[0], SIZES[0]).explorer(), Planet.of(SIZES[1], SIZES[1]).explorer()
      };
      System.out.println("ready");
      for (int i = 0; ; i++) earths[i % 2].save(folder);
    }
  }

  @Test
  void keepsTheAttributionOfTheDataset() {
    Attribution attribution = new Attribution("Érica & Söhne", "CC-BY-4.0", "https://example.org");
    Planet planet = Planet.of(1, 20);
    EmbeddingDataset attributed =
        new EmbeddingDataset() {
          @Override
          public ModelInfo model() {
            return planet.model();
          }

          @Override
          public Attribution attribution() {
            return attribution;
          }

          @Override
          public TileRecords catalog() {
            return planet.catalog();
          }

          @Override
          public void forEachBatch(Consumer<Vectors> batches) {
            planet.forEachBatch(batches);
          }
        };
    try (EarthExplorer earth = EarthExplorer.open(attributed, planet.everything())) {
      assertEquals(attribution, earth.catalog().attribution());
      earth.save(folder);
    }
    try (EarthExplorer earth = EarthExplorer.open(folder, planet.everything())) {
      assertEquals(attribution, earth.catalog().attribution());
    }
  }

  @Test
  void survivesBeingKilledWhileItIsSaved() throws Exception {
    Random random = new Random(1);
    try (EarthExplorer earth = Planet.of(SIZES[0], SIZES[0]).explorer()) {
      earth.save(folder);
    }
    int left = 0;
    // A kill hits a save only by chance: if none of six did, more follow.
    for (int kill = 0; kill < 6 || (left == 0 && kill < 60); kill++) {
      Process child =
          new ProcessBuilder(
                  List.of(
                      System.getProperty("java.home") + "/bin/java",
                      "-cp",
                      System.getProperty("java.class.path"),
                      Child.class.getName(),
                      folder.toString()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertEquals('r', child.getInputStream().read(), "the child saves");
      Thread.sleep(random.nextInt(120));
      child.destroyForcibly().waitFor();
      if (files() > 3) left++;
      Planet planet = Planet.of(1, 1);
      try (EarthExplorer opened =
          EarthExplorer.open(folder, planet.everything(), ExactIndex::load)) {
        int n = (int) opened.catalog().size();
        assertTrue(n == SIZES[0] || n == SIZES[1], n + " tiles");
        try (EarthExplorer expected = Planet.of(n, n).explorer()) {
          assertEquals(
              expected.search(Query.text("river"), SearchOptions.top(9)).hits(),
              opened.search(Query.text("river"), SearchOptions.top(9)).hits());
        }
      }
    }
    assertTrue(left > 0, "some saves were cut short");
    try (EarthExplorer earth = Planet.of(SIZES[1], SIZES[1]).explorer()) {
      earth.save(folder);
    }
    assertEquals(3, files(), "what cut saves left is gone");
  }

  /** No save removes the files of another, and opening meanwhile returns one of them. */
  @Test
  void isSavedAndOpenedByManyThreads() throws Exception {
    EarthExplorer[] earths = {Planet.of(300, 300).explorer(), Planet.of(400, 400).explorer()};
    earths[0].save(folder);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> runs = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        EarthExplorer earth = earths[thread % 2];
        runs.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 40; i++) earth.save(folder);
                }));
      }
      runs.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 40; i++) assertOneOf(300, 400);
              }));
      for (Future<?> run : runs) run.get();
    } finally {
      threads.shutdownNow();
    }
    assertOneOf(300, 400);
    assertEquals(3, files());
    for (EarthExplorer earth : earths) earth.close();
  }

  private void assertOneOf(int one, int other) {
    try (EarthExplorer opened =
        EarthExplorer.open(folder, Planet.of(1, 1).everything(), ExactIndex::load)) {
      long n = opened.catalog().size();
      assertTrue(n == one || n == other, n + " tiles");
    }
  }

  @Test
  void saysWhatIsNotThere() {
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class,
            () -> EarthExplorer.open(folder, Planet.of(1, 1).everything(), ExactIndex::load));
    assertTrue(e.getMessage().contains("holds no saved explorer"), e.getMessage());
    try (ExactIndex index = new ExactIndex(2, io.earthembed.vector.Metric.L2)) {
      Path file = folder.resolve("missing/index.bin");
      EarthEmbedException no = assertThrows(EarthEmbedException.class, () -> index.save(file));
      assertTrue(no.getMessage().contains("there is no such folder"), no.getMessage());
    }
  }

  private long files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }
}
