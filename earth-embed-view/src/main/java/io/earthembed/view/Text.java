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

/** Formats texts and values for display. */
final class Text {
  private Text() {}

  /** Returns one line of at most {@code max} characters, see {@link PlainText}. */
  static String line(String text, int max) {
    return PlainText.line(text, max);
  }

  /** Returns one line, cut in its middle, for ids, which differ at their ends. */
  static String middle(String text, int max) {
    String whole = line(text, Integer.MAX_VALUE);
    if (whole.codePointCount(0, whole.length()) <= max) return whole;
    int head = whole.offsetByCodePoints(0, max / 2);
    int tail = whole.offsetByCodePoints(whole.length(), max / 2 + 1 - max);
    return whole.substring(0, head) + "…" + whole.substring(tail);
  }

  /** Returns the day of a tile, or "no date". */
  static String date(Hit hit) {
    Instant time = hit.tile().timestamp();
    if (time == null) return "no date";
    return DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC).format(time);
  }

  /** Returns the grid cell of a tile, or "no cell". */
  static String cell(Hit hit) {
    return hit.tile().hasCell() ? hit.tile().cell().name() : "no cell";
  }

  /** Returns the centre of a tile, or "no place". */
  static String place(Hit hit) {
    if (!hit.tile().hasCenter()) return "no place";
    return place(hit.tile().center().latitude(), hit.tile().center().longitude());
  }

  /** Formats a place like 3.1190° S, 60.0210° W. */
  static String place(double latitude, double longitude) {
    return String.format(
        Locale.ROOT,
        "%.4f° %s, %.4f° %s",
        Math.abs(latitude),
        latitude < 0 ? "S" : "N",
        Math.abs(longitude),
        longitude < 0 ? "W" : "E");
  }

  /** Returns the models of a result's scores; a fusion has several. */
  static String models(SearchResult result) {
    return result.models().stream()
        .map(ModelInfo::nameAndVersion)
        .collect(Collectors.joining(" + "));
  }

  /** Returns a note with the attribution of the result's dataset. */
  static String note(SearchResult result, String line) {
    String attribution = result.attribution().toString();
    return line.isEmpty() || attribution.isEmpty() ? line + attribution : line + ". " + attribution;
  }

  /** Formats a number with separated thousands. */
  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /** Formats a number of things; {@code thing} is the singular. */
  static String count(long n, String thing) {
    return count(n) + " " + thing + (n == 1 ? "" : "s");
  }
}
