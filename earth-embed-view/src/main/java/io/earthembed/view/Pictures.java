package io.earthembed.view;

import io.earthembed.Query;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.codec.ImageFiles;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Converts rasters to pictures for display. */
final class Pictures {
  /** Greatest width and height of pictures in pages. */
  private static final int SIDE = 256;

  private Pictures() {}

  /** Returns the picture of a query, or null if it has none of its own. */
  static @Nullable Raster of(Query query) {
    if (query instanceof Query.ImageText both) return both.image().image();
    return query instanceof Query.Image picture ? picture.image() : null;
  }

  /**
   * Returns an 8-bit picture of any raster. Rasters of one or three 8-bit bands stay as they are.
   * Of other rasters it uses the first three bands (the first band if there are fewer), and
   * stretches each from its least to its greatest value. Values that are not finite become the
   * least.
   */
  static Raster visible(Raster raster) {
    int bands = raster.bands() >= 3 ? 3 : 1;
    if (raster.type() == SampleType.UINT8 && raster.bands() == bands) return raster;
    Raster out = Raster.allocate(raster.height(), raster.width(), bands, SampleType.UINT8);
    for (int b = 0; b < bands; b++) {
      float low = Float.POSITIVE_INFINITY;
      float high = Float.NEGATIVE_INFINITY;
      for (int y = 0; y < raster.height(); y++) {
        for (int x = 0; x < raster.width(); x++) {
          float value = raster.get(y, x, b);
          if (!Float.isFinite(value)) continue; // a single infinity would set the range
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
      double range = high > low ? (double) high - low : 1;
      for (int y = 0; y < raster.height(); y++) {
        for (int x = 0; x < raster.width(); x++) {
          float value = raster.get(y, x, b);
          double part = Float.isFinite(value) ? ((double) value - low) / range : 0;
          out.set(y, x, b, (float) (part * 255));
        }
      }
    }
    return out;
  }

  /** Returns any raster as an RGB image; see {@link #visible}. */
  static BufferedImage image(Raster raster) {
    Raster shown = visible(raster);
    int last = shown.bands() - 1;
    BufferedImage image =
        new BufferedImage(shown.width(), shown.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < shown.height(); y++) {
      for (int x = 0; x < shown.width(); x++) {
        int red = (int) shown.get(y, x, 0);
        int green = (int) shown.get(y, x, Math.min(1, last));
        int blue = (int) shown.get(y, x, last);
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return image;
  }

  /** Returns a data URL with a PNG of at most {@value #SIDE} x {@value #SIDE} pixels. */
  static String dataUrl(Raster raster) {
    byte[] png;
    if (Math.max(raster.height(), raster.width()) <= SIDE) {
      png = ImageFiles.encodePng(visible(raster));
    } else {
      png = MapPicture.png(smaller(image(raster)));
    }
    return dataUrl(png);
  }

  static String dataUrl(byte[] png) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }

  private static BufferedImage smaller(BufferedImage image) {
    double scale = (double) SIDE / Math.max(image.getWidth(), image.getHeight());
    int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
    BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = out.createGraphics();
    try {
      MapPicture.smooth(g);
      g.drawImage(image, 0, 0, width, height, null);
    } finally {
      g.dispose();
    }
    return out;
  }
}
