package io.earthembed.parquet;

import static io.earthembed.testkit.ImageryStoreContract.assertSamePixels;
import static io.earthembed.testkit.ImageryStoreContract.tile;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.demo.http.RangeServer;
import io.earthembed.image.Band;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.testkit.ImageryStoreContract.Source;
import io.earthembed.testkit.process.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the cache on disk: the requests that it saves, and that it never returns wrong data. */
final class StoreCacheTest {
  private static final int TILES = 12;
  private static final long ROOMY = 1L << 30;

  @TempDir Path folder = Path.of(".");
  private RangeServer server = RangeServer.start(Path.of("."));
  private Path cache = Path.of(".");
  private URI shard = URI.create("none");

  @BeforeEach
  void publish() throws IOException {
    server.close();
    Path served = Files.createDirectory(folder.resolve("served"));
    server = RangeServer.start(served);
    write(0);
    shard = server.url("shard.parquet");
    cache = folder.resolve("cache");
  }

  private void write(int first) {
    List<Source> tiles = new ArrayList<>();
    for (int row = 0; row < TILES; row++) tiles.add(tile(first + row));
    TestShards.write(folder.resolve("served/shard.parquet"), tiles);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ParquetImageryStore open(long bytes) {
    return ParquetImageryStore.open(StoreOptions.builder().cache(cache, bytes).build());
  }

  private static void assertIs(int row, Tile tile) {
    assertEquals("S2X_TEST_" + row, tile.productId());
    for (Map.Entry<Band, io.earthembed.image.Raster> band : tile.bands().entrySet()) {
      assertSamePixels(
          Objects.requireNonNull(tile(row).bands().get(band.getKey())),
          band.getValue(),
          row + " " + band.getKey());
    }
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> all = Files.walk(cache)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void sparesFootersAndTilesThatWereReadBefore() {
    TileRef seen = new TileRef(shard, 4);
    try (ParquetImageryStore store = open(ROOMY)) {
      store.fetch(seen, TileParts.TRUE_COLOR);
      assertEquals(2, store.stats().requests());
    }
    try (ParquetImageryStore store = open(ROOMY)) {
      assertIs(4, store.fetch(seen, TileParts.TRUE_COLOR));
      FetchStats again = store.stats();
      assertEquals(0, again.requests());
      assertEquals(3, again.cacheHits());
      assertEquals(1, again.footerHits());
      assertIs(5, store.fetch(new TileRef(shard, 5), TileParts.TRUE_COLOR));
      assertEquals(1, store.stats().requests(), "the footer was on disk");
    }
  }

  @Test
  void noticesAShardThatHasChanged() throws IOException {
    try (ParquetImageryStore store = open(ROOMY)) {
      store.fetch(new TileRef(shard, 1), TileParts.TRUE_COLOR);
    }
    write(20);
    Files.setLastModifiedTime(
        folder.resolve("served/shard.parquet"), FileTime.from(Instant.now().plusSeconds(9)));
    try (ParquetImageryStore store = open(ROOMY)) {
      assertIs(22, store.fetch(new TileRef(shard, 2), TileParts.TRUE_COLOR));
      assertIs(21, store.fetch(new TileRef(shard, 1), TileParts.TRUE_COLOR));
    }
  }

  @Test
  void readsAgainWhatWasDamaged() throws IOException {
    Random random = new Random(4);
    try (ParquetImageryStore store = open(ROOMY)) {
      store.fetch(new TileRef(shard, 3), TileParts.ALL_BANDS);
    }
    for (int round = 0; round < 20; round++) {
      for (Path entry : entries()) {
        byte[] bytes = Files.readAllBytes(entry);
        if (round % 2 == 0) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
        } else {
          bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
        }
        Files.write(entry, bytes);
      }
      try (ParquetImageryStore store = open(ROOMY)) {
        assertIs(3, store.fetch(new TileRef(shard, 3), TileParts.ALL_BANDS));
        assertEquals(0, store.stats().cacheHits(), "round " + round);
      }
    }
  }

  @Test
  void staysWithinItsSizeAndKeepsWhatWasUsedLast() throws Exception {
    long one;
    try (ParquetImageryStore store = open(ROOMY)) {
      store.fetch(new TileRef(shard, 0), TileParts.ALL_BANDS);
      one = size();
    }
    long limit = 4 * one;
    try (ParquetImageryStore store = open(limit)) {
      for (int row = 1; row < TILES; row++) {
        Thread.sleep(20); // file times show which was used last
        store.fetch(new TileRef(shard, row), TileParts.ALL_BANDS);
        assertTrue(size() <= limit, size() + " bytes, " + limit + " allowed");
      }
    }
    try (ParquetImageryStore store = open(limit)) {
      store.fetch(new TileRef(shard, TILES - 1), TileParts.ALL_BANDS);
      assertEquals(12, store.stats().cacheHits(), "the last is there");
      store.fetch(new TileRef(shard, 0), TileParts.ALL_BANDS);
      assertEquals(12, store.stats().cacheHits(), "the first is not");
    }
  }

  private long size() throws IOException {
    long size = 0;
    for (Path entry : entries()) size += Files.size(entry);
    return size;
  }

  @Test
  void doesWithoutWhereNothingCanBeWritten() throws IOException {
    Files.write(cache, new byte[] {1}); // a file where the folder should be
    try (ParquetImageryStore store = open(ROOMY)) {
      for (int i = 0; i < 2; i++) {
        assertIs(6, store.fetch(new TileRef(shard, 6), TileParts.TRUE_COLOR));
      }
      assertEquals(3, store.stats().requests());
    }
  }

  /** A process whose files are limited to 2 KB, which simulates a full disk. */
  @Test
  void leavesNoHalfEntryOnAFullDisk() throws Exception {
    Process reader =
        reader(List.of("bash", "-c", "ulimit -f 2; exec \"$@\"", "bash"), ROOMY, 3).start();
    assertEquals(0, exit(reader), errors());
    // Entries that fit are complete; the others are absent.
    try (ParquetImageryStore store = open(ROOMY)) {
      for (int row = 0; row < TILES; row++) {
        assertIs(row, store.fetch(new TileRef(shard, row), TileParts.ALL_BANDS));
      }
      assertTrue(store.stats().cacheHits() < 12L * TILES, "nothing was refused");
    }
    for (Path entry : entries()) {
      assertTrue(entry.toString().endsWith(".entry"), entry + " is left");
    }
  }

  @Test
  void isSharedByTwoProcesses() throws Exception {
    // Room for some three of twelve tiles, so that each removes what the other reads.
    long limit = 3L * 60_000;
    Process first = reader(List.of(), limit, 12).start();
    Process second = reader(List.of(), limit, 12).start();
    assertEquals(0, exit(first), errors());
    assertEquals(0, exit(second), errors());
  }

  private ProcessBuilder reader(List<String> before, long limit, int rounds) {
    ProcessBuilder builder =
        ChildJvm.withMemory(256, 256, 0)
            .withOptions("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
            .builder(
                StoreCacheTest.class.getName(),
                shard.toString(),
                cache.toString(),
                String.valueOf(limit),
                String.valueOf(rounds));
    builder.command().addAll(0, before);
    return builder
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.appendTo(new File(folder.toFile(), "errors.txt")));
  }

  private static int exit(Process process) throws InterruptedException {
    boolean ended = process.waitFor(300, TimeUnit.SECONDS);
    process.destroyForcibly();
    return ended ? process.exitValue() : -1;
  }

  private String errors() throws IOException {
    return Files.readString(folder.resolve("errors.txt"), StandardCharsets.UTF_8);
  }

  /** Reads random tiles and compares them: shard, cache, limit, rounds. */
  public static void main(String[] args) {
    URI shard = URI.create(args[0]);
    Random random = new Random(ProcessHandle.current().pid());
    StoreOptions options =
        StoreOptions.builder().cache(Path.of(args[1]), Long.parseLong(args[2])).build();
    for (int round = 0; round < Integer.parseInt(args[3]); round++) {
      try (ParquetImageryStore store = ParquetImageryStore.open(options)) {
        for (int i = 0; i < TILES; i++) {
          int row = random.nextInt(TILES);
          assertIs(row, store.fetch(new TileRef(shard, row), TileParts.ALL_BANDS));
        }
      }
    }
  }
}
