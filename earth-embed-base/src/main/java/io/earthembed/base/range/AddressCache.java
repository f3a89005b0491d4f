package io.earthembed.base.range;

import io.earthembed.base.http.RetryPolicy;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the address from which a file is read, so that the next read needs neither the resolver
 * nor a redirect: hubs redirect every request to a signed URL that is valid for about an hour. If
 * the address refuses, it is resolved again. Safe for many threads.
 */
final class AddressCache {
  /** Statuses of an expired signed URL; some hosts answer 416. */
  private static final Set<Integer> EXPIRED = Set.of(400, 401, 403, 404, 410, 416);

  private final URI url;
  private final UnaryOperator<URI> resolver;

  /** The last address that the resolver returned. */
  private volatile @Nullable URI resolved;

  /** The last address that redirects led to. */
  private volatile @Nullable URI redirected;

  AddressCache(URI url, UnaryOperator<URI> resolver) {
    this.url = url;
    this.resolver = resolver;
  }

  /** Sends one request. */
  interface Request {
    /** Sends the request to an address, follows redirects, and reads the body. */
    RangeBody send(URI address) throws IOException, InterruptedException;
  }

  /** Returns the first address for the next request, or null before the first request. */
  @Nullable URI current() {
    URI last = redirected;
    return last != null ? last : resolved;
  }

  /** Sends a request to the remembered address, and to a fresh one if that refuses. */
  RangeBody send(Request request) throws IOException, InterruptedException {
    URI last = redirected;
    if (last != null) {
      boolean good = false;
      try {
        RangeBody body = sendTo(last, request);
        good = isGood(body);
        if (good || RetryPolicy.isRetryable(body.reply().status())) return body;
      } finally {
        // The server that redirected us there may redirect us elsewhere now.
        if (!good) redirected = null;
      }
    }
    URI known = resolved;
    if (known == null) {
      URI first = resolver.apply(url);
      resolved = first;
      return sendTo(first, request);
    }
    RangeBody body = sendTo(known, request);
    if (!EXPIRED.contains(body.reply().status())) return body;
    resolved = null;
    URI fresh = resolver.apply(url);
    if (fresh.equals(known)) return body;
    resolved = fresh;
    return sendTo(fresh, request);
  }

  private RangeBody sendTo(URI address, Request request) throws IOException, InterruptedException {
    RangeBody body = request.send(address);
    URI end = body.reply().address();
    if (isGood(body) && !end.equals(address)) redirected = end;
    return body;
  }

  private static boolean isGood(RangeBody body) {
    return body.reply().status() == 206 || body.isTaken();
  }
}
