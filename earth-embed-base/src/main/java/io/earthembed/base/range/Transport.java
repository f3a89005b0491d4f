package io.earthembed.base.range;

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

/** Shared by all reads over HTTP: connections, limits and authorisation. Safe for many threads. */
public final class Transport {
  /** The seconds that a piece should take on a slow connection: some round trips. */
  private static final double SECONDS_OF_A_PIECE = 0.06;

  /** Smaller pieces are not worth a request. */
  private static final int LEAST_PIECE = 512 << 10;

  private static final int MOST_PIECES = 4;

  final Duration silence;
  final Duration deadline;
  final RetryPolicy retries;
  final Counters counters;

  /** Returns the current address of a file; called again after that address was refused. */
  final UnaryOperator<URI> address;

  /** Returns the Authorization header for an address, if any. */
  final Function<URI, Optional<String>> authorization;

  /** Tests whether an address may be requested. */
  final Predicate<URI> allowed;

  /** Sends requests, and reads further ranges and pieces of ranges: all work that blocks. */
  final ExecutorService threads =
      Executors.newCachedThreadPool(DaemonThreads.numbered("earth-embed-read-"));

  private final HttpSender sender;
  private final int connectionsOfAHost;
  private final Map<String, Host> hosts = new ConcurrentHashMap<>();

  /** The experience with one server. */
  static final class Host {
    final Semaphore connections;

    /** True if it does not support suffix ranges. */
    volatile boolean noSuffix;

    /** The speed of one connection while a body arrives; 0 before the first. */
    private volatile double secondsPerByte;

    Host(int connections) {
      this.connections = new Semaphore(connections);
    }

    /** Records the bytes that a connection brought, and the time. */
    void brought(long bytes, long nanos) {
      if (bytes < LEAST_PIECE / 2 || nanos <= 0) return;
      double now = nanos / 1e9 / bytes;
      secondsPerByte = secondsPerByte == 0 ? now : (secondsPerByte + now) / 2;
    }

    /**
     * Returns into how many pieces to divide a range: one, unless connections are slow enough that
     * several gain more than they cost.
     */
    int pieces(int length) {
      double slow = length * secondsPerByte / SECONDS_OF_A_PIECE;
      int most =
          Math.min(MOST_PIECES, Math.min(length / LEAST_PIECE, connections.availablePermits()));
      return (int) Math.max(1, Math.min(slow, most));
    }
  }

  /**
   * Creates a transport.
   *
   * @param silence how long a server may be silent
   * @param deadline for one read with all its requests and pauses
   * @param attempts the most times that a request is sent
   * @param connectionsOfAHost concurrent requests to one server
   * @param address returns the current address of a file
   * @param authorization returns the Authorization header for an address
   * @param allowed tests whether an address may be requested
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

  /** Sends a request once the server's limit allows it; the caller closes the exchange. */
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

  /** Returns the threads for all blocking reads, which {@link #close} ends. */
  public ExecutorService threads() {
    return threads;
  }

  Host host(URI address) {
    return hosts.computeIfAbsent(Addresses.server(address), a -> new Host(connectionsOfAHost));
  }

  /** Ends all requests in progress. */
  public void close() {
    threads.shutdownNow();
  }
}
