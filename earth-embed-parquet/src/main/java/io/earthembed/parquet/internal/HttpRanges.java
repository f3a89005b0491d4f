package io.earthembed.parquet.internal;

import io.earthembed.base.http.HttpReplies;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import io.earthembed.internal.Addresses;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A file behind HTTP, read by range requests only: never HEAD, and never a whole body by accident,
 * since a server that answers a range with much else is cut off at its header. A small file may
 * come whole. Servers that know no range at a file's end are asked for its length and for bounded
 * ranges. Redirects are followed by hand and remembered until the place they lead to refuses.
 * Requests that may succeed later are sent again, after what Retry-After says or a random, growing
 * pause, and go on where the last one stopped. A range is split among connections where these are
 * slow.
 */
public final class HttpRanges implements RangeSource {
  /** What a signed URL is answered with once its time is over; some hosts say 416. */
  private static final Set<Integer> EXPIRED = Set.of(400, 401, 403, 404, 410, 416);

  /** What servers answer to a range at the file's end that know none, and may know others. */
  private static final Set<Integer> NO_SUFFIX = Set.of(200, 400, 405, 406, 412, 416, 500, 501, 505);

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

  /** The server answers If-Range with the whole file although that has not changed. */
  private volatile boolean unconditional;

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
    String name = Addresses.bare(url.toString());
    return query == null ? name : name + " ?" + Sha256.of(query);
  }

  @Override
  public Tail tail(int bytes) {
    for (int attempt = 1; ; attempt++) {
      try {
        return end(bytes);
      } catch (FileChangedException changed) {
        if (attempt >= transport.attempts) {
          throw new EarthEmbedException(name() + " keeps changing while it is read", changed);
        }
      }
    }
  }

  private Tail end(int bytes) {
    Transport.Host host = transport.host(url);
    long total = -1;
    if (!host.noSuffix) {
      Wanted wanted = Wanted.suffix(bytes);
      Reply reply = ask(wanted);
      if (reply.done) return tail(wanted, reply);
      if (!NO_SUFFIX.contains(reply.status)) throw refused(-1, bytes, reply);
      total = reply.total;
      // A longer suffix than the file is refused by some that know others, and so is an empty file.
      if (reply.status != 500 && !(reply.status == 416 && total >= 0)) host.noSuffix = true;
    }
    if (total < 0) total = length(bytes);
    if (total == 0) return new Tail(empty(), 0, null);
    int length = (int) Math.min(bytes, total);
    Wanted wanted = Wanted.range(total - length, length, null, total);
    Reply reply = ask(wanted);
    if (!reply.done) throw refused(-1, bytes, reply);
    return tail(wanted, reply);
  }

  private Tail tail(Wanted wanted, Reply reply) {
    if (wanted.offset == 0) {
      byte[] start = new byte[Math.min(HttpReplies.START, wanted.length)];
      wanted.bytes().get(start);
      String page = HttpReplies.page(start, false);
      if (page != null) throw failed(wanted, reply.status, reply.attempts, page, null);
    }
    return new Tail(wanted.bytes(), wanted.total, wanted.version);
  }

  /** The file's length, of a server that was asked for its end in vain. */
  private long length(int bytes) {
    Wanted first = Wanted.range(0, 1, null, -1);
    Reply reply = ask(first);
    if (first.total < 0 && reply.done) {
      first = Wanted.header();
      reply = ask(first);
    }
    if (first.total >= 0) return first.total;
    if (reply.status == 416 && reply.total == 0) return 0;
    throw refused(-1, bytes, reply);
  }

  private static ByteBuffer empty() {
    return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public ByteBuffer read(Tail tail, long offset, int length) {
    if (length == 0) return empty();
    URI target = redirected != null ? redirected : address;
    int count = target == null ? 1 : transport.host(target).pieces(length);
    int step = (length + count - 1) / count;
    List<Wanted> pieces = new ArrayList<>();
    for (int from = 0; from < length; from += step) {
      int part = Math.min(step, length - from);
      pieces.add(Wanted.range(offset + from, part, tail.version(), tail.length()));
    }
    List<Future<?>> others = new ArrayList<>();
    for (Wanted piece : pieces.subList(1, pieces.size())) {
      others.add(transport.threads.submit(() -> read(piece)));
    }
    try {
      read(pieces.get(0));
      for (Future<?> other : others) other.get();
      if (others.isEmpty()) return pieces.get(0).bytes();
      ByteBuffer all = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      for (Wanted piece : pieces) all.put(piece.bytes());
      return all.flip();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) throw known;
      if (e.getCause() instanceof Error known) throw known;
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
    if (!reply.done) throw refused(wanted.offset, wanted.length, reply);
  }

  private RangeReadException refused(long offset, int length, Reply reply) {
    String problem =
        switch (reply.status) {
          case 200 -> "the server ignores byte ranges; the whole file was not downloaded";
          case 204, 205 -> "an empty reply";
          case 206 -> "the server does not tell the file's length";
          case 401 -> "refused: no token, or not one of this file";
          case 403 -> "refused: no right to it, or a signed URL whose time is over";
          case 404 -> "not found";
          case 416 -> "refused: the server says that the range is not in the file";
          default -> "refused";
        };
    return new RangeReadException(
        name(), offset, length, reply.status, reply.attempts, problem, null);
  }

  /**
   * How asking has ended.
   *
   * @param done whether all that is wanted is there
   * @param total bytes of the file, or -1 if the reply did not say
   */
  private record Reply(int status, int attempts, boolean done, long total) {}

  /** Sends requests until all is there, or the answer is another, or the attempts are used up. */
  private Reply ask(Wanted wanted) {
    long end = System.nanoTime() + nanos(transport.deadline);
    for (int attempt = 1; ; attempt++) {
      String problem;
      @Nullable Throwable cause = null;
      int status = 0;
      long most = 100L << Math.min(attempt, MOST_DOUBLINGS);
      Duration pause = Duration.ofMillis(ThreadLocalRandom.current().nextLong(1, most));
      boolean conditional = isConditional(wanted);
      int before = wanted.had();
      try {
        HttpResponse<ReplyBody> response = send(wanted, end);
        ReplyBody body = response.body();
        status = response.statusCode();
        if (wanted.changed || (status == 412 && conditional)) {
          throw new FileChangedException(name());
        }
        if (body.problem != null && body.lasting) {
          throw failed(wanted, status, attempt, body.problem, null);
        }
        if (wanted.open && (status == 200 || status == 206)) {
          wanted.total = body.total;
          return new Reply(status, attempt, false, body.total);
        }
        if (status == 206 || body.isTaken()) {
          if (body.problem == null && wanted.missing() == 0) {
            return new Reply(status, attempt, true, wanted.total);
          }
          if (body.isComplete() && wanted.had() > before) {
            attempt--; // a server that gives less at a time than it is asked for
            continue;
          }
          problem =
              body.problem != null
                  ? body.problem
                  : "the reply ended " + wanted.missing() + " bytes early";
        } else if (status == 200 && conditional) {
          unconditional = true;
          attempt--; // once: from now on it is asked without
          continue;
        } else if (HttpReplies.isPassing(status) && !(status == 500 && wanted.isSuffix())) {
          problem = "the server is busy";
          Duration asked = HttpReplies.retryAfter(response.headers());
          if (asked != null) pause = asked;
        } else {
          return new Reply(status, attempt, false, body.total);
        }
      } catch (IOException e) {
        // What is lost is the end of the reply, and nothing of what it was to bring.
        if (wanted.isWhole()) return new Reply(206, attempt, true, wanted.total);
        problem = HttpReplies.none(e);
        cause = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EarthEmbedException(name() + ": interrupted while reading", e);
      }
      boolean late = end - System.nanoTime() < nanos(pause);
      if (attempt >= transport.attempts || late) {
        String why = late ? problem + "; no time is left of " + transport.deadline : problem;
        throw failed(wanted, status, attempt, why, cause);
      }
      transport.counters.retries.increment();
      wanted.goOn();
      sleep(pause);
    }
  }

  private RangeReadException failed(
      Wanted wanted, int status, int attempts, String why, @Nullable Throwable cause) {
    return new RangeReadException(
        name(), wanted.offset, wanted.length, status, attempts, why, cause);
  }

  private boolean isConditional(Wanted wanted) {
    return !unconditional
        && HttpReplies.isStrong(wanted.version)
        && HttpReplies.isCondition(wanted.version);
  }

  /** A date far away has no nanoseconds in a long. */
  private static long nanos(Duration time) {
    return TimeUnit.NANOSECONDS.convert(time);
  }

  private HttpResponse<ReplyBody> send(Wanted wanted, long end)
      throws IOException, InterruptedException {
    URI known = redirected;
    if (known != null) {
      boolean good = false;
      try {
        HttpResponse<ReplyBody> response = follow(known, wanted, end);
        good = response.statusCode() == 206 || response.body().isTaken();
        if (good || HttpReplies.isPassing(response.statusCode())) return response;
      } finally {
        // Whatever is wrong there: who sent us there may send us elsewhere now.
        if (!good) redirected = null;
      }
    }
    URI place = address;
    if (place != null) {
      HttpResponse<ReplyBody> response = follow(place, wanted, end);
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

  private HttpResponse<ReplyBody> follow(URI start, Wanted wanted, long end)
      throws IOException, InterruptedException {
    URI target = start;
    for (int hops = 0; ; hops++) {
      if (!Addresses.isWeb(target)) {
        throw failed(wanted, 0, 1, "is to be read at no http or https address", null);
      }
      if (!transport.allowed.test(target)) {
        String problem = target.getHost() + " is no host that may be read from";
        throw failed(wanted, 0, 1, problem, null);
      }
      HttpRequest.Builder request =
          HttpRequest.newBuilder(target)
              .header("Accept-Encoding", "identity")
              .header("Range", wanted.header(wanted.had()));
      if (wanted.version != null && isConditional(wanted)) {
        request.header("If-Range", wanted.version);
      }
      String right = transport.authorization.apply(target).orElse(null);
      if (right != null) authorize(request, right, wanted);
      HttpResponse<ReplyBody> response = exchange(request, target, wanted, end);
      int status = response.statusCode();
      if (status / 100 != 3 || status == 304) {
        boolean taken = status == 206 || response.body().isTaken();
        if (taken && !target.equals(start)) redirected = target;
        return response;
      }
      String location = response.headers().firstValue("Location").orElse("");
      if (location.isEmpty()) throw new IOException("redirected nowhere");
      if (hops == MAX_REDIRECTS) {
        throw new IOException("redirected " + (hops + 1) + " times without an end");
      }
      target = HttpReplies.redirected(target, location);
    }
  }

  private void authorize(HttpRequest.Builder request, String right, Wanted wanted) {
    try {
      request.header("Authorization", right);
    } catch (IllegalArgumentException e) {
      // Its message would show it.
      throw failed(wanted, 0, 1, "the Authorization to be sent is no header", null);
    }
  }

  /**
   * Sends one request, and waits for header and body here: the client's own time limit is one for
   * the header alone, or from JDK 26 on for the whole, and neither is meant.
   */
  private HttpResponse<ReplyBody> exchange(
      HttpRequest.Builder request, URI target, Wanted wanted, long end)
      throws IOException, InterruptedException {
    Transport.Host host = transport.host(target);
    long left = end - System.nanoTime();
    if (left <= 0 || !host.connections.tryAcquire(left, TimeUnit.NANOSECONDS)) {
      throw new HttpTimeoutException("not answered within " + transport.deadline);
    }
    AtomicReference<@Nullable ReplyBody> body = new AtomicReference<>();
    int exchange = wanted.begin();
    try {
      transport.counters.requests.increment();
      Future<HttpResponse<ReplyBody>> reply =
          transport.threads.submit(
              () ->
                  transport
                      .client()
                      .send(
                          request.build(),
                          info -> {
                            ReplyBody fresh =
                                new ReplyBody(info, wanted, exchange, transport.counters, host);
                            body.set(fresh);
                            return fresh;
                          }));
      try {
        return await(reply, wanted, end);
      } catch (ExecutionException e) {
        // The client makes an IOException of memory that is short.
        for (Throwable t = e; t != null; t = t.getCause()) {
          if (t instanceof Error known) throw known;
        }
        if (e.getCause() instanceof IOException known) throw known;
        // The client refuses what it cannot ask for, and shows it.
        throw new IOException("cannot be asked");
      } finally {
        wanted.begin(); // and nothing more is taken of this one
        reply.cancel(true);
        ReplyBody abandoned = body.get();
        if (abandoned != null) abandoned.abandon();
      }
    } finally {
      host.connections.release();
    }
  }

  /** Waits for a reply with its body, as long as something comes. */
  private <T> T await(Future<T> reply, Wanted wanted, long end)
      throws IOException, InterruptedException, ExecutionException {
    long silence = nanos(transport.silence);
    long last = System.nanoTime();
    for (long seen = -1; ; ) {
      try {
        long left = end - System.nanoTime();
        return reply.get(Math.max(1, Math.min(silence / 8, left)), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        long now = System.nanoTime();
        long heard = wanted.heard();
        if (heard != seen) last = now;
        seen = heard;
        if (now - last > silence) {
          throw new HttpTimeoutException("nothing came for " + transport.silence);
        }
        if (now - end >= 0) {
          throw new HttpTimeoutException("not whole within " + transport.deadline);
        }
      }
    }
  }

  private void sleep(Duration pause) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos(pause));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EarthEmbedException(name() + ": interrupted while waiting to try again", e);
    }
  }
}
