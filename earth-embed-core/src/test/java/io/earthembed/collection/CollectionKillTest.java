package io.earthembed.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process at random instants while it changes a collection. It writes the number of each
 * change that has returned to its standard output. {@code -Dearthembed.kills=500} kills as often
 * (default 4).
 */
class CollectionKillTest {
  private static final int KILLS = Integer.getInteger("earthembed.kills", 4);

  @TempDir Path folder;

  /** The process: applies the changes from a number on, until it is killed. */
  static final class Child {
    public static void main(String[] args) {
      try (CollectionWriter writer = open(Path.of(args[0]))) {
        for (int number = Integer.parseInt(args[1]); ; number++) {
          Change change = new Change(number);
          if (change.removed.isEmpty()) writer.upsert(change.tiles, change.vectors);
          else writer.remove(change.removed);
          if (number % 50 == 49) writer.compact();
          System.out.println(number);
        }
      }
    }
  }

  private static CollectionWriter open(Path folder) {
    CollectionOptions options =
        CollectionOptions.DEFAULTS.withIndexer(ExactIndexer::build).withIndexedRows(20);
    return CollectionWriter.open(folder, FlatReference.ORIGIN, options);
  }

  /** The change of a number: an upsert or a removal. */
  private static final class Change {
    final List<TileRecord> tiles = new ArrayList<>();
    final List<String> removed = new ArrayList<>();
    final Vectors vectors;

    Change(int number) {
      Random random = new Random(number);
      int first = random.nextInt(300);
      boolean remove = random.nextInt(3) == 0;
      for (int i = first; i <= first + random.nextInt(30); i++) {
        if (remove) removed.add("" + i);
        else tiles.add(FlatReference.tile("" + i, random));
      }
      vectors = FlatReference.vectors(tiles.size(), random);
    }

    void applyTo(FlatReference live) {
      live.put(tiles, vectors);
      live.remove(removed);
    }
  }

  @Test
  void losesNothingAcknowledgedWhenItIsKilled() throws Exception {
    FlatReference live = new FlatReference();
    Random random = new Random(9);
    int next = 0; // the first change that is not in the collection
    for (int kill = 0; kill < KILLS; kill++) {
      int acknowledged = runAndKill(next, random.nextInt(600));
      for (; next <= acknowledged; next++) new Change(next).applyTo(live);
      try (CollectionWriter writer = open(folder);
          Snapshot snapshot = writer.collection().snapshot()) {
        // The change during which the process was killed is there as a whole, or not at all.
        FlatReference andOneMore = live.copy();
        new Change(next).applyTo(andOneMore);
        if (andOneMore.ids().equals(FlatReference.ids(snapshot.catalog()))) {
          live = andOneMore;
          next++;
        }
        try {
          live.requireEqual(snapshot, Metric.INNER_PRODUCT, random);
        } catch (AssertionError e) {
          throw new AssertionError("kill " + kill + " in change " + next, e);
        }
      }
    }
    assertTrue(next > 0, "some changes were acknowledged");
  }

  /** Returns the number of the last acknowledged change. */
  private int runAndKill(int from, int millis) throws IOException, InterruptedException {
    Path output = folder.resolveSibling(folder.getFileName() + "-acknowledged");
    Process child =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                folder.toString(),
                Integer.toString(from))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(output.toFile())
            .start();
    try {
      while (child.isAlive() && Files.size(output) == 0) Thread.sleep(5);
      Thread.sleep(millis);
    } finally {
      child.destroyForcibly().waitFor();
    }
    List<String> lines = Files.readAllLines(output);
    Files.delete(output);
    assertFalse(lines.isEmpty(), "the child changes the collection");
    for (int i = 0; i < lines.size(); i++) {
      assertEquals(from + i, Integer.parseInt(lines.get(i)));
    }
    return from + lines.size() - 1;
  }
}
