package io.earthembed.parquet;

import static io.earthembed.testkit.ImageryStoreContract.tile;
import static io.earthembed.testkit.http.RawServer.head;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.testkit.http.RawServer;
import io.earthembed.testkit.http.RawServer.Handler;
import io.earthembed.testkit.http.RawServer.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that answer range requests in another way than most, bytes as they send them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OtherServersTest {
  private static final String ETAG = "ETag: \"v1\"";
  private static final String MODIFIED = "Last-Modified: Tue, 05 Mar 2024 10:00:00 GMT";
  private static final String DATE = "Date: Wed, 06 Mar 2024 10:00:00 GMT";

  /** Three shards: of some 30 KB, the same of another tile, and of some 5 MB. */
  private static byte[] small = {};

  private static byte[] other = {};
  private static byte[] large = {};

  @TempDir static Path folder = Path.of(".");

  private static final StoreOptions QUICK =
      StoreOptions.builder().attempts(2).timeout(Duration.ofSeconds(5)).tailGuess(64 << 10).build();

  @BeforeAll
  void write() throws IOException {
    small = Files.readAllBytes(TestShards.write(folder.resolve("a"), List.of(tile(0), tile(1))));
    other = Files.readAllBytes(TestShards.write(folder.resolve("b"), List.of(tile(2), tile(3))));
    Path file =
        TestShards.writeBand(
            folder.resolve("c"), TestShards.noise(1_200), List.of(tile(0), tile(1)));
    large = Files.readAllBytes(file);
  }

  /** A server's way to answer, which must give the bytes of the file. */
  private record Manner(String name, Handler small, Handler large) {
    @Override
    public String toString() {
      return name;
    }
  }

  private interface Way {
    void answer(byte[] file, Request request, OutputStream reply)
        throws IOException, InterruptedException;
  }

  private static Manner manner(String name, Way way) {
    return new Manner(
        name,
        (request, reply) -> way.answer(small, request, reply),
        (request, reply) -> way.answer(large, request, reply));
  }

  private static void part(
      OutputStream reply, byte[] file, int from, int to, String contentRange, String... headers)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("Content-Length: " + (to - from));
    all.add(contentRange);
    head(reply, "206 Partial Content", all.toArray(String[]::new));
    reply.write(file, from, to - from);
  }

  /** As most do. */
  private static void usual(byte[] file, Request request, OutputStream reply, String... headers)
      throws IOException {
    int[] r = request.range(file.length);
    String range = "Content-Range: bytes " + r[0] + "-" + (r[1] - 1) + "/" + file.length;
    part(reply, file, r[0], r[1], range, headers);
  }

  private static void whole(byte[] file, OutputStream reply, String... headers) throws IOException {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("Content-Length: " + file.length);
    head(reply, "200 OK", all.toArray(String[]::new));
    reply.write(file);
  }

  private static void chunked(byte[] bytes, OutputStream reply) throws IOException {
    for (int at = 0; at < bytes.length; at += 1_000) {
      int n = Math.min(1_000, bytes.length - at);
      reply.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      reply.write(bytes, at, n);
      reply.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    reply.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  private static Way spelled(String format) {
    return (file, request, reply) -> {
      int[] r = request.range(file.length);
      part(reply, file, r[0], r[1], String.format(format, r[0], r[1] - 1, file.length), ETAG);
    };
  }

  private static Way noSuffix(String status, String... headers) {
    return (file, request, reply) -> {
      if (request.isSuffix()) head(reply, status, headers);
      else usual(file, request, reply, ETAG);
    };
  }

  private static Way atMost(int bytes, String... headers) {
    return (file, request, reply) -> {
      int[] r = request.range(file.length);
      int to = Math.min(r[1], r[0] + bytes);
      String range = "Content-Range: bytes " + r[0] + "-" + (to - 1) + "/" + file.length;
      part(reply, file, r[0], to, range, headers);
    };
  }

  private static Way several(String before, String type) {
    return (file, request, reply) -> {
      int[] r = request.range(file.length);
      String header =
          before
              + "--xyz\r\nContent-Type: application/octet-stream\r\nContent-range: bytes "
              + (r[0] + "-" + (r[1] - 1) + "/" + file.length)
              + "\r\n\r\n";
      String end = "\r\n--xyz--\r\n";
      int length = header.length() + r[1] - r[0] + end.length();
      head(reply, "206 Partial Content", "Content-Type: " + type, "Content-Length: " + length);
      reply.write(header.getBytes(StandardCharsets.US_ASCII));
      reply.write(file, r[0], r[1] - r[0]);
      reply.write(end.getBytes(StandardCharsets.US_ASCII));
    };
  }

  private static Stream<Manner> manners() {
    String range = "Content-Range: bytes %d-%d/%d";
    return Stream.of(
        manner("usual", (file, request, reply) -> usual(file, request, reply, ETAG)),
        manner(
            "200 to a suffix",
            (file, request, reply) -> {
              if (request.isSuffix()) whole(file, reply, ETAG);
              else usual(file, request, reply, ETAG);
            }),
        manner(
            "200 to a suffix, in chunks",
            (file, request, reply) -> {
              if (request.isSuffix()) {
                head(reply, "200 OK", ETAG, "Transfer-Encoding: chunked");
                chunked(file, reply);
              } else {
                usual(file, request, reply, ETAG);
              }
            }),
        manner("400 to a suffix", noSuffix("400 Bad Request", "Content-Length: 0")),
        manner("405 to a suffix", noSuffix("405 No", "Content-Length: 3")),
        manner("416 to a suffix", noSuffix("416 No", "Content-Length: 0")),
        manner("416 to a suffix, *", noSuffix("416 No", "Content-Range: bytes */*")),
        manner("500 to a suffix", noSuffix("500 Oh", "Content-Length: 0")),
        manner("501 to a suffix", noSuffix("501 No", "Content-Length: 0")),
        manner("505 to a suffix", noSuffix("505 No", "Content-Length: 0")),
        manner(
            "no suffix, no length",
            (file, request, reply) -> {
              if (request.isSuffix()) {
                head(reply, "501 No", "Content-Length: 0");
                return;
              }
              int[] r = request.range(file.length);
              part(
                  reply,
                  file,
                  r[0],
                  r[1],
                  "Content-Range: bytes " + r[0] + "-" + (r[1] - 1) + "/*");
            }),
        manner("Bytes", spelled("Content-Range: Bytes %d-%d/%d")),
        manner("BYTES=", spelled("content-range:BYTES=%d-%d/%d")),
        manner("spaces", spelled("Content-Range:   bytes   %d - %d / %d  ")),
        manner("a length of *", spelled("Content-Range: bytes %d-%d/*")),
        manner("multipart", several("", "multipart/byteranges; boundary=xyz")),
        manner(
            "multipart, a line before", several("\r\n", "Multipart/ByteRanges;boundary=\"xyz\"")),
        manner("capped", atMost(900_000, ETAG)),
        manner("capped, unknown state", atMost(900_000)),
        manner(
            "capped at its end",
            (file, request, reply) -> {
              int[] r = request.range(file.length);
              int from = request.isSuffix() ? Math.max(r[0], file.length - 20_000) : r[0];
              part(
                  reply, file, from, r[1], String.format(range, from, r[1] - 1, file.length), ETAG);
            }),
        manner(
            "whole blocks",
            (file, request, reply) -> {
              int[] r = request.range(file.length);
              int from = r[0] / 4096 * 4096;
              int to = Math.min(file.length, (r[1] + 4095) / 4096 * 4096);
              part(reply, file, from, to, String.format(range, from, to - 1, file.length), ETAG);
            }),
        manner(
            "a megabyte more",
            (file, request, reply) -> {
              int[] r = request.range(file.length);
              int from = Math.max(0, r[0] - 1_000_000);
              int to = Math.min(file.length, r[1] + 1_000_000);
              part(reply, file, from, to, String.format(range, from, to - 1, file.length), ETAG);
            }),
        manner("weak tag", (file, request, reply) -> usual(file, request, reply, "ETag: W/\"v1\"")),
        manner(
            "weak tag, then strong",
            new Way() {
              private boolean again;

              @Override
              public void answer(byte[] file, Request request, OutputStream reply)
                  throws IOException {
                usual(file, request, reply, again ? ETAG : "ETag: W/\"v1\"");
                again = true;
              }
            }),
        manner("no tag", (file, request, reply) -> usual(file, request, reply, MODIFIED, DATE)),
        manner("no state", (file, request, reply) -> usual(file, request, reply)),
        manner("bare tag", (file, request, reply) -> usual(file, request, reply, "ETag: v1")),
        manner(
            "bytes in the tag",
            (file, request, reply) -> usual(file, request, reply, "ETag: \"\u00e4\"")),
        manner(
            "knows no If-Range",
            (file, request, reply) -> {
              if (request.header("if-range").isEmpty()) usual(file, request, reply, ETAG);
              else whole(file, reply, ETAG);
            }),
        manner(
            "in chunks",
            (file, request, reply) -> {
              int[] r = request.range(file.length);
              String said = String.format(range, r[0], r[1] - 1, file.length);
              head(reply, "206 Partial Content", said, "Transfer-Encoding: chunked", ETAG);
              chunked(Arrays.copyOfRange(file, r[0], r[1]), reply);
            }),
        manner(
            "identity",
            (file, request, reply) ->
                usual(file, request, reply, ETAG, "Content-Encoding: identity")));
  }

  @ParameterizedTest
  @MethodSource("manners")
  void bringsTheSameBytes(Manner manner) throws Exception {
    for (byte[] file : List.of(small, large)) {
      try (RawServer server = RawServer.start(file == small ? manner.small : manner.large);
          ParquetImageryStore store = ParquetImageryStore.open(QUICK)) {
        for (int row = 0; row < 2; row++) {
          assertSame(file, store, server, row);
        }
        for (Request request : server.requests()) {
          assertEquals("GET", request.method());
          assertEquals("identity", request.header("accept-encoding"));
        }
        assertEquals(0, store.stats().retries(), "tried again");
      }
    }
  }

  private static void assertSame(byte[] file, ParquetImageryStore store, RawServer server, int row)
      throws IOException {
    Path local = Files.write(folder.resolve("local"), file);
    List<String> columns = List.of("B02", "thumbnail", "product_id");
    try (ParquetImageryStore files = ParquetImageryStore.open()) {
      Map<String, byte[]> expected = files.fetchStored(new TileRef(local.toUri(), row), columns);
      Map<String, byte[]> found =
          store.fetchStored(new TileRef(server.url("s.parquet?x=1"), row), columns);
      assertEquals(expected.keySet(), found.keySet());
      for (String column : expected.keySet()) {
        assertArrayEquals(expected.get(column), Objects.requireNonNull(found.get(column)), column);
      }
    }
  }

  /** Returns servers that send whole files, which is accepted only for small ones. */
  private static Stream<Manner> wholes() {
    return Stream.of(
        manner("200 to all", (file, request, reply) -> whole(file, reply)),
        manner("200 to all, a tag", (file, request, reply) -> whole(file, reply, ETAG)),
        manner(
            "200 to all, in chunks",
            (file, request, reply) -> {
              head(reply, "200 OK", "Transfer-Encoding: chunked");
              chunked(file, reply);
            }),
        manner(
            "200 to all, until it closes",
            (file, request, reply) -> {
              head(reply, "200 OK");
              reply.write(file);
            }),
        manner(
            "called a page",
            (file, request, reply) -> whole(file, reply, "Content-Type: text/html")));
  }

  @ParameterizedTest
  @MethodSource("wholes")
  void takesASmallFileWholeAndNoLargeOne(Manner manner) throws Exception {
    try (RawServer server = RawServer.start(manner.small);
        ParquetImageryStore store = ParquetImageryStore.open(QUICK)) {
      for (int row = 0; row < 2; row++) assertSame(small, store, server, row);
      assertEquals(0, store.stats().retries());
    }
    try (RawServer server = RawServer.start(manner.large);
        ParquetImageryStore store = ParquetImageryStore.open(QUICK)) {
      String message = failure(store, server);
      boolean page = manner.name.equals("called a page");
      assertTrue(message.contains(page ? "a web page" : "ignores byte ranges"), () -> message);
      assertTrue(store.stats().bytesRead() < 5_000_000, "" + store.stats());
    }
  }

  private static String failure(ParquetImageryStore store, RawServer server) {
    TileRef ref = new TileRef(server.url("s.parquet"), 0);
    return assertThrows(EarthEmbedException.class, () -> store.fetch(ref, TileParts.THUMBNAIL))
        .getMessage();
  }

  /** A reply that is no file, the expected message, and the expected number of requests. */
  private record Instead(String name, String said, int requests, Handler handler) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Handler body(String status, String type, String body) {
    return (request, reply) -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      head(reply, status, "Content-Type: " + type, "Content-Length: " + bytes.length);
      reply.write(bytes);
    };
  }

  private static Stream<Instead> insteads() {
    String html = "<!DOCTYPE html>\n<html><body><p>Hello</p></body></html>";
    String login = "<html><form><input type=\"password\"></form></html>";
    String long1 = "<html>" + "<p>word</p>".repeat(400_000);
    return Stream.of(
        new Instead("page", "a web page", 1, body("200 OK", "text/html; charset=utf-8", html)),
        new Instead("untyped page", "a web page", 1, body("200 OK", "text/plain", " " + html)),
        new Instead("fragment", "a web page", 1, body("200 OK", "text/html", "<p>Hi</p>")),
        new Instead("long page", "a web page", 1, body("200 OK", "text/html", long1)),
        new Instead("login", "a login page", 1, body("200 OK", "text/html", login)),
        new Instead("nothing", "the reply is empty", 1, body("200 OK", "text/plain", "")),
        new Instead("204", "an empty reply", 1, (request, reply) -> head(reply, "204 No Content")),
        new Instead(
            "an empty file",
            "not a Parquet file",
            1,
            (request, reply) ->
                head(reply, "416 No", "Content-Range: bytes */0", "Content-Length: 0")),
        new Instead("text", "not a Parquet file", 1, body("200 OK", "text/plain", "hello, world.")),
        new Instead("404", "not found", 1, body("404 Not Found", "text/html", html)),
        new Instead(
            "gzip",
            "Content-Encoding: gzip",
            1,
            (request, reply) -> usual(small, request, reply, "Content-Encoding: gzip")),
        new Instead(
            "gzip of all",
            "Content-Encoding: br, gzip",
            1,
            (request, reply) ->
                whole(small, reply, "Content-Encoding: br", "Content-Encoding: gzip")),
        new Instead(
            "no Content-Range",
            "without a usable Content-Range",
            2,
            (request, reply) -> part(reply, small, 0, 100, "X: y")),
        new Instead(
            "hostile text",
            "without a usable Content-Range: bytes 31mx",
            2,
            (request, reply) -> part(reply, small, 0, 100, "Content-Range: bytes\u009b31mx")),
        new Instead(
            "hostile text that the client refuses",
            "Invalid header value",
            2,
            (request, reply) -> part(reply, small, 0, 100, "Content-Range: bytes?\u001b]0;x\b")),
        new Instead(
            "hostile status",
            "Invalid status line",
            2,
            (request, reply) ->
                reply.write("HTTP/9 \u001b[31m\u0007 \r\n\r\n".getBytes(StandardCharsets.UTF_8))));
  }

  @ParameterizedTest
  @MethodSource("insteads")
  void tellsWhatCameInsteadOfTheFile(Instead instead) throws Exception {
    try (RawServer server = RawServer.start(instead.handler);
        ParquetImageryStore store = ParquetImageryStore.open(QUICK)) {
      TileRef ref = new TileRef(server.url("s.parquet"), 0);
      EarthEmbedException e =
          assertThrows(EarthEmbedException.class, () -> store.fetch(ref, TileParts.THUMBNAIL));
      assertTrue(e.getMessage().contains(instead.said), e.getMessage());
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      String lines = trace.toString().replace("\n", "").replace("\t", "");
      assertTrue(lines.chars().noneMatch(Character::isISOControl), () -> lines);
      assertEquals(instead.requests, server.requests().size());
    }
  }

  /** The file is replaced between its footer and the tile, and If-Range brings all of it. */
  @Test
  void readsAChangedFileAnew() throws Exception {
    List<String> states = List.of(ETAG, "ETag: \"v2\"");
    for (boolean looks : new boolean[] {true, false}) {
      AtomicReference<byte[]> file = new AtomicReference<>(small);
      Handler handler =
          (request, reply) -> {
            byte[] now = Objects.requireNonNull(file.get());
            String tag = states.get(now == small ? 0 : 1);
            String asked = request.header("if-range");
            boolean another = !asked.isEmpty() && !tag.endsWith(asked);
            if (looks && another) whole(now, reply, tag);
            else usual(now, request, reply, tag);
          };
      try (RawServer server = RawServer.start(handler);
          ParquetImageryStore store = ParquetImageryStore.open(QUICK)) {
        TileRef ref = new TileRef(server.url("s.parquet"), 0);
        assertEquals("S2X_TEST_0", store.fetch(ref, TileParts.THUMBNAIL).productId());
        file.set(other);
        assertEquals("S2X_TEST_2", store.fetch(ref, TileParts.THUMBNAIL).productId());
      }
    }
  }

  /** A time of change identifies the version: the rest is requested on that condition. */
  @Test
  void holdsACutBodyToItsTimeOfChange() throws Exception {
    AtomicReference<String> condition = new AtomicReference<>("");
    Handler handler =
        (request, reply) -> {
          int[] r = request.range(large.length);
          String range = "Content-Range: bytes " + r[0] + "-" + (r[1] - 1) + "/" + large.length;
          int length = r[1] - r[0];
          head(reply, "206 Partial Content", range, "Content-Length: " + length, MODIFIED, DATE);
          if (length > 1_000_000) {
            reply.write(large, r[0], length / 2);
          } else {
            reply.write(large, r[0], length);
          }
          condition.set(request.header("if-range"));
        };
    try (RawServer server = RawServer.start(handler);
        ParquetImageryStore store =
            ParquetImageryStore.open(QUICK.toBuilder().attempts(8).build())) {
      assertSame(large, store, server, 1);
      assertTrue(store.stats().retries() > 0);
      assertTrue(MODIFIED.endsWith(Objects.requireNonNull(condition.get())), condition.get());
    }
  }

  /** All spellings of a server's address share one limit of requests. */
  @Test
  void aServersSpellingsAreOne() throws Exception {
    try (RawServer server =
            RawServer.start(
                (request, reply) -> {
                  if (request.isSuffix()) head(reply, "501 No", "Content-Length: 0");
                  else usual(small, request, reply, ETAG);
                });
        ParquetImageryStore store = ParquetImageryStore.open(QUICK)) {
      String plain = server.url("s.parquet").toString();
      List<String> spellings =
          List.of(
              plain,
              plain.replace("http:", "HTTP:"),
              plain.replace("//", "//me:secret@"),
              plain.replace("127.0.0.1", "127.000.000.001"),
              plain.replace("127.0.0.1", "[::ffff:127.0.0.1]"),
              plain.replace("127.0.0.1", "[0:0:0:0:0:ffff:7f00:1]"));
      for (String url : spellings) {
        store.fetch(new TileRef(java.net.URI.create(url), 0), TileParts.THUMBNAIL);
      }
      // The first request finds out how the server behaves, so the others need no futile request.
      assertEquals(1, server.requests().stream().filter(Request::isSuffix).count());
      assertFalse(server.requests().isEmpty());
    }
  }
}
