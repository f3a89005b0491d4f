package io.earthembed.view;

import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.internal.Checks;
import java.util.List;
import java.util.Locale;

/** The hits of a search as a table, in plain text for a terminal or in HTML. */
public final class HitTable {
  private HitTable() {}

  /**
   * Returns a table of all hits, one line each below a line of headings, or "no hits". The text
   * does not end with a line break. Ids, in the last column, are complete, since {@link
   * io.earthembed.Query#tile} takes them; control and formatting characters are replaced.
   */
  public static String of(SearchResult result) {
    List<Hit> hits = result.hits();
    if (hits.isEmpty()) return "no hits";
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%5s  %7s  %-14s  %-10s  %-26s  %s",
            "rank",
            "score",
            "cell",
            "date",
            "center",
            "id"));
    for (Hit hit : hits) {
      out.append(
          String.format(
              Locale.ROOT,
              "%n%5d  %7.4f  %-14s  %-10s  %-26s  %s",
              hit.rank(),
              hit.score(),
              Text.line(Text.cell(hit), 14),
              Text.date(hit),
              Text.place(hit),
              Text.line(hit.tile().id(), Integer.MAX_VALUE)));
    }
    return out.toString();
  }

  /**
   * Returns the best hits as an HTML table, for a notebook or another page. A heading shows the
   * query and the number of hits, a line below it the dataset's attribution. Texts are escaped.
   *
   * @param maxRows most hits that are shown, at least 1; the heading states if there are more
   */
  public static String toHtml(SearchResult result, int maxRows) {
    Checks.positive("maxRows", maxRows);
    List<Hit> hits = result.hits();
    int shown = Math.min(maxRows, hits.size());
    StringBuilder out = new StringBuilder("<div class=\"earth-embed\">").append(Html.STYLE);
    out.append("<p dir=\"auto\"><b>");
    out.append(Markup.line(result.query().describe(), 200)).append("</b><br>");
    out.append(hits.isEmpty() ? "no hits" : Text.count(hits.size(), "hit")).append(" of ");
    out.append(Text.count(result.searched(), "tile"));
    if (result.undated() > 0) {
      out.append(", ").append(Text.count(result.undated())).append(" without a date left out");
    }
    for (String assumption : result.assumptions()) {
      out.append(", ").append(Markup.line(assumption, 100));
    }
    if (hits.isEmpty()) return out.append("</p></div>").toString();
    if (shown < hits.size()) out.append(", the first ").append(Text.count(shown));
    out.append("</p><table><thead><tr>");
    for (String head : List.of("rank", "score", "cell", "date", "center", "id")) {
      out.append("<th scope=\"col\">").append(head).append("</th>");
    }
    out.append("</tr></thead><tbody>");
    for (Hit hit : hits.subList(0, shown)) {
      out.append("<tr><td>").append(hit.rank()).append("</td><td>");
      out.append(String.format(Locale.ROOT, "%.4f", hit.score())).append("</td><td>");
      out.append(Markup.line(Text.cell(hit), 20)).append("</td><td>");
      out.append(Text.date(hit)).append("</td><td>");
      out.append(Text.place(hit));
      out.append("</td><td dir=\"auto\">").append(Markup.line(hit.tile().id(), 200));
      out.append("</td></tr>");
    }
    out.append("</tbody></table>");
    String attribution = result.attribution().toString();
    if (!attribution.isEmpty()) {
      out.append("<p dir=\"auto\">").append(Markup.line(attribution, 300)).append("</p>");
    }
    return out.append("</div>").toString();
  }
}
