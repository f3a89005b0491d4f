package io.earthembed.parquet;

import static io.earthembed.testkit.ImageryStoreContract.assertSamePixels;
import static io.earthembed.testkit.ImageryStoreContract.tile;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.demo.http.Fault;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.image.Band;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore.Outcome;
import io.earthembed.imagery.ImageryStore.Outcomes;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.testkit.ImageryStoreContract.Source;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Counts the requests and bytes of tiles: with an index of their byte ranges, and for adjacent
 * tiles.
 */
final class StoreCostsTest {
  private static final int TILES = 40;
  private static final List<String> INDEXED = List.of("B02", "B03", "B04", "thumbnail");

  @TempDir Path folder = Path.of(".");
  private RangeServer server = RangeServer.start(Path.of("."));
  private ParquetImageryStore store = ParquetImageryStore.open();
  private URI shard = URI.create("none");

  @BeforeEach
  void publish() {
    server.close();
    server = RangeServer.start(folder);
    write(tiles());
    shard = server.url("shard.parquet");
  }

  private static List<Source> tiles() {
    List<Source> tiles = new ArrayList<>();
    for (int row = 0; row < TILES; row++) tiles.add(tile(row));
    return tiles;
  }

  private void write(List<Source> tiles) {
    TestShards.write(folder.resolve("shard.parquet"), tiles);
  }

  @AfterEach
  void stop() {
    store.close();
    server.close();
  }

  private TileRef indexed(int row) {
    return MetadataIndex.builder()
        .addShard(shard, INDEXED)
        .build()
        .find(tile(row).cell(), tile(row).productId())
        .orElseThrow();
  }

  private static void assertIs(int row, Tile tile) {
    assertEquals(tile(row).cell(), tile.cell());
    assertEquals(tile(row).productId(), tile.productId());
    assertEquals(tile(row).timestamp(), tile.timestamp());
    for (Map.Entry<Band, io.earthembed.image.Raster> band : tile.bands().entrySet()) {
      assertSamePixels(
          Objects.requireNonNull(tile(row).bands().get(band.getKey())),
          band.getValue(),
          row + " " + band.getKey());
    }
  }

  @Test
  void aColdTileOfAnIndexIsOneRequest() {
    TileRef ref = indexed(17);
    assertIs(17, store.fetch(ref, TileParts.TRUE_COLOR));
    FetchStats cost = store.stats();
    assertEquals(1, cost.requests());
    assertEquals(cost.bytesWanted(), cost.bytesRead(), "not a byte more");
    assertEquals(0, cost.footerHits());
  }

  @Test
  void aColdTileOfAListWithByteRangesIsOneRequest() {
    List<TileRecord> listed;
    try (ParquetImageryStore other = ParquetImageryStore.open()) {
      listed = other.list(shard, List.of("B02", "B03", "B04", "no such column"));
      assertEquals(other.list(shard), listed);
    }
    TileRef ref = Objects.requireNonNull(listed.get(17).source());
    assertIs(17, store.fetch(ref, TileParts.TRUE_COLOR));
    assertEquals(1, store.stats().requests());
    assertIs(17, store.fetch(ref, TileParts.ALL_BANDS));
    assertEquals(3, store.stats().requests());
  }

  @Test
  void whatTheIndexDoesNotKnowIsReadThroughTheFooter() {
    TileRef ref = indexed(5);
    assertIs(5, store.fetch(ref, TileParts.ALL_BANDS));
    assertEquals(2, store.stats().requests());
  }

  @Test
  void anIndexOfAnOlderShardLeadsToTheSameTileOrToNone() throws Exception {
    TileRef ref = indexed(7);
    // The tile is in the same row group, but elsewhere in the file.
    List<Source> moved = tiles();
    moved.set(0, tile(90));
    write(moved);
    assertIs(7, store.fetch(ref, TileParts.TRUE_COLOR));
    // Another tile in that row group.
    Collections.swap(moved, 7, 8);
    write(moved);
    Files.setLastModifiedTime(
        folder.resolve("shard.parquet"), FileTime.from(Instant.now().plusSeconds(5)));
    CorruptDataException other =
        assertThrows(CorruptDataException.class, () -> store.fetch(ref, TileParts.TRUE_COLOR));
    assertTrue(other.getMessage().contains("S2X_TEST_8"), other.getMessage());
    assertTrue(other.getMessage().contains("S2X_TEST_7"), other.getMessage());
  }

  @Test
  void tilesThatLieTogetherAreReadTogether() {
    List<TileRef> refs = new ArrayList<>();
    for (int row = TILES - 1; row >= 0; row--) refs.add(new TileRef(shard, row));
    List<Outcome> outcomes = store.fetchAll(refs, TileParts.TRUE_COLOR);
    for (int i = 0; i < TILES; i++) assertIs(TILES - 1 - i, outcomes.get(i).orThrow());
    // The footer, and 40 small tiles, 16 per request.
    assertEquals(4, store.stats().requests());
  }

  @Test
  void aDamagedTileDoesNotLoseThoseReadWithIt() throws Exception {
    TileRef broken = indexed(3);
    long at =
        Objects.requireNonNull(Objects.requireNonNull(ColumnRanges.of(broken)).columns().get("B03"))
            .offset();
    Path file = folder.resolve("shard.parquet");
    byte[] all = Files.readAllBytes(file);
    for (int i = 0; i < 40; i++) all[(int) at + i] = (byte) 0xFF;
    Files.write(file, all);
    List<TileRef> refs = new ArrayList<>();
    for (int row = 0; row < 8; row++) refs.add(new TileRef(shard, row));
    List<Outcome> outcomes = store.fetchAll(refs, TileParts.TRUE_COLOR);
    for (int row = 0; row < 8; row++) {
      if (row == 3) {
        assertTrue(outcomes.get(3).failure() instanceof CorruptDataException);
        assertTrue(String.valueOf(outcomes.get(3).failure()).contains("shard.parquet"));
      } else {
        assertIs(row, outcomes.get(row).orThrow());
      }
    }
  }

  @Test
  void columnsCanBeHadAsTheyAreStored() throws Exception {
    Map<String, byte[]> stored =
        store.fetchStored(new TileRef(shard, 2), List.of("B04", "product_id", "cloud_mask"));
    assertEquals(Set.of("B04", "product_id", "cloud_mask"), stored.keySet());
    assertArrayEquals(
        "S2X_TEST_2".getBytes(java.nio.charset.StandardCharsets.UTF_8), stored.get("product_id"));
    assertSamePixels(
        Objects.requireNonNull(tile(2).bands().get(Band.B04)),
        GeoTiff.read(Objects.requireNonNull(stored.get("B04")), "B04"),
        "B04");
    IllegalArgumentException none =
        assertThrows(
            IllegalArgumentException.class,
            () -> store.fetchStored(new TileRef(shard, 2), List.of("B10")));
    assertTrue(String.valueOf(none.getMessage()).contains("B10"));
  }

  @Test
  void aCancelledTileIsNoLongerWaitedFor() throws Exception {
    store.fetch(new TileRef(shard, 0), TileParts.THUMBNAIL);
    server.fail(Fault.STALL);
    CompletableFuture<Tile> slow = store.fetchAsync(new TileRef(shard, 1), TileParts.THUMBNAIL);
    Thread.sleep(200);
    assertTrue(slow.cancel(true));
    assertThrows(CancellationException.class, slow::join);
    assertIs(2, store.fetchAsync(new TileRef(shard, 2), TileParts.THUMBNAIL).get());
  }

  @Test
  void onlySomeTilesAreReadAhead() throws Exception {
    List<TileRef> refs = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) refs.add(new TileRef(shard, i % TILES));
    try (Outcomes outcomes = store.fetchEach(refs, TileParts.ALL_BANDS, ProgressListener.NONE)) {
      outcomes.next();
      long seen = -1;
      while (store.stats().bytesWanted() != seen) {
        seen = store.stats().bytesWanted();
        Thread.sleep(300);
      }
      store.fetch(new TileRef(shard, 0), TileParts.ALL_BANDS);
      long one = store.stats().bytesWanted() - seen;
      // At most 16 batches of 16 tiles, of 2,000.
      assertTrue(seen <= 17 * 16 * one, seen + " bytes were read ahead, a tile has " + one);
    }
  }

  @Test
  void anotherTileThanACatalogSaysIsAFailure() {
    TileRef ref = new TileRef(shard, 4);
    Outcome had = store.fetchAll(List.of(ref), TileParts.THUMBNAIL).get(0);
    List<TileRecord> records = store.list(shard);
    assertEquals(had, had.requireSameAs(records.get(4)));
    RuntimeException other = had.requireSameAs(records.get(5)).failure();
    assertTrue(other instanceof CorruptDataException, String.valueOf(other));
    assertTrue(String.valueOf(other).contains("S2X_TEST_5"), String.valueOf(other));
  }

  @Test
  void aShardWithoutATilesShapeIsRefused() {
    EarthEmbedException none =
        assertThrows(
            EarthEmbedException.class,
            () -> store.fetch(new TileRef(server.url("nothing"), 0), TileParts.THUMBNAIL));
    assertTrue(none.getMessage().contains("nothing"), none.getMessage());
  }
}
