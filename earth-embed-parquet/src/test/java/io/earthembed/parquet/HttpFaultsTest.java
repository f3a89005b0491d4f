package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.earthembed.common.RangeReadException;
import io.earthembed.demo.http.Fault;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Measures the requests and bytes of reads on a shard of realistic layout, and tests a misbehaving
 * server.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpFaultsTest {
  /**
   * Real shards have 500 tiles and a footer of 1.0 to 1.4 MB; ours store less per chunk, so they
   * need more chunks.
   */
  private static final int ROWS = 900;

  private static final TileRef NONE = new TileRef(Path.of("none").toUri(), 0);

  @TempDir static Path folder = Path.of(".");
  private RangeServer server = RangeServer.start(Path.of("."));
  private TileRef first = NONE;
  private TileRef second = NONE;

  @BeforeAll
  void writeShard() {
    server.close();
    server = RangeServer.start(folder);
    Landscape landscape = Landscape.generate(LandscapeKind.TOWN, 7, 64);
    GeoReference place = new GeoReference(32601, 400_000, 6_000_000, 10);
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : Band.values()) bands.put(band, landscape.band(band).withReference(place));
    try (ShardWriter writer = new ShardWriter(folder.resolve("part_00001.parquet"))) {
      for (int row = 0; row < ROWS; row++) {
        writer.add(
            new ShardTile(
                new GridCell(row, -row),
                "S2B_MSIL2A_20240101T000000_N0510_R001_T01ABC_20240101T000001_" + row,
                Instant.parse("2024-01-01T00:00:00Z"),
                new GeoPoint(10, 20),
                bands,
                landscape.trueColor()));
      }
      writer.finish();
    }
    first = new TileRef(server.url("part_00001.parquet"), 17);
    second = new TileRef(server.url("part_00001.parquet"), 400);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void costsTwoRequestsColdAndOneWarm() throws Exception {
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      long before = server.requests();
      store.fetch(first, TileParts.TRUE_COLOR);
      assertEquals(2, server.requests() - before, "cold");
      FetchStats cold = store.stats();
      assertEquals(2, cold.requests());
      long sent = server.bytesSent();
      Tile tile = store.fetch(second, TileParts.TRUE_COLOR);
      assertEquals(400, tile.cell().row());
      FetchStats warm = store.stats().since(cold);
      assertEquals(1, warm.requests(), "warm");
      assertEquals(3, server.requests() - before);
      assertEquals(warm.bytesRead(), server.bytesSent() - sent, "the store counts what was sent");
      assertTrue(
          warm.bytesRead() <= 1.01 * warm.bytesWanted(),
          warm.bytesRead() + " bytes read, " + warm.bytesWanted() + " wanted");
      long footer = footerBytes();
      assertTrue(footer > 900_000, "a footer of the real size: " + footer);
    }
  }

  private long footerBytes() throws Exception {
    byte[] all = Files.readAllBytes(folder.resolve("part_00001.parquet"));
    return java.nio.ByteBuffer.wrap(all)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .getInt(all.length - 8);
  }

  @Test
  void learnsADatasetsFooterFromItsFirstShard() throws Exception {
    Path folder2 = Files.createDirectories(folder.resolve("more"));
    for (int i = 0; i < 2; i++) {
      Files.copy(folder.resolve("part_00001.parquet"), folder2.resolve(i + ".parquet"));
    }
    long footer = footerBytes() + 8;
    for (int guess : new int[] {100_000, 8 << 20}) {
      try (ParquetImageryStore store =
          ParquetImageryStore.open(StoreOptions.builder().tailGuess(guess).build())) {
        store.fetch(new TileRef(server.url("more/0.parquet"), 1), TileParts.THUMBNAIL);
        FetchStats cold = store.stats();
        store.fetch(new TileRef(server.url("more/1.parquet"), 1), TileParts.THUMBNAIL);
        FetchStats next = store.stats().since(cold);
        assertEquals(2, next.requests(), "guess " + guess);
        long tail = next.bytesRead() - next.bytesWanted();
        assertTrue(
            tail >= footer && tail <= footer * 1.5, tail + " bytes for a footer of " + footer);
      }
    }
  }

  @Test
  void readsTheRestOfAFooterLargerThanTheGuess() {
    try (ParquetImageryStore store =
        ParquetImageryStore.open(StoreOptions.builder().tailGuess(100_000).build())) {
      store.fetch(first, TileParts.THUMBNAIL);
      assertEquals(3, store.stats().requests());
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "CUT_BODY",
        "WRONG_RANGE",
        "NO_CONTENT_RANGE",
        "UNAVAILABLE",
        "TOO_MANY",
        "REDIRECT"
      })
  void getsOverWhatPasses(Fault fault) {
    try (ParquetImageryStore store =
        ParquetImageryStore.open(
            StoreOptions.builder().timeout(Duration.ofMillis(1_500)).build())) {
      server.fail(fault);
      Tile cold = store.fetch(first, TileParts.TRUE_COLOR);
      server.fail(fault, fault);
      Tile warm = store.fetch(first, TileParts.TRUE_COLOR);
      assertEquals(cold.band(Band.B02).data(), warm.band(Band.B02).data());
      // A busy machine may be silent for a moment itself, and that is tried again too.
      // A footer's bytes may begin elsewhere than was asked, as long as they reach the file's end.
      int least = fault == Fault.REDIRECT ? 0 : fault == Fault.WRONG_RANGE ? 2 : 3;
      assertTrue(store.stats().retries() >= least, "" + store.stats());
    }
  }

  @Test
  void asksAgainFromTheStartWhereASuffixIsRefused() {
    try (ParquetImageryStore store =
        ParquetImageryStore.open(StoreOptions.builder().tailGuess(64 << 20).build())) {
      server.fail(Fault.UNSATISFIABLE);
      assertEquals(17, store.fetch(first, TileParts.THUMBNAIL).cell().row());
    }
  }

  @Test
  void neverDownloadsAWholeShard() {
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      long sent = server.bytesSent();
      server.fail(Fault.IGNORE_RANGE, Fault.IGNORE_RANGE);
      RangeReadException e =
          assertThrows(RangeReadException.class, () -> store.fetch(first, TileParts.TRUE_COLOR));
      assertEquals(200, e.status());
      assertTrue(e.getMessage().contains("ignores byte ranges"), e.getMessage());
      assertEquals(0, store.stats().bytesRead());
      // The server may have sent the contents of the sockets' buffers before the client hung up.
      assertTrue(server.bytesSent() - sent < 12_000_000, "cut off early");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FORBIDDEN", "NOT_FOUND"})
  void saysAtOnceWhatIsRefused(Fault fault) {
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      server.fail(fault);
      RangeReadException e =
          assertThrows(RangeReadException.class, () -> store.fetch(first, TileParts.TRUE_COLOR));
      assertEquals(fault == Fault.FORBIDDEN ? 403 : 404, e.status());
      assertEquals(0, store.stats().retries());
      assertTrue(e.url().endsWith("/part_00001.parquet"));
    }
  }

  @Test
  void givesUpAfterItsAttempts() {
    try (ParquetImageryStore store =
        ParquetImageryStore.open(StoreOptions.builder().attempts(3).build())) {
      server.fail(Fault.UNAVAILABLE, Fault.UNAVAILABLE, Fault.UNAVAILABLE);
      RangeReadException e =
          assertThrows(RangeReadException.class, () -> store.fetch(first, TileParts.TRUE_COLOR));
      assertEquals(3, e.attempts());
      assertEquals(503, e.status());
    }
  }

  /** As hubs do: every request for the file is sent on to a signed URL, which expires. */
  @Test
  void remembersWhereItWasSentUntilThatExpires() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer hub = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    hub.createContext(
        "/",
        exchange -> {
          String signed = first.shard() + "?signature=" + asked.incrementAndGet();
          exchange.getResponseHeaders().set("Location", signed);
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    hub.start();
    URI resolve = URI.create("http://127.0.0.1:" + hub.getAddress().getPort() + "/part_00001");
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      store.fetch(new TileRef(resolve, 17), TileParts.THUMBNAIL);
      assertEquals(3, store.stats().requests(), "the redirect, the footer, the tile");
      FetchStats cold = store.stats();
      store.fetch(new TileRef(resolve, 400), TileParts.THUMBNAIL);
      assertEquals(1, store.stats().since(cold).requests(), "warm");
      assertEquals(1, asked.get());
      server.fail(Fault.FORBIDDEN);
      assertEquals(
          18, store.fetch(new TileRef(resolve, 18), TileParts.THUMBNAIL).cell().row(), "expired");
      assertEquals(2, asked.get());
      assertEquals(0, store.stats().retries());
      // Refused by the fresh URL as well: that is the answer.
      server.fail(Fault.FORBIDDEN, Fault.FORBIDDEN);
      RangeReadException e =
          assertThrows(
              RangeReadException.class,
              () -> store.fetch(new TileRef(resolve, 19), TileParts.THUMBNAIL));
      assertEquals(403, e.status());
      assertEquals(3, asked.get());
    } finally {
      hub.stop(0);
    }
  }

  @Test
  void endsARedirectLoop() {
    try (ParquetImageryStore store =
        ParquetImageryStore.open(StoreOptions.builder().attempts(1).build())) {
      Fault[] nine = new Fault[9];
      Arrays.fill(nine, Fault.REDIRECT_LOOP);
      server.fail(nine);
      assertThrows(RangeReadException.class, () -> store.fetch(first, TileParts.TRUE_COLOR));
    }
  }

  @Test
  void timesOutOfAStall() {
    try (ParquetImageryStore store =
        ParquetImageryStore.open(
            StoreOptions.builder().timeout(Duration.ofMillis(1_500)).build())) {
      server.fail(Fault.STALL);
      assertEquals(17, store.fetch(first, TileParts.THUMBNAIL).cell().row());
      assertTrue(store.stats().retries() >= 1, "" + store.stats());
    }
  }

  @Test
  void readsTheFooterAgainWhereTheShardChanged() {
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      store.fetch(first, TileParts.THUMBNAIL);
      FetchStats before = store.stats();
      server.fail(Fault.NEW_ETAG);
      assertEquals(400, store.fetch(second, TileParts.THUMBNAIL).cell().row());
      // The refused read, the footer, the tile.
      assertEquals(3, store.stats().since(before).requests());
    }
  }

  @Test
  void listsAShard() {
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      java.util.List<io.earthembed.imagery.TileRecord> records = store.list(first.shard());
      assertEquals(ROWS, records.size());
      assertEquals(new GridCell(17, -17), records.get(17).cell());
      assertEquals(first, records.get(17).source());
      assertEquals(new GeoPoint(10, 20), records.get(3).center());
    }
  }
}
