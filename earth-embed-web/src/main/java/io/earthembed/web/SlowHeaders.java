package io.earthembed.web;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections on which a request's header takes too long to arrive. Jetty's idle time-out
 * does not: it begins again with each byte.
 */
final class SlowHeaders implements Runnable {
  private final ServerConnector connector;
  private final long timeoutNanos;
  private final long pauseMillis;
  private Map<EndPoint, Seen> seen = new HashMap<>();

  /**
   * The requests and bytes that a connection had received when its last header was complete.
   *
   * @param begun when the next header was first seen to have begun; 0 if it has not
   */
  private record Seen(long requests, long bytes, long begun) {}

  private SlowHeaders(ServerConnector connector, Duration timeout) {
    this.connector = connector;
    this.timeoutNanos = timeout.toNanos();
    this.pauseMillis = Math.max(200, timeout.toMillis() / 8);
  }

  /** Watches a started connector until it stops. */
  static void watch(ServerConnector connector, Duration timeout) {
    new SlowHeaders(connector, timeout).schedule();
  }

  private void schedule() {
    connector.getScheduler().schedule(this, pauseMillis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void run() {
    Map<EndPoint, Seen> now = new HashMap<>();
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      Connection connection = endPoint.getConnection();
      if (connection == null) continue;
      Seen next = look(seen.get(endPoint), connection);
      if (next.begun != 0 && System.nanoTime() - next.begun > timeoutNanos) endPoint.close();
      else now.put(endPoint, next);
    }
    seen = now;
    if (connector.isRunning()) schedule();
  }

  private static Seen look(@Nullable Seen last, Connection connection) {
    long requests = connection.getMessagesIn();
    boolean answering = requests != connection.getMessagesOut();
    if (last == null) last = new Seen(0, 0, 0);
    if (answering || requests != last.requests) {
      return new Seen(requests, connection.getBytesIn(), 0);
    }
    if (last.begun != 0 || connection.getBytesIn() == last.bytes) return last;
    return new Seen(requests, last.bytes, System.nanoTime());
  }
}
