package io.earthembed.parquet;

import static io.earthembed.testkit.ImageryStoreContract.tile;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.demo.http.Fault;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.hub.Endpoint;
import io.earthembed.hub.Hub;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A signed address and a token, and everything that goes wrong on the way: neither is in a stack
 * trace, on the console, in a log or on the disk. This module logs nothing of its own, which a rule
 * of the architecture holds it to.
 */
final class SecretsTest {
  private static final String SECRET = "do-not-show";
  private static final String SHARD = "datasets/a/b/resolve/main/s.parquet";

  @TempDir Path folder = Path.of(".");
  @TempDir Path cache = Path.of(".");

  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ConcurrentLinkedQueue<String> logged = new ConcurrentLinkedQueue<>();
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          // The JDK's client writes everything to its debug log, once that is turned on. And its
          // server is the other side.
          String name = String.valueOf(line.getLoggerName());
          if (name.startsWith("jdk.") || name.startsWith("com.sun.net.httpserver")) return;
          logged.add(line.getMessage() + " " + line.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private @Nullable Level level;
  private RangeServer server = RangeServer.start(Path.of("."));

  @BeforeEach
  void writeShard() throws IOException {
    server.close();
    server = RangeServer.start(folder);
    Files.createDirectories(folder.resolve(SHARD).getParent());
    Raster band = Raster.allocate(64, 64, 1, SampleType.UINT16);
    TestShards.writeBand(folder.resolve(SHARD), band, List.of(tile(0)));
    Logger.getLogger("").addHandler(listener);
    level = Logger.getLogger("").getLevel();
    Logger.getLogger("").setLevel(Level.ALL);
    PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
  }

  @AfterEach
  void stop() {
    System.setOut(out);
    System.setErr(err);
    Logger.getLogger("").removeHandler(listener);
    Logger.getLogger("").setLevel(level);
    server.close();
  }

  private URI signed(URI url) {
    return URI.create(
        url.toString().replace("http://", "http://me:" + SECRET + "@") + "?Signature=" + SECRET);
  }

  private ParquetImageryStore open(StoreOptions options, RangeServer hub) {
    String base = hub.url("").toString().replaceAll("/$", "");
    return ParquetImageryStore.open(
        options,
        ShardAccess.of(
            Hub.builder().endpoint(Endpoint.HUGGING_FACE.withBase(base)).token(SECRET).build()));
  }

  private static void assertSilent(Throwable e, String what) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    assertFalse(trace.toString().contains(SECRET), () -> what + ": " + trace);
    assertTrue(e instanceof EarthEmbedException, () -> what + ": " + trace);
  }

  private void assertNothingLeft() throws IOException {
    assertFalse(printed.toString(StandardCharsets.UTF_8).contains(SECRET), "printed");
    for (String line : logged) assertFalse(line.contains(SECRET), line);
    try (Stream<Path> files = Files.walk(cache)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        assertFalse(file.toString().contains(SECRET), file.toString());
        if (!Files.isRegularFile(file)) continue;
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(text.contains(SECRET), "in " + file);
      }
    }
  }

  @Test
  void noFaultOfAServerBringsThemOut() throws Exception {
    StoreOptions options =
        StoreOptions.builder()
            .attempts(2)
            .timeout(Duration.ofMillis(500))
            .cache(cache, 1 << 24)
            .build();
    Set<Fault> seen = new TreeSet<>();
    URI url = signed(server.url(SHARD));
    for (Fault fault : Fault.values()) {
      // A new store, because an earlier one's knowledge of a shard would save requests.
      try (ParquetImageryStore store =
          open(options.toBuilder().cache(cache.resolve("" + fault), 1).build(), server)) {
        server.fail(Collections.nCopies(8, fault).toArray(new Fault[0]));
        try {
          store.fetch(new TileRef(url, 0), TileParts.THUMBNAIL);
        } catch (RuntimeException e) {
          assertSilent(e, fault.toString());
          seen.add(fault);
        }
      }
      server.close();
      server = RangeServer.start(folder);
      url = signed(server.url(SHARD));
    }
    assertTrue(seen.size() >= 12, "failed: " + seen);
    try (ParquetImageryStore store =
        open(options.toBuilder().timeout(StoreOptions.defaults().timeout()).build(), server)) {
      assertNotNull(store.fetch(new TileRef(url, 0), TileParts.THUMBNAIL).thumbnail());
      TileRef beyond = new TileRef(url, 7);
      Throwable e =
          assertThrows(
              IllegalArgumentException.class, () -> store.fetch(beyond, TileParts.THUMBNAIL));
      assertSilent(new EarthEmbedException("as a cause", e), "no such row group");
    }
    try (Stream<Path> files = Files.walk(cache)) {
      assertTrue(files.anyMatch(file -> file.toString().endsWith(".entry")), "nothing is cached");
    }
    URI missing = signed(server.url("none.parquet"));
    assertSilent(
        assertThrows(RuntimeException.class, () -> GeoParquetDataset.open(List.of(missing), null)),
        "no dataset");
    URI shard = signed(server.url(SHARD));
    assertSilent(
        assertThrows(RuntimeException.class, () -> GeoParquetDataset.open(List.of(shard), null)),
        "another kind of file");
    assertNothingLeft();
  }

  /** Replies that are not HTTP, or never end. */
  @Test
  void noBrokenConnectionBringsThemOut() throws Exception {
    StoreOptions options =
        StoreOptions.builder().attempts(2).timeout(Duration.ofMillis(500)).build();
    List<String> replies =
        List.of(
            "",
            "nonsense\r\n\r\n",
            "HTTP/1.1 99999 ?\r\n\r\n",
            "HTTP/1.1 206 Partial\r\nContent-Length: many\r\n\r\n",
            "HTTP/1.1 206 Partial\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 206 Partial\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 206 Partial\r\nno header\r\n\r\n",
            "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 407 Proxy\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: http://h:99999/?" + SECRET + "\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: http://me:" + SECRET + "@h:x/\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: //?" + SECRET + "\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: http://" + SECRET + "%zz\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: mailto:" + SECRET + "\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: http://nowhere.invalid/?" + SECRET + "\r\n\r\n");
    AtomicReference<String> reply = new AtomicReference<>("");
    ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(() -> answer(socket, reply));
    thread.setDaemon(true);
    thread.start();
    URI url = signed(URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/" + SHARD));
    for (String text : replies) {
      reply.set(text);
      try (ParquetImageryStore store = open(options, server)) {
        assertSilent(
            assertThrows(
                RuntimeException.class,
                () -> store.fetch(new TileRef(url, 0), TileParts.THUMBNAIL)),
            text);
      }
    }
    socket.close();
    try (ParquetImageryStore store = open(options, server)) {
      assertSilent(
          assertThrows(
              RuntimeException.class, () -> store.fetch(new TileRef(url, 0), TileParts.THUMBNAIL)),
          "nobody listens");
    }
    assertNothingLeft();
  }

  private static void answer(ServerSocket socket, AtomicReference<String> reply) {
    while (!socket.isClosed()) {
      try (Socket connection = socket.accept()) {
        connection.getInputStream().read(new byte[1 << 14]);
        OutputStream out = connection.getOutputStream();
        out.write(Objects.requireNonNull(reply.get()).getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
      } catch (IOException e) {
        // Closed by the one side or the other.
      }
    }
  }

  /** The hub's token is not sent to another name or port after a redirect. */
  @Test
  void theTokenGoesToNoOtherHost() throws Exception {
    for (String host : List.of("localhost", "127.0.0.1")) {
      AtomicReference<@Nullable String> elsewhere = new AtomicReference<>();
      AtomicReference<@Nullable String> here = new AtomicReference<>();
      HttpServer other =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      other.createContext(
          "/",
          exchange -> {
            elsewhere.set(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
          });
      other.start();
      HttpServer first =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      String to = "http://" + host + ":" + other.getAddress().getPort() + "/x?" + SECRET;
      first.createContext(
          "/",
          exchange -> {
            here.set(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.getResponseHeaders().set("Location", to);
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
          });
      first.start();
      String base = "http://127.0.0.1:" + first.getAddress().getPort();
      Hub hub = Hub.builder().endpoint(Endpoint.HUGGING_FACE.withBase(base)).token(SECRET).build();
      try (ParquetImageryStore store =
          ParquetImageryStore.open(StoreOptions.defaults(), ShardAccess.of(hub))) {
        TileRef tile = new TileRef(URI.create(base + "/" + SHARD), 0);
        assertSilent(
            assertThrows(RuntimeException.class, () -> store.fetch(tile, TileParts.THUMBNAIL)),
            host);
      } finally {
        first.stop(0);
        other.stop(0);
      }
      assertEquals("Bearer " + SECRET, here.get());
      assertNull(elsewhere.get(), host);
    }
  }

  @Test
  void readsFromTheHostsItMayAndFromNoOthers() throws Exception {
    Path local = folder.resolve(SHARD);
    ShardAccess held = ShardAccess.DIRECT.onlyFrom(Set.of("127.0.0.1"));
    try (ParquetImageryStore store = ParquetImageryStore.open(StoreOptions.defaults(), held)) {
      store.fetch(new TileRef(server.url(SHARD), 0), TileParts.THUMBNAIL);
      URI sameByAnotherName =
          URI.create(server.url(SHARD).toString().replace("127.0.0.1", "localhost"));
      for (URI url : List.of(local.toUri(), sameByAnotherName)) {
        long before = server.requests();
        EarthEmbedException e =
            assertThrows(
                EarthEmbedException.class,
                () -> store.fetch(new TileRef(url, 0), TileParts.THUMBNAIL),
                url.toString());
        assertTrue(e.getMessage().contains("may"), e.getMessage());
        assertEquals(before, server.requests(), "asked all the same");
      }
    }
    HttpServer first =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    first.createContext(
        "/",
        exchange -> {
          String to = server.url(SHARD).toString().replace("127.0.0.1", "localhost");
          exchange.getResponseHeaders().set("Location", to);
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    first.start();
    URI leadsOn = URI.create("http://127.0.0.1:" + first.getAddress().getPort() + "/s.parquet");
    try (ParquetImageryStore store = ParquetImageryStore.open(StoreOptions.defaults(), held);
        ParquetImageryStore free = ParquetImageryStore.open(StoreOptions.defaults())) {
      long before = server.requests();
      EarthEmbedException e =
          assertThrows(
              EarthEmbedException.class,
              () -> store.fetch(new TileRef(leadsOn, 0), TileParts.THUMBNAIL));
      assertTrue(e.getMessage().contains("localhost is no host"), e.getMessage());
      assertEquals(before, server.requests(), "followed all the same");
      assertNotNull(free.fetch(new TileRef(leadsOn, 0), TileParts.THUMBNAIL).thumbnail());
    } finally {
      first.stop(0);
    }
  }
}
