package io.earthembed.raster;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Region;
import io.earthembed.geo.Utm;
import java.util.ArrayList;
import java.util.List;

/** Locates the pixels of a raster in a UTM zone. */
final class PixelWindows {
  /** Points on each edge of a box, between which edges are nearly straight. */
  private static final int STEPS = 16;

  private final GeoTiff.Grid grid;
  private final Utm zone;
  private final int height;
  private final int width;

  /** Rows and columns. */
  record Part(int row, int column, int height, int width) {}

  /**
   * Locates the pixels of a raster.
   *
   * @throws EarthEmbedException if it is not in a UTM zone
   */
  PixelWindows(Pixels pixels) {
    grid = pixels.grid();
    height = pixels.shape()[0];
    width = pixels.shape()[1];
    if (!Double.isFinite(grid.west() + grid.north()) || !(grid.across() > 0) || grid.down() == 0) {
      throw new EarthEmbedException(pixels.name() + " has no location, or is rotated");
    }
    try {
      zone = Utm.ofEpsg(grid.epsg());
    } catch (IllegalArgumentException e) {
      throw new EarthEmbedException(
          pixels.name()
              + " is in "
              + (grid.epsg() == 0 ? "no projected system" : "EPSG:" + grid.epsg())
              + ", not in a UTM zone of WGS 84");
    }
  }

  /** Returns the centre of a pixel. */
  GeoPoint center(int row, int column) {
    return zone.unproject(
        grid.west() + (column + 0.5) * grid.across(), grid.north() + (row + 0.5) * grid.down());
  }

  /** Returns the longitude of the middle of the zone. */
  private double meridian() {
    return 6 * zone.zone() - 183;
  }

  /** Returns west, south, east and north of a part, west and east around the zone's middle. */
  private double[] degrees(Part part) {
    double[] box = {Double.MAX_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
    for (int i = 0; i <= STEPS; i++) {
      double y = part.row() + (double) i * part.height() / STEPS;
      double x = part.column() + (double) i * part.width() / STEPS;
      double[][] edges = {
        {y, part.column()},
        {y, part.column() + part.width()},
        {part.row(), x},
        {part.row() + part.height(), x}
      };
      for (double[] at : edges) {
        GeoPoint point =
            zone.unproject(grid.west() + at[1] * grid.across(), grid.north() + at[0] * grid.down());
        double longitude = point.longitude();
        if (longitude - meridian() > 180) longitude -= 360;
        if (longitude - meridian() < -180) longitude += 360;
        box[0] = Math.min(box[0], longitude);
        box[1] = Math.min(box[1], point.latitude());
        box[2] = Math.max(box[2], longitude);
        box[3] = Math.max(box[3], point.latitude());
      }
    }
    return box;
  }

  /** Returns the parts of the raster that hold a region; some of their pixels may be outside it. */
  List<Part> parts(Region region) {
    double[] own = degrees(new Part(0, 0, height, width));
    List<Part> parts = new ArrayList<>();
    for (BoundingBox box : region.boxes()) {
      for (int turn : new int[] {-360, 0, 360}) {
        double west = Math.max(own[0], box.west() + turn);
        double east = Math.min(own[2], box.east() + turn);
        double south = Math.max(own[1], box.south());
        double north = Math.min(own[3], box.north());
        if (west > east || south > north) continue;
        Part part = part(west, south, east, north);
        if (part.height() > 0 && part.width() > 0) parts.add(part);
      }
    }
    return parts;
  }

  private Part part(double west, double south, double east, double north) {
    double top = Double.MAX_VALUE;
    double bottom = -Double.MAX_VALUE;
    double left = Double.MAX_VALUE;
    double right = -Double.MAX_VALUE;
    for (int i = 0; i <= STEPS; i++) {
      double lon = west + (east - west) * i / STEPS;
      double lat = south + (north - south) * i / STEPS;
      double[][] edges = {{lat, west}, {lat, east}, {south, lon}, {north, lon}};
      for (double[] at : edges) {
        double longitude = at[1] > 180 ? at[1] - 360 : at[1] < -180 ? at[1] + 360 : at[1];
        Utm.Point point = zone.project(new GeoPoint(at[0], longitude));
        double column = (point.easting() - grid.west()) / grid.across();
        double row = (point.northing() - grid.north()) / grid.down();
        left = Math.min(left, column);
        right = Math.max(right, column);
        top = Math.min(top, row);
        bottom = Math.max(bottom, row);
      }
    }
    // Edges bend between the points, by less than a thousandth of their length.
    double bend = 1 + 0.001 * Math.max(right - left, bottom - top);
    int row = (int) Math.max(0, Math.floor(top - bend));
    int column = (int) Math.max(0, Math.floor(left - bend));
    int end = (int) Math.min(height, Math.ceil(bottom + bend));
    int edge = (int) Math.min(width, Math.ceil(right + bend));
    return new Part(row, column, end - row, edge - column);
  }

  /** Returns whether a part may hold a pixel of a region. */
  boolean touches(Part part, Region region) {
    double[] box = degrees(part);
    double margin = 0.01 * Math.max(box[2] - box[0], box[3] - box[1]);
    double west = box[0] - margin;
    double east = box[2] + margin;
    if (east - west >= 360) return true;
    return region.intersects(
        new BoundingBox(
            turned(west),
            Math.max(-90, box[1] - margin),
            turned(east),
            Math.min(90, box[3] + margin)));
  }

  private static double turned(double longitude) {
    return longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude;
  }
}
