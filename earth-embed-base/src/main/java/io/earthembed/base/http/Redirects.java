package io.earthembed.base.http;

import io.earthembed.internal.Addresses;
import io.earthembed.internal.PlainText;
import java.io.IOException;
import java.net.URI;

/**
 * Follows redirects. The JDK's client does not do it, because it would send the Authorization
 * header to every host.
 */
public final class Redirects {
  /** The most redirects that are followed in a row. */
  private static final int LIMIT = 8;

  private Redirects() {}

  /** Sends one request, on the thread that follows the redirects. */
  public interface Hop {
    /** Sends the request to an address and returns its reply, whose body is not read yet. */
    HttpExchange send(URI address) throws IOException, InterruptedException;
  }

  /**
   * Sends a request, and sends it again to each address that a reply redirects to.
   *
   * @param start the first address
   * @param hop sends the request to one address
   * @return the first reply that is no redirect, which the caller closes
   * @throws LastingHttpException if a redirect leads to an address that may not be read, or exceeds
   *     the limit; the message does not show the address, which may contain a signature
   */
  public static HttpExchange follow(URI start, Hop hop) throws IOException, InterruptedException {
    URI address = start;
    for (int redirects = 0; ; redirects++) {
      HttpExchange reply = hop.send(address);
      if (!isRedirect(reply.status())) return reply;
      reply.close();
      String location = reply.headers().firstValue("Location").orElse("");
      if (location.isEmpty()) {
        throw new LastingHttpException(
            "redirect without a Location from " + PlainText.line(address.getHost()));
      }
      if (redirects == LIMIT) {
        throw new LastingHttpException("redirected more than " + LIMIT + " times");
      }
      address = target(address, location);
    }
  }

  private static boolean isRedirect(int status) {
    return status / 100 == 3 && status != 304;
  }

  /**
   * Returns the address that a redirect leads to.
   *
   * @param from the requested address
   * @param location the reply's Location
   * @throws LastingHttpException if that is no web address, or an http address after an https one
   */
  static URI target(URI from, String location) throws LastingHttpException {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new LastingHttpException("redirected to an invalid address");
    }
    boolean secure = "https".equalsIgnoreCase(to.getScheme());
    if (!secure && !"http".equalsIgnoreCase(to.getScheme())) {
      String scheme = PlainText.line(String.valueOf(to.getScheme()));
      throw new LastingHttpException("redirected to " + scheme);
    }
    if (!Addresses.isWeb(to)) throw new LastingHttpException("redirected to no host");
    if (!secure && "https".equalsIgnoreCase(from.getScheme())) {
      throw new LastingHttpException("redirected from https to http");
    }
    return to;
  }
}
