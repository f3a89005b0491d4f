package io.earthembed.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.hub.HubServer.Reply;
import io.earthembed.hub.HubServer.Request;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubTest {
  private static final HubRepo REPO = HubRepo.model("org/name");
  private static final String TAG = "\"v1\"";
  private static final byte[] CONTENT = new byte[300_000];

  static {
    new Random(1).nextBytes(CONTENT);
  }

  @TempDir private Path cache;

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private Hub hub(HubServer server) {
    return hub(server.base(), cache);
  }

  private static Hub hub(String base, Path cache) {
    return Hub.builder()
        .endpoint(Endpoint.HUGGING_FACE.withBase(base))
        .cache(cache)
        .offline(false)
        .attempts(3)
        .timeout(Duration.ofSeconds(5))
        .build();
  }

  private static Path fetch(Hub hub) {
    return hub.fetch(REPO, "a/model.onnx", "", ProgressListener.NONE);
  }

  private HubServer serve(Function<Request, Reply> script) throws IOException {
    return new HubServer(script);
  }

  private static Function<Request, Reply> content() {
    return request -> HubServer.file(request, CONTENT, TAG);
  }

  /** Returns the contents of another version of the file. */
  private static byte[] newer() {
    byte[] newer = CONTENT.clone();
    newer[0]++;
    return newer;
  }

  /** Answers the first request with one reply and later ones with another. */
  private static Function<Request, Reply> once(
      Function<Request, Reply> first, Function<Request, Reply> then) {
    AtomicInteger calls = new AtomicInteger();
    return request -> (calls.incrementAndGet() == 1 ? first : then).apply(request);
  }

  @Test
  void downloadsOnceAndTellsHowFar() throws Exception {
    List<Long> done = new ArrayList<>();
    try (HubServer server = serve(content())) {
      Hub hub = hub(server);
      Path file =
          hub.fetch(
              REPO,
              "a/model.onnx",
              sha256(CONTENT),
              (task, now, total) -> {
                assertEquals("a/model.onnx", task);
                assertEquals(CONTENT.length, total);
                done.add(now);
              });
      assertArrayEquals(CONTENT, Files.readAllBytes(file));
      assertEquals(0, done.get(0));
      assertEquals(CONTENT.length, done.get(done.size() - 1));
      assertEquals("/org/name/resolve/main/a/model.onnx", server.requests.get(0).path());

      assertEquals(
          hub.directory(REPO), hub.fetch(REPO, List.of("a/model.onnx"), ProgressListener.NONE));
      assertEquals(1, server.requests.size(), "the second time, the cache answers");
      assertEquals(file, fetch(hub.toBuilder().offline(true).build()));
    }
  }

  @Test
  void goesOnWhereTheConnectionWasCut() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (HubServer server =
        serve(
            request -> {
              Reply reply = content().apply(request);
              return calls.incrementAndGet() < 6
                  ? reply.cutAfter(Math.min(50_000, reply.body().length))
                  : reply;
            })) {
      // Five cuts are more than three tries, but each brought some bytes.
      assertArrayEquals(CONTENT, Files.readAllBytes(fetch(hub(server))));
      assertEquals(6, server.requests.size());
      Request last = server.requests.get(5);
      assertNotEquals("", last.header("range"));
      assertEquals(TAG, last.header("if-range"));
    }
  }

  @Test
  void startsAgainWhereTheFileChangedMeanwhile() throws Exception {
    byte[] newer = newer();
    try (HubServer server =
        serve(
            once(
                request -> content().apply(request).cutAfter(100_000),
                request -> HubServer.file(request, newer, "\"v2\"")))) {
      assertArrayEquals(newer, Files.readAllBytes(fetch(hub(server))));
    }
  }

  @Test
  void keepsWhatCameForTheNextCall() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (HubServer server =
        serve(
            request ->
                switch (calls.incrementAndGet()) {
                  case 1 -> content().apply(request).cutAfter(200_000);
                  case 2 -> Reply.of(500, new byte[0]);
                  default -> content().apply(request);
                })) {
      Hub once = hub(server).toBuilder().attempts(1).timeout(Duration.ofSeconds(5)).build();
      assertThrows(EarthEmbedException.class, () -> fetch(once));
      Path folder = once.directory(REPO).resolve("a");
      assertFalse(Files.exists(folder.resolve("model.onnx")), "never half a file");
      // Java's client forgets the last buffers that nobody has read when a connection is cut.
      byte[] kept = Files.readAllBytes(folder.resolve("model.onnx.part"));
      assertTrue(kept.length > 0 && kept.length <= 200_000, "kept " + kept.length);
      assertArrayEquals(Arrays.copyOf(CONTENT, kept.length), kept);
      assertArrayEquals(CONTENT, Files.readAllBytes(fetch(once)));
      assertEquals("bytes=" + kept.length + "-", server.requests.get(2).header("range"));
    }
  }

  @Test
  void believesNoWrongLength() throws Exception {
    try (HubServer server =
        serve(
            request ->
                content()
                    .apply(request)
                    .with("X-Linked-Size", String.valueOf(CONTENT.length + 1)))) {
      CorruptDataException e = assertThrows(CorruptDataException.class, () -> fetch(hub(server)));
      assertTrue(e.getMessage().contains("300000 bytes, expected 300001"), e.getMessage());
      assertTrue(e.getMessage().contains("/org/name/resolve/main/a/model.onnx"), e.getMessage());
    }
    try (HubServer server =
        serve(request -> content().apply(request).with("Content-Length", "400000"))) {
      EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> fetch(hub(server)));
      assertTrue(e.getMessage().contains("attempts"), e.getMessage());
    }
  }

  @Test
  void checksTheSha256() throws Exception {
    String other = sha256(new byte[1]);
    try (HubServer server = serve(content())) {
      Hub hub = hub(server);
      CorruptDataException e =
          assertThrows(
              CorruptDataException.class, () -> hub.fetch(REPO, "f", other, ProgressListener.NONE));
      assertTrue(e.getMessage().contains(other), e.getMessage());
      assertFalse(Files.exists(hub.directory(REPO).resolve("f")));
      // A cached file is held to it too.
      Path file = hub.fetch(REPO, "f", "", ProgressListener.NONE);
      assertEquals(file, hub.fetch(REPO, "f", sha256(CONTENT), ProgressListener.NONE));
      assertThrows(
          CorruptDataException.class, () -> hub.fetch(REPO, "f", other, ProgressListener.NONE));
      assertThrows(
          IllegalArgumentException.class, () -> hub.fetch(REPO, "f", "abc", ProgressListener.NONE));
    }
    try (HubServer server =
        serve(request -> content().apply(request).with("X-Linked-Etag", '"' + other + '"'))) {
      assertThrows(CorruptDataException.class, () -> fetch(hub(server)));
    }
  }

  @Test
  void waitsAsLongAsItIsAsked() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (HubServer server =
        serve(
            request ->
                calls.incrementAndGet() == 1
                    ? Reply.of(429, new byte[0]).with("Retry-After", "1")
                    : content().apply(request))) {
      long start = System.nanoTime();
      fetch(hub(server));
      assertTrue(System.nanoTime() - start >= TimeUnit.SECONDS.toNanos(1));
      assertEquals(2, calls.get());
    }
  }

  @Test
  void takesNoTokenToAnotherHost() throws Exception {
    try (HubServer store = serve(content());
        HubServer hubServer =
            serve(
                request ->
                    request.path().startsWith("/org")
                        ? Reply.of(302, new byte[0]).with("Location", "/moved")
                        : Reply.of(302, new byte[0])
                            // Another host by name, and by port.
                            .with("Location", store.base("localhost") + "/blob?signature=1"))) {
      Hub hub = hub(hubServer).toBuilder().token("secret").build();
      assertArrayEquals(CONTENT, Files.readAllBytes(fetch(hub)));
      assertEquals("Bearer secret", hubServer.requests.get(0).header("authorization"));
      assertEquals("Bearer secret", hubServer.requests.get(1).header("authorization"));
      assertEquals("", store.requests.get(0).header("authorization"));
      assertEquals("/blob?signature=1", store.requests.get(0).path());
    }
  }

  @Test
  void givesUpOnWhatWillNotChange() throws Exception {
    for (int status : List.of(401, 403, 404, 410)) {
      try (HubServer server = serve(request -> Reply.of(status, new byte[0]))) {
        EarthEmbedException e =
            assertThrows(
                EarthEmbedException.class,
                () -> fetch(hub(server).toBuilder().token("secret").build()));
        assertTrue(e.getMessage().contains("HTTP " + status), e.getMessage());
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
        assertEquals(1, server.requests.size());
      }
    }
    try (HubServer server =
        serve(request -> Reply.of(302, new byte[0]).with("Location", request.path()))) {
      assertThrows(EarthEmbedException.class, () -> fetch(hub(server)));
    }
  }

  /** For any reply of the hub, its token and the signatures of its redirects appear nowhere. */
  @Test
  void showsAndKeepsNoSecret() throws Exception {
    String secret = "do-not-show";
    List<Reply> replies =
        List.of(
            Reply.of(500, new byte[0]),
            Reply.of(401, new byte[0]),
            Reply.of(206, new byte[5]).with("Content-Range", "bytes 9-3/x"),
            Reply.of(200, new byte[5]).with("X-Linked-Size", "9"),
            Reply.of(200, new byte[5000]).cutAfter(10),
            Reply.of(302, new byte[0]),
            Reply.of(302, new byte[0]).with("Location", "http:///a?" + secret),
            Reply.of(302, new byte[0]).with("Location", "http://h:99999/a?" + secret),
            Reply.of(302, new byte[0]).with("Location", "http://a b?" + secret),
            Reply.of(302, new byte[0]).with("Location", "ftp://h/a?" + secret),
            Reply.of(302, new byte[0]).with("Location", "http://nowhere.invalid/a?" + secret),
            Reply.of(302, new byte[0]).with("Location", "http://127.0.0.1:1/a?" + secret));
    for (Reply reply : replies) {
      try (HubServer server = serve(request -> reply)) {
        Hub hub =
            hub(server).toBuilder()
                .token(secret)
                .attempts(1)
                .timeout(Duration.ofSeconds(1))
                .build();
        EarthEmbedException e =
            assertThrows(EarthEmbedException.class, () -> fetch(hub), reply.toString());
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        assertFalse(trace.toString().contains(secret), trace.toString());
        assertFalse(hub.toString().contains(secret), hub.toString());
      }
    }
    try (HubServer store = serve(content());
        HubServer server =
            serve(
                request ->
                    Reply.of(302, new byte[0])
                        .with("Location", store.base("localhost") + "/blob?" + secret))) {
      fetch(hub(server).toBuilder().token(secret).build());
    }
    try (Stream<Path> files = Files.walk(cache)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        assertFalse(file.toString().contains(secret), file.toString());
        if (!Files.isRegularFile(file)) continue;
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(text.contains(secret), file.toString());
      }
    }
  }

  /** The repository would otherwise decide the receipt of a checked file. */
  @Test
  void takesNoFileForItsOwn() throws Exception {
    try (HubServer server = serve(content())) {
      for (String name : List.of("model.onnx.sha256", "a/x.PART", "x.part.tag", "x.lock")) {
        assertThrows(
            IllegalArgumentException.class,
            () -> hub(server).fetch(REPO, name, "", ProgressListener.NONE),
            name);
      }
      assertEquals(0, server.requests.size());
    }
  }

  @Test
  void leavesASilentServer() throws Exception {
    try (HubServer server =
        serve(
            once(
                request -> content().apply(request).cutAfter(1000).silentFor(20_000), content()))) {
      long start = System.nanoTime();
      Path file = fetch(hub(server).toBuilder().attempts(3).timeout(Duration.ofSeconds(2)).build());
      assertArrayEquals(CONTENT, Files.readAllBytes(file));
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(18));
    }
  }

  /** A server that is never silent and never done must not hold the lock forever. */
  @Test
  void leavesAServerThatBringsNextToNothing() throws Exception {
    try (HubServer server = serve(request -> content().apply(request).dripping(20))) {
      Hub hub = hub(server).toBuilder().attempts(2).timeout(Duration.ofMillis(400)).build();
      EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> fetch(hub));
      assertTrue(e.getMessage().matches(".*: too slow: \\d+ bytes in \\d+ s"), e.getMessage());
    }
    // And one that is cut now and then, each time a little farther.
    try (HubServer server =
        serve(
            request -> {
              Reply rest = content().apply(request);
              return rest.cutAfter(Math.min(10, rest.body().length)).dripping(20);
            })) {
      Hub hub = hub(server).toBuilder().attempts(2).timeout(Duration.ofMillis(400)).build();
      EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> fetch(hub));
      assertTrue(e.getMessage().contains("too slow: "), e.getMessage());
    }
  }

  @Test
  void takesNoEncodedBody() throws Exception {
    Function<Request, Reply> encoded =
        request -> content().apply(request).with("Content-Encoding", "gzip");
    Function<Request, Reply> cut = request -> content().apply(request).cutAfter(100_000);
    for (Function<Request, Reply> script : List.of(encoded, once(cut, encoded))) {
      try (HubServer server = serve(script)) {
        EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> fetch(hub(server)));
        assertTrue(e.getMessage().contains("Content-Encoding: gzip"), e.getMessage());
        assertEquals(script == encoded ? 1 : 2, server.requests.size(), "refused at once");
        assertEquals("identity", server.requests.get(0).header("accept-encoding"));
      }
    }
  }

  @Test
  void takesNoPageForAFile() throws Exception {
    byte[] page =
        "<!DOCTYPE HTML><html><title>Sign in</title></html>".getBytes(StandardCharsets.UTF_8);
    try (HubServer server =
        serve(request -> Reply.of(200, page).with("Content-Type", "text/html"))) {
      EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> fetch(hub(server)));
      assertTrue(e.getMessage().contains("a login page instead of the file"), e.getMessage());
      assertEquals(1, server.requests.size());
      assertFalse(Files.exists(hub(server).directory(REPO).resolve("a/model.onnx")));
      Path wanted = hub(server).fetch(REPO, "index.html", "", ProgressListener.NONE);
      assertArrayEquals(page, Files.readAllBytes(wanted));
    }
  }

  /** Ways of other servers to answer a request for the rest of a file. */
  @Test
  void goesOnAtServersOfOtherWays() throws Exception {
    String date = "Wed, 06 Mar 2024 10:00:00 GMT";
    String changed = "Tue, 05 Mar 2024 10:00:00 GMT";
    List<Function<Request, Reply>> ways =
        List.of(
            request -> Reply.of(400, new byte[0]),
            request -> Reply.of(405, new byte[0]),
            request -> Reply.of(412, new byte[0]),
            request -> Reply.of(416, new byte[0]),
            request -> Reply.of(501, new byte[0]),
            request -> Reply.of(200, CONTENT),
            request -> rest(request, "Bytes %d-%d/%d"),
            request -> rest(request, " bytes=%d - %d / %d "),
            request -> rest(request, "bytes %d-%d/*"),
            request -> rest(request, "bytes %d-%d/%d").with("ETag", "\"v0\""),
            request -> rest(request, "bytes %d-%d/%d").with("Content-Range", "bytes 0-9/10"),
            request -> rest(request, "bytes %d-%d/%d").with("Content-Range", "nonsense"));
    List<Function<Request, Reply>> firsts =
        List.of(
            request -> Reply.of(200, CONTENT).with("ETag", TAG),
            request -> Reply.of(200, CONTENT).with("ETag", "bare"),
            request -> Reply.of(200, CONTENT).with("ETag", "W/" + TAG),
            request -> Reply.of(200, CONTENT).with("Last-Modified", changed).with("Date", date),
            request -> Reply.of(200, CONTENT));
    for (Function<Request, Reply> first : firsts) {
      for (Function<Request, Reply> way : ways) {
        AtomicInteger calls = new AtomicInteger();
        try (HubServer server =
            serve(
                request ->
                    switch (calls.incrementAndGet()) {
                      case 1 -> first.apply(request).cutAfter(100_000);
                      case 2 ->
                          request.header("range").isEmpty()
                              ? Reply.of(200, CONTENT)
                              : way.apply(request);
                      default -> Reply.of(200, CONTENT);
                    })) {
          Path file = fetch(hub(server));
          assertArrayEquals(CONTENT, Files.readAllBytes(file));
          Files.delete(file);
          String condition = server.requests.get(1).header("if-range");
          assertTrue(List.of("", TAG, changed).contains(condition), condition);
        }
      }
    }
  }

  private static Reply rest(Request request, String range) {
    int from = Integer.parseInt(request.header("range").replaceAll("\\D", ""));
    String said = String.format(range, from, CONTENT.length - 1, CONTENT.length);
    return Reply.of(206, Arrays.copyOfRange(CONTENT, from, CONTENT.length))
        .with("Content-Range", said);
  }

  @Test
  void readsOnlyTheCacheWhenOffline() throws Exception {
    try (HubServer server = serve(content())) {
      EarthEmbedException e =
          assertThrows(
              EarthEmbedException.class,
              () -> fetch(hub(server).toBuilder().offline(true).build()));
      assertTrue(e.getMessage().contains("offline"), e.getMessage());
      assertTrue(e.getMessage().contains("model.onnx"), e.getMessage());
      assertEquals(0, server.requests.size());
    }
  }

  /** Simulates a process that is killed after renaming a file and before writing its receipt. */
  @Test
  void believesNoReceiptOfAnotherFile() throws Exception {
    byte[] newer = newer();
    try (HubServer server =
        serve(once(content(), request -> HubServer.file(request, newer, "\"v2\"")))) {
      Hub hub = hub(server);
      Path file = fetch(hub);
      // A folder blocks the path of the newer file.
      assertThrows(
          EarthEmbedException.class,
          () ->
              hub.fetch(
                  REPO,
                  "a/model.onnx",
                  sha256(newer),
                  (task, now, total) -> {
                    try {
                      if (Files.isRegularFile(file)) Files.delete(file);
                      Files.createDirectories(file.resolve("in the way"));
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  }));
      Files.delete(file.resolve("in the way"));
      Files.delete(file);
      Files.write(file, CONTENT);
      assertThrows(
          EarthEmbedException.class,
          () ->
              hub.toBuilder()
                  .offline(true)
                  .build()
                  .fetch(REPO, "a/model.onnx", sha256(newer), ProgressListener.NONE),
          "the older file is still there");
      assertEquals(
          file,
          hub.toBuilder()
              .offline(true)
              .build()
              .fetch(REPO, "a/model.onnx", sha256(CONTENT), ProgressListener.NONE));
    }
  }

  /** A process ended between the last byte and the file's name. */
  @Test
  void downloadsNothingThatIsAllThere() throws Exception {
    try (HubServer server = serve(content())) {
      Hub hub = hub(server);
      Path file = hub.directory(REPO).resolve("a/model.onnx");
      Files.createDirectories(file.resolveSibling("."));
      Files.write(file.resolveSibling("model.onnx.part"), CONTENT);
      Files.writeString(file.resolveSibling("model.onnx.part.tag"), TAG);
      assertArrayEquals(CONTENT, Files.readAllBytes(fetch(hub)));
      assertEquals(1, server.requests.size());
      // If the tag belongs to another file, the whole file is downloaded again.
      Files.delete(file);
      Files.write(file.resolveSibling("model.onnx.part"), newer());
      Files.writeString(file.resolveSibling("model.onnx.part.tag"), "\"v0\"");
      assertArrayEquals(CONTENT, Files.readAllBytes(fetch(hub)));
    }
  }

  /** Two paths to one cache share its downloads. */
  @Test
  void sharesOneDownloadThroughALink() throws Exception {
    Path real = Files.createDirectory(cache.resolve("real"));
    Path link = Files.createSymbolicLink(cache.resolve("link"), real);
    CountDownLatch both = new CountDownLatch(2);
    try (HubServer server =
        serve(
            request -> {
              // Slow enough for the other to come.
              try {
                Thread.sleep(300);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return content().apply(request);
            })) {
      List<CompletableFuture<Path>> two = new ArrayList<>();
      for (Path folder : List.of(real, link)) {
        CompletableFuture<Path> path = new CompletableFuture<>();
        two.add(path);
        Thread thread =
            new Thread(
                () -> {
                  both.countDown();
                  try {
                    both.await();
                    path.complete(fetch(hub(server.base(), folder)));
                  } catch (Throwable e) {
                    path.completeExceptionally(e);
                  }
                });
        thread.start();
      }
      for (CompletableFuture<Path> path : two) {
        assertArrayEquals(CONTENT, Files.readAllBytes(path.get(300, TimeUnit.SECONDS)));
      }
      assertEquals(1, server.requests.size());
    }
  }

  @Test
  void sharesOneDownloadAmongThreads() throws Exception {
    try (HubServer server = serve(content())) {
      Hub hub = hub(server);
      List<CompletableFuture<Path>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) all.add(CompletableFuture.supplyAsync(() -> fetch(hub)));
      for (CompletableFuture<Path> one : all) {
        assertArrayEquals(CONTENT, Files.readAllBytes(one.get(300, TimeUnit.SECONDS)));
      }
      assertEquals(1, server.requests.size());
    }
  }

  /** Fetches in a process of its own; see {@link #sharesOneDownloadAmongProcesses}. */
  public static void main(String[] arguments) {
    fetch(hub(arguments[0], Path.of(arguments[1])));
  }

  private Process start(HubServer server) throws IOException {
    // The tests may run on the module path, which must be passed to other processes.
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
            + File.pathSeparator
            + System.getProperty("jdk.module.path", "")
            + File.pathSeparator
            + "target/test-classes"
            + File.pathSeparator
            + "target/classes";
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            classes,
            HubTest.class.getName(),
            server.base(),
            cache.toString())
        .redirectErrorStream(true)
        .redirectOutput(cache.resolve(server.base().replaceAll("\\W", "") + ".log").toFile())
        .start();
  }

  @Test
  void sharesOneDownloadAmongProcesses() throws Exception {
    try (HubServer server =
        serve(
            request ->
                content()
                    .apply(request)
                    .cutAfter(Math.min(120_000, content().apply(request).body().length))
                    .silentFor(500))) {
      Process one = start(server);
      Process two = start(server);
      assertTrue(one.waitFor(300, TimeUnit.SECONDS) && two.waitFor(300, TimeUnit.SECONDS));
      assertEquals(0, one.exitValue());
      assertEquals(0, two.exitValue());
      Path file = fetch(hub(server).toBuilder().offline(true).build());
      assertArrayEquals(CONTENT, Files.readAllBytes(file));
      List<Request> requests = List.copyOf(server.requests);
      assertEquals("", requests.get(0).header("range"));
      long from = 0;
      for (Request more : requests.subList(1, requests.size())) {
        String range = more.header("range");
        assertTrue(range.startsWith("bytes="), "from the beginning once only, by one of the two");
        long next = Long.parseLong(range.replaceAll("\\D", ""));
        assertTrue(next > from, next + " after " + from);
        from = next;
      }
      assertTrue(from > 0, "it was cut");
    }
  }

  @Test
  void goesOnAfterAProcessThatWasKilled() throws Exception {
    try (HubServer server =
        serve(
            request ->
                request.header("range").isEmpty()
                    ? content().apply(request).cutAfter(150_000).silentFor(30_000)
                    : content().apply(request))) {
      Process victim = start(server);
      Path part = hub(server).directory(REPO).resolve("a/model.onnx.part");
      for (int i = 0; i < 300 && !(Files.exists(part) && Files.size(part) == 150_000); i++) {
        Thread.sleep(100);
      }
      victim.destroyForcibly().waitFor();
      assertArrayEquals(CONTENT, Files.readAllBytes(fetch(hub(server))));
      assertEquals("bytes=150000-", server.requests.get(1).header("range"));
    }
  }
}
