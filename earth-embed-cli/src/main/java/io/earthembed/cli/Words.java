package io.earthembed.cli;

import io.earthembed.imagery.FetchStats;
import java.util.Locale;

/** Words for numbers. */
final class Words {
  private Words() {}

  /** Formats a number of things; {@code thing} is the singular. */
  static String count(long n, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", n, thing, n == 1 ? "" : "s");
  }

  /** Formats what reading cost. */
  static String cost(FetchStats stats) {
    return String.format(
        Locale.ROOT,
        "%s, %,d kB read, %,d kB of them wanted",
        count(stats.requests(), "request"),
        stats.bytesRead() / 1000,
        stats.bytesWanted() / 1000);
  }
}
