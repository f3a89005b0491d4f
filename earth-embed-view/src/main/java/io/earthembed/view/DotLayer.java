package io.earthembed.view;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.Arrays;

/**
 * The dots of a map as pixels, for when there are too many to draw as shapes. Each pixel has the
 * colour of its best tile, so a better one is never hidden by a worse one; where tiles crowd, a
 * pixel is the more opaque the more of them it stands for.
 */
final class DotLayer {
  /** Dots of fewer pixels than this are drawn as blocks of pixels. */
  static final int SMALLEST_SHAPE = 4;

  private static final int EMPTY = -1;

  private DotLayer() {}

  /**
   * Side of a dot in pixels, so that all dots together cover less than half of the land of a map (a
   * third of its area), within reason.
   */
  static int size(int count, Frame frame) {
    double land = 0.16 * frame.width * frame.height;
    return (int) Math.max(1, Math.min(13, Math.round(Math.sqrt(land / Math.max(1, count)))));
  }

  /**
   * Draws them.
   *
   * @return ARGB of the frame's size
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
      // The whole pixel nearest to where the dot begins, for odd and even sizes.
      int x0 = (int) Math.floor(frame.x(latitude, longitude) - frame.left - size / 2.0 + 0.5);
      int y0 = (int) Math.floor(frame.y(latitude) - frame.top - size / 2.0 + 0.5);
      int value = (int) (SimilarityMap.position(dots.score(i), low, high) * 255);
      for (int y = Math.max(0, y0); y < Math.min(height, y0 + size); y++) {
        for (int x = Math.max(0, x0); x < Math.min(width, x0 + size); x++) {
          int at = y * width + x;
          if (tone[at] == EMPTY) tone[at] = value; // the best comes first
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

  /** How many tiles a crowded pixel stands for: one of a hundred has more. */
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
