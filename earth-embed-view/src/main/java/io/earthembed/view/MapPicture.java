package io.earthembed.view;

import io.earthembed.geo.BoundingBox;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Draws the static map. */
final class MapPicture {
  static final int WIDTH = 2000;
  static final int LEFT = 40;
  static final int TOP = 104;
  static final int MAP_WIDTH = 1920;
  static final int MAX_HEIGHT = 1400;
  static final int FOOT = 96;

  /** Width of the legend's colour scale. */
  static final int SCALE = 420;

  /** Font size of the grid's labels. */
  static final int LABEL = 13;

  static final Color PAPER = new Color(0x0B1218);
  static final Color OCEAN = new Color(0x101C26);
  static final Color LAND = new Color(0x24323D);
  static final Color COAST = new Color(0x42545F);
  static final Color BORDER = new Color(0x37474F);
  static final Color GRID = new Color(255, 255, 255, 18);
  static final Color INK = new Color(0xF1F5F8);
  static final Color FAINT = new Color(0x93A4B1);
  static final Color NOTE = new Color(0xF0C674);

  /** The last drawn background: a server draws map after map of the same region. */
  private static volatile SoftReference<@Nullable Background> lastBackground =
      new SoftReference<>(null);

  private final SimilarityMap map;
  private final Frame frame;
  private final int dot;

  MapPicture(SimilarityMap map) {
    this.map = map;
    this.frame = map.frame();
    this.dot = DotLayer.size(map.dotsWithin(frame), frame);
  }

  byte[] png() {
    return png(draw());
  }

  /** Returns a drawing as a PNG file. */
  static byte[] png(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing a PNG to memory", e);
    }
    return out.toByteArray();
  }

  /** Turns on smooth lines, letters and scaling. */
  static void smooth(Graphics2D g) {
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
  }

  BufferedImage draw() {
    BufferedImage image = empty(frame);
    Graphics2D g = image.createGraphics();
    try {
      smooth(g);
      g.drawImage(background(frame), 0, 0, null);
      Shape all = g.getClip();
      g.clip(frame.outline());
      points(g);
      g.setClip(all);
      labels(g);
      marks(g);
      legend(g);
    } finally {
      g.dispose();
    }
    return image;
  }

  private static BufferedImage empty(Frame frame) {
    return new BufferedImage(WIDTH, TOP + frame.height + FOOT, BufferedImage.TYPE_INT_RGB);
  }

  /**
   * The picture below the tiles of a map of a region.
   *
   * @param image must not be changed
   */
  private record Background(Projection projection, BoundingBox region, BufferedImage image) {}

  /** Returns the land, borders and grid of a frame; the image must not be changed. */
  private static BufferedImage background(Frame frame) {
    Background last = lastBackground.get();
    if (last != null && last.projection == frame.projection && last.region.equals(frame.region)) {
      return last.image;
    }
    BufferedImage image = empty(frame);
    Graphics2D g = image.createGraphics();
    try {
      smooth(g);
      g.setColor(PAPER);
      g.fillRect(0, 0, image.getWidth(), image.getHeight());
      Path2D outline = frame.outline();
      g.setColor(OCEAN);
      g.fill(outline);
      g.clip(outline);
      base(g, frame);
    } finally {
      g.dispose();
    }
    lastBackground = new SoftReference<>(new Background(frame.projection, frame.region, image));
    return image;
  }

  private static void base(Graphics2D g, Frame frame) {
    Path2D land = frame.lines(NaturalEarth.land(), true);
    g.setColor(LAND);
    g.fill(land);
    g.setStroke(new BasicStroke(0.7f));
    g.setColor(BORDER);
    g.draw(frame.lines(NaturalEarth.borders(), false));
    g.setColor(COAST);
    g.draw(land);
    g.setColor(GRID);
    g.setStroke(new BasicStroke(1));
    double step = frame.gridStep();
    for (double l = -180; l < 180; l += step) {
      if (Math.abs(frame.east(l)) < frame.span / 2) g.draw(frame.meridian(l));
    }
    for (double l = -90 + step; l < 90; l += step) {
      if (l > frame.region.south() && l < frame.region.north()) g.draw(frame.parallel(l));
    }
  }

  private void labels(Graphics2D g) {
    g.setFont(Fonts.sans(0, LABEL));
    g.setColor(FAINT);
    for (Label label : labels(frame)) {
      g.drawString(label.text(), (float) label.x(), (float) label.y());
    }
  }

  /**
   * The label of a grid line.
   *
   * @param text degrees
   * @param x left end of the text
   * @param y baseline of the text
   */
  record Label(String text, double x, double y) {}

  /** Returns the labels of the grid lines; none lies above the map. */
  static List<Label> labels(Frame frame) {
    List<Label> labels = new ArrayList<>();
    double least = frame.top + LABEL;
    double south = frame.region.south();
    double north = frame.region.north();
    double step = frame.gridStep();
    for (double l = -90 + step; l < 90; l += step) {
      if (l <= south || l >= north) continue;
      double x = frame.x(l, frame.middle - frame.span / 2 * 0.9999);
      labels.add(new Label(degrees(l, "N", "S"), x + 6, Math.max(least, frame.y(l) - 4)));
    }
    // Along the lower edge, or, if that is bent, along the parallel nearest to the equator.
    boolean bent = frame.projection == Projection.EQUAL_EARTH && frame.span > 180;
    double at = bent ? Math.max(south, Math.min(0, north)) : south;
    double y = Math.max(least, frame.y(at) - (bent ? 4 : 7));
    for (double l = -180; l < 180; l += step) {
      if (Math.abs(frame.east(l)) > 0.96 * frame.span / 2) continue;
      labels.add(new Label(degrees(l, "E", "W"), frame.x(at, l) + 4, y));
    }
    return labels;
  }

  static String degrees(double value, String positive, String negative) {
    String number = String.format(Locale.ROOT, "%.1f", Math.abs(value)).replace(".0", "");
    return number + "°" + (value > 0 ? positive : value < 0 ? negative : "");
  }

  private void points(Graphics2D g) {
    float low = map.low();
    float high = map.high();
    if (dot < DotLayer.SMALLEST_SHAPE) {
      g.drawImage(DotLayer.draw(map.dots, frame, dot, low, high), frame.left, frame.top, null);
      return;
    }
    // Worst first, so that a worse dot never hides a better one.
    for (int i = map.dots.size() - 1; i >= 0; i--) {
      double latitude = map.dots.latitude(i);
      double longitude = map.dots.longitude(i);
      if (!frame.contains(latitude, longitude)) continue;
      g.setColor(new Color(Viridis.rgb(SimilarityMap.position(map.dots.score(i), low, high))));
      double x = frame.x(latitude, longitude);
      double y = frame.y(latitude);
      g.fill(new Ellipse2D.Double(x - dot / 2.0, y - dot / 2.0, dot, dot));
    }
  }

  /** Returns the radius of a ring around a dot. */
  static double ring(int dot) {
    return Math.max(6, dot / 2.0 + 3);
  }

  private void marks(Graphics2D g) {
    List<Marks.Mark> marks = Marks.of(map, frame, ring(dot));
    for (Marks.Mark mark : marks) {
      double r = mark.radius();
      Ellipse2D ring = new Ellipse2D.Double(mark.x() - r, mark.y() - r, 2 * r, 2 * r);
      g.setStroke(new BasicStroke(4.5f));
      g.setColor(new Color(0, 0, 0, 150));
      g.draw(ring);
      g.setStroke(new BasicStroke(2));
      g.setColor(Color.WHITE);
      g.draw(ring);
    }
    g.setStroke(new BasicStroke(1.5f));
    for (Marks.Mark mark : marks) {
      g.draw(
          new Line2D.Double(
              mark.lineX(), mark.lineY(), mark.box().getCenterX(), mark.box().getCenterY()));
    }
    g.setFont(Fonts.sans(1, 17));
    for (Marks.Mark mark : marks) {
      Rectangle box = mark.box();
      g.setColor(PAPER);
      g.fillRoundRect(box.x, box.y, box.width, box.height, 8, 8);
      g.setColor(Color.WHITE);
      g.drawString(Integer.toString(mark.rank()), box.x + 5, box.y + box.height - 4);
    }
  }

  private void legend(Graphics2D g) {
    g.setColor(INK);
    g.setFont(Fonts.sans(1, 32));
    g.drawString(fit(g, Text.line(map.title(), 200), MAP_WIDTH), LEFT, 52);
    g.setColor(FAINT);
    g.setFont(Fonts.sans(0, 20));
    g.drawString(fit(g, Text.line(map.subtitle(), 200), MAP_WIDTH), LEFT, 84);

    int top = TOP + frame.height + 26;
    Scale scale = Scale.of(map);
    for (int x = 0; x < SCALE && scale != Scale.NONE; x++) {
      g.setColor(new Color(Viridis.rgb(scale.isOne() ? 1 : x / (SCALE - 1.0))));
      g.fillRect(LEFT + x, top, 1, 18);
    }
    g.setFont(Fonts.sans(0, 17));
    g.setColor(FAINT);
    g.drawString(scale.low(), LEFT, top + 42);
    int high = g.getFontMetrics().stringWidth(scale.high());
    g.drawString(scale.high(), LEFT + SCALE - high, top + 42);
    int name = g.getFontMetrics().stringWidth(scale.name());
    g.drawString(scale.name(), LEFT + (SCALE - name) / 2, top + 42);
    int right = LEFT + SCALE + 60;
    int room = LEFT + MAP_WIDTH - right;
    g.setFont(Fonts.sans(0, 18));
    g.setColor(NOTE);
    g.drawString(fit(g, Text.line(map.note, 300), room), right, top + 15);
    g.setColor(FAINT);
    g.setFont(Fonts.sans(0, 15));
    g.drawString(fit(g, explanation(map, dot), room), right, top + 42);
  }

  /**
   * The labels of the colour scale.
   *
   * @param low label at the left end; empty if all scores are equal
   * @param name label in the middle
   * @param high label at the right end; empty if all scores are equal
   */
  record Scale(String low, String name, String high) {
    /** The scale of a map without dots, which has no colours. */
    static final Scale NONE = new Scale("", "no tile passed", "");

    static Scale of(SimilarityMap map) {
      if (map.dots.size() == 0) return NONE;
      String least = score(map.low());
      String most = score(map.high());
      if (!(map.high() > map.low())) return new Scale("", "similarity " + most, "");
      return new Scale("low ≤ " + least, "similarity", "high ≥ " + most);
    }

    /** Tells whether all dots have the colour of the best one. */
    boolean isOne() {
      return low.isEmpty();
    }
  }

  /** Returns the line that explains the picture. */
  static String explanation(SimilarityMap map, int dot) {
    return "Numbers mark the best hits by rank. "
        + (dot < DotLayer.SMALLEST_SHAPE ? "A pixel has the color of its best tile. " : "")
        + "Land and borders: Natural Earth. "
        + map.projection.title()
        + ", WGS 84.";
  }

  static String score(float score) {
    return String.format(Locale.ROOT, "%.3f", score);
  }

  /** Returns the beginning of a text that fits into a width. */
  static String fit(Graphics2D g, String text, int width) {
    FontMetrics metrics = g.getFontMetrics();
    if (metrics.stringWidth(text) <= width) return text;
    int n = text.codePointCount(0, text.length());
    String shorter = text;
    while (n > 1 && metrics.stringWidth(shorter) > width) shorter = Text.line(text, --n);
    return shorter;
  }
}
