package io.earthembed.parquet;

import static io.earthembed.testkit.ImageryStoreContract.assertSamePixels;
import static io.earthembed.testkit.ImageryStoreContract.tile;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.demo.http.Fault;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.image.Band;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.testkit.ImageryStoreContract.Source;
import io.earthembed.testkit.process.ChildJvm;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of tiles from a server of whose replies every fifth misbehaves. With {@code
 * -Dearthembed.long=true} ten thousand are read.
 */
final class SoakTest {
  private static final int READS = Boolean.getBoolean("earthembed.long") ? 10_000 : 1_500;
  private static final int SHARDS = 5;
  private static final int TILES = 20;

  @TempDir private Path folder;

  @Test
  void losesNothingAndGetsNothingWrong() throws Exception {
    List<Source> tiles = new ArrayList<>();
    for (int row = 0; row < TILES; row++) tiles.add(tile(row));
    for (int s = 0; s < SHARDS; s++) TestShards.write(folder.resolve(s + ".parquet"), tiles);
    StoreOptions options =
        StoreOptions.builder().attempts(12).timeout(Duration.ofMillis(600)).build();
    // In a separate process, so that its open files are not counted as the store's.
    Process server = serve();
    try (ParquetImageryStore store = ParquetImageryStore.open(options)) {
      URI base =
          URI.create(server.inputReader(StandardCharsets.UTF_8).readLine()); // when it is there
      read(store, base, 200, 1);
      long files = files();
      long heap = heap();
      FetchStats cost = read(store, base, READS, 2);
      System.out.println(
          READS
              + " reads: "
              + cost
              + ", heap "
              + heap
              + " -> "
              + heap()
              + " MB, files "
              + files
              + " -> "
              + files());
      assertTrue(heap() <= heap + 16, "the heap grew from " + heap + " to " + heap() + " MB");
      assertTrue(files() <= files + 40, "open files grew from " + files + " to " + files());
      // Each request fails by chance one time in five: 0.25 more a request on average.
      assertTrue(cost.retries() < 0.4 * cost.requests(), cost.toString());
    } finally {
      server.destroyForcibly();
    }
  }

  private Process serve() throws IOException {
    return ChildJvm.withMemory(256, 256, 0)
        .builder(SoakTest.class.getName(), folder.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Runs the misbehaving server. Argument: a folder. It ends with its standard input. */
  public static void main(String[] args) throws IOException {
    try (RangeServer server = RangeServer.start(Path.of(args[0]))) {
      server.failOften(
          0.2,
          3,
          Fault.CUT_BODY,
          Fault.WRONG_RANGE,
          Fault.NO_CONTENT_RANGE,
          Fault.UNAVAILABLE,
          Fault.TOO_MANY,
          Fault.REDIRECT,
          Fault.NEW_ETAG);
      System.out.println(server.url(""));
      while (System.in.read() >= 0) {}
    }
    System.exit(0);
  }

  private static FetchStats read(ParquetImageryStore store, URI base, int reads, int seed) {
    FetchStats before = store.stats();
    Random random = new Random(seed);
    int had = 0;
    for (int done = 0; done < reads; done += 100) {
      // One by one, so that each is a request of its own.
      Map<TileRef, CompletableFuture<Tile>> reading = new LinkedHashMap<>();
      for (int i = 0; i < 100; i++) {
        TileRef ref = new TileRef(base.resolve(i % SHARDS + ".parquet"), random.nextInt(TILES));
        reading.put(ref, store.fetchAsync(ref, TileParts.bands(Band.B04)));
        had++;
        if (i % SHARDS == SHARDS - 1) {
          reading.forEach(SoakTest::verify);
          reading.clear();
        }
      }
    }
    assertEquals(reads, had);
    return store.stats().since(before);
  }

  private static void verify(TileRef ref, CompletableFuture<Tile> reading) {
    Tile tile = reading.join();
    Source expected = tile(ref.rowGroup());
    assertEquals(expected.productId(), tile.productId());
    assertSamePixels(
        Objects.requireNonNull(expected.bands().get(Band.B04)), tile.band(Band.B04), "B04");
  }

  /** Returns the used heap of this process in megabytes. */
  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
  }

  private static long files() throws IOException {
    Path open = Path.of("/proc/self/fd");
    if (!Files.isDirectory(open)) return 0;
    try (Stream<Path> all = Files.list(open)) {
      return all.count();
    }
  }
}
