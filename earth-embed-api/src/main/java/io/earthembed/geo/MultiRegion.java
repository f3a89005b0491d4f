package io.earthembed.geo;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Several boxes and polygons, which may overlap. */
final class MultiRegion implements Region {
  private final List<Region> parts;
  private final BoundingBox bounds;

  /** The numbers of the parts that reach into each degree of longitude, from -180. */
  private final int[][] byLongitude = new int[360][0];

  MultiRegion(List<Region> parts) {
    this.parts = List.copyOf(parts);
    List<BoundingBox> boxes = parts.stream().flatMap(part -> part.boxes().stream()).toList();
    bounds = around(boxes);
    for (int i = 0; i < parts.size(); i++) {
      for (BoundingBox box : parts.get(i).boxes()) {
        int last = column(box.east());
        // Longitude 180 is also that of the first column.
        for (int c = column(box.west()); c <= last; c++) add(c % 360, i);
      }
    }
  }

  private void add(int column, int part) {
    int[] known = byLongitude[column];
    if (known.length > 0 && known[known.length - 1] == part) return;
    byLongitude[column] = Arrays.copyOf(known, known.length + 1);
    byLongitude[column][known.length] = part;
  }

  private static int column(double longitude) {
    return (int) Math.floor(longitude + 180);
  }

  /** Returns the box around boxes that leaves out the widest gap between their longitudes. */
  private static BoundingBox around(List<BoundingBox> boxes) {
    double south = boxes.stream().mapToDouble(BoundingBox::south).min().orElseThrow();
    double north = boxes.stream().mapToDouble(BoundingBox::north).max().orElseThrow();
    List<BoundingBox> sorted =
        boxes.stream().sorted(Comparator.comparingDouble(BoundingBox::west)).toList();
    double reach = sorted.get(0).east();
    double widest = 0;
    double west = -180;
    double east = 180;
    for (BoundingBox box : sorted) {
      if (box.west() - reach > widest) {
        widest = box.west() - reach;
        west = box.west();
        east = reach;
      }
      reach = Math.max(reach, box.east());
    }
    double first = sorted.get(0).west();
    if (first + 360 - reach >= widest) return new BoundingBox(first, south, reach, north);
    return new BoundingBox(west, south, east, north);
  }

  @Override
  public boolean contains(double latitude, double longitude) {
    for (int part : byLongitude[column(longitude) % 360]) {
      if (parts.get(part).contains(latitude, longitude)) return true;
    }
    return false;
  }

  @Override
  public BoundingBox bounds() {
    return bounds;
  }

  @Override
  public boolean intersects(BoundingBox box) {
    return parts.stream().anyMatch(part -> part.intersects(box));
  }

  @Override
  public List<Region> parts() {
    return parts;
  }

  @Override
  public String toString() {
    return "Region[" + parts.size() + " parts]";
  }
}
