package io.earthembed.parquet;

import io.earthembed.common.CorruptDataException;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.ValueReader.Nested;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Finds the centres of geometries in the native encodings of GeoArrow: lists as deep as the
 * geometry has parts, of structs of x and y or of interleaved coordinates, which are lists of 2 to
 * 4 numbers.
 */
final class ArrowCenters {
  /** An encoding, with the number of lists around its coordinates. */
  enum Shape {
    POINT(0),
    LINESTRING(1),
    POLYGON(2),
    MULTIPOINT(1),
    MULTILINESTRING(2),
    MULTIPOLYGON(3);

    final int lists;

    Shape(int lists) {
      this.lists = lists;
    }

    /**
     * Returns a shape by the name that the metadata have.
     *
     * @throws IllegalArgumentException if it is not known
     */
    static Shape of(String encoding) {
      return valueOf(encoding.toUpperCase(Locale.ROOT));
    }

    /** Returns whether a name is that of a shape. */
    static boolean isKnown(String encoding) {
      return Arrays.stream(values()).anyMatch(shape -> shape.name().equalsIgnoreCase(encoding));
    }
  }

  private final Shape shape;
  private final boolean degrees;
  private final double[] xs;
  private final double[] ys;
  private Centroid centroid = new Centroid();
  private final List<double[]> rings = new ArrayList<>();
  private double[] line = new double[16];
  private int size;

  private ArrowCenters(Shape shape, boolean degrees, int rows) {
    this.shape = shape;
    this.degrees = degrees;
    xs = new double[rows];
    ys = new double[rows];
  }

  /**
   * Returns x and y of the centres of a row group; NaN if a geometry is null or empty.
   *
   * @param x column of the first coordinates
   * @param y column of the second coordinates
   * @param degrees whether coordinates are degrees
   */
  static double[][] of(
      DatasetFile file, Group group, Shape shape, String x, String y, boolean degrees) {
    Coordinates first = new Coordinates();
    file.column(group, x).nested(first);
    Coordinates second = new Coordinates();
    file.column(group, y).nested(second);
    ArrowCenters centers = new ArrowCenters(shape, degrees, (int) group.rows());
    boolean equal =
        first.size == second.size
            && Arrays.equals(first.levels, 0, first.size, second.levels, 0, first.size);
    int row = -1;
    for (int i = 0; equal && i < first.size; i++) {
      if (first.levels[i] == 0) {
        if (row >= 0) centers.end(row);
        row++;
      }
      equal = row >= 0 && row < group.rows();
      if (equal) centers.add(first.levels[i], first.values[i], second.values[i]);
    }
    if (!equal || row != group.rows() - 1) {
      throw new CorruptDataException(
          file.footer().name(), "columns " + x + " and " + y + " do not belong together");
    }
    centers.end(row);
    return new double[][] {centers.xs, centers.ys};
  }

  /**
   * Returns x and y of the centres of a row group; NaN if a geometry is null or empty.
   *
   * @param column interleaved coordinates
   * @param firstRow the number of the group's first row in the file
   * @param degrees whether coordinates are degrees
   */
  static double[][] interleaved(
      DatasetFile file, Group group, Shape shape, String column, long firstRow, boolean degrees) {
    Coordinates all = new Coordinates();
    file.column(group, column).nested(all);
    ArrowCenters centers = new ArrowCenters(shape, degrees, (int) group.rows());
    int row = -1;
    int dimension = 0;
    int next;
    for (int i = 0; i < all.size; i = next) {
      int level = all.levels[i];
      next = i + 1;
      while (next < all.size && all.levels[next] > shape.lists) next++;
      if (level == 0 && row >= 0) centers.end(row);
      if (level == 0) row++;
      if (row < 0 || row >= group.rows() || level > shape.lists) {
        throw new CorruptDataException(
            file.footer().name(), "column " + column + " has other rows than its row group");
      }
      int numbers = next - i;
      if (numbers == 1 && Double.isNaN(all.values[i])) { // a null or an empty list
        centers.add(level, Double.NaN, Double.NaN);
        continue;
      }
      if (dimension == 0) dimension = numbers;
      if (numbers < 2 || numbers > 4 || numbers != dimension) {
        throw file.badRow(
            firstRow + row,
            new IllegalArgumentException(
                "column "
                    + column
                    + " has a coordinate of "
                    + numbers
                    + " numbers, not of "
                    + (dimension < 2 || dimension > 4 ? "2 to 4" : dimension)));
      }
      centers.add(level, all.values[i], all.values[i + 1]);
    }
    if (row != group.rows() - 1) {
      throw new CorruptDataException(
          file.footer().name(), "column " + column + " has other rows than its row group");
    }
    if (row >= 0) centers.end(row);
    return new double[][] {centers.xs, centers.ys};
  }

  /** The values of one column, and where its lists begin. */
  private static final class Coordinates implements Nested {
    private byte[] levels = new byte[64];
    private double[] values = new double[64];
    private int size;

    @Override
    public void value(int repetition, double value) {
      if (size == values.length) {
        int n = Math.addExact(size, size / 2);
        levels = Arrays.copyOf(levels, n);
        values = Arrays.copyOf(values, n);
      }
      levels[size] = (byte) repetition;
      values[size++] = value;
    }
  }

  /** Adds a corner; a level below the last begins a ring, a polygon or a geometry. */
  private void add(int level, double x, double y) {
    if (level < shape.lists) endLine();
    if (shape == Shape.MULTIPOLYGON && level < 2) endPolygon();
    if (Double.isNaN(x) || Double.isNaN(y)) return; // a null or an empty list
    if (shape == Shape.POINT || shape == Shape.MULTIPOINT) {
      centroid.addPoint(x, y);
      return;
    }
    if (size == line.length) line = Arrays.copyOf(line, 2 * size);
    line[size++] = x;
    line[size++] = y;
  }

  private void endLine() {
    if (size == 0) return;
    double[] part = Arrays.copyOf(line, size);
    size = 0;
    boolean polygon = shape == Shape.POLYGON || shape == Shape.MULTIPOLYGON;
    if (polygon) rings.add(part);
    else centroid.addLine(part);
  }

  private void endPolygon() {
    if (!rings.isEmpty()) centroid.addPolygon(List.copyOf(rings));
    rings.clear();
  }

  private void end(int row) {
    endLine();
    endPolygon();
    double[] at = centroid.of(degrees);
    xs[row] = at[0];
    ys[row] = at[1];
    centroid = new Centroid();
  }
}
