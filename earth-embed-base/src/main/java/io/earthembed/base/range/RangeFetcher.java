package io.earthembed.base.range;

import io.earthembed.base.http.Deadline;
import io.earthembed.base.http.HttpExchange;
import io.earthembed.base.http.HttpReplies;
import io.earthembed.base.http.HttpSender;
import io.earthembed.base.http.Redirects;
import io.earthembed.base.http.RetryPolicy;
import io.earthembed.base.range.RangeSource.FileChangedException;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import io.earthembed.internal.Addresses;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests for a range of one file until it is complete, the server refuses, or the attempts
 * are used up. A further request asks for the bytes that are still missing. Safe for many threads.
 */
final class RangeFetcher {
  private final Transport transport;
  private final String name;
  private final AddressCache addresses;

  /** True if the server answers If-Range with the whole file even if the file has not changed. */
  private volatile boolean unconditional;

  RangeFetcher(Transport transport, String name, AddressCache addresses) {
    this.transport = transport;
    this.name = name;
    this.addresses = addresses;
  }

  /**
   * The outcome of a fetch.
   *
   * @param status of the last reply
   * @param attempts requests that were sent, without those that made progress
   * @param done whether the range is complete
   * @param total bytes of the file, or -1 if unknown
   */
  record Outcome(int status, int attempts, boolean done, long total) {}

  /**
   * Fetches a range.
   *
   * @throws FileChangedException if the file is not of the requested version
   * @throws RangeReadException if the attempts are used up, or the reply cannot be read
   */
  Outcome fetch(ReceivedRange received) {
    Deadline deadline = Deadline.in(transport.deadline);
    for (int attempt = 1; ; attempt++) {
      Failure failure;
      try {
        boolean conditional = isConditional(received.request());
        int before = received.count();
        RangeBody body = addresses.send(at -> send(at, received, deadline));
        int status = body.reply().status();
        if (body.isChanged() || (status == 412 && conditional)) {
          throw new FileChangedException(name);
        }
        String problem = body.problem();
        if (problem != null && body.isLasting()) {
          throw failed(received, status, attempt, problem, null);
        }
        if (received.request().open() && (status == 200 || status == 206)) {
          received.learn(body.total(), null);
          return new Outcome(status, attempt, false, body.total());
        }
        if (status == 206 || body.isTaken()) {
          if (problem == null && received.missing() == 0) {
            return new Outcome(status, attempt, true, received.request().version().length());
          }
          if (body.isComplete() && received.count() > before) {
            attempt--; // a server that sends less at a time than requested
            continue;
          }
          if (problem == null) problem = "the reply ended " + received.missing() + " bytes early";
          failure = new Failure(status, problem, null, null);
        } else if (status == 200 && conditional) {
          unconditional = true;
          attempt--; // only once: later requests are without If-Range
          continue;
        } else if (isBusy(status, received.request())) {
          Duration asked = RetryPolicy.retryAfter(body.reply().headers());
          failure = new Failure(status, "the server is busy", asked, null);
        } else {
          return new Outcome(status, attempt, false, body.total());
        }
      } catch (IOException e) {
        // The connection failed after the last byte of the range.
        if (received.isWhole()) {
          return new Outcome(206, attempt, true, received.request().version().length());
        }
        failure = new Failure(0, HttpReplies.none(e), null, e);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
      retryAfter(failure, received, attempt, deadline);
    }
  }

  /**
   * Returns whether the server is busy. A 500 to a suffix does not count: some servers answer so to
   * every suffix, and the caller requests a range instead.
   */
  private static boolean isBusy(int status, RangeRequest request) {
    return RetryPolicy.isRetryable(status) && !(status == 500 && request.isSuffix());
  }

  /**
   * The reason that one request failed; {@code retryAfter} is null if the server asks for no pause.
   */
  private record Failure(
      int status, String problem, @Nullable Duration retryAfter, @Nullable Throwable cause) {}

  /** Sleeps before the next request, or throws if no other is allowed. */
  private void retryAfter(Failure failure, ReceivedRange received, int attempt, Deadline deadline) {
    Duration asked = failure.retryAfter();
    Duration pause = asked != null ? asked : transport.retries.pause(attempt);
    boolean late = deadline.left() < Deadline.nanos(pause);
    if (late || transport.retries.isExhausted(attempt)) {
      String noTime = "; no time is left of " + transport.deadline;
      String why = late ? failure.problem() + noTime : failure.problem();
      throw failed(received, failure.status(), attempt, why, failure.cause());
    }
    transport.counters.retries.increment();
    received.prepareRetry();
    try {
      RetryPolicy.sleep(pause);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private EarthEmbedException interrupted(InterruptedException e) {
    return Tasks.interrupted(name + ": interrupted while reading", e);
  }

  RangeReadException failed(
      ReceivedRange received, int status, int attempts, String why, @Nullable Throwable cause) {
    RangeRequest request = received.request();
    return new RangeReadException(
        name, request.offset(), request.length(), status, attempts, why, cause);
  }

  private boolean isConditional(RangeRequest request) {
    FileVersion version = request.version();
    return !unconditional && version.isStrong() && HttpReplies.isCondition(version.etag());
  }

  private RangeBody send(URI start, ReceivedRange received, Deadline deadline)
      throws IOException, InterruptedException {
    try (HttpExchange reply =
        Redirects.follow(start, at -> transport.send(request(at, received), deadline))) {
      Transport.Host host = transport.host(reply.address());
      RangeBody body = new RangeBody(reply, received, transport.counters, host);
      body.read();
      return body;
    }
  }

  private HttpRequest request(URI address, ReceivedRange received) throws IOException {
    if (!Addresses.isWeb(address)) {
      throw failed(received, 0, 1, "is to be read at no http or https address", null);
    }
    if (!transport.allowed.test(address)) {
      String problem = address.getHost() + " is no host that may be read from";
      throw failed(received, 0, 1, problem, null);
    }
    HttpRequest.Builder request =
        HttpSender.request(address).header("Range", received.request().header(received.count()));
    String etag = received.request().version().etag();
    if (etag != null && isConditional(received.request())) request.header("If-Range", etag);
    String authorization = transport.authorization.apply(address).orElse(null);
    if (authorization == null) return request.build();
    try {
      return request.header("Authorization", authorization).build();
    } catch (IllegalArgumentException e) {
      // The exception's message would show the header.
      throw failed(received, 0, 1, "the Authorization to be sent is no header", null);
    }
  }
}
