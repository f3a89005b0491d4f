package io.earthembed.stac;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.earthembed.base.http.Deadline;
import io.earthembed.base.http.HttpExchange;
import io.earthembed.base.http.HttpReplies;
import io.earthembed.base.http.HttpSender;
import io.earthembed.base.http.LastingHttpException;
import io.earthembed.base.http.Redirects;
import io.earthembed.base.http.RetryPolicy;
import io.earthembed.base.thread.DaemonThreads;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import io.earthembed.internal.PlainText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Requests JSON documents, and requests them again if a server fails. Safe for many threads.
 *
 * @param attempts requests in a row that may fail
 * @param timeout how long a server may be silent, and how long a Retry-After is obeyed
 */
record StacReader(int attempts, Duration timeout) {
  /** The most bytes of a document: a page of 10,000 items has about half as many. */
  private static final int MOST_BYTES = 64 << 20;

  /** How many time-outs a whole reply may take, so that a slow trickle ends. */
  private static final int TIMEOUTS_OF_A_REPLY = 5;

  private static final HttpSender SENDER =
      new HttpSender(
          Executors.newCachedThreadPool(DaemonThreads.named("earth-embed-stac")),
          Duration.ofSeconds(20));

  /** A failure of one request. */
  private static final class Fault extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean retryable;
    private final transient @Nullable Duration retryAfter;

    Fault(String problem, boolean retryable, @Nullable Duration retryAfter) {
      super(problem);
      this.retryable = retryable;
      this.retryAfter = retryAfter;
    }
  }

  /**
   * Returns the document that a request yields.
   *
   * @throws CorruptDataException if it is no JSON object
   * @throws EarthEmbedException naming the address, if it cannot be read
   */
  JsonObject read(StacRequest request) {
    String name = Addresses.redacted(request.address());
    byte[] bytes;
    try {
      bytes = bytes(request, name);
    } catch (InterruptedException e) {
      throw Tasks.interrupted(name + ": interrupted while reading", e);
    }
    try {
      JsonObject document =
          new Gson().fromJson(new String(bytes, StandardCharsets.UTF_8), JsonObject.class);
      if (document != null) return document;
    } catch (JsonParseException | ClassCastException e) {
      String page = HttpReplies.page(bytes, false);
      String problem = page == null ? "not a JSON object: " + e.getMessage() : page;
      throw new CorruptDataException(name, problem, e);
    }
    throw new CorruptDataException(name, "an empty document");
  }

  private byte[] bytes(StacRequest request, String name) throws InterruptedException {
    RetryPolicy retries = new RetryPolicy(attempts);
    for (int failures = 1; ; failures++) {
      Fault fault;
      try {
        return bytes(request);
      } catch (Fault e) {
        fault = e;
      } catch (LastingHttpException e) {
        fault = new Fault(String.valueOf(e.getMessage()), false, null);
      } catch (IOException e) {
        fault = new Fault(HttpReplies.none(e), true, null);
      }
      if (!fault.retryable || retries.isExhausted(failures)) {
        String tries = failures == 1 ? "" : ", " + failures + " attempts";
        throw new EarthEmbedException(name + tries + ": " + fault.getMessage(), fault);
      }
      Duration pause = fault.retryAfter != null ? fault.retryAfter : retries.pause(failures);
      RetryPolicy.sleep(pause.compareTo(timeout) > 0 ? timeout : pause);
    }
  }

  private byte[] bytes(StacRequest request) throws IOException, InterruptedException {
    Deadline deadline = Deadline.in(timeout.multipliedBy(TIMEOUTS_OF_A_REPLY));
    try (HttpExchange reply =
        Redirects.follow(
            request.address(), at -> SENDER.send(http(request, at), timeout, deadline))) {
      byte[] bytes = body(reply);
      int status = reply.status();
      if (status == 200) return bytes;
      // Servers explain in JSON, with a description, or in a line of text.
      String text = new String(bytes, StandardCharsets.UTF_8);
      String reason = HttpReplies.page(bytes, false) == null ? PlainText.line(text) : "";
      throw new Fault(
          "HTTP " + status + (reason.isEmpty() ? "" : ": " + reason),
          RetryPolicy.isRetryable(status),
          RetryPolicy.retryAfter(reply.headers()));
    }
  }

  private static byte[] body(HttpExchange reply) throws IOException, InterruptedException {
    String encoding = HttpReplies.encoding(reply.headers());
    if (encoding != null) throw new Fault(HttpReplies.encoded(encoding), false, null);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuffer next = reply.next(); next != null; next = reply.next()) {
      if (next.remaining() > MOST_BYTES - bytes.size()) {
        throw new Fault("a document of more than " + MOST_BYTES + " bytes", false, null);
      }
      byte[] part = new byte[next.remaining()];
      next.get(part);
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private static HttpRequest http(StacRequest request, URI at) throws IOException {
    HttpRequest.Builder http =
        HttpSender.request(at)
            .header("User-Agent", "earth-embed")
            .header("Accept", "application/geo+json, application/json");
    try {
      request.headers().forEach(http::setHeader);
    } catch (IllegalArgumentException e) {
      throw new Fault("a next link with a header that cannot be sent", false, null);
    }
    if (request.body() == null) return http.build();
    return http.setHeader("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(request.body().toString()))
        .build();
  }
}
