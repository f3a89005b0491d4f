package io.earthembed.io;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What replies over HTTP ask of those who get them. */
public final class HttpReplies {
  private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);

  private HttpReplies() {}

  /** Whether a status is one of a server that is busy or ill for the moment: ask again, later. */
  public static boolean isPassing(int status) {
    return PASSING.contains(status);
  }

  /**
   * Why there is no reply, in the client's own words; it has none for a host without an address, or
   * that does not listen.
   */
  public static String none(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException) return "host not found";
    }
    String message = failure.getMessage();
    if (message != null) return message;
    return failure instanceof ConnectException
        ? "connection refused"
        : "no reply: " + failure.getClass().getSimpleName();
  }

  /**
   * How long to wait before asking again: Retry-After, which is seconds or a date (RFC 9110,
   * 10.2.3). Null where it is missing, past or neither.
   */
  public static @Nullable Duration retryAfter(HttpHeaders headers) {
    String value = headers.firstValue("Retry-After").orElse("").strip();
    if (value.matches("\\d{1,9}")) return Duration.ofSeconds(Long.parseLong(value));
    try {
      Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration left = Duration.between(Instant.now(), date);
      return left.isNegative() ? null : left;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /**
   * Where a redirect leads. What it says is not shown: it may hold a signature.
   *
   * @param from what was asked
   * @param location the reply's Location
   * @throws IOException if that is no address on the web, or an open one after a secure one
   */
  public static URI redirected(URI from, String location) throws IOException {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new IOException("redirected to what is no address");
    }
    boolean secure = "https".equals(to.getScheme());
    if (!secure && !"http".equals(to.getScheme())) {
      throw new IOException("redirected to " + to.getScheme());
    }
    if (to.getHost() == null || to.getPort() > 0xFFFF) {
      throw new IOException("redirected to no host");
    }
    if (!secure && "https".equals(from.getScheme())) {
      throw new IOException("redirected from https to http");
    }
    return to;
  }
}
