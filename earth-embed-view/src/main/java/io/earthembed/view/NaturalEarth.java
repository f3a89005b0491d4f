package io.earthembed.view;

import io.earthembed.geo.GeoPoint;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The land of the Earth and the borders of its countries, from Natural Earth's maps at 1:50 million
 * (public domain). Coasts are simplified: of the 1,000 most populous cities of GeoNames, 42 lie
 * outside the outlines, 10 of them by more than 2 km and one by 6.3 km (Belém, in an estuary). The
 * data is read once from the class path. Immutable and safe for many threads.
 */
public final class NaturalEarth {
  private static final double DEGREE = 1 / 100.0;
  private static final int BANDS = 180;

  private NaturalEarth() {}

  /**
   * A line of points in WGS 84 degrees: a closed outline, whose last point connects to its first,
   * or an open border. No line crosses the antimeridian. Immutable.
   */
  public static final class Ring {
    private final float[] longitudes;
    private final float[] latitudes;

    private Ring(float[] longitudes, float[] latitudes) {
      this.longitudes = longitudes;
      this.latitudes = latitudes;
    }

    /** Returns the number of points: at least 3 of an outline, at least 2 of a border. */
    public int size() {
      return longitudes.length;
    }

    /** Returns the longitude of a point, degrees in [-180, 180]. */
    public double longitude(int i) {
      return longitudes[i];
    }

    /** Returns the latitude of a point, degrees in [-90, 90]. */
    public double latitude(int i) {
      return latitudes[i];
    }
  }

  /**
   * Returns the outlines of the land and of the waters in it. A place is land if an odd number of
   * rings contains it, by the even-odd rule of Java2D, SVG and canvas.
   */
  public static List<Ring> land() {
    return Land.RINGS;
  }

  /**
   * Returns the borders between countries. Natural Earth draws the borders of actual control, not
   * of claims.
   */
  public static List<Ring> borders() {
    return Borders.LINES;
  }

  /**
   * Tells whether a place is on land. Coasts are simplified, so that the answer may be wrong within
   * a few kilometres of a coast. A call takes from well below a microsecond to a few microseconds.
   *
   * @param point any place
   */
  public static boolean isLand(GeoPoint point) {
    double x = point.longitude();
    double y = point.latitude();
    boolean inside = false;
    // Only edges that touch the place's band of one degree can be crossed by the ray to its east.
    float[] edges = Land.EDGES[band(y)];
    for (int i = 0; i < edges.length; i += 4) {
      double y1 = edges[i + 1];
      double y2 = edges[i + 3];
      if ((y1 > y) != (y2 > y)) {
        double x1 = edges[i];
        if (x < x1 + (edges[i + 2] - x1) * (y - y1) / (y2 - y1)) inside = !inside;
      }
    }
    return inside;
  }

  private static int band(double latitude) {
    return Math.min(BANDS - 1, (int) Math.floor(latitude + 90));
  }

  /** Returns the encoded land.bin or borders.bin, for pages, which decode and draw it. */
  static byte[] encoded(String name) {
    return Resources.bytes(name);
  }

  private static List<Ring> read(String name) {
    ByteArrayInputStream in = new ByteArrayInputStream(encoded(name));
    int count = varint(in);
    List<Ring> rings = new ArrayList<>(count);
    for (int r = 0; r < count; r++) {
      int n = varint(in);
      float[] longitudes = new float[n];
      float[] latitudes = new float[n];
      int x = 0;
      int y = 0;
      for (int i = 0; i < n; i++) {
        x += zigzag(varint(in));
        y += zigzag(varint(in));
        longitudes[i] = (float) (x * DEGREE);
        latitudes[i] = (float) (y * DEGREE);
      }
      rings.add(new Ring(longitudes, latitudes));
    }
    return List.copyOf(rings);
  }

  private static int varint(ByteArrayInputStream in) {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      int b = in.read();
      if (b < 0) throw new IllegalStateException("a resource of lines is cut off");
      value |= (b & 127) << shift;
      if (b < 128) return value;
    }
  }

  private static int zigzag(int value) {
    return value >>> 1 ^ -(value & 1);
  }

  /** Holds the borders; loaded on first use. */
  private static final class Borders {
    static final List<Ring> LINES = read("borders.bin");
  }

  /** Holds the land; loaded on first use. */
  private static final class Land {
    static final List<Ring> RINGS = read("land.bin");
    static final float[][] EDGES = edges(RINGS);

    private static float[][] edges(List<Ring> rings) {
      float[][] edges = new float[BANDS][64];
      int[] used = new int[BANDS];
      for (Ring ring : rings) {
        for (int i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
          float y1 = ring.latitudes[j];
          float y2 = ring.latitudes[i];
          if (y1 == y2) continue; // never crossed by a ray along a parallel
          for (int b = band(Math.min(y1, y2)); b <= band(Math.max(y1, y2)); b++) {
            if (used[b] == edges[b].length) edges[b] = Arrays.copyOf(edges[b], used[b] * 2);
            edges[b][used[b]++] = ring.longitudes[j];
            edges[b][used[b]++] = y1;
            edges[b][used[b]++] = ring.longitudes[i];
            edges[b][used[b]++] = y2;
          }
        }
      }
      for (int b = 0; b < BANDS; b++) edges[b] = Arrays.copyOf(edges[b], used[b]);
      return edges;
    }
  }
}
