package io.earthembed.parquet.internal;

import io.earthembed.base.http.Deadline;
import io.earthembed.base.http.HttpExchange;
import io.earthembed.base.http.HttpSender;
import io.earthembed.base.http.RetryPolicy;
import io.earthembed.base.thread.DaemonThreads;
import io.earthembed.internal.Addresses;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** What all reads over HTTP share: connections, limits and rights. Safe for many threads. */
public final class Transport {
  /** Of a connection known to be slow, a piece should take about so long: some round trips. */
  private static final double SECONDS_OF_A_PIECE = 0.06;

  /** Smaller pieces are not worth a request. */
  private static final int LEAST_PIECE = 512 << 10;

  private static final int MOST_PIECES = 4;

  final Duration silence;
  final Duration deadline;
  final RetryPolicy retries;
  final Counters counters;

  /** Where a file is to be read now; asked again when that has been refused. */
  final UnaryOperator<URI> address;

  /** The Authorization header for an address, if it is to have one. */
  final Function<URI, Optional<String>> authorization;

  /** Whether an address may be asked. */
  final Predicate<URI> allowed;

  /** Sends requests, and reads the further pieces of ranges that are split. */
  final ExecutorService threads =
      Executors.newCachedThreadPool(DaemonThreads.named("earth-embed-http"));

  private final HttpSender sender;
  private final int connectionsOfAHost;
  private final Map<String, Host> hosts = new ConcurrentHashMap<>();

  /** How it goes with one server. */
  static final class Host {
    final Semaphore connections;

    /** It knows no ranges at a file's end. */
    volatile boolean noSuffix;

    /** Of one connection while a body comes; 0 before the first. */
    private volatile double secondsPerByte;

    Host(int connections) {
      this.connections = new Semaphore(connections);
    }

    /** A connection has brought so much in so long. */
    void brought(long bytes, long nanos) {
      if (bytes < LEAST_PIECE / 2 || nanos <= 0) return;
      double now = nanos / 1e9 / bytes;
      secondsPerByte = secondsPerByte == 0 ? now : (secondsPerByte + now) / 2;
    }

    /**
     * Into how many pieces a range is split: one, unless connections are slow enough that more of
     * them gain more than they cost.
     */
    int pieces(int length) {
      double slow = length * secondsPerByte / SECONDS_OF_A_PIECE;
      int most =
          Math.min(MOST_PIECES, Math.min(length / LEAST_PIECE, connections.availablePermits()));
      return (int) Math.max(1, Math.min(slow, most));
    }
  }

  /**
   * @param silence how long nothing may come of a reply
   * @param deadline for one read with all its requests and pauses
   * @param attempts how often a request is sent at the most
   * @param connectionsOfAHost requests to one server at once
   * @param address where a file is to be read now
   * @param authorization the Authorization header for an address
   * @param allowed whether an address may be asked
   */
  public Transport(
      Duration silence,
      Duration deadline,
      int attempts,
      int connectionsOfAHost,
      UnaryOperator<URI> address,
      Function<URI, Optional<String>> authorization,
      Predicate<URI> allowed,
      Counters counters) {
    this.silence = silence;
    this.deadline = deadline;
    this.retries = new RetryPolicy(attempts);
    this.connectionsOfAHost = connectionsOfAHost;
    this.address = address;
    this.authorization = authorization;
    this.allowed = allowed;
    this.counters = counters;
    Duration connectTimeout = Duration.ofSeconds(Math.min(10, Math.max(1, silence.toSeconds())));
    sender = new HttpSender(threads, connectTimeout);
  }

  /** Sends a request once the server may have another; the caller closes the exchange. */
  HttpExchange send(HttpRequest request, Deadline deadline)
      throws IOException, InterruptedException {
    Semaphore connections = host(request.uri()).connections;
    long left = deadline.left();
    if (left <= 0 || !connections.tryAcquire(left, TimeUnit.NANOSECONDS)) {
      throw new HttpTimeoutException("not answered within " + deadline.limit());
    }
    HttpExchange reply = null;
    try {
      counters.requests.increment();
      reply = sender.send(request, silence, deadline).onClose(connections::release);
      return reply;
    } finally {
      if (reply == null) connections.release();
    }
  }

  Host host(URI address) {
    return hosts.computeIfAbsent(Addresses.server(address), a -> new Host(connectionsOfAHost));
  }

  /** Ends what is under way. */
  public void close() {
    threads.shutdownNow();
  }
}
