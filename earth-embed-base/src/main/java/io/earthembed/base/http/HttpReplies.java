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

/** Interprets replies over HTTP. */
public final class HttpReplies {
  /** RFC 9110, 8.8.3, without the bytes beyond ASCII that Java would send as question marks. */
  private static final Pattern ENTITY_TAG = Pattern.compile("\"[\\x21\\x23-\\x7e]*\"");

  private static final Pattern LOGIN = Pattern.compile("password|log ?in\\b|sign ?in\\b");

  private static final String WEAK = "W/";

  /** The first bytes of a file that suffice to recognise a web page. */
  public static final int START = 4_096;

  private HttpReplies() {}

  /**
   * Returns the reason that there is no reply: the client's message, or our own for an unknown host
   * or a refused connection, for which the client has none.
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
   * Returns the version of the file in a reply: its strong entity tag; else its time of change, if
   * that was over when the reply was made (RFC 9110, 8.8.2.2); else its weak entity tag, which
   * begins with {@code W/}. Returns null if the server states none.
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

  /** Returns whether replies of one version have equal bytes, so that parts may be joined. */
  public static boolean isStrong(@Nullable String version) {
    return version != null && !version.startsWith(WEAK);
  }

  /**
   * Returns whether If-Range may contain a version; other versions are compared after the reply.
   */
  public static boolean isCondition(@Nullable String version) {
    return version != null && (ENTITY_TAG.matcher(version).matches() || date(version) != null);
  }

  /**
   * Returns whether two replies are of different versions of the file. An entity tag and a date
   * cannot be compared, and a weak tag matches the strong one of equal text.
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
   * Returns the encoding of a body that was requested without one, or null. Byte ranges of an
   * encoded body are not bytes of the file.
   */
  public static @Nullable String encoding(HttpHeaders headers) {
    String names = String.join(", ", headers.allValues("Content-Encoding")).strip();
    return names.isEmpty() || names.equalsIgnoreCase("identity") ? null : PlainText.line(names, 40);
  }

  /** Returns the message about {@link #encoding}. */
  public static String encoded(String encoding) {
    return "the server encodes files, which was not requested (Content-Encoding: " + encoding + ")";
  }

  /** Returns whether a reply declares a web page. */
  public static boolean isPage(HttpHeaders headers) {
    String type = headers.firstValue("Content-Type").orElse("").strip().toLowerCase(Locale.ROOT);
    return type.startsWith("text/html") || type.startsWith("application/xhtml");
  }

  /**
   * Recognises a web page in place of a file; servers send one to clients that are not logged in.
   *
   * @param start the first bytes of the body, {@link #START} or all of them
   * @param called whether the reply declares a web page: then any tag may begin it
   * @return the message, or null if it is no web page
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
