package io.earthembed.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Decides which requests may use the API. */
final class AccessRules {
  private final ServerOptions options;
  private final boolean loopbackOnly;

  /**
   * @param loopbackOnly whether requests must name this machine as the host. Otherwise a page of
   *     the web could reach a server without a token by a name that it makes resolve to loopback
   */
  AccessRules(ServerOptions options, boolean loopbackOnly) {
    this.options = options;
    this.loopbackOnly = loopbackOnly;
  }

  /**
   * Checks the host and the origin of any request, and sets the headers for another page that may
   * use the API.
   *
   * @throws ProblemException (421) if the host is another; (403) if the page may not
   */
  void checkOrigin(HttpServletRequest request, HttpServletResponse response) {
    String host = request.getHeader("Host");
    if (loopbackOnly && (host == null || !isLoopback(host))) {
      throw ProblemException.of(421, "this server answers on localhost only");
    }
    String origin = request.getHeader("Origin");
    if (origin == null || isSame(origin, host)) return;
    if (!options.origins().contains(origin)) {
      throw ProblemException.of(403, "pages of this origin may not use the server");
    }
    response.setHeader("Access-Control-Allow-Origin", origin);
    response.setHeader("Access-Control-Expose-Headers", "ETag, Retry-After");
    response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
    response.addHeader("Vary", "Origin");
  }

  /** Sets the headers that permit a request of another page that {@link #checkOrigin} passed. */
  static void allow(HttpServletResponse response) {
    response.setHeader("Access-Control-Allow-Methods", "GET, POST");
    response.setHeader("Access-Control-Allow-Headers", "Authorization, Content-Type");
    response.setHeader("Access-Control-Max-Age", "600");
  }

  /**
   * Checks the token.
   *
   * @throws ProblemException (401) if it is missing or wrong
   */
  void checkToken(HttpServletRequest request) {
    if (options.token().isEmpty()) return;
    String header = request.getHeader("Authorization");
    byte[] expected = ("Bearer " + options.token()).getBytes(StandardCharsets.UTF_8);
    // Takes the same time for every wrong token of a length.
    if (header == null
        || !MessageDigest.isEqual(expected, header.getBytes(StandardCharsets.UTF_8))) {
      throw ProblemException.of(401, "the request needs the header Authorization: Bearer TOKEN");
    }
  }

  private static boolean isSame(String origin, @Nullable String host) {
    return host != null && (origin.equals("http://" + host) || origin.equals("https://" + host));
  }

  /** Returns whether a Host header, or an address to listen on, names this machine alone. */
  static boolean isLoopback(String host) {
    String name = host.toLowerCase(Locale.ROOT).replaceFirst(":[0-9]+$", "");
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || name.matches("127(\\.[0-9]{1,3}){3}")
        || name.equals("[::1]")
        || host.equals("::1");
  }
}
