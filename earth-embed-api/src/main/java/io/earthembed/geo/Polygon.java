package io.earthembed.geo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A region with holes. As in GeoJSON, its edges are straight in longitude and latitude. They take
 * the shorter way around the Earth, so a region may cross the antimeridian. A ring that goes once
 * around the Earth holds the pole nearer to it. Points exactly on an edge may count as inside or
 * outside.
 *
 * <p>An edge along a parallel from longitude -180 to 180 has length 0, because edges take the
 * shorter way. If that leaves a ring without area, such edges go all around the Earth instead: the
 * first to the east, the next back. GeoJSON's rings of the whole Earth or of a band of latitudes
 * therefore keep their area.
 *
 * <p>Immutable and safe for many threads.
 */
public final class Polygon implements Region {
  /** More slabs would cost memory and save little time. */
  private static final int MAX_SLABS = 4096;

  private final List<GeoPoint> shell;
  private final List<List<GeoPoint>> holes;
  private final double south;
  private final double north;
  private final double west;
  private final double east;

  /** The least unrolled longitude of all edges, including those of holes. */
  private final double first;

  /** The greatest unrolled longitude of all edges, including those of holes. */
  private final double last;

  /** All edges, each as x1, y1, x2, y2. */
  private final double[] edges;

  private final int slabCount;
  private final double slabHeight;

  /** The edges that reach into each slab of latitudes, each as x1, y1, x2, y2. */
  private final double[][] slabs;

  private Polygon(List<GeoPoint> shell, List<List<GeoPoint>> holes) {
    this.shell = List.copyOf(shell);
    this.holes = holes.stream().map(List::copyOf).toList();
    List<double[]> edges = new ArrayList<>();
    double[] extent = unroll("shell", this.shell, edges);
    west = extent[0];
    east = extent[1];
    for (int i = 0; i < holes.size(); i++) unroll("hole " + i, this.holes.get(i), edges);
    first = edges.stream().mapToDouble(e -> Math.min(e[0], e[2])).min().orElseThrow();
    last = edges.stream().mapToDouble(e -> Math.max(e[0], e[2])).max().orElseThrow();
    double lowest = 90;
    double highest = -90;
    for (double[] edge : edges) {
      lowest = Math.min(lowest, Math.min(edge[1], edge[3]));
      highest = Math.max(highest, Math.max(edge[1], edge[3]));
    }
    south = lowest;
    north = highest;
    this.edges = edges.stream().flatMapToDouble(Arrays::stream).toArray();
    slabCount = slabCount(edges);
    slabHeight = slabHeight(slabCount);
    slabs = slabs(edges);
  }

  /**
   * Returns a region without holes.
   *
   * @param shell at least three corners in either order of rotation; the first need not be
   *     repeated. Adjacent corners are less than 180 degrees of longitude apart
   * @throws IllegalArgumentException if the ring has no area, has an edge of 180 degrees, or goes
   *     around the Earth more than once
   */
  public static Polygon of(List<GeoPoint> shell) {
    return new Polygon(shell, List.of());
  }

  /**
   * Returns a region with holes.
   *
   * @param shell in the form of {@link #of(List)}
   * @param holes each in the form of {@link #of(List)}, within the shell and outside the others
   * @throws IllegalArgumentException as {@link #of(List)}
   */
  public static Polygon of(List<GeoPoint> shell, List<List<GeoPoint>> holes) {
    return new Polygon(shell, holes);
  }

  /** Returns a region without holes from corners in the form of {@link #of(List)}. */
  public static Polygon of(GeoPoint... shell) {
    return of(List.of(shell));
  }

  /**
   * Returns this region with a further hole.
   *
   * @param hole at least three corners in order, within the shell and outside the other holes
   */
  public Polygon withHole(List<GeoPoint> hole) {
    List<List<GeoPoint>> all = new ArrayList<>(holes);
    all.add(hole);
    return new Polygon(shell, all);
  }

  /** Returns the outer corners. */
  public List<GeoPoint> shell() {
    return shell;
  }

  /** Returns the corners of each hole. */
  public List<List<GeoPoint>> holes() {
    return holes;
  }

  /**
   * Adds a ring's edges, with longitudes unrolled so that they do not jump.
   *
   * @return the least and the greatest longitude
   */
  private static double[] unroll(String name, List<GeoPoint> ring, List<double[]> edges) {
    int n = ring.size();
    if (n > 1 && ring.get(0).equals(ring.get(n - 1))) n--;
    if (n < 3)
      throw new IllegalArgumentException(name + " has " + n + " corners, at least 3 make a ring");
    List<double[]> own = closed(name, ring.subList(0, n), false);
    if (isEmpty(own)) own = closed(name, ring.subList(0, n), true);
    // The last corner may lie across the antimeridian from the first instead of repeating it.
    if (isEmpty(own)) own = closed(name, ring, true);
    if (isEmpty(own)) throw new IllegalArgumentException(name + " has no area");
    edges.addAll(own);
    double least = own.get(0)[0];
    double most = least;
    for (double[] edge : own) {
      least = Math.min(least, edge[2]);
      most = Math.max(most, edge[2]);
    }
    return new double[] {least, most};
  }

  /**
   * Returns a ring's edges, and the edges over the pole if the ring goes around the Earth.
   *
   * @param allRound whether an edge along a parallel from -180 to 180 (equal longitudes for points)
   *     goes around the Earth: to the east first, then back
   */
  private static List<double[]> closed(String name, List<GeoPoint> ring, boolean allRound) {
    List<double[]> edges = new ArrayList<>();
    double start = ring.get(0).longitude();
    double x = start;
    double latitudes = 0;
    for (int i = 0; i < ring.size(); i++) {
      GeoPoint from = ring.get(i);
      GeoPoint to = ring.get((i + 1) % ring.size());
      double step = to.longitude() - from.longitude();
      step -= 360 * Math.rint(step / 360);
      if (Math.abs(step) >= 180) {
        throw new IllegalArgumentException(
            name
                + " has an edge of half the Earth, from "
                + from
                + " to "
                + to
                + ": put a corner between");
      }
      if (allRound && from.equals(to) && from.longitude() == -180) step = x > start ? -360 : 360;
      edges.add(new double[] {x, from.latitude(), x + step, to.latitude()});
      x += step;
      latitudes += from.latitude();
    }
    // The sum is a whole number of turns, up to rounding.
    long turns = Math.round((x - start) / 360);
    if (Math.abs(turns) > 1) {
      throw new IllegalArgumentException(
          name + " goes round the Earth " + Math.abs(turns) + " times, and may go once");
    }
    if (allRound && turns != 0) return List.of(); // one way without the way back
    x = start + 360 * turns;
    edges.get(edges.size() - 1)[2] = x;
    if (turns != 0) {
      double pole = latitudes < 0 ? -90 : 90;
      double y = ring.get(0).latitude();
      edges.add(new double[] {x, y, x, pole});
      edges.add(new double[] {x, pole, start, pole});
      edges.add(new double[] {start, pole, start, y});
    }
    return edges;
  }

  /**
   * Returns whether no point lies inside, by the even-odd rule. Stops at the first point inside.
   */
  private static boolean isEmpty(List<double[]> edges) {
    double[] latitudes = edges.stream().mapToDouble(e -> e[1]).sorted().distinct().toArray();
    for (int i = 1; i < latitudes.length; i++) {
      // Edges that cross at one of these latitudes do not cross at the others.
      for (double part : new double[] {0.5, 0.2928932188134524, 0.7320508075688772}) {
        double y = latitudes[i - 1] + part * (latitudes[i] - latitudes[i - 1]);
        double[] crossings =
            edges.stream()
                .filter(e -> e[1] > y != e[3] > y)
                .mapToDouble(e -> crossing(e[0], e[1], e[2], e[3], y))
                .sorted()
                .toArray();
        for (int c = 1; c < crossings.length; c += 2) {
          if (crossings[c] - crossings[c - 1] > 1e-12) return false;
        }
      }
    }
    return true;
  }

  private static double crossing(double x1, double y1, double x2, double y2, double y) {
    return x1 + (y - y1) / (y2 - y1) * (x2 - x1);
  }

  /** Returns a number of slabs in which an edge reaches into few, so that memory stays small. */
  private int slabCount(List<double[]> edges) {
    double heights = edges.stream().mapToDouble(e -> Math.abs(e[3] - e[1])).sum();
    int count = Math.min(MAX_SLABS, edges.size());
    while (count > 1 && heights / slabHeight(count) > 16.0 * edges.size()) count /= 2;
    return count;
  }

  private double slabHeight(int count) {
    return Math.max(1e-9, (north - south) / count);
  }

  private double[][] slabs(List<double[]> edges) {
    double[][] table = new double[slabCount][];
    int[] used = new int[slabCount];
    for (int s = 0; s < slabCount; s++) table[s] = new double[16];
    for (double[] edge : edges) {
      if (edge[1] == edge[3]) continue; // a ray along a parallel never crosses it
      int last = slab(Math.max(edge[1], edge[3]));
      for (int s = slab(Math.min(edge[1], edge[3])); s <= last; s++) {
        if (used[s] == table[s].length) table[s] = Arrays.copyOf(table[s], 2 * used[s]);
        System.arraycopy(edge, 0, table[s], used[s], 4);
        used[s] += 4;
      }
    }
    for (int s = 0; s < slabCount; s++) table[s] = Arrays.copyOf(table[s], used[s]);
    return table;
  }

  private int slab(double latitude) {
    return Math.max(0, Math.min(slabCount - 1, (int) ((latitude - south) / slabHeight)));
  }

  /** Returns whether a point lies inside. */
  @Override
  public boolean contains(GeoPoint point) {
    return contains(point.latitude(), point.longitude());
  }

  /**
   * Returns {@link #contains(GeoPoint)} for a latitude in [-90, 90] and a longitude in [-180, 180].
   */
  @Override
  public boolean contains(double latitude, double longitude) {
    if (latitude < south || latitude > north) return false;
    // The ray must not run along the North Pole's edge of the map.
    double y = Math.min(latitude, Math.nextDown(90.0));
    // The ring's unrolled longitudes may differ from the point's by whole turns.
    boolean inside = false;
    double x = longitude + 360 * Math.ceil((first - longitude) / 360);
    for (; x <= last; x += 360) inside ^= inside(x, y);
    return inside;
  }

  /** Returns whether the shell goes all around the Earth. */
  private boolean holdsPole() {
    return east - west >= 360 - 1e-9; // start + 360 may be rounded
  }

  /** Applies the even-odd rule with a ray to the east. */
  private boolean inside(double x, double y) {
    double[] edges = slabs[slab(y)];
    boolean inside = false;
    for (int i = 0; i < edges.length; i += 4) {
      double y1 = edges[i + 1];
      double y2 = edges[i + 3];
      if ((y1 > y) == (y2 > y)) continue;
      if (x < crossing(edges[i], y1, edges[i + 2], y2, y)) inside = !inside;
    }
    return inside;
  }

  @Override
  public boolean intersects(BoundingBox box) {
    double low = box.south() - BoundingBox.TOUCH;
    double high = box.north() + BoundingBox.TOUCH;
    if (low > north || high < south) return false;
    double width = box.width() + 2 * BoundingBox.TOUCH;
    double left = box.west() - BoundingBox.TOUCH;
    left += 360 * Math.ceil((first - left - width) / 360);
    for (; left <= last; left += 360) {
      for (int i = 0; i < edges.length; i += 4) {
        if (meets(i, left, low, left + width, high)) return true;
      }
    }
    // No edge meets the box, so that all of it is inside or all outside.
    return contains(box.south(), box.west());
  }

  /** Returns whether edge i has a point in a box of unrolled longitudes. */
  private boolean meets(int i, double left, double low, double right, double high) {
    double x1 = edges[i];
    double y1 = edges[i + 1];
    double x2 = edges[i + 2];
    double y2 = edges[i + 3];
    if (Math.max(x1, x2) < left || Math.min(x1, x2) > right) return false;
    if (Math.max(y1, y2) < low || Math.min(y1, y2) > high) return false;
    // Their boxes meet. They are apart only if all corners are on one side of the edge's line.
    double dx = x2 - x1;
    double dy = y2 - y1;
    double a = dx * (low - y1) - dy * (left - x1);
    double b = dx * (low - y1) - dy * (right - x1);
    double c = dx * (high - y1) - dy * (left - x1);
    double d = dx * (high - y1) - dy * (right - x1);
    return !(a > 0 && b > 0 && c > 0 && d > 0) && !(a < 0 && b < 0 && c < 0 && d < 0);
  }

  /** Returns the bounding box; it spans all longitudes if the region holds a pole. */
  @Override
  public BoundingBox bounds() {
    if (holdsPole()) return new BoundingBox(-180, south, 180, north);
    return new BoundingBox(wrap(west), south, wrap(east), north);
  }

  private static double wrap(double longitude) {
    return longitude >= -180 && longitude <= 180
        ? longitude
        : longitude - 360 * Math.floor((longitude + 180) / 360);
  }

  @Override
  public String toString() {
    return "Polygon[" + shell.size() + " corners, " + holes.size() + " holes]";
  }
}
