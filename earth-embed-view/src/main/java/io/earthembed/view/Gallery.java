package io.earthembed.view;

import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.image.Raster;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A query and pictures of its best hits, five in a row. Immutable and safe for many threads. */
public final class Gallery {
  private static final int SIDE = 256;
  private static final int GAP = 24;
  private static final int MARGIN = 40;
  private static final int TOP = 84;
  private static final int CAPTION = 112;
  private static final int PER_ROW = 5;

  /** Most lines of a query's text. */
  private static final int LINES = 7;

  /** Most characters of an id; fewer if they are wide. */
  private static final int ID = 60;

  private final SearchResult result;
  private final List<@Nullable Raster> pictures;
  private final String note;

  private Gallery(SearchResult result, List<@Nullable Raster> pictures, String note) {
    this.result = result;
    this.pictures = pictures;
    this.note = note;
  }

  /**
   * Creates the gallery of a result's best hits.
   *
   * @param pictures h x w x 3 or 1, UINT8, in order of rank, at most as many as hits; null shows a
   *     grey box, for a picture that could not be read
   */
  public static Gallery of(SearchResult result, List<? extends @Nullable Raster> pictures) {
    if (pictures.size() > result.neighbors().size()) {
      throw new IllegalArgumentException(
          pictures.size() + " pictures for " + result.neighbors().size() + " hits");
    }
    return new Gallery(
        result,
        Collections.unmodifiableList(new ArrayList<@Nullable Raster>(pictures)),
        Text.note(result, ""));
  }

  /**
   * Returns a copy with a note for readers, one line below the gallery, before the dataset's
   * attribution.
   */
  public Gallery withNote(String line) {
    return new Gallery(result, pictures, Text.note(result, line));
  }

  /**
   * Returns the gallery as a PNG.
   *
   * @throws io.earthembed.common.EarthEmbedException if the machine has no font, naming the
   *     packages to install
   */
  public byte[] toPng() {
    int columns = Math.max(1, Math.min(PER_ROW, pictures.size()));
    int rows = Math.max(1, (pictures.size() + columns - 1) / columns);
    int left = MARGIN + SIDE + 2 * GAP;
    int width = left + columns * (SIDE + GAP) - GAP + MARGIN;
    int height = TOP + rows * (SIDE + CAPTION) + 36;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      g.setColor(MapPicture.PAPER);
      g.fillRect(0, 0, width, height);
      g.setColor(MapPicture.INK);
      g.setFont(Fonts.sans(1, 24));
      g.drawString("Query", MARGIN, 46);
      g.drawString("Best matches", left, 46);
      g.setFont(Fonts.sans(0, 16));
      g.setColor(MapPicture.FAINT);
      g.drawString(MapPicture.fit(g, subtitle(), width - left - MARGIN), left, 70);
      query(g);
      if (result.neighbors().size() == 0) g.drawString("no hits", left, TOP + 40);
      for (int i = 0; i < pictures.size(); i++) {
        int x = left + i % columns * (SIDE + GAP);
        int y = TOP + i / columns * (SIDE + CAPTION);
        hit(g, result.hits().get(i), pictures.get(i), x, y);
      }
      g.setColor(MapPicture.NOTE);
      g.setFont(Fonts.sans(0, 16));
      g.drawString(
          MapPicture.fit(g, Text.line(note, 300), width - 2 * MARGIN), MARGIN, height - 22);
    } finally {
      g.dispose();
    }
    return MapPicture.png(image);
  }

  String subtitle() {
    return Text.line(Text.models(result), 80)
        + "  ·  "
        + Text.count(result.searched(), "tile")
        + " searched";
  }

  private void query(Graphics2D g) {
    String words = Text.line(result.query().describe(), 400);
    Raster picture = Pictures.of(result.query());
    if (picture != null) {
      paint(g, picture, MARGIN, TOP);
      g.setColor(MapPicture.FAINT);
      g.setFont(Fonts.sans(0, 15));
      g.drawString(MapPicture.fit(g, words, SIDE), MARGIN, TOP + SIDE + 24);
      return;
    }
    g.setColor(MapPicture.LAND);
    g.fillRoundRect(MARGIN, TOP, SIDE, SIDE, 12, 12);
    g.setColor(MapPicture.INK);
    g.setFont(Fonts.sans(0, 22));
    int y = TOP + 40;
    for (String line : box(g, words, SIDE - 36)) {
      g.drawString(line, MARGIN + 18, y);
      y += 30;
    }
  }

  /** Returns the lines that fit into the query's box; "…" marks a cut. */
  static List<String> box(Graphics2D g, String text, int width) {
    List<String> lines = wrap(g, text, width);
    if (lines.size() <= LINES) return lines;
    String last = MapPicture.fit(g, lines.get(LINES - 1) + "…", width);
    return Stream.concat(lines.stream().limit(LINES - 1), Stream.of(last)).toList();
  }

  /** Breaks a text into lines at spaces; a word that is wider than a line is cut. */
  private static List<String> wrap(Graphics2D g, String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      String longer = line.isEmpty() ? word : line + " " + word;
      if (g.getFontMetrics().stringWidth(longer) > width && !line.isEmpty()) {
        lines.add(MapPicture.fit(g, line.toString(), width));
        longer = word;
      }
      line.setLength(0);
      line.append(longer);
    }
    lines.add(MapPicture.fit(g, line.toString(), width));
    return lines;
  }

  private static void hit(Graphics2D g, Hit hit, @Nullable Raster picture, int x, int y) {
    if (picture == null) {
      g.setColor(new Color(0x5A6268));
      g.fillRect(x, y, SIDE, SIDE);
      g.setColor(MapPicture.INK);
      g.setFont(Fonts.sans(0, 17));
      boolean unknown = hit.tile().source() == null;
      g.drawString("no picture:", x + 18, y + SIDE / 2 - 6);
      g.drawString(
          unknown ? "its source is unknown" : "it was not read", x + 18, y + SIDE / 2 + 18);
    } else {
      paint(g, picture, x, y);
    }
    g.setFont(Fonts.sans(1, 18));
    g.setColor(MapPicture.INK);
    g.drawString("#" + hit.rank(), x, y + SIDE + 24);
    String score = String.format(Locale.ROOT, "%.4f", hit.score());
    g.drawString(score, x + SIDE - g.getFontMetrics().stringWidth(score), y + SIDE + 24);
    g.setFont(Fonts.sans(0, 15));
    g.setColor(MapPicture.FAINT);
    g.drawString(Text.cell(hit) + "  ·  " + Text.date(hit), x, y + SIDE + 46);
    g.drawString(Text.place(hit), x, y + SIDE + 66);
    String id = Text.middle(hit.tile().id(), ID);
    for (int n = ID; n > 2 && g.getFontMetrics().stringWidth(id) > SIDE; n--) {
      id = Text.middle(hit.tile().id(), n);
    }
    g.drawString(id, x, y + SIDE + 86);
  }

  /** Paints a picture into its square and keeps the aspect ratio. */
  private static void paint(Graphics2D g, Raster picture, int x, int y) {
    double scale = (double) SIDE / Math.max(picture.height(), picture.width());
    int width = Math.max(1, (int) Math.round(picture.width() * scale));
    int height = Math.max(1, (int) Math.round(picture.height() * scale));
    int left = x + (SIDE - width) / 2;
    int top = y + (SIDE - height) / 2;
    g.drawImage(Pictures.image(picture), left, top, width, height, null);
    g.setStroke(new BasicStroke(1));
    g.setColor(MapPicture.COAST);
    g.drawRect(left, top, width - 1, height - 1);
  }

  /**
   * Writes {@link #toPng} to a file, atomically: all or nothing.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public void writePng(Path file) {
    AtomicFiles.write(file, toPng());
  }

  /**
   * Returns the gallery as HTML, for a notebook or another page: the query beside the pictures,
   * each with rank, score, cell, date, place and id. The HTML contains its pictures, has no script
   * and does not use the network.
   */
  public String toHtml() {
    StringBuilder out = new StringBuilder("<div class=\"earth-embed\">").append(Html.STYLE);
    out.append("<div class=\"ee-gallery\"><figure class=\"ee-query\">");
    Raster asked = Pictures.of(result.query());
    if (asked != null) {
      out.append("<img alt=\"the query\" src=\"").append(Pictures.dataUrl(asked));
      out.append("\">");
    }
    out.append("<figcaption dir=\"auto\"><b>Query</b> ");
    out.append(Markup.line(result.query().describe(), 400)).append("</figcaption></figure>");
    for (int i = 0; i < pictures.size(); i++) {
      Hit hit = result.hits().get(i);
      Raster picture = pictures.get(i);
      out.append("<figure>");
      if (picture == null) {
        out.append("<div class=\"ee-none\">no picture</div>");
      } else {
        out.append("<img alt=\"hit ").append(hit.rank()).append("\" src=\"");
        out.append(Pictures.dataUrl(picture)).append("\">");
      }
      out.append("<figcaption><b>#").append(hit.rank()).append("</b> ");
      out.append(String.format(Locale.ROOT, "%.4f", hit.score())).append("<br>");
      out.append(Text.cell(hit)).append(" · ").append(Text.date(hit)).append("<br>");
      out.append(Text.place(hit));
      out.append("<br><span dir=\"auto\">");
      out.append(Markup.escape(Text.middle(hit.tile().id(), ID)));
      out.append("</span></figcaption></figure>");
    }
    if (result.neighbors().size() == 0) out.append("<p>no hits</p>");
    out.append("</div>");
    if (!note.isEmpty()) {
      out.append("<p class=\"ee-note\" dir=\"auto\">")
          .append(Markup.line(note, 300))
          .append("</p>");
    }
    return out.append("</div>").toString();
  }

  /**
   * Writes {@link #toHtml} as a page to a file in UTF-8, atomically: all or nothing.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public void writeHtml(Path file) {
    String title = Text.line(result.query().describe(), 200);
    AtomicFiles.write(file, Html.page(title, toHtml()).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "Gallery[" + pictures.size() + " pictures of " + result + "]";
  }
}
