package io.earthembed.demo.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files of a folder over HTTP on the loopback interface, by range, with ETags, counters,
 * an injected latency and faults. Safe for many threads.
 */
public final class RangeServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

  static {
    // Otherwise the JDK's server delays a body by about 40 ms until its header is acknowledged.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  private final Path root;
  private final HttpServer server;
  private final ExecutorService pool = Executors.newCachedThreadPool();
  private final AtomicLong requests = new AtomicLong();
  private final Set<HttpExchange> answering = ConcurrentHashMap.newKeySet();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private final AtomicLong bytesSent = new AtomicLong();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private Supplier<@Nullable Fault> chance = () -> null;
  private volatile Duration latency = Duration.ZERO;
  private final Object holding = new Object();
  private Predicate<String> held = path -> false;
  private volatile long bytesPerSecond = Long.MAX_VALUE;

  private RangeServer(Path root, HttpServer server) {
    this.root = root;
    this.server = server;
  }

  /**
   * Starts a server on a free port of 127.0.0.1.
   *
   * @param root the folder whose files it serves
   */
  public static RangeServer start(Path root) {
    try {
      HttpServer http =
          HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
      RangeServer server = new RangeServer(root.toRealPath(), http);
      http.createContext("/", server::handle);
      http.setExecutor(server.pool);
      http.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("a server for " + root + " did not start", e);
    }
  }

  /**
   * Returns the URL of a file.
   *
   * @param path relative to the folder, with forward slashes
   */
  public URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + path);
  }

  /** Sets the pause before each reply (default none). */
  public void setLatency(Duration pause) {
    latency = pause;
  }

  /**
   * Holds some requests back until {@link #release}, so that a client stays where it is (default
   * none).
   *
   * @param which whether to hold a request, by its path; called once for each request
   */
  public void hold(Predicate<String> which) {
    synchronized (holding) {
      held = which;
    }
  }

  /** Answers the requests that were held back, and holds no more. */
  public void release() {
    synchronized (holding) {
      held = path -> false;
      holding.notifyAll();
    }
  }

  private void awaitRelease(String path) throws InterruptedException {
    synchronized (holding) {
      Predicate<String> asked = held;
      if (!asked.test(path)) return;
      while (held == asked) holding.wait();
    }
  }

  /**
   * Limits the rate of each connection, so that several connections together are faster (default no
   * limit).
   */
  public void setBandwidth(long bytesPerSecondOfAConnection) {
    bytesPerSecond = bytesPerSecondOfAConnection;
  }

  /** Injects one fault into each of the next replies. */
  public void fail(Fault... next) {
    synchronized (faults) {
      faults.addAll(Arrays.asList(next));
    }
  }

  /**
   * Injects faults into a share of all further replies.
   *
   * @param share share of the replies, in [0, 1]
   * @param seed seed of the choice
   * @param kinds kinds of faults, all equally likely
   */
  public void failOften(double share, long seed, Fault... kinds) {
    Random random = new Random(seed);
    synchronized (faults) {
      chance = () -> random.nextDouble() < share ? kinds[random.nextInt(kinds.length)] : null;
    }
  }

  /** Returns the number of requests received so far. */
  public long requests() {
    return requests.get();
  }

  /** Returns the largest number of requests that were answered at once so far. */
  public int mostRequestsAtOnce() {
    return mostAtOnce.get();
  }

  /** Returns the bytes of bodies sent so far. */
  public long bytesSent() {
    return bytesSent.get();
  }

  private @Nullable Fault nextFault() {
    synchronized (faults) {
      Fault next = faults.poll();
      return next == null ? chance.get() : next;
    }
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      requests.incrementAndGet();
      answering.add(exchange);
      mostAtOnce.accumulateAndGet(answering.size(), Math::max);
      if (!latency.isZero()) Thread.sleep(latency.toMillis());
      awaitRelease(exchange.getRequestURI().getPath());
      Path file = root.resolve(exchange.getRequestURI().getPath().substring(1)).normalize();
      // Serves nothing outside the folder, even if the path contains "..".
      if (!file.startsWith(root) || !Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      serve(exchange, file, nextFault());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The client disconnected, which is allowed.
    } finally {
      answering.remove(exchange);
    }
  }

  private void serve(HttpExchange exchange, Path file, @Nullable Fault fault)
      throws IOException, InterruptedException {
    long length = Files.size(file);
    String etag =
        '"' + Long.toHexString(length) + "-" + Files.getLastModifiedTime(file).toMillis() + '"';
    if (fault == Fault.NEW_ETAG) etag = "\"replaced\"";
    exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
    exchange.getResponseHeaders().set("ETag", etag);
    if (fault != null && answer(exchange, fault, length)) return;
    String condition = exchange.getRequestHeaders().getFirst("If-Range");
    String header = exchange.getRequestHeaders().getFirst("Range");
    Matcher range = RANGE.matcher(header == null ? "" : header);
    if (!range.matches()
        || fault == Fault.IGNORE_RANGE
        || (condition != null && !condition.equals(etag))) {
      exchange.sendResponseHeaders(200, length);
      send(exchange, file, 0, length);
      return;
    }
    long from;
    long to;
    if (range.group(1).isEmpty()) {
      from = Math.max(0, length - Long.parseLong(range.group(2)));
      to = length;
    } else {
      from = Long.parseLong(range.group(1));
      to = range.group(2).isEmpty() ? length : Math.min(length, Long.parseLong(range.group(2)) + 1);
    }
    if (from >= to) {
      answer(exchange, Fault.UNSATISFIABLE, length);
      return;
    }
    if (fault == Fault.WRONG_RANGE) from++;
    if (fault != Fault.NO_CONTENT_RANGE) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + length);
    }
    exchange.sendResponseHeaders(206, to - from);
    if (fault == Fault.STALL) {
      exchange.getResponseBody().flush();
      closed.await();
    }
    send(exchange, file, from, fault == Fault.CUT_BODY ? (from + to) / 2 : to);
  }

  /** Answers with only a status; returns false if the fault is of another kind. */
  private static boolean answer(HttpExchange exchange, Fault fault, long length)
      throws IOException {
    int status;
    switch (fault) {
      case UNAVAILABLE, TOO_MANY -> {
        exchange.getResponseHeaders().set("Retry-After", "0");
        status = fault == Fault.TOO_MANY ? 429 : 503;
      }
      case RETRY_IN_A_SECOND, RETRY_IN_AN_HOUR -> {
        String seconds = fault == Fault.RETRY_IN_A_SECOND ? "1" : "3600";
        exchange.getResponseHeaders().set("Retry-After", seconds);
        status = 429;
      }
      case RETRY_AT_A_DATE -> {
        ZonedDateTime date = ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(2);
        exchange
            .getResponseHeaders()
            .set("Retry-After", DateTimeFormatter.RFC_1123_DATE_TIME.format(date));
        status = 503;
      }
      case UNAUTHORISED -> status = 401;
      case FORBIDDEN -> status = 403;
      case NOT_FOUND -> status = 404;
      case UNSATISFIABLE -> {
        exchange.getResponseHeaders().set("Content-Range", "bytes */" + length);
        status = 416;
      }
      case REDIRECT, REDIRECT_LOOP -> {
        exchange.getResponseHeaders().set("Location", exchange.getRequestURI().getPath());
        status = 302;
      }
      default -> {
        return false;
      }
    }
    exchange.sendResponseHeaders(status, -1);
    return true;
  }

  private void send(HttpExchange exchange, Path file, long from, long to)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    long rate = bytesPerSecond;
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        OutputStream body = exchange.getResponseBody()) {
      for (long at = from; at < to; ) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
        int n = channel.read(buffer, at);
        if (n < 0) return;
        bytesSent.addAndGet(n); // counted first, because a client may ask once it has the bytes
        // A client that has all bytes may send its next request at once.
        if (at + n >= to) answering.remove(exchange);
        body.write(buffer.array(), 0, n);
        at += n;
        if (rate == Long.MAX_VALUE) continue;
        double due = (at - from) * 1e9 / rate - (System.nanoTime() - start);
        if (due > 0) TimeUnit.NANOSECONDS.sleep((long) due);
      }
    }
  }

  /** Stops at once. */
  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    pool.shutdownNow();
  }
}
