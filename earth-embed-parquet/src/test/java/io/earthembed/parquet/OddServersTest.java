package io.earthembed.parquet;

import static io.earthembed.testkit.ImageryStoreContract.tile;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that do what servers of files seldom do, and may. */
final class OddServersTest {
  @TempDir Path folder = Path.of(".");
  private final List<HttpServer> servers = new java.util.ArrayList<>();

  @AfterEach
  void stop() {
    for (HttpServer server : servers) server.stop(0);
  }

  private URI serve(HttpHandler handler) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", handler);
    server.start();
    servers.add(server);
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  private byte[] shard(String name, int row) throws IOException {
    return Files.readAllBytes(TestShards.write(folder.resolve(name), List.of(tile(row))));
  }

  /** Returns the requested range: the first byte, and the one after the last. */
  private static int[] range(HttpExchange exchange, int length) {
    String[] ends =
        String.valueOf(exchange.getRequestHeaders().getFirst("Range")).substring(6).split("-", 2);
    if (ends[0].isEmpty()) {
      return new int[] {Math.max(0, length - Integer.parseInt(ends[1])), length};
    }
    return new int[] {Integer.parseInt(ends[0]), Integer.parseInt(ends[1]) + 1};
  }

  private static byte[] header(HttpExchange exchange, byte[] file) {
    int[] range = range(exchange, file.length);
    exchange.getResponseHeaders().set("ETag", "\"the same\"");
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + range[0] + "-" + (range[1] - 1) + "/" + file.length);
    return Arrays.copyOfRange(file, range[0], range[1]);
  }

  private static void answer(HttpExchange exchange, byte[] file) throws IOException {
    byte[] part = header(exchange, file);
    exchange.sendResponseHeaders(206, part.length);
    try (exchange;
        OutputStream body = exchange.getResponseBody()) {
      body.write(part);
    }
  }

  /** The files have equal paths and even equal ETags; the cache on disk must not confuse them. */
  @Test
  void filesThatDifferInTheirQueryAlone() throws Exception {
    byte[] one = shard("one.parquet", 1);
    byte[] two = shard("two.parquet", 2);
    URI base =
        serve(
            exchange ->
                answer(exchange, "f=1".equals(exchange.getRequestURI().getQuery()) ? one : two));
    StoreOptions options = StoreOptions.builder().cache(folder.resolve("cache"), 1 << 28).build();
    for (int round = 0; round < 2; round++) {
      try (ParquetImageryStore store = ParquetImageryStore.open(options)) {
        for (int f = 1; f <= 2; f++) {
          TileRef ref = new TileRef(base.resolve("get?f=" + f), 0);
          assertEquals("S2X_TEST_" + f, store.fetch(ref, TileParts.THUMBNAIL).productId());
        }
        if (round == 1) assertEquals(0, store.stats().requests(), "both are on disk");
      }
    }
  }

  /** The target of an earlier redirect is gone, or answers with something else. */
  @Test
  void aRedirectThatLeadsElsewhereLater() throws Exception {
    byte[] file = shard("shard.parquet", 3);
    AtomicReference<URI> place = new AtomicReference<>();
    AtomicInteger asked = new AtomicInteger();
    URI hub =
        serve(
            exchange -> {
              asked.incrementAndGet();
              exchange.getResponseHeaders().set("Location", String.valueOf(place.get()));
              exchange.sendResponseHeaders(302, -1);
              exchange.close();
            });
    AtomicInteger status = new AtomicInteger(206);
    HttpHandler moody =
        exchange -> {
          if (status.get() == 206) {
            answer(exchange, file);
            return;
          }
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        };
    URI good = serve(exchange -> answer(exchange, file)).resolve("b");
    TileRef ref = new TileRef(hub.resolve("shard.parquet"), 0);
    for (int wrong : new int[] {200, 503, 410, 0}) {
      URI bad = serve(moody).resolve("a");
      HttpServer server = servers.get(servers.size() - 1);
      status.set(206);
      place.set(bad);
      try (ParquetImageryStore store = ParquetImageryStore.open()) {
        store.fetch(ref, TileParts.THUMBNAIL);
        place.set(good);
        status.set(wrong);
        if (wrong == 0) server.stop(0);
        int before = asked.get();
        assertEquals("S2X_TEST_3", store.fetch(ref, TileParts.THUMBNAIL).productId(), "" + wrong);
        assertEquals(1, asked.get() - before, "the hub is asked once more");
      }
    }
  }

  /** All bytes arrive, but not the end of the reply. */
  @Test
  void aReplyThatLosesItsEnd() throws Exception {
    byte[] file = shard("shard.parquet", 4);
    AtomicInteger cut = new AtomicInteger();
    URI base =
        serve(
            exchange -> {
              byte[] part = header(exchange, file);
              exchange.sendResponseHeaders(206, 0); // in chunks
              OutputStream body = exchange.getResponseBody();
              body.write(part);
              body.flush();
              cut.incrementAndGet();
              // The exchange is thrown away without its last chunk.
              throw new IOException("gone");
            });
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      TileRef ref = new TileRef(base.resolve("shard.parquet"), 0);
      assertEquals("S2X_TEST_4", store.fetch(ref, TileParts.THUMBNAIL).productId());
      assertEquals(store.stats().requests(), cut.get());
      assertEquals(0, store.stats().retries());
    }
  }

  @Test
  void aServerThatIsNotThere() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    TileRef ref = new TileRef(URI.create("http://127.0.0.1:" + port + "/x.parquet"), 0);
    try (ParquetImageryStore store =
        ParquetImageryStore.open(StoreOptions.builder().attempts(2).build())) {
      RangeReadException e =
          assertThrows(RangeReadException.class, () -> store.fetch(ref, TileParts.THUMBNAIL));
      assertTrue(e.getMessage().endsWith(": connection refused"), e.getMessage());
    }
  }

  /** A thread that waits for another thread's footer can be interrupted too. */
  @Test
  void aSilentServerKeepsNobodyWhoIsInterrupted() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    URI base =
        serve(
            exchange -> {
              asked.countDown();
              try {
                over.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              exchange.close();
            });
    TileRef ref = new TileRef(base.resolve("x.parquet"), 0);
    StoreOptions patient =
        StoreOptions.builder().attempts(1).timeout(Duration.ofSeconds(100)).build();
    try (ParquetImageryStore store = ParquetImageryStore.open(patient)) {
      Thread first = new Thread(() -> fails(store, ref));
      first.start();
      asked.await();
      AtomicReference<Throwable> end = new AtomicReference<>();
      Thread second =
          new Thread(
              () -> {
                end.set(fails(store, ref));
                if (!Thread.currentThread().isInterrupted()) end.set(null);
              });
      second.start();
      while (second.getState() != Thread.State.WAITING) Thread.sleep(1);
      second.interrupt();
      second.join(30_000);
      assertNotNull(end.get(), "it ends, its interrupt status kept");
      first.interrupt();
      first.join(30_000);
      assertFalse(first.isAlive());
    } finally {
      over.countDown();
    }
  }

  private static EarthEmbedException fails(ParquetImageryStore store, TileRef ref) {
    return assertThrows(EarthEmbedException.class, () -> store.fetch(ref, TileParts.THUMBNAIL));
  }

  /** An application's own tasks occupy every thread of the common pool. */
  @Test
  void readingNeedsNoThreadOfTheCommonPool() throws Exception {
    byte[] file = shard("shard.parquet", 7);
    URI base = serve(exchange -> answer(exchange, file));
    CountDownLatch over = new CountDownLatch(1);
    try (ParquetImageryStore store =
        ParquetImageryStore.open(StoreOptions.builder().attempts(1).build())) {
      for (int i = 0; i < Math.max(1, ForkJoinPool.getCommonPoolParallelism()); i++) {
        ForkJoinPool.commonPool()
            .execute(
                () -> {
                  try {
                    over.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
      }
      TileRef ref = new TileRef(base.resolve("shard.parquet"), 0);
      assertEquals("S2X_TEST_7", store.fetch(ref, TileParts.THUMBNAIL).productId());
    } finally {
      over.countDown();
    }
  }

  /** Reads of several tiles are checked against the index like single reads. */
  @Test
  void aShardThatIsAnotherThanTheIndexSays() throws Exception {
    shard("shard.parquet", 5);
    try (RangeServer server = RangeServer.start(folder)) {
      URI url = server.url("shard.parquet");
      TileRef ref =
          MetadataIndex.builder()
              .addShard(url, List.of("B02"))
              .build()
              .find(tile(5).cell(), tile(5).productId())
              .orElseThrow();
      shard("shard.parquet", 6);
      TileParts parts = new TileParts(java.util.Set.of(io.earthembed.image.Band.B02), true);
      try (ParquetImageryStore store = ParquetImageryStore.open()) {
        String alone =
            assertThrows(EarthEmbedException.class, () -> store.fetch(ref, parts)).getMessage();
        assertTrue(alone.contains("as the index says"), alone);
        Throwable together = store.fetchAll(List.of(ref), parts).get(0).failure();
        assertTrue(
            together != null && String.valueOf(together.getMessage()).equals(alone), "" + together);
      }
    }
  }
}
