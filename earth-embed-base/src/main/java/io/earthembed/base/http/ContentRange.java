package io.earthembed.base.http;

import java.net.http.HttpHeaders;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Content-Range of a reply (RFC 9110, 14.4). Servers differ in the unit's case, in spaces and
 * in the text after the unit; this accepts all of them.
 *
 * @param first first byte, or -1 if the reply has none of the file
 * @param last last byte, or -1
 * @param length bytes of the whole file, or -1 if the server does not state it
 */
public record ContentRange(long first, long last, long length) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?i)bytes\\s*[\\s=:]\\s*(?:(\\d{1,18})\\s*-\\s*(\\d{1,18})|(\\*))"
              + "\\s*/\\s*(?:(\\d{1,18})|\\*)");

  /** Returns a reply's range, or null if it is missing, malformed or contradictory. */
  public static @Nullable ContentRange of(HttpHeaders headers) {
    return parse(headers.firstValue("Content-Range").orElse(""));
  }

  /** Parses a header's value; returns null if it is malformed or contradictory. */
  public static @Nullable ContentRange parse(String value) {
    Matcher m = FORM.matcher(value.strip());
    if (!m.matches()) return null;
    long length = m.group(4) == null ? -1 : Long.parseLong(m.group(4));
    if (m.group(3) != null) return length < 0 ? null : new ContentRange(-1, -1, length);
    long first = Long.parseLong(m.group(1));
    long last = Long.parseLong(m.group(2));
    boolean sound = first <= last && (length < 0 || last < length);
    return sound ? new ContentRange(first, last, length) : null;
  }

  /** Returns whether the reply contains bytes of the file. */
  public boolean isPart() {
    return first >= 0;
  }
}
