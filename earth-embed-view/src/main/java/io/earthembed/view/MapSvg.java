package io.earthembed.view;

import java.awt.Color;
import java.awt.Rectangle;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.util.Base64;
import java.util.Locale;

/**
 * Writes the static map of {@link MapPicture} as SVG shapes. If there are too many dots for shapes,
 * they are one picture within the SVG. Texts from data are escaped.
 */
final class MapSvg {
  /** The most dots that are drawn as shapes; more make viewers slow. */
  private static final int MAX_SHAPES = 20_000;

  private final SimilarityMap map;
  private final Frame frame;
  private final int dot;
  private final int shown;
  private final StringBuilder out = new StringBuilder(1 << 20);

  MapSvg(SimilarityMap map) {
    this.map = map;
    this.frame = map.frame();
    this.shown = map.dotsWithin(frame);
    this.dot = DotLayer.size(shown, frame);
  }

  String svg() {
    int width = MapPicture.WIDTH;
    int height = MapPicture.TOP + frame.height + MapPicture.FOOT;
    put(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\"",
        width, height, width);
    put(" height=\"%d\" role=\"img\" font-family=\"'DejaVu Sans',sans-serif\">\n", height);
    out.append("<title>").append(Markup.line(map.title(), 200)).append("</title>\n");
    put("<rect width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", width, height, hex(MapPicture.PAPER));
    out.append("<clipPath id=\"edge\"><path d=\"");
    path(frame.outline());
    out.append("\"/></clipPath>\n<g clip-path=\"url(#edge)\">\n");
    put("<rect width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", width, height, hex(MapPicture.OCEAN));
    base();
    points();
    out.append("</g>\n");
    labels();
    marks();
    legend();
    return out.append("</svg>\n").toString();
  }

  private void base() {
    Path2D land = frame.lines(NaturalEarth.land(), true);
    shape(land, "fill=\"" + hex(MapPicture.LAND) + "\" fill-rule=\"evenodd\"");
    String thin = "fill=\"none\" stroke-width=\"0.7\" stroke=\"";
    shape(frame.lines(NaturalEarth.borders(), false), thin + hex(MapPicture.BORDER) + "\"");
    shape(land, thin + hex(MapPicture.COAST) + "\"");
    out.append("<g fill=\"none\" stroke=\"#fff\" stroke-opacity=\"0.07\">\n");
    double step = frame.gridStep();
    for (double l = -180; l < 180; l += step) {
      if (Math.abs(frame.east(l)) < frame.span / 2) shape(frame.meridian(l), "");
    }
    for (double l = -90 + step; l < 90; l += step) {
      if (l > frame.region.south() && l < frame.region.north()) shape(frame.parallel(l), "");
    }
    out.append("</g>\n");
  }

  private void points() {
    float low = map.low();
    float high = map.high();
    if (dot < DotLayer.SMALLEST_SHAPE || shown > MAX_SHAPES) {
      byte[] layer = MapPicture.png(DotLayer.draw(map.dots, frame, dot, low, high));
      put("<image x=\"%d\" y=\"%d\" width=\"%d\"", frame.left, frame.top, frame.width);
      put(" height=\"%d\" href=\"data:image/png;base64,", frame.height);
      out.append(Base64.getEncoder().encodeToString(layer)).append("\"/>\n");
      return;
    }
    for (int i = map.dots.size() - 1; i >= 0; i--) {
      double latitude = map.dots.latitude(i);
      double longitude = map.dots.longitude(i);
      if (!frame.contains(latitude, longitude)) continue;
      int rgb = Viridis.rgb(SimilarityMap.position(map.dots.score(i), low, high));
      put(
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"#%06x\"/>\n",
          frame.x(latitude, longitude), frame.y(latitude), dot / 2.0, rgb);
    }
  }

  private void labels() {
    for (MapPicture.Label label : MapPicture.labels(frame)) {
      int x = (int) Math.round(label.x());
      int y = (int) Math.round(label.y());
      text(x, y, MapPicture.LABEL, hex(MapPicture.FAINT), "normal", label.text());
    }
  }

  private void marks() {
    for (Marks.Mark mark : Marks.of(map, frame, MapPicture.ring(dot))) {
      String ring =
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"/>\n";
      put(ring, mark.x(), mark.y(), mark.radius(), "#00000096", "4.5");
      put(ring, mark.x(), mark.y(), mark.radius(), "#fff", "2");
      Rectangle box = mark.box();
      put(
          "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"#fff\" stroke-width=\"1.5\"/>\n",
          mark.lineX(), mark.lineY(), box.getCenterX(), box.getCenterY());
      put(
          "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" fill=\"%s\"/>\n",
          box.x, box.y, box.width, box.height, hex(MapPicture.PAPER));
      text(box.x + 5, box.y + box.height - 4, 17, "#fff", "bold", Integer.toString(mark.rank()));
    }
  }

  private void legend() {
    int left = MapPicture.LEFT;
    String faint = hex(MapPicture.FAINT);
    text(left, 52, 32, hex(MapPicture.INK), "bold", map.title());
    text(left, 84, 20, faint, "normal", map.subtitle());
    int top = MapPicture.TOP + frame.height + 26;
    MapPicture.Scale scale = MapPicture.Scale.of(map);
    if (scale != MapPicture.Scale.NONE) {
      out.append("<linearGradient id=\"ramp\">");
      int last = Viridis.STOPS.length - 1;
      for (int i = scale.isOne() ? last : 0; i <= last; i++) {
        String stop = "<stop offset=\"%.4f\" stop-color=\"#%06x\"/>";
        put(stop, i / (double) last, Viridis.STOPS[i]);
      }
      out.append("</linearGradient>\n");
      put("<rect x=\"%d\" y=\"%d\" width=\"%d\"", left, top, MapPicture.SCALE);
      put(" height=\"18\" fill=\"url(#ramp)\"/>\n");
    }
    put("<g font-size=\"17\" fill=\"%s\">\n", faint);
    String end = "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n";
    put(end, left, top + 42, "start", scale.low());
    put(end, left + MapPicture.SCALE / 2, top + 42, "middle", scale.name());
    put(end, left + MapPicture.SCALE, top + 42, "end", scale.high());
    out.append("</g>\n");
    text(left + 480, top + 15, 18, hex(MapPicture.NOTE), "normal", map.note);
    text(left + 480, top + 42, 15, faint, "normal", MapPicture.explanation(map, dot));
  }

  private void text(int x, int y, int size, String fill, String weight, String words) {
    put("<text x=\"%d\" y=\"%d\" font-size=\"%d\" fill=\"%s\"", x, y, size, fill);
    // As many characters as fit, each about half as wide as high.
    int room = (int) ((MapPicture.WIDTH - x - 20) / (0.58 * size));
    put(" font-weight=\"%s\">%s</text>\n", weight, Markup.line(words, Math.max(2, room)));
  }

  private void shape(Path2D path, String style) {
    out.append("<path ").append(style).append(" d=\"");
    path(path);
    out.append("\"/>\n");
  }

  private void path(Path2D path) {
    double[] at = new double[6];
    for (PathIterator i = path.getPathIterator(null); !i.isDone(); i.next()) {
      switch (i.currentSegment(at)) {
        case PathIterator.SEG_MOVETO -> point('M', at);
        case PathIterator.SEG_LINETO -> point('L', at);
        default -> out.append('Z');
      }
    }
  }

  /** Writes one decimal without a formatter, which would be slow. */
  private void point(char kind, double[] at) {
    out.append(kind)
        .append(Math.round(at[0] * 10) / 10.0)
        .append(' ')
        .append(Math.round(at[1] * 10) / 10.0);
  }

  private void put(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values));
  }

  private static String hex(Color color) {
    return String.format(Locale.ROOT, "#%06x", color.getRGB() & 0xFFFFFF);
  }
}
