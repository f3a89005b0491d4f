package io.earthembed.parquet;

import static io.earthembed.testkit.ImageryStoreContract.assertSamePixels;
import static io.earthembed.testkit.ImageryStoreContract.tile;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.earthembed.common.RangeReadException;
import io.earthembed.demo.http.Fault;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.hub.Endpoint;
import io.earthembed.hub.Hub;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Tests HTTP reads: their pieces, their authorisation, and failures. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TransportTest {
  private static final int SIDE = 1_600;

  @TempDir static Path folder = Path.of(".");
  private RangeServer server = RangeServer.start(Path.of("."));
  private TileRef large = new TileRef(URI.create("none"), 0);

  /** A band of some 5 MB of noise, which does not deflate. */
  @BeforeAll
  void writeShard() throws IOException {
    server.close();
    server = RangeServer.start(folder);
    Files.createDirectories(folder.resolve("datasets/a/b/resolve/main"));
    TestShards.writeBand(
        folder.resolve("large.parquet"), TestShards.noise(SIDE), List.of(tile(0), tile(0)));
    Files.copy(
        folder.resolve("large.parquet"), folder.resolve("datasets/a/b/resolve/main/s.parquet"));
    large = new TileRef(server.url("large.parquet"), 0);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  /** Does not wait long for the rest of a cut body. */
  private static final StoreOptions QUICK =
      StoreOptions.builder().timeout(Duration.ofMillis(1_500)).build();

  private static ParquetImageryStore open(StoreOptions options) {
    return ParquetImageryStore.open(options);
  }

  private static byte[] band(ParquetImageryStore store, TileRef ref) {
    return Objects.requireNonNull(store.fetchStored(ref, List.of("B02")).get("B02"));
  }

  @Test
  void goesOnWhereABodyWasCut() {
    try (ParquetImageryStore store = open(QUICK)) {
      byte[] whole = band(store, large);
      FetchStats before = store.stats();
      server.fail(Fault.CUT_BODY, Fault.CUT_BODY, Fault.CUT_BODY);
      assertArrayEquals(whole, band(store, large));
      FetchStats cost = store.stats().since(before);
      // A busy machine may be silent for a moment itself, and that is tried again too.
      assertTrue(cost.retries() >= 3, cost.toString());
      assertEquals(cost.bytesWanted(), cost.bytesRead(), "nothing came twice");
    }
  }

  @Test
  void takesNothingOfAnotherStateOfTheFile() {
    try (ParquetImageryStore store = open(QUICK)) {
      byte[] whole = band(store, large);
      // Half of it arrives; then the file seems to be another; then everything is normal again.
      server.fail(Fault.CUT_BODY, Fault.NEW_ETAG);
      assertArrayEquals(whole, band(store, large));
      // And the same in the midst of the footer.
      try (ParquetImageryStore fresh = open(QUICK)) {
        server.fail(Fault.CUT_BODY, Fault.NEW_ETAG);
        assertArrayEquals(whole, band(fresh, large));
      }
    }
  }

  @Test
  void dividesALargeReadAmongSlowConnectionsOnly() {
    try (ParquetImageryStore store = open(QUICK)) {
      byte[] whole = band(store, large);
      // A machine that is busy with other things may make any read slow, but not all of them.
      FetchStats before = store.stats();
      long fewest = Long.MAX_VALUE;
      for (int i = 0; i < 30 && fewest > 1; i++) {
        before = store.stats();
        assertArrayEquals(whole, band(store, large));
        fewest = Math.min(fewest, store.stats().since(before).requests());
      }
      assertEquals(1, fewest, "fast");
      server.setBandwidth(10_000_000);
      long most = 0;
      for (int i = 0; i < 30 && most < 4; i++) { // until it is noticed
        before = store.stats();
        assertArrayEquals(whole, band(store, large));
        FetchStats cost = store.stats().since(before);
        assertEquals(cost.bytesWanted(), cost.bytesRead());
        most = Math.max(most, cost.requests() - cost.retries());
      }
      assertEquals(4, most, "slow");
      server.fail(Fault.CUT_BODY, Fault.UNAVAILABLE, Fault.WRONG_RANGE);
      assertArrayEquals(whole, band(store, large), "with faults");
    } finally {
      server.setBandwidth(Long.MAX_VALUE);
    }
  }

  @Test
  void waitsAsLongAsItIsAskedTo() {
    try (ParquetImageryStore store = open(StoreOptions.defaults())) {
      band(store, large);
      long start = System.nanoTime();
      server.fail(Fault.RETRY_IN_A_SECOND);
      band(store, large);
      assertTrue(System.nanoTime() - start >= 1_000_000_000L, "a second");
      start = System.nanoTime();
      server.fail(Fault.RETRY_AT_A_DATE);
      band(store, large);
      // The date has no fractions of a second.
      assertTrue(System.nanoTime() - start >= 900_000_000L, "until the date");
    }
  }

  @Test
  void doesNotWaitLongerThanItMay() {
    StoreOptions hurried = StoreOptions.builder().deadline(Duration.ofSeconds(20)).build();
    try (ParquetImageryStore store = open(hurried)) {
      band(store, large);
      server.fail(Fault.RETRY_IN_AN_HOUR);
      long start = System.nanoTime();
      RangeReadException e = assertThrows(RangeReadException.class, () -> band(store, large));
      assertTrue(System.nanoTime() - start < 15_000_000_000L, "said at once");
      assertEquals(429, e.status());
      assertTrue(e.getMessage().contains("PT20S"), e.getMessage());
    }
    StoreOptions short1 = StoreOptions.builder().deadline(Duration.ofSeconds(3)).build();
    try (ParquetImageryStore store = open(short1)) {
      band(store, large);
      server.fail(Fault.STALL);
      assertThrows(RangeReadException.class, () -> band(store, large));
    }
  }

  /** A slow body may take longer than the allowed silence. */
  @Test
  void isPatientWithASlowServer() {
    // One connection: several would divide the body, and none of them be slow.
    StoreOptions impatient =
        StoreOptions.builder().timeout(Duration.ofMillis(2_500)).connectionsPerHost(1).build();
    try (ParquetImageryStore store = open(impatient)) {
      server.setBandwidth(1_500_000); // more than three seconds for the band
      long fewest = Long.MAX_VALUE;
      for (int i = 0; i < 3 && fewest > 0; i++) { // the machine itself may have been silent once
        FetchStats before = store.stats();
        assertEquals(large, store.fetch(large, TileParts.bands(Band.B02)).source());
        fewest = Math.min(fewest, store.stats().since(before).retries());
      }
      assertEquals(0, fewest);
    } finally {
      server.setBandwidth(Long.MAX_VALUE);
    }
  }

  @Test
  void namesTheRangeThatIsRefused() {
    // One connection: a read that is divided would take the faults of the next.
    try (ParquetImageryStore store = open(StoreOptions.builder().connectionsPerHost(1).build())) {
      band(store, large);
      server.fail(Fault.UNSATISFIABLE);
      RangeReadException e = assertThrows(RangeReadException.class, () -> band(store, large));
      assertEquals(416, e.status());
      assertTrue(e.offset() > 0 && e.getMessage().contains("large.parquet"), e.getMessage());
      server.fail(Fault.UNAUTHORISED);
      e = assertThrows(RangeReadException.class, () -> band(store, large));
      assertTrue(e.getMessage().contains("token"), e.getMessage());
    }
  }

  @Test
  void asksAServerForNoMoreThanItMayAtOnce() throws Exception {
    List<TileRef> refs = new ArrayList<>(Collections.nCopies(24, large));
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    HttpServer counting = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    counting.setExecutor(java.util.concurrent.Executors.newCachedThreadPool());
    counting.createContext(
        "/",
        exchange -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          try {
            Thread.sleep(30);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          now.decrementAndGet();
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    counting.start();
    StoreOptions few = StoreOptions.builder().parallelism(12).connectionsPerHost(3).build();
    try (ParquetImageryStore store = open(few)) {
      refs.replaceAll(
          ref ->
              new TileRef(
                  URI.create(
                      "http://127.0.0.1:" + counting.getAddress().getPort() + "/" + Math.random()),
                  0));
      store.fetchAll(refs, TileParts.THUMBNAIL);
      assertTrue(most.get() == 2 || most.get() == 3, most + " at once");
    } finally {
      counting.stop(0);
    }
  }

  /** The hub requires its token and redirects to a storage, which must not see it. */
  @Test
  void sendsATokenToItsHubAndToNobodyElse() throws Exception {
    List<String> atStorage = Collections.synchronizedList(new ArrayList<>());
    List<String> atHub = Collections.synchronizedList(new ArrayList<>());
    HttpServer hub = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    HttpServer storage = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    storage.createContext(
        "/",
        exchange -> {
          atStorage.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          exchange
              .getResponseHeaders()
              .set("Location", server.url("datasets/a/b/resolve/main/s.parquet").toString());
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    hub.createContext(
        "/",
        exchange -> {
          atHub.add(
              exchange.getRequestURI().getPath()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          exchange
              .getResponseHeaders()
              .set("Location", "http://127.0.0.1:" + storage.getAddress().getPort() + "/x?signed");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    hub.start();
    storage.start();
    Endpoint endpoint =
        Endpoint.MODELSCOPE_CN.withBase("http://127.0.0.1:" + hub.getAddress().getPort());
    ShardAccess access =
        ShardAccess.of(Hub.builder().endpoint(endpoint).token("secret-of-the-hub").build());
    URI published = URI.create("https://huggingface.co/datasets/a/b/resolve/main/s.parquet");
    try (ParquetImageryStore store = ParquetImageryStore.open(StoreOptions.defaults(), access)) {
      assertEquals(
          tile(0).productId(),
          store.fetch(new TileRef(published, 1), TileParts.THUMBNAIL).productId());
      assertEquals(
          List.of("/datasets/a/b/resolve/master/s.parquet Bearer secret-of-the-hub"), atHub);
      assertEquals(List.of("null"), atStorage);
    } finally {
      hub.stop(0);
      storage.stop(0);
    }
  }

  /** No part of a signature is shown, for any redirect and any number of attempts. */
  @Test
  void showsNothingOfSignedAddressesThatLeadNowhere() throws Exception {
    String secret = "Signature=do-not-show";
    List<String> places =
        List.of(
            "http:///no/host?" + secret,
            "http://[?" + secret,
            "http://a b?" + secret,
            "ftp://somewhere/x?" + secret,
            "http://127.0.0.1:1/x?" + secret,
            "http://user:pass@?" + secret,
            "//?" + secret,
            "");
    AtomicInteger next = new AtomicInteger();
    HttpServer hub = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    hub.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Location", places.get(next.get()));
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    hub.start();
    URI url = URI.create("http://127.0.0.1:" + hub.getAddress().getPort() + "/s.parquet?" + secret);
    StoreOptions once = StoreOptions.builder().attempts(1).build();
    try (ParquetImageryStore store = open(once)) {
      for (; next.get() < places.size(); next.incrementAndGet()) {
        String place = "redirected to " + places.get(next.get());
        RangeReadException e =
            assertThrows(RangeReadException.class, () -> band(store, new TileRef(url, 0)), place);
        assertShowsNothing(e, place);
        assertTrue(e.getMessage().contains("/s.parquet"), e.getMessage());
      }
      URI nowhere = URI.create("http:/no/host?" + secret);
      assertShowsNothing(
          assertThrows(IllegalArgumentException.class, () -> band(store, new TileRef(nowhere, 0))),
          "no host");
    } finally {
      hub.stop(0);
    }
  }

  private static void assertShowsNothing(Throwable e, String what) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    assertFalse(trace.toString().contains("do-not-show"), () -> what + ": " + trace);
  }

  /** Nonsense about lengths and dates counts as a failure of the server, nothing worse. */
  @Test
  void takesNumbersBeyondAllMeasureForFaults() throws Exception {
    List<String[]> replies =
        List.of(
            new String[] {"206", "Content-Range", "bytes 0-1/99999999999999999999999"},
            new String[] {"416", "Content-Range", "bytes */99999999999999999999999"},
            new String[] {"503", "Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"},
            new String[] {"503", "Retry-After", "999999"});
    AtomicInteger next = new AtomicInteger();
    HttpServer liar = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    liar.createContext(
        "/",
        exchange -> {
          String[] reply = replies.get(next.get());
          exchange.getResponseHeaders().set(reply[1], reply[2]);
          exchange.sendResponseHeaders(Integer.parseInt(reply[0]), -1);
          exchange.close();
        });
    liar.start();
    URI url = URI.create("http://127.0.0.1:" + liar.getAddress().getPort() + "/s.parquet");
    try (ParquetImageryStore store = open(StoreOptions.builder().attempts(2).build())) {
      for (; next.get() < replies.size(); next.incrementAndGet()) {
        assertThrows(
            RangeReadException.class,
            () -> band(store, new TileRef(url, 0)),
            replies.get(next.get())[2]);
      }
    } finally {
      liar.stop(0);
    }
  }

  /** Pauses grow, but not without end: the hundredth attempt is one like another. */
  @Test
  void triesAsOftenAsItIsTold() {
    StoreOptions often =
        StoreOptions.builder().attempts(100).deadline(Duration.ofSeconds(100)).build();
    try (ParquetImageryStore store = open(often)) {
      byte[] whole = band(store, large);
      server.fail(Collections.nCopies(80, Fault.UNAVAILABLE).toArray(new Fault[0]));
      assertArrayEquals(whole, band(store, large));
    }
  }

  /** AWS's SDK signs the address; its messages never show the signature. */
  @Test
  void readsS3ThroughSignedAddressesAndSignsAnew() {
    AtomicInteger signed = new AtomicInteger();
    S3Presigner presigner =
        S3Presigner.builder()
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
            .endpointOverride(server.url(""))
            .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
            .build();
    try (S3Access s3 = S3Access.of(presigner, Duration.ofHours(1))) {
      URI shard = URI.create("s3://datasets/a/b/resolve/main/s.parquet");
      URI address = s3.address(shard);
      assertTrue(address.getQuery().contains("X-Amz-Signature="), address.toString());
      ShardAccess counting =
          new ShardAccess() {
            @Override
            public URI address(URI url) {
              return URI.create(s3.address(url) + "&n=" + signed.incrementAndGet());
            }

            @Override
            public Optional<String> authorization(URI url) {
              return s3.authorization(url);
            }
          };
      try (ParquetImageryStore store =
          ParquetImageryStore.open(StoreOptions.defaults(), counting)) {
        Tile tile = store.fetch(new TileRef(shard, 0), TileParts.THUMBNAIL);
        assertEquals(tile(0).productId(), tile.productId());
        int before = signed.get();
        server.fail(Fault.FORBIDDEN);
        store.fetch(new TileRef(shard, 1), TileParts.THUMBNAIL);
        assertEquals(before + 1, signed.get(), "signed anew");
        server.fail(Fault.FORBIDDEN, Fault.FORBIDDEN);
        RangeReadException e =
            assertThrows(
                RangeReadException.class,
                () -> store.fetch(new TileRef(shard, 1), TileParts.THUMBNAIL));
        assertEquals(403, e.status());
        assertFalse(e.toString().contains("Signature"), e.toString());
        assertTrue(e.getMessage().contains("s3://datasets/a/b"), e.getMessage());
      }
      assertThrows(IllegalArgumentException.class, () -> s3.address(URI.create("s3://bucket")));
      assertThrows(IllegalArgumentException.class, () -> S3Access.of(presigner, Duration.ZERO));
    }
  }

  /** A server that resets every second connection during its reply, observed on the wire. */
  @Test
  void getsOverResetsAndSpeaksHttp11() throws Exception {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    byte[] file = Files.readAllBytes(folder.resolve("large.parquet"));
    try (ServerSocket socket = new ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress())) {
      Thread raw = new Thread(() -> serve(socket, file, asked));
      raw.setDaemon(true);
      raw.start();
      URI url = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/large.parquet");
      try (ParquetImageryStore store = open(StoreOptions.defaults());
          ParquetImageryStore other = open(StoreOptions.defaults())) {
        assertArrayEquals(band(other, large), band(store, new TileRef(url, 0)));
        assertTrue(store.stats().retries() >= 1, "none was reset");
      }
    }
    for (String request : asked) {
      assertTrue(request.startsWith("GET /large.parquet HTTP/1.1"), request);
      assertFalse(request.toLowerCase(java.util.Locale.ROOT).contains("upgrade"), request);
    }
  }

  private static void serve(ServerSocket socket, byte[] file, List<String> asked) {
    for (int connection = 0; !socket.isClosed(); connection++) {
      try (Socket client = socket.accept()) {
        byte[] buffer = new byte[8_192];
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
          int n = client.getInputStream().read(buffer);
          if (n < 0) break;
          request.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
        }
        asked.add(request.toString());
        String range = request.substring(request.indexOf("bytes=") + 6).split("\r\n", 2)[0];
        String[] ends = range.split("-", 2);
        int from =
            ends[0].isEmpty()
                ? Math.max(0, file.length - Integer.parseInt(ends[1]))
                : Integer.parseInt(ends[0]);
        int to = ends[0].isEmpty() ? file.length : Integer.parseInt(ends[1]) + 1;
        String head =
            "HTTP/1.1 206 Partial Content\r\n"
                + "Connection: close\r\n"
                + "ETag: \"e\"\r\n"
                + "Content-Range: bytes "
                + from
                + "-"
                + (to - 1)
                + "/"
                + file.length
                + "\r\nContent-Length: "
                + (to - from)
                + "\r\n\r\n";
        client.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        boolean reset = connection % 2 == 0;
        client.getOutputStream().write(file, from, reset ? (to - from) / 2 : to - from);
        client.getOutputStream().flush();
        if (reset) {
          Thread.sleep(50);
          client.setSoLinger(true, 0); // closing sends a reset
        }
      } catch (IOException e) {
        // The client has gone, or the test is over.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Test
  void thumbnailsOfTheSameTileAreTheSame() {
    try (ParquetImageryStore store = open(StoreOptions.defaults())) {
      Raster picture = Objects.requireNonNull(store.fetch(large, TileParts.THUMBNAIL).thumbnail());
      assertSamePixels(tile(0).thumbnail(), picture, "thumbnail");
    }
  }
}
