package io.earthembed.parquet;

import io.earthembed.dataset.CropFootprint;
import io.earthembed.geo.Antimeridian;
import io.earthembed.geo.Utm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The outline of a crop in longitude and latitude, for GeoParquet 1.1. An outline that crosses the
 * antimeridian is cut into two polygons, and its box has a west that is greater than its east (RFC
 * 7946, section 5.2).
 *
 * @param west least longitude; of the ring that ends at 180 if the outline is cut
 * @param south least latitude
 * @param east greatest longitude; of the ring that begins at -180 if the outline is cut
 * @param north greatest latitude
 * @param rings closed rings of one polygon each, longitude before latitude
 */
record Footprint(double west, double south, double east, double north, List<double[][]> rings) {
  static Footprint of(CropFootprint f) {
    Utm zone = Utm.ofEpsg(f.reference().epsg());
    // Counterclockwise, as the specification recommends for an outer ring.
    List<double[][]> rings =
        Antimeridian.cut(
            List.of(
                zone.unproject(f.west(), f.north()),
                zone.unproject(f.west(), f.south()),
                zone.unproject(f.east(), f.south()),
                zone.unproject(f.east(), f.north())));
    double west = 180;
    double east = -180;
    double south = 90;
    double north = -90;
    for (double[] point : rings.get(0)) west = Math.min(west, point[0]);
    for (double[] point : rings.get(rings.size() - 1)) east = Math.max(east, point[0]);
    for (double[][] ring : rings) {
      for (double[] point : ring) {
        south = Math.min(south, point[1]);
        north = Math.max(north, point[1]);
      }
    }
    return new Footprint(west, south, east, north, rings);
  }

  boolean crossesAntimeridian() {
    return west > east;
  }

  /**
   * Returns well-known binary, little-endian: a polygon, or a multipolygon if the outline is cut.
   */
  byte[] wkb() {
    int points = rings.stream().mapToInt(ring -> ring.length).sum();
    ByteBuffer wkb =
        ByteBuffer.allocate(9 + 13 * rings.size() + 16 * points).order(ByteOrder.LITTLE_ENDIAN);
    if (rings.size() > 1) wkb.put((byte) 1).putInt(6).putInt(rings.size());
    for (double[][] ring : rings) {
      wkb.put((byte) 1).putInt(3).putInt(1).putInt(ring.length);
      for (double[] point : ring) wkb.putDouble(point[0]).putDouble(point[1]);
    }
    byte[] bytes = new byte[wkb.position()];
    wkb.flip().get(bytes);
    return bytes;
  }
}
