package io.earthembed.geo;

import java.util.Collection;
import java.util.List;

/**
 * A part of the Earth's surface: a {@link BoundingBox}, a {@link Polygon} with holes, or a {@link
 * #union} of these. A region may cross the antimeridian and hold a pole. Coordinates are degrees of
 * WGS 84. {@code io.earthembed.region.Regions} of module core reads regions from GeoJSON,
 * well-known text and well-known binary.
 *
 * <p>Immutable and safe for many threads.
 */
public sealed interface Region permits BoundingBox, Polygon, MultiRegion {
  /**
   * Returns whether a point lies inside. Points exactly on the edge of a polygon may count as
   * inside or outside; the edges of a box are inside.
   *
   * @param latitude in [-90, 90]
   * @param longitude in [-180, 180]
   */
  boolean contains(double latitude, double longitude);

  /** Returns {@link #contains(double, double)} for a point. */
  default boolean contains(GeoPoint point) {
    return contains(point.latitude(), point.longitude());
  }

  /**
   * Returns the smallest box around the region. It crosses the antimeridian if the smallest box
   * does, and spans all longitudes if the region holds a pole.
   */
  BoundingBox bounds();

  /**
   * Returns the {@linkplain #bounds bounds} as boxes of which none crosses the antimeridian: one
   * box, or two, first the one that ends at longitude 180, then the one that begins at -180.
   */
  default List<BoundingBox> boxes() {
    BoundingBox box = bounds();
    if (!box.crossesAntimeridian()) return List.of(box);
    return List.of(
        new BoundingBox(box.west(), box.south(), 180, box.north()),
        new BoundingBox(-180, box.south(), box.east(), box.north()));
  }

  /**
   * Returns whether the region and a box have a point in common, to leave out files and row groups
   * that hold nothing of a region. The answer is exact up to a distance of 1e-9 degrees: a box that
   * close to the region intersects it. It is never false for a box that holds a point that the
   * region {@linkplain #contains(double, double) contains}.
   *
   * @param box may cross the antimeridian
   */
  boolean intersects(BoundingBox box);

  /** Returns the boxes and polygons of the region: itself, or the parts of a {@link #union}. */
  default List<Region> parts() {
    return List.of(this);
  }

  /**
   * Returns the region of all points that lie in at least one of several regions, which may
   * overlap.
   *
   * @param parts at least one
   * @throws IllegalArgumentException if there are no parts
   */
  static Region union(Collection<? extends Region> parts) {
    List<Region> flat = parts.stream().flatMap(part -> part.parts().stream()).toList();
    if (flat.isEmpty()) throw new IllegalArgumentException("parts is empty");
    return flat.size() == 1 ? flat.get(0) : new MultiRegion(flat);
  }
}
