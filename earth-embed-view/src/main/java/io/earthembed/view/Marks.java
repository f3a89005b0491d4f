package io.earthembed.view;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.vector.Neighbors;
import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.List;

/** Lays out the rings around the best hits and their numbers, so that numbers do not overlap. */
final class Marks {
  static final int TEXT_HEIGHT = 20;

  /**
   * The ring and the number of a hit.
   *
   * @param rank the number
   * @param x centre of the ring
   * @param y centre of the ring
   * @param radius radius of the ring
   * @param box box of the number
   */
  record Mark(int rank, double x, double y, double radius, Rectangle box) {
    /** Returns x of the point on the ring where the line to the number begins. */
    double lineX() {
      return x + (box.getCenterX() - x) * radius / away();
    }

    double lineY() {
      return y + (box.getCenterY() - y) * radius / away();
    }

    private double away() {
      return Math.max(1e-9, Math.hypot(box.getCenterX() - x, box.getCenterY() - y));
    }
  }

  private Marks() {}

  static List<Mark> of(SimilarityMap map, Frame frame, double radius) {
    Neighbors hits = map.result.neighbors();
    TileCatalog catalog = map.result.catalog();
    List<Rectangle> taken = new ArrayList<>();
    List<double[]> spots = new ArrayList<>();
    for (int i = 0; i < Math.min(SimilarityMap.MARKED, hits.size()); i++) {
      double latitude = catalog.latitude(hits.ordinal(i));
      double longitude = catalog.longitude(hits.ordinal(i));
      if (!frame.contains(latitude, longitude)) continue;
      double x = frame.x(latitude, longitude);
      double y = frame.y(latitude);
      spots.add(new double[] {map.result.hits().get(i).rank(), x, y});
      taken.add(rectangle(x, y, radius, radius));
    }
    List<Mark> marks = new ArrayList<>();
    for (double[] spot : spots) {
      int rank = (int) spot[0];
      int width = 11 * Integer.toString(rank).length() + 10;
      Rectangle box = place(spot[1], spot[2], radius + 4, width, frame, taken);
      taken.add(box);
      marks.add(new Mark(rank, spot[1], spot[2], radius, box));
    }
    return marks;
  }

  private static Rectangle rectangle(double x, double y, double halfWidth, double halfHeight) {
    return new Rectangle(
        (int) Math.round(x - halfWidth),
        (int) Math.round(y - halfHeight),
        (int) Math.round(2 * halfWidth),
        (int) Math.round(2 * halfHeight));
  }

  /** Returns the nearest box beside a point, on one of eight sides, that covers no other box. */
  private static Rectangle place(
      double x, double y, double away, int width, Frame frame, List<Rectangle> taken) {
    Rectangle map = new Rectangle(frame.left, frame.top, frame.width, frame.height);
    Rectangle first = map;
    for (int reach = 1; reach <= 9; reach++) {
      for (int[] side :
          new int[][] {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}}) {
        Rectangle box =
            rectangle(
                x + side[0] * (away * reach + width / 2.0),
                y + side[1] * (away * reach + TEXT_HEIGHT / 2.0),
                width / 2.0,
                TEXT_HEIGHT / 2.0);
        if (first == map) first = box;
        if (map.contains(box) && taken.stream().noneMatch(box::intersects)) return box;
      }
    }
    return first;
  }
}
