package io.earthembed.view;

import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.internal.PlainText;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;

/** Text that came with data, made fit to be shown. */
final class Text {
  private Text() {}

  /** One line, at most so many characters; see {@link PlainText}. */
  static String line(String text, int max) {
    return PlainText.line(text, max);
  }

  /** The same, cut in its middle: the ends of an id tell it from others. */
  static String middle(String text, int max) {
    String whole = line(text, Integer.MAX_VALUE);
    if (whole.codePointCount(0, whole.length()) <= max) return whole;
    int head = whole.offsetByCodePoints(0, max / 2);
    int tail = whole.offsetByCodePoints(whole.length(), max / 2 + 1 - max);
    return whole.substring(0, head) + "…" + whole.substring(tail);
  }

  /** The day a tile was sensed, or that it is not known. */
  static String date(Hit hit) {
    Instant time = hit.tile().timestamp();
    if (time == null) return "no date";
    return DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC).format(time);
  }

  /** A place as people write it: 3.1190° S, 60.0210° W. */
  static String place(double latitude, double longitude) {
    return String.format(
        Locale.ROOT,
        "%.4f° %s, %.4f° %s",
        Math.abs(latitude),
        latitude < 0 ? "S" : "N",
        Math.abs(longitude),
        longitude < 0 ? "W" : "E");
  }

  /** What a result's scores are of: the models of a fusion are several. */
  static String models(SearchResult result) {
    return result.models().stream()
        .map(ModelInfo::nameAndVersion)
        .collect(Collectors.joining(" + "));
  }

  /** A number with thousands kept apart. */
  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /** So many things, the thing given as one. */
  static String count(long n, String thing) {
    return count(n) + " " + thing + (n == 1 ? "" : "s");
  }
}
