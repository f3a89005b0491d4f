package io.earthembed.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Applies random histories of changes, merges and crashes to a collection and to one flat index,
 * and compares all answers. {@code -Dearthembed.histories=10000} tries as many (default 150);
 * {@code -Dearthembed.histories.first=1234} begins with the history of that number.
 */
class CollectionHistoryTest {
  private static final int COUNT = Integer.getInteger("earthembed.histories", 150);
  private static final int FIRST = Integer.getInteger("earthembed.histories.first", 0);
  private static final int IDS = 60;

  @TempDir Path folder;

  @Test
  void answersAsOneFlatIndexAfterEveryChange() throws IOException {
    for (int number = FIRST; number < FIRST + COUNT; number++) {
      try (History history = new History(folder.resolve("h" + number), number)) {
        history.run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("history " + number + ": " + e.getMessage(), e);
      }
    }
  }

  private static final class History implements AutoCloseable {
    private final Random random;
    private final Metric metric;
    private final CollectionOptions options;
    private FlatReference live = new FlatReference();
    private Path folder;
    private CollectionWriter writer;
    private EmbeddingCollection reader;
    private @Nullable Snapshot earlier;
    private FlatReference atEarlier = live;
    private int crashes;

    History(Path folder, int number) {
      this.folder = folder;
      random = new Random(number);
      metric = Metric.values()[random.nextInt(3)];
      options =
          CollectionOptions.DEFAULTS
              .withMetric(metric)
              .withBackgroundMerges(random.nextBoolean())
              .withIndexedRows(random.nextInt(1, 40))
              .withIndexer(ExactIndexer::build);
      writer = CollectionWriter.open(folder, FlatReference.ORIGIN, options);
      reader = EmbeddingCollection.open(folder);
    }

    void run() throws IOException {
      int steps = random.nextInt(3, 20);
      for (int step = 0; step < steps; step++) {
        change();
        compare();
      }
    }

    private void change() throws IOException {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> put(false);
        case 4, 5, 6 -> put(true);
        case 7, 8 -> {
          List<String> ids = new ArrayList<>();
          for (int i = random.nextInt(1, 12); i > 0; i--) ids.add("" + random.nextInt(IDS));
          assertEquals(live.remove(ids), writer.remove(ids));
        }
        case 9 -> writer.compact();
        case 10 -> {
          writer.close();
          writer = CollectionWriter.open(folder, FlatReference.ORIGIN, options);
        }
        default -> crash();
      }
    }

    private void put(boolean replace) {
      List<TileRecord> tiles = new ArrayList<>();
      int first = random.nextInt(IDS);
      for (int i = first; i < first + random.nextInt(25); i++) {
        if (replace || !live.has("" + i)) tiles.add(FlatReference.tile("" + i, random));
      }
      Vectors vectors = FlatReference.vectors(tiles.size(), random);
      if (replace) writer.upsert(tiles, vectors);
      else writer.add(tiles, vectors);
      live.put(tiles, vectors);
    }

    /** Continues with a copy of the files, among them those of a change that did not end. */
    private void crash() throws IOException {
      Path copy = folder.resolveSibling(folder.getFileName() + "-" + crashes++);
      Files.createDirectory(copy);
      // A merge in the background would change the folder while it is copied.
      writer.close();
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.copy(file, copy.resolve(file.getFileName()));
          if (file.toString().contains("vectors-") && random.nextBoolean()) {
            String unfinished = "vectors-" + new java.util.UUID(0, random.nextLong()) + ".bin";
            Files.copy(file, copy.resolve(unfinished));
          }
        }
      }
      Files.writeString(copy.resolve(Manifest.FILE + ".x.tmp"), "not written to its end");
      reader.close();
      folder = copy;
      writer = CollectionWriter.open(folder, FlatReference.ORIGIN, options);
      reader = EmbeddingCollection.open(folder);
    }

    private void compare() {
      try (Snapshot now = writer.collection().snapshot()) {
        live.requireEqual(now, metric, random);
      }
      if (random.nextInt(3) == 0) {
        reader.refresh();
        try (Snapshot read = reader.snapshot()) {
          live.requireEqual(read, metric, random);
        }
      }
      if (earlier != null && random.nextInt(3) == 0) {
        atEarlier.requireEqual(earlier, metric, random);
        earlier.close();
        earlier = null;
      }
      if (earlier == null && random.nextInt(3) == 0) {
        earlier = (random.nextBoolean() ? writer.collection() : reader).snapshot();
        atEarlier = live.copy();
        reader.refresh();
        if (earlier.version() != newest()) {
          earlier.close(); // one of the reader, which had not followed
          earlier = null;
        }
      }
    }

    private long newest() {
      try (Snapshot now = writer.collection().snapshot()) {
        return now.version();
      }
    }

    @Override
    public void close() throws IOException {
      if (earlier != null) earlier.close();
      reader.close();
      writer.close();
      if (random.nextInt(4) == 0) requireNoOtherFiles();
    }

    private void requireNoOtherFiles() throws IOException {
      int expected = 2;
      for (Manifest.Entry segment : Manifest.read(folder).segments()) {
        expected += 2 + (segment.indexed() ? 1 : 0) + (segment.removed().isEmpty() ? 0 : 1);
      }
      try (Stream<Path> files = Files.list(folder)) {
        assertEquals(expected, files.count(), "files of the last version only");
      }
    }
  }
}
