package io.earthembed.catalog;

import io.earthembed.geo.GeoPoint;
import io.earthembed.vector.OrdinalSet;
import java.nio.FloatBuffer;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Finds the nearest of many points on the sphere with a k-d tree over their unit vectors, so that
 * poles and antimeridian need no special cases. The tree is an order of the points: the middle
 * point of a range splits it, by x, y and z in turn. A query takes O(log n).
 */
final class PointIndex {
  private static final int LEAF = 16;

  private final CatalogColumns columns;
  private final FloatBuffer[] axes;
  private final int[] order;

  PointIndex(CatalogColumns columns) {
    this.columns = columns;
    this.axes = new FloatBuffer[] {columns.x(), columns.y(), columns.z()};
    this.order = IntStream.range(0, columns.size()).filter(columns::hasCenter).toArray();
    build(0, order.length, 0);
  }

  private void build(int from, int to, int axis) {
    if (to - from <= LEAF) return;
    int middle = (from + to) >>> 1;
    select(from, to - 1, middle, axes[axis]);
    build(from, middle, (axis + 1) % 3);
    build(middle + 1, to, (axis + 1) % 3);
  }

  /**
   * Applies Hoare's selection: afterward no smaller value is after position k and no larger one
   * before it.
   */
  private void select(int from, int to, int k, FloatBuffer values) {
    int low = from;
    int high = to;
    while (low < high) {
      float pivot = values.get(order[(low + high) >>> 1]);
      int i = low;
      int j = high;
      while (i <= j) {
        while (values.get(order[i]) < pivot) i++;
        while (values.get(order[j]) > pivot) j--;
        if (i <= j) {
          int swap = order[i];
          order[i++] = order[j];
          order[j--] = swap;
        }
      }
      if (k <= j) high = j;
      else if (k >= i) low = i;
      else return;
    }
  }

  /**
   * Returns the nearest point of a set.
   *
   * @param rows the points that may be returned
   */
  OptionalLong nearest(GeoPoint point, OrdinalSet rows) {
    Search search = new Search(point, rows);
    search.visit(0, order.length, 0);
    return search.best < 0 ? OptionalLong.empty() : OptionalLong.of(search.best);
  }

  private final class Search {
    /**
     * The largest error of a distance. Unit vectors are rounded to float32, so a point this close
     * may still be the nearest.
     */
    private static final double SLACK = 4 * CatalogColumns.ROUNDING;

    private final GeoPoint point;
    private final OrdinalSet rows;
    private final double[] at;
    private int best = -1;
    private double meters = Double.POSITIVE_INFINITY;
    private double chord = Double.POSITIVE_INFINITY;

    Search(GeoPoint point, OrdinalSet rows) {
      this.point = point;
      this.rows = rows;
      this.at = point.unitVector();
    }

    void visit(int from, int to, int axis) {
      if (to - from <= LEAF) {
        for (int i = from; i < to; i++) offer(order[i]);
        return;
      }
      int middle = (from + to) >>> 1;
      offer(order[middle]);
      double beyond = at[axis] - axes[axis].get(order[middle]);
      int next = (axis + 1) % 3;
      if (beyond < 0) {
        visit(from, middle, next);
        if (-beyond <= chord + SLACK) visit(middle + 1, to, next);
      } else {
        visit(middle + 1, to, next);
        if (beyond <= chord + SLACK) visit(from, middle, next);
      }
    }

    private void offer(int i) {
      double dx = at[0] - axes[0].get(i);
      double dy = at[1] - axes[1].get(i);
      double dz = at[2] - axes[2].get(i);
      double distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
      if (distance > chord + SLACK || !rows.contains(i)) return;
      double exact =
          point.distanceTo(new GeoPoint(columns.latitudes().get(i), columns.longitudes().get(i)));
      if (exact < meters || (exact == meters && i < best)) {
        best = i;
        meters = exact;
        chord = Math.min(chord, distance);
      }
    }
  }
}
