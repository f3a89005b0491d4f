package io.earthembed.view;

import io.earthembed.Hit;
import io.earthembed.SearchResult;
import java.util.List;
import java.util.Locale;

/** The hits of a search as a table for a terminal: plain text, at most 100 columns. */
public final class HitTable {
  private HitTable() {}

  /** The table of all hits, a line each below a line of headings; ends without a line break. */
  public static String of(SearchResult result) {
    List<Hit> hits = result.hits();
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%5s  %7s  %-14s  %-10s  %-26s  %s",
            "rank",
            "score",
            "cell",
            "date",
            "centre",
            "id"));
    for (Hit hit : hits) {
      out.append(
          String.format(
              Locale.ROOT,
              "%n%5d  %7.4f  %-14s  %-10s  %-26s  %s",
              hit.rank(),
              hit.score(),
              Text.line(hit.tile().cell().name(), 14),
              Text.date(hit),
              Text.place(hit.tile().centre().latitude(), hit.tile().centre().longitude()),
              Text.line(hit.tile().id(), 26)));
    }
    return out.toString();
  }
}
