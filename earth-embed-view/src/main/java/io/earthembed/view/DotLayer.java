package io.earthembed.view;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.Arrays;

/**
 * Draws the dots of a map as pixels, if there are too many for shapes. Each pixel has the colour of
 * its best tile, so that a worse tile never hides a better one. On crowded maps, the opacity of a
 * pixel grows with its number of tiles.
 */
final class DotLayer {
  /** Smallest size in pixels of a dot that is drawn as a shape. */
  static final int SMALLEST_SHAPE = 4;

  private static final int EMPTY = -1;

  private DotLayer() {}

  /**
   * Returns the side of a dot in pixels, from 1 to 13, so that all dots together cover about half
   * of the map's land, which is a third of its area.
   */
  static int size(int count, Frame frame) {
    double land = 0.16 * frame.width * frame.height;
    return (int) Math.max(1, Math.min(13, Math.round(Math.sqrt(land / Math.max(1, count)))));
  }

  /**
   * Draws the dots.
   *
   * @return an ARGB image of the frame's size
   */
  static BufferedImage draw(Dots dots, Frame frame, int size, float low, float high) {
    int width = frame.width;
    int height = frame.height;
    int[] tone = new int[width * height];
    int[] count = new int[width * height];
    Arrays.fill(tone, EMPTY);
    for (int i = 0; i < dots.size(); i++) {
      double latitude = dots.latitude(i);
      double longitude = dots.longitude(i);
      if (!frame.contains(latitude, longitude)) continue;
      // The whole pixel nearest to the dot's corner, for odd and even sizes.
      int x0 = (int) Math.floor(frame.x(latitude, longitude) - frame.left - size / 2.0 + 0.5);
      int y0 = (int) Math.floor(frame.y(latitude) - frame.top - size / 2.0 + 0.5);
      int value = (int) (SimilarityMap.position(dots.score(i), low, high) * 255);
      for (int y = Math.max(0, y0); y < Math.min(height, y0 + size); y++) {
        for (int x = Math.max(0, x0); x < Math.min(width, x0 + size); x++) {
          int at = y * width + x;
          if (tone[at] == EMPTY) tone[at] = value; // dots are ordered best first
          count[at]++;
        }
      }
    }
    return shade(tone, count, width, height);
  }

  private static BufferedImage shade(int[] tone, int[] count, int width, int height) {
    double crowd = crowd(count);
    int[] palette = new int[256];
    for (int i = 0; i < 256; i++) palette[i] = Viridis.rgb(i / 255.0);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < pixels.length; i++) {
      if (tone[i] == EMPTY) continue;
      double part = crowd < 4 ? 1 : 0.5 + 0.5 * Math.min(1, Math.log(count[i]) / Math.log(crowd));
      pixels[i] = (int) (255 * part) << 24 | palette[tone[i]];
    }
    return image;
  }

  /** Returns the number of tiles that 1 % of the filled pixels exceed. */
  private static int crowd(int[] count) {
    int[] pixels = new int[1024];
    int filled = 0;
    for (int n : count) {
      if (n == 0) continue;
      pixels[Math.min(n, pixels.length - 1)]++;
      filled++;
    }
    int above = 0;
    for (int n = pixels.length - 1; n > 0; n--) {
      above += pixels[n];
      if (above > filled / 100) return n;
    }
    return 1;
  }
}
