package io.earthembed.base.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts times to and from texts: MajorTOM's {@code 20221115T161819}, and other forms of ISO 8601
 * for an instant.
 */
public final class Timestamps {
  private static final DateTimeFormatter BASIC = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss");

  /** A catalog stores milliseconds in 64 bits. */
  private static final int MOST_YEARS = 292_000_000;

  private static final Pattern FORM =
      Pattern.compile(
          "(?:(\\d{4}|[+-]\\d{4,9})-(\\d\\d)-(\\d\\d)|(\\d{4})(\\d\\d)(\\d\\d))"
              + "(?:[Tt ](\\d\\d)(?::?(\\d\\d)(?::?(\\d\\d)(?:[.,](\\d+))?)?)?"
              + "(?: ?(?:([Zz]|UTC)|([+-])(\\d\\d)(?::?(\\d\\d))?))?)?");

  private Timestamps() {}

  /**
   * Formats a time as MajorTOM does, if it has whole seconds in the years 0 to 9999; otherwise as
   * {@link Instant#toString}. {@link #parse} reads both.
   */
  public static String format(Instant time) {
    LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    boolean fits = utc.getNano() == 0 && utc.getYear() >= 0 && utc.getYear() <= 9999;
    return fits ? BASIC.format(utc) : time.toString();
  }

  /**
   * Returns a time in microseconds since 1970, rounded down.
   *
   * @param time a time that fits into a long of microseconds
   */
  public static long epochMicros(Instant time) {
    long seconds = time.getEpochSecond();
    long micros = time.getNano() / 1000;
    if (seconds >= 0) return seconds * 1_000_000 + micros;
    // The seconds alone may be less than a long of microseconds can be.
    return (seconds + 1) * 1_000_000 + (micros - 1_000_000);
  }

  /**
   * Reads a time of ISO 8601, of the basic form ({@code 20221115T161819}) or the extended one
   * ({@code 2022-11-15T16:18:19}): with a blank for the T; with a fraction of a second, cut to
   * nanoseconds; without seconds, minutes or any time of day, which are 0 then; with {@code Z},
   * {@code UTC}, {@code +02}, {@code +0200} or {@code +02:00} behind the time of day. Times that
   * name no zone are UTC. 24:00 is the end of the day.
   *
   * @throws IllegalArgumentException if the text is something else, such as a date by its week, a
   *     leap second, or a time of day that does not exist
   */
  public static Instant parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) throw none(text, null);
    boolean extended = m.group(1) != null;
    int hour = number(m, 7);
    boolean midnight = hour == 24 && number(m, 8) == 0 && number(m, 9) == 0 && nanos(m) == 0;
    try {
      LocalDateTime local =
          LocalDateTime.of(
              extended ? number(m, 1) : number(m, 4),
              number(m, extended ? 2 : 5),
              number(m, extended ? 3 : 6),
              midnight ? 0 : hour,
              number(m, 8),
              number(m, 9),
              nanos(m));
      int sign = "-".equals(m.group(12)) ? -1 : 1;
      if (Math.abs(local.getYear()) > MOST_YEARS) throw none(text, null);
      return local
          .plusDays(midnight ? 1 : 0)
          .toInstant(ZoneOffset.ofHoursMinutes(sign * number(m, 13), sign * number(m, 14)));
    } catch (DateTimeException e) {
      throw none(text, e);
    }
  }

  private static int number(Matcher m, int group) {
    String digits = m.group(group);
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  private static int nanos(Matcher m) {
    String digits = m.group(10);
    return digits == null ? 0 : Integer.parseInt((digits + "00000000").substring(0, 9));
  }

  private static IllegalArgumentException none(String text, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "not a timestamp: " + text + " (such as 20221115T161819 or 2022-11-15T16:18:19Z)", cause);
  }
}
