package io.earthembed.parquet.internal;

import io.earthembed.EarthEmbedException;
import io.earthembed.RangeReadException;
import io.earthembed.io.Addresses;
import io.earthembed.io.HttpReplies;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
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
 * may succeed later are sent again, after what Retry-After says or a random, growing pause, and go
 * on where the last one stopped. A range is split among connections where these are slow.
 */
public final class HttpRanges implements RangeSource {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");
  private static final Pattern UNSATISFIED = Pattern.compile("bytes \\*/(\\d{1,18})");

  /** What a signed URL is answered with once its time is over; some hosts say 416. */
  private static final Set<Integer> EXPIRED = Set.of(400, 401, 403, 404, 410, 416);

  private static final int MAX_REDIRECTS = 5;

  /** Pauses grow from a tenth of a second to 25 seconds, and no more. */
  private static final int MOST_DOUBLINGS = 8;

  private final Transport transport;
  private final URI url;

  /** Where the file was to be read when that was asked last. */
  private volatile @Nullable URI address;

  /**
   * Where the last redirects led, so that the next read needs none: hubs send every request for a
   * file to a signed URL that holds for an hour or so.
   */
  private volatile @Nullable URI redirected;

  /** A file. */
  public HttpRanges(Transport transport, URI url) {
    this.transport = transport;
    this.url = url;
  }

  @Override
  public String name() {
    return Addresses.shown(url);
  }

  @Override
  public String identity() {
    String query = url.getRawQuery();
    return query == null ? name() : name() + " ?" + Sha256.of(query);
  }

  @Override
  public Tail tail(int bytes) {
    for (int attempt = 1; ; attempt++) {
      Wanted wanted = new Wanted(-1, bytes, null, -1);
      try {
        Reply reply = ask(wanted);
        if (reply.status == 416 && reply.total > 0 && reply.total <= Integer.MAX_VALUE) {
          // Some servers refuse a suffix longer than the file, and tell its length.
          wanted = new Wanted(0, (int) Math.min(bytes, reply.total), null, reply.total);
          reply = ask(wanted);
        }
        if (reply.status != 206) throw refused(-1, bytes, reply);
        return new Tail(wanted.bytes(), wanted.total, wanted.version);
      } catch (FileChangedException changed) {
        if (attempt >= transport.attempts) {
          throw new EarthEmbedException(name() + " keeps changing while it is read", changed);
        }
      }
    }
  }

  @Override
  public ByteBuffer read(Tail tail, long offset, int length) {
    if (length == 0) return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
    URI target = redirected != null ? redirected : address;
    int pieces = target == null ? 1 : transport.host(target).pieces(length);
    Wanted whole = new Wanted(offset, length, tail.version(), tail.length());
    if (pieces <= 1) {
      read(whole);
      return whole.bytes();
    }
    List<Future<?>> others = new ArrayList<>();
    int step = (length + pieces - 1) / pieces;
    for (int from = step; from < length; from += step) {
      Wanted piece = whole.piece(from, Math.min(step, length - from));
      others.add(transport.threads.submit(() -> read(piece)));
    }
    try {
      read(whole.piece(0, step));
      for (Future<?> other : others) other.get();
      return whole.all();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) throw known;
      throw new EarthEmbedException("reading " + name() + " failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EarthEmbedException(name() + ": interrupted while reading", e);
    } finally {
      for (Future<?> other : others) other.cancel(true);
    }
  }

  private void read(Wanted wanted) {
    Reply reply = ask(wanted);
    if (reply.status != 206) throw refused(wanted.offset, wanted.length, reply);
  }

  private RangeReadException refused(long offset, int length, Reply reply) {
    String problem =
        switch (reply.status) {
          case 200 -> "the server ignores byte ranges; the whole file was not downloaded";
          case 401 -> "refused: no token, or not one of this file";
          case 403 -> "refused: no right to it, or a signed URL whose time is over";
          case 404 -> "not found";
          case 416 -> "refused: the server says that the range is not in the file";
          default -> "refused";
        };
    return new RangeReadException(
        name(), offset, length, reply.status, reply.attempts, problem, null);
  }

  /** Bytes that are wanted, and as many of them as there are already. */
  private static final class Wanted {
    private final boolean suffix;
    final ByteBuffer into;

    /** Of the first byte, or -1 for the file's last bytes, until the length is known. */
    long offset;

    int length;

    /** The state of the file that is wanted, or that the first reply had; null if unknown. */
    @Nullable String version;

    /** Bytes of the whole file, or -1 if unknown. */
    long total;

    /** A reply was of another state of the file. */
    boolean changed;

    /** Counts exchanges: what comes of one that is over is not taken. Guarded by this. */
    int exchange;

    Wanted(long offset, int length, @Nullable String version, long total) {
      this(offset, version, total, ByteBuffer.allocate(length));
    }

    private Wanted(long offset, @Nullable String version, long total, ByteBuffer into) {
      suffix = offset < 0;
      this.offset = offset;
      this.length = into.capacity();
      this.version = version;
      this.total = total;
      this.into = into;
    }

    Wanted piece(int from, int count) {
      return new Wanted(offset + from, version, total, into.slice(from, count));
    }

    /** What has come. */
    ByteBuffer bytes() {
      return into.duplicate().order(ByteOrder.LITTLE_ENDIAN).flip();
    }

    /** All, where pieces have filled it. */
    ByteBuffer all() {
      return into.duplicate().order(ByteOrder.LITTLE_ENDIAN).clear();
    }

    /** A new exchange; those before it are over. */
    synchronized int begin() {
      return ++exchange;
    }

    int missing() {
      return length - into.position();
    }

    /** Whether all is there, of a state of the file that is known. */
    synchronized boolean isWhole() {
      return version != null && offset >= 0 && length > 0 && missing() == 0;
    }

    String range() {
      return offset < 0
          ? "bytes=-" + length
          : "bytes=" + (offset + into.position()) + "-" + (offset + length - 1);
    }

    /** What is had stays if the file can be held to its version; otherwise all begins anew. */
    void goOn() {
      if (version != null) return;
      into.clear();
      if (!suffix) return;
      offset = -1;
      length = into.capacity();
      total = -1;
    }
  }

  private static final class Reply {
    final int status;
    final int attempts;
    final @Nullable String etag;
    long total = -1;

    Reply(int status, int attempts, @Nullable String etag) {
      this.status = status;
      this.attempts = attempts;
      this.etag = etag;
    }
  }

  /** Sends requests until all is there, or the answer is another, or the attempts are used up. */
  private Reply ask(Wanted wanted) {
    long end = System.nanoTime() + transport.deadline.toNanos();
    for (int attempt = 1; ; attempt++) {
      String problem;
      @Nullable Throwable cause = null;
      int status = 0;
      long most = 100L << Math.min(attempt, MOST_DOUBLINGS);
      Duration pause = Duration.ofMillis(ThreadLocalRandom.current().nextLong(1, most));
      try {
        HttpResponse<Body> response = send(wanted, end);
        status = response.statusCode();
        Reply reply = new Reply(status, attempt, etag(response.headers()));
        boolean another =
            status == 200 && wanted.version != null && !wanted.version.equals(reply.etag);
        if (another || wanted.changed) throw new FileChangedException(name());
        if (status == 206) {
          problem = response.body().problem;
          if (problem == null && wanted.missing() > 0) {
            problem = "the reply ended " + wanted.missing() + " bytes early";
          }
          reply.total = wanted.total;
          if (problem == null) return reply;
        } else if (HttpReplies.isPassing(status)) {
          problem = "the server is busy";
          Duration asked = HttpReplies.retryAfter(response.headers());
          if (asked != null) pause = asked;
        } else {
          Matcher m =
              UNSATISFIED.matcher(response.headers().firstValue("Content-Range").orElse(""));
          if (status == 416 && m.matches()) reply.total = Long.parseLong(m.group(1));
          return reply;
        }
      } catch (IOException e) {
        // What is lost is the end of the reply, and nothing of what it was to bring.
        if (wanted.isWhole()) {
          Reply reply = new Reply(206, attempt, wanted.version);
          reply.total = wanted.total;
          return reply;
        }
        problem = HttpReplies.none(e);
        cause = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EarthEmbedException(name() + ": interrupted while reading", e);
      }
      // A date far away has no nanoseconds in a long.
      boolean late =
          pause.compareTo(transport.deadline) > 0 || System.nanoTime() + pause.toNanos() > end;
      if (attempt >= transport.attempts || late) {
        String why = late ? problem + "; no time is left of " + transport.deadline : problem;
        throw new RangeReadException(
            name(), wanted.offset, wanted.length, status, attempt, why, cause);
      }
      transport.counters.retries.increment();
      wanted.goOn();
      sleep(pause);
    }
  }

  private HttpResponse<Body> send(Wanted wanted, long end)
      throws IOException, InterruptedException {
    URI known = redirected;
    if (known != null) {
      boolean good = false;
      try {
        HttpResponse<Body> response = follow(known, wanted, end);
        good = response.statusCode() == 206;
        if (good || HttpReplies.isPassing(response.statusCode())) return response;
      } finally {
        // Whatever is wrong there: who sent us there may send us elsewhere now.
        if (!good) redirected = null;
      }
    }
    URI place = address;
    if (place != null) {
      HttpResponse<Body> response = follow(place, wanted, end);
      if (!EXPIRED.contains(response.statusCode())) return response;
      address = null;
      URI fresh = transport.address.apply(url);
      if (fresh.equals(place)) return response;
      address = fresh;
      return follow(fresh, wanted, end);
    }
    URI first = transport.address.apply(url);
    address = first;
    return follow(first, wanted, end);
  }

  private HttpResponse<Body> follow(URI start, Wanted wanted, long end)
      throws IOException, InterruptedException {
    URI target = start;
    for (int hops = 0; ; hops++) {
      if (!transport.allowed.test(target)) {
        String problem = target.getHost() + " is no host that may be read from";
        throw new RangeReadException(name(), wanted.offset, wanted.length, 0, 1, problem, null);
      }
      HttpRequest.Builder request =
          HttpRequest.newBuilder(target)
              .header("Accept-Encoding", "identity")
              .header("Range", wanted.range());
      if (wanted.version != null) request.header("If-Range", wanted.version);
      transport.authorization.apply(target).ifPresent(a -> request.header("Authorization", a));
      HttpResponse<Body> response = exchange(request, target, wanted, end);
      int status = response.statusCode();
      if (status / 100 != 3 || status == 304) {
        if (status == 206 && !target.equals(start)) redirected = target;
        return response;
      }
      String location = response.headers().firstValue("Location").orElse("");
      if (location.isEmpty() || hops == MAX_REDIRECTS) {
        throw new IOException("redirected " + (hops + 1) + " times without an end");
      }
      target = HttpReplies.redirected(target, location);
    }
  }

  /**
   * Sends one request, and waits for header and body here: the client's own time limit is one for
   * the header alone, or from JDK 26 on for the whole, and neither is meant.
   */
  private HttpResponse<Body> exchange(
      HttpRequest.Builder request, URI target, Wanted wanted, long end)
      throws IOException, InterruptedException {
    Transport.Host host = transport.host(target);
    long left = end - System.nanoTime();
    if (left <= 0 || !host.connections.tryAcquire(left, TimeUnit.NANOSECONDS)) {
      throw new HttpTimeoutException("not answered within " + transport.deadline);
    }
    AtomicReference<@Nullable Body> body = new AtomicReference<>();
    int exchange = wanted.begin();
    try {
      transport.counters.requests.increment();
      Future<HttpResponse<Body>> reply =
          transport.threads.submit(
              () ->
                  transport
                      .client()
                      .send(
                          request.build(),
                          info -> {
                            Body fresh = new Body(info, wanted, exchange, transport.counters, host);
                            body.set(fresh);
                            return fresh;
                          }));
      try {
        return await(reply, wanted, end);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException known) throw known;
        throw new IOException(e.getCause());
      } finally {
        wanted.begin(); // and nothing more is taken of this one
        reply.cancel(true);
        Body abandoned = body.get();
        if (abandoned != null) abandoned.abandon();
      }
    } finally {
      host.connections.release();
    }
  }

  /** Waits for a reply with its body, as long as something comes. */
  private <T> T await(Future<T> reply, Wanted wanted, long end)
      throws IOException, InterruptedException, ExecutionException {
    long silence = transport.silence.toNanos();
    long heard = System.nanoTime();
    for (int seen = -1; ; ) {
      try {
        long left = end - System.nanoTime();
        return reply.get(Math.max(1, Math.min(silence / 8, left)), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        long now = System.nanoTime();
        int come;
        synchronized (wanted) {
          come = wanted.into.position();
        }
        if (come != seen) heard = now;
        seen = come;
        if (now - heard > silence) {
          throw new HttpTimeoutException("nothing came for " + transport.silence);
        }
        if (now - end >= 0) {
          throw new HttpTimeoutException("not whole within " + transport.deadline);
        }
      }
    }
  }

  /** The strong ETag, or null. */
  private static @Nullable String etag(HttpHeaders headers) {
    String etag = headers.firstValue("ETag").orElse(null);
    return etag == null || etag.startsWith("W/") ? null : etag;
  }

  private void sleep(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EarthEmbedException(name() + ": interrupted while waiting to try again", e);
    }
  }

  /**
   * Puts the body of a reply where it is wanted, if its header says that it is that; cuts the
   * connection otherwise, and at the first byte too many.
   */
  private static final class Body implements HttpResponse.BodySubscriber<Body> {
    private final Wanted wanted;
    private final Counters counters;
    private final Transport.Host host;
    private final int exchange;
    private final CompletableFuture<Body> done = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscription subscription;
    private final boolean taken;
    private final int from;
    private long began;

    /** What is wrong with a 206, or null. */
    final @Nullable String problem;

    Body(
        HttpResponse.ResponseInfo info,
        Wanted wanted,
        int exchange,
        Counters counters,
        Transport.Host host) {
      this.wanted = wanted;
      this.exchange = exchange;
      this.counters = counters;
      this.host = host;
      synchronized (wanted) {
        boolean over = wanted.exchange != exchange;
        problem = over ? "late" : info.statusCode() == 206 ? check(info.headers(), wanted) : null;
        taken = info.statusCode() == 206 && problem == null;
        from = wanted.into.position();
      }
    }

    private static @Nullable String check(HttpHeaders headers, Wanted wanted) {
      String header = headers.firstValue("Content-Range").orElse("");
      Matcher m = CONTENT_RANGE.matcher(header);
      if (!m.matches()) return "a partial reply without a usable Content-Range: " + header;
      long first = Long.parseLong(m.group(1));
      long last = Long.parseLong(m.group(2));
      long total = Long.parseLong(m.group(3));
      String etag = etag(headers);
      wanted.changed =
          (wanted.total >= 0 && total != wanted.total)
              || (wanted.version != null && etag != null && !wanted.version.equals(etag));
      if (wanted.changed) return "another state of the file";
      boolean atEnd = wanted.offset < 0;
      int length = atEnd ? (int) Math.min(wanted.length, total) : wanted.length;
      long start = atEnd ? total - length : wanted.offset + wanted.into.position();
      if (first != start || last != (atEnd ? total : wanted.offset + length) - 1) {
        return "another range was sent: " + header;
      }
      if (atEnd) {
        // From here on it is a range like any other, and can be gone on with.
        wanted.offset = first;
        wanted.length = length;
      }
      wanted.total = total;
      if (wanted.version == null) wanted.version = etag;
      return null;
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
      began = System.nanoTime();
      if (taken) {
        s.request(Long.MAX_VALUE);
      } else {
        s.cancel();
        done.complete(this);
      }
    }

    @Override
    public void onNext(List<ByteBuffer> items) {
      synchronized (wanted) {
        if (wanted.exchange == exchange) take(items);
      }
    }

    private void take(List<ByteBuffer> items) {
      for (ByteBuffer item : items) {
        counters.bytesRead.add(item.remaining());
        if (item.remaining() > wanted.missing()) {
          Flow.Subscription s = subscription;
          if (s != null) s.cancel();
          wanted.into.clear(); // one that cannot count is not believed
          done.completeExceptionally(new IOException("more bytes came than were asked for"));
          return;
        }
        wanted.into.put(item);
      }
    }

    @Override
    public void onError(Throwable error) {
      done.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      synchronized (wanted) {
        if (wanted.exchange == exchange) {
          host.brought(wanted.into.position() - from, System.nanoTime() - began);
        }
      }
      done.complete(this);
    }
  }
}
