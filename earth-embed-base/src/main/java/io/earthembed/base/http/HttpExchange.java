package io.earthembed.base.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A reply whose head has arrived and whose body one thread pulls. The first {@link #next} requests
 * the body, so an unwanted body costs nothing.
 */
public final class HttpExchange implements AutoCloseable {
  private final URI address;
  private final int status;
  private final HttpHeaders headers;
  private final BodyQueue body;
  private final Duration idle;
  private final Deadline deadline;
  private Runnable onClose = () -> {};

  HttpExchange(URI address, HttpResponse<BodyQueue> head, Duration idle, Deadline deadline) {
    this.address = address;
    this.status = head.statusCode();
    this.headers = head.headers();
    this.body = head.body();
    this.idle = idle;
    this.deadline = deadline;
  }

  /** Returns the address that sent this reply. */
  public URI address() {
    return address;
  }

  /** Returns the status code. */
  public int status() {
    return status;
  }

  /** Returns the reply's headers. */
  public HttpHeaders headers() {
    return headers;
  }

  /**
   * Waits for the next bytes of the body.
   *
   * @return bytes, which the caller owns; null at the end of the body
   * @throws HttpTimeoutException if nothing arrives within the idle time-out, or the deadline has
   *     passed
   * @throws IOException if the connection fails
   */
  public @Nullable ByteBuffer next() throws IOException, InterruptedException {
    long left = deadline.left();
    if (left <= 0) throw timeout(idle, deadline);
    BodyQueue.Signal signal = body.next(Math.min(Deadline.nanos(idle), left));
    if (signal == null) throw timeout(idle, deadline);
    Throwable failure = signal.failure();
    if (failure != null) {
      HttpSender.rethrowError(failure);
      throw failure instanceof IOException known ? known : new IOException(failure);
    }
    return signal.bytes();
  }

  static HttpTimeoutException timeout(Duration idle, Deadline deadline) {
    return new HttpTimeoutException(
        deadline.left() <= 0 ? "not whole within " + deadline.limit() : "nothing came for " + idle);
  }

  /** Sets an action that {@link #close} runs once. */
  public HttpExchange onClose(Runnable action) {
    onClose = action;
    return this;
  }

  /** Ends the exchange. Closes the connection unless the body has ended. */
  @Override
  public void close() {
    body.cancel();
    Runnable action = onClose;
    onClose = () -> {};
    action.run();
  }
}
