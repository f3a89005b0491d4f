package io.earthembed.parquet.internal.listing;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.geo.Utm;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The boxes of grid cells that partitions are named by. A name that is not of the grid has none.
 */
final class GridExtents {
  private static final String GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz";
  private static final String BANDS = "CDEFGHJKLMNPQRSTUVWX";
  private static final String ROWS = "ABCDEFGHJKLMNPQRSTUV";
  private static final String[] COLUMNS = {"STUVWXYZ", "ABCDEFGH", "JKLMNPQR"};
  private static final Pattern MGRS =
      Pattern.compile("0?(\\d{1,2})([C-HJ-NP-X])(?:([A-HJ-NP-Z])([A-HJ-NP-V]))?");
  private static final Pattern ROW = Pattern.compile("(\\d{1,7})([UD])|(-?\\d{1,7})");

  /** Side of a square of MGRS in metres. */
  private static final double SQUARE = 100_000;

  /** Metres by which a tile of Sentinel-2 reaches to the east and south of its square. */
  private static final double OVERLAP = 9_800;

  private GridExtents() {}

  /** Returns the box of a geohash of any length. */
  static @Nullable BoundingBox geohash(String hash) {
    double[] box = {-180, 180, -90, 90};
    boolean longitude = true;
    if (hash.isEmpty() || hash.length() > 12) return null;
    for (char c : hash.toCharArray()) {
      int value = GEOHASH.indexOf(Character.toLowerCase(c));
      if (value < 0) return null;
      for (int bit = 16; bit > 0; bit >>= 1) {
        int low = longitude ? 0 : 2;
        double middle = (box[low] + box[low + 1]) / 2;
        box[(value & bit) != 0 ? low : low + 1] = middle;
        longitude = !longitude;
      }
    }
    return new BoundingBox(box[0], box[2], box[1], box[3]);
  }

  /**
   * Returns the box of a tile of Sentinel-2, such as 18SUJ, which is larger than the square of MGRS
   * of that name; or of a grid zone, such as 18S, with the tiles that reach out of it.
   */
  static @Nullable BoundingBox mgrs(String name) {
    Matcher parts = MGRS.matcher(name);
    if (!parts.matches()) return null;
    int zone = Integer.parseInt(parts.group(1));
    if (zone < 1 || zone > 60) return null;
    int band = BANDS.indexOf(parts.group(2));
    double south = -80 + 8 * band;
    double north = band == BANDS.length() - 1 ? 84 : south + 8;
    if (parts.group(3) == null) return zone(zone, south, north);
    int column = COLUMNS[zone % 3].indexOf(parts.group(3));
    int row = Math.floorMod(ROWS.indexOf(parts.group(4)) - (zone % 2 == 0 ? 5 : 0), ROWS.length());
    if (column < 0) return null;
    boolean isNorth = south >= 0;
    double central = 6 * zone - 183;
    Utm utm = new Utm(zone, isNorth);
    // Names of rows repeat every 2,000 km, and a band has 900 km.
    double least = utm.project(new GeoPoint(south, central)).northing() - SQUARE;
    double northing =
        row * SQUARE + Math.ceil((least - row * SQUARE) / (20 * SQUARE)) * 20 * SQUARE;
    double easting = (column + 1) * SQUARE;
    return around(utm, easting, northing);
  }

  /** Returns the box of a tile whose square has this south-west corner. */
  private static BoundingBox around(Utm utm, double easting, double northing) {
    double west = 180;
    double east = -180;
    double south = 90;
    double north = -90;
    double central = 6 * utm.zone() - 183;
    for (int i = 0; i <= 4; i++) {
      for (int j = 0; j <= 4; j++) {
        double x = easting + i / 4.0 * (SQUARE + OVERLAP);
        double y = northing - OVERLAP + j / 4.0 * (SQUARE + OVERLAP);
        GeoPoint point = utm.unproject(x, y);
        double offset = wrap(point.longitude() - central);
        west = Math.min(west, offset);
        east = Math.max(east, offset);
        south = Math.min(south, point.latitude());
        north = Math.max(north, point.latitude());
      }
    }
    // Edges are curved between the points.
    double margin = 0.02;
    return new BoundingBox(
        wrap(central + west - margin),
        Math.max(-90, south - margin),
        wrap(central + east + margin),
        Math.min(90, north + margin));
  }

  private static double wrap(double degrees) {
    return degrees - 360 * Math.floor((degrees + 180) / 360);
  }

  private static BoundingBox zone(int zone, double south, double north) {
    double west = 6 * zone - 186;
    double width = 6;
    // The exceptions of Norway and Svalbard widen some zones; what they narrow is read in vain.
    if (south == 56 || south == 72) {
      west -= 3;
      width += 6;
    }
    double reach =
        110 / (111 * Math.cos(Math.toRadians(Math.max(Math.abs(south), Math.abs(north)))));
    return new BoundingBox(
        wrap(west - reach),
        Math.max(-90, south - 1),
        wrap(west + width + reach),
        Math.min(90, north + 1));
  }

  /** Returns the box of a cell of Major TOM's 10 km grid, such as 433U_12R. */
  static @Nullable BoundingBox majorTomCell(String name) {
    try {
      GridCell cell = GridCell.parse(name);
      MajorTomGrid grid = MajorTomGrid.CORE.withLatitudeLimit(90);
      return grid.contains(cell) ? grid.footprint(cell) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Returns the box of a row of Major TOM's 10 km grid, such as 433U or -12. */
  static @Nullable BoundingBox majorTomRow(String name) {
    Matcher parts = ROW.matcher(name);
    if (!parts.matches()) return null;
    int number = Integer.parseInt(parts.group(3) == null ? parts.group(1) : parts.group(3));
    int row = "D".equals(parts.group(2)) ? -number : number;
    MajorTomGrid grid = MajorTomGrid.CORE.withLatitudeLimit(90);
    if (row < grid.firstRow() || row > grid.lastRow()) return null;
    BoundingBox cell = grid.footprint(new GridCell(row, 0));
    return new BoundingBox(-180, cell.south(), 180, cell.north());
  }

  /** Returns the grid zones, such as 18S, whose tiles are wanted; 4C also as 04C. */
  static List<String> zones(Predicate<BoundingBox> meets) {
    List<String> zones = new ArrayList<>();
    for (int zone = 1; zone <= 60; zone++) {
      for (char band : BANDS.toCharArray()) {
        String name = Integer.toString(zone) + band;
        BoundingBox box = mgrs(name);
        if (box == null || !meets.test(box)) continue;
        zones.add(name);
        if (zone < 10) zones.add("0" + name);
      }
    }
    return zones;
  }
}
