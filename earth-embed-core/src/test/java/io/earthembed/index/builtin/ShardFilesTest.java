package io.earthembed.index.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.index.MutableIndex;
import io.earthembed.index.PersistentIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests which files saving a sharded index writes and deletes. */
class ShardFilesTest {
  @TempDir Path folder;

  private static ExactIndex index(float... values) {
    ExactIndex index = new ExactIndex(1, Metric.L2);
    for (float value : values) index.add(Vectors.of(new float[] {value}));
    return index;
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  private interface SavedAndGrown extends MutableIndex, PersistentIndex {}

  /** Returns an index that grows as soon as its file is written. */
  private static SavedAndGrown whoseSavesAreFollowed(ExactIndex index, Runnable by) {
    return (SavedAndGrown)
        Proxy.newProxyInstance(
            SavedAndGrown.class.getClassLoader(),
            new Class<?>[] {SavedAndGrown.class},
            (proxy, method, arguments) -> {
              Class<?>[] parameters = method.getParameterTypes();
              Object result =
                  ExactIndex.class.getMethod(method.getName(), parameters).invoke(index, arguments);
              if (method.getName().equals("save")) by.run();
              return result;
            });
  }

  /** Returns an index whose close fails after its own work is done. */
  private static PersistentIndex failingToClose(ExactIndex index) {
    return (PersistentIndex)
        Proxy.newProxyInstance(
            PersistentIndex.class.getClassLoader(),
            new Class<?>[] {PersistentIndex.class},
            (proxy, method, arguments) -> {
              Class<?>[] parameters = method.getParameterTypes();
              Object result =
                  ExactIndex.class.getMethod(method.getName(), parameters).invoke(index, arguments);
              if (method.getName().equals("close")) throw new IllegalArgumentException("stuck");
              return result;
            });
  }

  @Test
  void closesEveryShardEvenIfSomeFail() {
    List<ExactIndex> shards = List.of(index(1), index(2), index(3));
    ShardedIndex many =
        ShardedIndex.of(
            List.of(failingToClose(shards.get(0)), failingToClose(shards.get(1)), shards.get(2)));
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, many::close);
    assertEquals("stuck", e.getSuppressed()[0].getMessage());
    for (ExactIndex shard : shards) assertThrows(IllegalStateException.class, shard::size);
    assertThrows(IllegalStateException.class, many::size);
    many.close();
  }

  @Test
  void savesAWholeIndexWhileVectorsAreAdded() throws Exception {
    List<GrowingShardedIndex> self = new ArrayList<>();
    SavedAndGrown last =
        whoseSavesAreFollowed(
            index(3),
            // It has time to end before the size is asked for, if it does not wait for the save.
            () ->
                CompletableFuture.runAsync(
                        () -> self.get(0).add(Vectors.of(new float[] {4}, new float[] {5})))
                    .completeOnTimeout(null, 300, TimeUnit.MILLISECONDS)
                    .join());
    Path manifest = folder.resolve("x.index");
    try (GrowingShardedIndex many = ShardedIndex.growing(List.of(index(1, 2), last))) {
      self.add(many);
      many.save(manifest);
      try (ShardedIndex loaded = ShardedIndex.load(manifest, ExactIndex::load)) {
        assertEquals(3, loaded.size());
      }
      for (int i = 0; i < 300 && many.size() < 5; i++) Thread.sleep(100);
      assertEquals(5, many.size(), "and is not lost");
    }
  }

  @Test
  void deletesFilesOfItsOwnSavesOnly() throws IOException {
    Path a = folder.resolve("a.bin");
    Path b = folder.resolve("7-b.x.index");
    try (ExactIndex one = index(1, 2);
        ExactIndex two = index(3)) {
      one.save(a);
      two.save(b);
    }
    Path manifest = folder.resolve("x.index");
    try (ShardedIndex many = ShardedIndex.create(manifest, List.of(a, b), ExactIndex::load)) {
      many.save(manifest);
      assertTrue(files().containsAll(Set.of("a.bin", "7-b.x.index")), files().toString());
      Set<String> first = files();
      many.save(manifest);
      assertEquals(first.size(), files().size());
      assertEquals(3, files().stream().filter(first::contains).count(), "given files, manifest");
    }
    try (ShardedIndex loaded = ShardedIndex.load(manifest, ExactIndex::load)) {
      assertEquals(3, loaded.size());
    }
  }
}
