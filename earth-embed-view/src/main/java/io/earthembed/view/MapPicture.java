package io.earthembed.view;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.vector.Neighbors;
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
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Draws the static map. */
final class MapPicture {
  static final int WIDTH = 2000;
  static final int HEIGHT = 1160;
  static final int LEFT = 40;
  static final int TOP = 104;
  static final int MAP_WIDTH = 1920;
  static final int MAP_HEIGHT = 960;
  static final Color PAPER = new Color(0x0B1218);
  static final Color OCEAN = new Color(0x101C26);
  static final Color LAND = new Color(0x24323D);
  static final Color COAST = new Color(0x42545F);
  static final Color GRID = new Color(255, 255, 255, 18);
  static final Color INK = new Color(0xF1F5F8);
  static final Color FAINT = new Color(0x93A4B1);
  static final Color NOTE = new Color(0xF0C674);

  private final SimilarityMap map;
  private final Neighbors shown;
  private final TileCatalog catalog;
  private final float low;
  private final float high;

  MapPicture(SimilarityMap map) {
    this.map = map;
    this.shown = map.shown;
    this.catalog = map.result.catalog();
    this.low = map.low();
    this.high = map.high();
  }

  static double x(double longitude) {
    return LEFT + (longitude + 180) / 360 * MAP_WIDTH;
  }

  static double y(double latitude) {
    return TOP + (90 - latitude) / 180 * MAP_HEIGHT;
  }

  byte[] png() {
    return png(draw());
  }

  /** A drawing as a PNG file. */
  static byte[] png(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing a PNG to memory", e);
    }
    return out.toByteArray();
  }

  BufferedImage draw() {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      g.setColor(PAPER);
      g.fillRect(0, 0, WIDTH, HEIGHT);
      base(g);
      Shape all = g.getClip();
      g.clipRect(LEFT, TOP, MAP_WIDTH, MAP_HEIGHT);
      points(g, ((DataBufferInt) image.getRaster().getDataBuffer()).getData());
      g.setClip(all);
      marks(g);
      frame(g);
    } finally {
      g.dispose();
    }
    return image;
  }

  private static void base(Graphics2D g) {
    g.setColor(OCEAN);
    g.fillRect(LEFT, TOP, MAP_WIDTH, MAP_HEIGHT);
    Path2D.Double land = new Path2D.Double(Path2D.WIND_EVEN_ODD);
    for (NaturalEarth.Ring ring : NaturalEarth.land()) {
      for (int i = 0; i < ring.size(); i++) {
        double x = x(ring.longitude(i));
        double y = y(ring.latitude(i));
        if (i == 0) land.moveTo(x, y);
        else land.lineTo(x, y);
      }
      land.closePath();
    }
    Shape all = g.getClip();
    g.clipRect(LEFT, TOP, MAP_WIDTH, MAP_HEIGHT);
    g.setColor(LAND);
    g.fill(land);
    g.setColor(COAST);
    g.setStroke(new BasicStroke(0.7f));
    g.draw(land);
    g.setColor(GRID);
    g.setStroke(new BasicStroke(1));
    for (int lon = -150; lon < 180; lon += 30) {
      g.draw(new Line2D.Double(x(lon), TOP, x(lon), TOP + MAP_HEIGHT));
    }
    for (int lat = -60; lat < 90; lat += 30) {
      g.draw(new Line2D.Double(LEFT, y(lat), LEFT + MAP_WIDTH, y(lat)));
    }
    g.setClip(all);
    g.setFont(Fonts.sans(0, 13));
    g.setColor(FAINT);
    for (int lat = -60; lat < 90; lat += 30) {
      g.drawString(degrees(lat, "N", "S"), LEFT + 6, (float) y(lat) - 4);
    }
    for (int lon = -150; lon < 180; lon += 30) {
      g.drawString(degrees(lon, "E", "W"), (float) x(lon) + 4, TOP + MAP_HEIGHT - 7);
    }
  }

  private static String degrees(int value, String positive, String negative) {
    return Math.abs(value) + "°" + (value > 0 ? positive : value < 0 ? negative : "");
  }

  /**
   * Side of a dot in pixels, so that all dots together cover less than half of the land (some
   * 600,000 pixels), within reason.
   */
  static int dotSize(int count) {
    return (int) Math.max(1, Math.min(13, Math.round(Math.sqrt(300_000.0 / Math.max(1, count)))));
  }

  private void points(Graphics2D g, int[] pixels) {
    int size = dotSize(shown.size());
    int[] palette = new int[256];
    for (int i = 0; i < 256; i++) palette[i] = Viridis.rgb(i / 255.0);
    // The worst first: a better one is never hidden by a worse one.
    for (int i = shown.size() - 1; i >= 0; i--) {
      long ordinal = shown.ordinal(i);
      double x = x(catalog.longitude(ordinal));
      double y = y(catalog.latitude(ordinal));
      int rgb = palette[(int) (SimilarityMap.position(shown.score(i), low, high) * 255)];
      if (size >= 4) {
        g.setColor(new Color(rgb));
        g.fill(new Ellipse2D.Double(x - size / 2.0, y - size / 2.0, size, size));
      } else {
        block(pixels, (int) x - size / 2, (int) y - size / 2, size, rgb);
      }
    }
  }

  private static void block(int[] pixels, int x0, int y0, int size, int rgb) {
    for (int y = Math.max(TOP, y0); y < Math.min(TOP + MAP_HEIGHT, y0 + size); y++) {
      for (int x = Math.max(LEFT, x0); x < Math.min(LEFT + MAP_WIDTH, x0 + size); x++) {
        pixels[y * WIDTH + x] = rgb;
      }
    }
  }

  private void marks(Graphics2D g) {
    g.setFont(Fonts.sans(1, 17));
    FontMetrics metrics = g.getFontMetrics();
    Neighbors hits = map.result.neighbors();
    int count = Math.min(SimilarityMap.MARKED, hits.size());
    double r = Math.max(6, dotSize(shown.size()) / 2.0 + 3);
    List<Rectangle> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double x = x(catalog.longitude(hits.ordinal(i)));
      double y = y(catalog.latitude(hits.ordinal(i)));
      Ellipse2D.Double ring = new Ellipse2D.Double(x - r, y - r, 2 * r, 2 * r);
      g.setStroke(new BasicStroke(4.5f));
      g.setColor(new Color(0, 0, 0, 150));
      g.draw(ring);
      g.setStroke(new BasicStroke(2));
      g.setColor(Color.WHITE);
      g.draw(ring);
      taken.add(ring.getBounds());
    }
    List<Rectangle> boxes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Rectangle spot = taken.get(i);
      int width = metrics.stringWidth(Integer.toString(i + 1)) + 10;
      int height = metrics.getAscent() + 4;
      double x = spot.getCenterX();
      double y = spot.getCenterY();
      Rectangle box = place(x, y, r + 4, width, height, taken);
      taken.add(box);
      boxes.add(box);
      // A line leads from a number that had to be put further away to its ring.
      double dx = box.getCenterX() - x;
      double dy = box.getCenterY() - y;
      double away = Math.max(1e-9, Math.hypot(dx, dy));
      g.setStroke(new BasicStroke(1.5f));
      g.setColor(Color.WHITE);
      g.draw(
          new Line2D.Double(
              x + dx * r / away, y + dy * r / away, box.getCenterX(), box.getCenterY()));
    }
    for (int i = 0; i < count; i++) {
      Rectangle box = boxes.get(i);
      g.setColor(PAPER);
      g.fillRoundRect(box.x, box.y, box.width, box.height, 8, 8);
      g.setColor(Color.WHITE);
      g.drawString(Integer.toString(i + 1), box.x + 5, box.y + box.height - 5);
    }
  }

  /** A box beside a point, on the nearest of eight sides where it hides no other. */
  private static Rectangle place(
      double x, double y, double away, int width, int height, List<Rectangle> taken) {
    Rectangle map = new Rectangle(LEFT, TOP, MAP_WIDTH, MAP_HEIGHT);
    Rectangle first = null;
    for (int reach = 1; reach <= 9; reach++) {
      for (int[] side :
          new int[][] {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}}) {
        Rectangle box =
            new Rectangle(
                (int) Math.round(x + side[0] * (away * reach + width / 2.0) - width / 2.0),
                (int) Math.round(y + side[1] * (away * reach + height / 2.0) - height / 2.0),
                width,
                height);
        if (first == null) first = box;
        if (map.contains(box) && taken.stream().noneMatch(box::intersects)) return box;
      }
    }
    return first == null ? map : first;
  }

  private void frame(Graphics2D g) {
    g.setColor(INK);
    g.setFont(Fonts.sans(1, 32));
    g.drawString(fit(g, Text.line(map.result.query().describe(), 200), MAP_WIDTH), LEFT, 52);
    g.setColor(FAINT);
    g.setFont(Fonts.sans(0, 20));
    g.drawString(fit(g, Text.line(map.subtitle(), 200), MAP_WIDTH), LEFT, 84);

    int top = TOP + MAP_HEIGHT + 26;
    int width = 420;
    for (int x = 0; x < width; x++) {
      g.setColor(new Color(Viridis.rgb(x / (width - 1.0))));
      g.fillRect(LEFT + x, top, 1, 18);
    }
    g.setFont(Fonts.sans(0, 17));
    g.setColor(FAINT);
    g.drawString("≤ " + score(low), LEFT, top + 42);
    String best = "≥ " + score(high);
    g.drawString(best, LEFT + width - g.getFontMetrics().stringWidth(best), top + 42);
    String name = "similarity";
    g.drawString(name, LEFT + (width - g.getFontMetrics().stringWidth(name)) / 2, top + 42);
    int right = LEFT + width + 60;
    int room = LEFT + MAP_WIDTH - right;
    g.setFont(Fonts.sans(0, 18));
    g.setColor(NOTE);
    g.drawString(fit(g, Text.line(map.note, 300), room), right, top + 15);
    g.setColor(FAINT);
    g.setFont(Fonts.sans(0, 15));
    g.drawString(
        fit(
            g,
            "Numbers mark the best hits by rank. Land: Natural Earth. Plate carrée, WGS 84.",
            room),
        right,
        top + 42);
  }

  static String score(float score) {
    return String.format(Locale.ROOT, "%.3f", score);
  }

  /** As much of a text as there is room for. */
  static String fit(Graphics2D g, String text, int width) {
    FontMetrics metrics = g.getFontMetrics();
    if (metrics.stringWidth(text) <= width) return text;
    int n = text.codePointCount(0, text.length());
    String shorter = text;
    while (n > 1 && metrics.stringWidth(shorter) > width) shorter = Text.line(text, --n);
    return shorter;
  }
}
