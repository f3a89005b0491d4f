package io.earthembed.base.http;

import io.earthembed.internal.PlainText;
import java.net.ConnectException;
import java.net.http.HttpHeaders;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What replies over HTTP ask of those who get them. */
public final class HttpReplies {
  /** RFC 9110, 8.8.3, without the bytes beyond ASCII that Java would send as question marks. */
  private static final Pattern ENTITY_TAG = Pattern.compile("\"[\\x21\\x23-\\x7e]*\"");

  private static final Pattern LOGIN = Pattern.compile("password|log ?in\\b|sign ?in\\b");

  private static final String WEAK = "W/";

  /** Of a file's beginning, as much as a web page needs to show itself as one. */
  public static final int START = 4_096;

  private HttpReplies() {}

  /**
   * Why there is no reply, in the client's own words; it has none for a host without an address, or
   * that does not listen.
   */
  public static String none(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException) return "host not found";
    }
    String message = failure.getMessage();
    if (message != null) return PlainText.line(message);
    return failure instanceof ConnectException
        ? "connection refused"
        : "no reply: " + failure.getClass().getSimpleName();
  }

  /**
   * The state of the file that a reply is of: its strong entity tag, else its time of change if
   * that was over when the reply was made (RFC 9110, 8.8.2.2), else its weak entity tag. The last
   * begins with {@code W/}. Null if the server says nothing.
   */
  public static @Nullable String version(HttpHeaders headers) {
    String tag = headers.firstValue("ETag").orElse("").strip();
    boolean weak = tag.regionMatches(true, 0, WEAK, 0, WEAK.length());
    if (!tag.isEmpty() && !weak) return tag;
    String changed = headers.firstValue("Last-Modified").orElse("").strip();
    Instant time = date(changed);
    Instant now = date(headers.firstValue("Date").orElse("").strip());
    if (time != null && now != null && time.isBefore(now)) return changed;
    return weak ? WEAK + tag.substring(WEAK.length()) : null;
  }

  /** Whether two replies of one version have the same bytes, so that parts may be joined. */
  public static boolean isStrong(@Nullable String version) {
    return version != null && !version.startsWith(WEAK);
  }

  /** Whether a version may stand in If-Range; what may not is compared when the reply has come. */
  public static boolean isCondition(@Nullable String version) {
    return version != null && (ENTITY_TAG.matcher(version).matches() || date(version) != null);
  }

  /**
   * Whether two replies are of different states of the file. An entity tag and a date cannot be
   * compared, and a weak tag is that of the same file as the strong one of its text.
   */
  public static boolean differ(@Nullable String one, @Nullable String other) {
    if (one == null || other == null) return false;
    if ((date(one) == null) != (date(other) == null)) return false;
    return !opaque(one).equals(opaque(other));
  }

  private static String opaque(String version) {
    return isStrong(version) ? version : version.substring(WEAK.length());
  }

  /** Reads a date in the form of HTTP, or returns null if the text is no date. */
  static @Nullable Instant date(String value) {
    try {
      return ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /**
   * What a body is encoded with although it was asked for as it is, or null. Byte ranges of an
   * encoded body are no bytes of the file.
   */
  public static @Nullable String encoding(HttpHeaders headers) {
    String names = String.join(", ", headers.allValues("Content-Encoding")).strip();
    return names.isEmpty() || names.equalsIgnoreCase("identity") ? null : PlainText.line(names, 40);
  }

  /** What to say of {@link #encoding}. */
  public static String encoded(String encoding) {
    return "the server encodes what was asked for as it is (Content-Encoding: " + encoding + ")";
  }

  /** Whether a reply says that it is a web page. */
  public static boolean isPage(HttpHeaders headers) {
    String type = headers.firstValue("Content-Type").orElse("").strip().toLowerCase(Locale.ROOT);
    return type.startsWith("text/html") || type.startsWith("application/xhtml");
  }

  /**
   * What came instead of a file: a web page, such as servers send to who is not logged in.
   *
   * @param start the first bytes of what came, {@link #START} or all of them
   * @param called whether the reply says that it is one: then any tag begins it
   * @return what to say, or null if it is no web page
   */
  public static @Nullable String page(byte[] start, boolean called) {
    String text = new String(start, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    String begin = text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text;
    begin = begin.stripLeading();
    boolean page =
        begin.startsWith("<!doctype html")
            || begin.startsWith("<html")
            || (begin.startsWith("<?xml") && begin.contains("<html"))
            || (called && begin.startsWith("<"));
    if (!page) return null;
    return LOGIN.matcher(text).find()
        ? "the server sent a login page instead of the file"
        : "the server sent a web page instead of the file";
  }
}
