package io.earthembed.parquet.internal;

import io.earthembed.EarthEmbedException;
import io.earthembed.RangeReadException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file behind HTTP, read by range requests only: never HEAD, and never a whole body by accident,
 * since a server that answers a range with anything but that range is cut off at its header.
 * Redirects are followed by hand and remembered until the place they lead to refuses. Requests that
 * may succeed later are sent again, after what Retry-After says or a random, growing pause.
 */
public final class HttpRanges implements RangeSource {
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+)");
  private static final Pattern UNSATISFIED = Pattern.compile("bytes \\*/(\\d+)");
  private static final Set<Integer> WORTH_RETRYING = Set.of(408, 425, 429, 500, 502, 503, 504);

  /** What a signed URL is answered with once its time is over. */
  private static final Set<Integer> EXPIRED = Set.of(400, 401, 403, 404, 410);

  private static final int MAX_REDIRECTS = 5;

  private final HttpClient client;
  private final URI url;
  private final Counters counters;
  private final Duration timeout;
  private final int attempts;

  /**
   * Where the last redirects led, so that the next read needs none: hubs send every request for a
   * file to a signed URL that holds for an hour or so.
   */
  private volatile @Nullable URI redirected;

  /**
   * @param client shared; must not follow redirects
   * @param timeout for one request with its body
   * @param attempts how often a request is sent at the most
   */
  public HttpRanges(HttpClient client, URI url, Counters counters, Duration timeout, int attempts) {
    this.client = client;
    this.url = url;
    this.counters = counters;
    this.timeout = timeout;
    this.attempts = attempts;
  }

  @Override
  public String name() {
    return withoutQuery(url);
  }

  /** A URL as it may be shown and logged: a query may carry a signature. */
  public static String withoutQuery(URI url) {
    String text = url.toString();
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query);
  }

  @Override
  public Tail tail(int bytes) {
    Reply reply = ask(-1, bytes, null);
    if (reply.status == 416 && reply.total > 0 && reply.total <= Integer.MAX_VALUE) {
      // Some servers refuse a suffix longer than the file, and tell its length.
      reply = ask(0, (int) Math.min(bytes, reply.total), null);
    }
    if (reply.status != 206) throw refused(-1, bytes, reply);
    return new Tail(reply.body, reply.total, reply.etag);
  }

  @Override
  public ByteBuffer read(Tail tail, long offset, int length) {
    Reply reply = ask(offset, length, tail.version());
    if (reply.status == 200 && tail.version() != null && !tail.version().equals(reply.etag)) {
      throw new FileChangedException(name());
    }
    if (reply.status != 206) throw refused(offset, length, reply);
    if (reply.total != tail.length()
        || (tail.version() != null && reply.etag != null && !tail.version().equals(reply.etag))) {
      throw new FileChangedException(name());
    }
    return reply.body;
  }

  private RangeReadException refused(long offset, int length, Reply reply) {
    String problem =
        reply.status == 200
            ? "the server ignores byte ranges; the whole file was not downloaded"
            : reply.status == 404 ? "not found" : "refused";
    return new RangeReadException(
        name(), offset, length, reply.status, reply.attempts, problem, null);
  }

  private static final class Reply {
    int status;
    int attempts;
    long total = -1;
    @Nullable String etag;
    ByteBuffer body = ByteBuffer.allocate(0);
  }

  /** Sends a request until it is answered or the attempts are used up. */
  private Reply ask(long offset, int length, @Nullable String version) {
    for (int attempt = 1; ; attempt++) {
      @Nullable String problem = null;
      @Nullable Throwable cause = null;
      int status = 0;
      Duration pause = Duration.ofMillis(ThreadLocalRandom.current().nextLong(1, 100L << attempt));
      try {
        HttpResponse<Body> response = send(offset, length, version);
        status = response.statusCode();
        Reply reply = new Reply();
        reply.status = status;
        reply.attempts = attempt;
        reply.etag = strong(response.headers().firstValue("ETag").orElse(null));
        if (status == 206) {
          problem = take(response, offset, length, reply);
        } else if (WORTH_RETRYING.contains(status)) {
          problem = "the server is busy";
          pause = retryAfter(response, pause);
        } else if (status == 416) {
          Matcher m =
              UNSATISFIED.matcher(response.headers().firstValue("Content-Range").orElse(""));
          if (m.matches()) reply.total = Long.parseLong(m.group(1));
        }
        if (problem == null) return reply;
      } catch (IOException e) {
        problem = String.valueOf(e.getMessage());
        cause = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EarthEmbedException(name() + ": interrupted while reading", e);
      }
      if (attempt >= attempts) {
        throw new RangeReadException(name(), offset, length, status, attempt, problem, cause);
      }
      counters.retries.increment();
      sleep(pause);
    }
  }

  /** Checks a 206 and takes its body; what is wrong with it, or null. */
  private static @Nullable String take(
      HttpResponse<Body> response, long offset, int length, Reply reply) {
    String header = response.headers().firstValue("Content-Range").orElse("");
    Matcher m = CONTENT_RANGE.matcher(header);
    if (!m.matches()) return "a partial reply without a usable Content-Range: " + header;
    long first = Long.parseLong(m.group(1));
    long last = Long.parseLong(m.group(2));
    reply.total = Long.parseLong(m.group(3));
    long wanted = Math.min(length, reply.total);
    long start = offset < 0 ? reply.total - wanted : offset;
    if (first != start || last - first + 1 != wanted) return "another range was sent: " + header;
    ByteBuffer body = response.body().bytes();
    if (body.remaining() != wanted) {
      return "the reply ended after " + body.remaining() + " of " + wanted + " bytes";
    }
    reply.body = body;
    return null;
  }

  private HttpResponse<Body> send(long offset, int length, @Nullable String version)
      throws IOException, InterruptedException {
    URI known = redirected;
    if (known != null) {
      HttpResponse<Body> response = follow(known, offset, length, version);
      if (!EXPIRED.contains(response.statusCode())) return response;
      redirected = null;
    }
    return follow(url, offset, length, version);
  }

  private HttpResponse<Body> follow(URI start, long offset, int length, @Nullable String version)
      throws IOException, InterruptedException {
    URI target = start;
    for (int hops = 0; ; hops++) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(target)
              .timeout(timeout)
              .header("Accept-Encoding", "identity")
              .header(
                  "Range",
                  offset < 0
                      ? "bytes=-" + length
                      : "bytes=" + offset + "-" + (offset + length - 1));
      if (version != null) request.header("If-Range", version);
      counters.requests.increment();
      HttpResponse<Body> response = exchange(request.build(), length);
      int status = response.statusCode();
      if (status / 100 != 3 || status == 304) {
        if (status == 206 && !target.equals(url)) redirected = target;
        return response;
      }
      String location = response.headers().firstValue("Location").orElse("");
      if (location.isEmpty() || hops == MAX_REDIRECTS) {
        throw new IOException("redirected " + (hops + 1) + " times without an end");
      }
      target = target.resolve(location);
      if (!List.of("http", "https").contains(String.valueOf(target.getScheme()))) {
        throw new IOException("redirected to " + target.getScheme());
      }
    }
  }

  /**
   * Sends one request. The client's own time limit ends with the header, so that the body's is kept
   * here.
   */
  private HttpResponse<Body> exchange(HttpRequest request, int length)
      throws IOException, InterruptedException {
    AtomicReference<@Nullable Body> body = new AtomicReference<>();
    CompletableFuture<HttpResponse<Body>> reply =
        client.sendAsync(
            request,
            info -> {
              Body fresh = new Body(info.statusCode() == 206 ? length : 0, counters);
              body.set(fresh);
              return fresh;
            });
    try {
      return reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException known) throw known;
      throw new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no whole reply within " + timeout);
    } finally {
      reply.cancel(true);
      Body abandoned = body.get();
      if (abandoned != null) abandoned.abandon();
    }
  }

  private static @Nullable String strong(@Nullable String etag) {
    return etag == null || etag.startsWith("W/") ? null : etag;
  }

  private static Duration retryAfter(HttpResponse<?> response, Duration otherwise) {
    String header = response.headers().firstValue("Retry-After").orElse("");
    Duration limit = Duration.ofSeconds(30);
    try {
      Duration asked =
          header.matches("\\d{1,6}")
              ? Duration.ofSeconds(Long.parseLong(header))
              : Duration.between(
                  Instant.now(),
                  ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      return asked.isNegative() ? otherwise : asked.compareTo(limit) > 0 ? limit : asked;
    } catch (DateTimeParseException e) {
      return otherwise;
    }
  }

  private void sleep(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EarthEmbedException(name() + ": interrupted while waiting to try again", e);
    }
  }

  /** Takes up to so many bytes and cuts the connection at the first one beyond. */
  private static final class Body implements HttpResponse.BodySubscriber<Body> {
    private final ByteBuffer bytes;
    private final Counters counters;
    private final CompletableFuture<Body> done = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscription subscription;

    Body(int limit, Counters counters) {
      this.bytes = ByteBuffer.allocate(limit).order(ByteOrder.LITTLE_ENDIAN);
      this.counters = counters;
    }

    ByteBuffer bytes() {
      return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).flip();
    }

    /** Hangs up where the body has not come; harmless where it has. */
    void abandon() {
      Flow.Subscription s = subscription;
      if (s != null && !done.isDone()) s.cancel();
    }

    @Override
    public CompletionStage<Body> getBody() {
      return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription s) {
      subscription = s;
      if (bytes.capacity() == 0) {
        s.cancel();
        done.complete(this);
      } else {
        s.request(Long.MAX_VALUE);
      }
    }

    @Override
    public void onNext(List<ByteBuffer> items) {
      for (ByteBuffer item : items) {
        counters.bytesRead.add(item.remaining());
        if (item.remaining() > bytes.remaining()) {
          Flow.Subscription s = subscription;
          if (s != null) s.cancel();
          done.completeExceptionally(new IOException("more bytes came than were asked for"));
          return;
        }
        bytes.put(item);
      }
    }

    @Override
    public void onError(Throwable error) {
      done.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      done.complete(this);
    }
  }
}
