package io.earthembed.geo;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The Major TOM grid: rows of equal height from pole to pole, each divided into cells that are
 * about as wide as high, on a sphere of radius 6378.137 km (A. Francis and M. Czerkawski, "Major
 * TOM: Expandable Datasets for Earth Observation", 2024; the rules are those of its reference
 * code). A cell is named after its lower left corner. All methods compute their results in closed
 * form. Immutable and safe for many threads.
 */
public final class MajorTomGrid {
  /** The grid of Major TOM Core: 10 km. */
  public static final MajorTomGrid CORE = new MajorTomGrid(10);

  private static final double LATITUDE_LIMIT = 85;

  /**
   * Two lines of different rows count as one if they are closer than this share of a cell's width.
   */
  private static final double TOUCH = 1e-9;

  private static final double RADIUS_KM = 6378.137;
  private static final double FINEST = 0.01;
  private static final double COARSEST = 5000;

  private final double spacing;
  private final double limit;
  private final double rowHeight;
  private final int firstRow;
  private final int lastRow;

  /**
   * Creates a grid whose rows have their lower edges within 85 degrees of the equator, as Major
   * TOM's has.
   *
   * @param spacing height of a cell in kilometres, in [0.01, 5000]
   */
  public MajorTomGrid(double spacing) {
    this(spacing, LATITUDE_LIMIT);
  }

  private MajorTomGrid(double spacing, double limit) {
    if (!(spacing >= FINEST && spacing <= COARSEST)) {
      throw new IllegalArgumentException(
          "spacing outside [" + FINEST + ", " + COARSEST + "] km: " + spacing);
    }
    if (!(limit > 0 && limit <= 90)) {
      throw new IllegalArgumentException("latitude limit outside (0, 90]: " + limit);
    }
    this.spacing = spacing;
    this.limit = limit;
    int rows = (int) Math.ceil(Math.PI * RADIUS_KM / spacing);
    rowHeight = 180.0 / rows;
    // The 1e-9 keeps a limit that equals a row's edge from being rounded below it.
    int within = (int) Math.floor(limit / rowHeight + 1e-9);
    firstRow = -Math.min(within, rows / 2);
    lastRow = Math.min(within, (rows - 1) / 2);
  }

  /**
   * Returns this grid with another limit of latitude (default 85).
   *
   * @param degrees in (0, 90]; rows whose lower edge lies farther from the equator do not exist.
   *     With 90 the grid covers the poles; but with an odd number of rows, such as at 100 km, half
   *     a row at the south pole is missing
   */
  public MajorTomGrid withLatitudeLimit(double degrees) {
    return new MajorTomGrid(spacing, degrees);
  }

  /** Returns the height of a cell in kilometres. */
  public double spacing() {
    return spacing;
  }

  /** Returns the number of rows from the southernmost to the northernmost: 1893 at 10 km. */
  public int rows() {
    return lastRow - firstRow + 1;
  }

  /** Returns the southernmost row: -946 at 10 km. */
  public int firstRow() {
    return firstRow;
  }

  /** Returns the northernmost row: 946 at 10 km. */
  public int lastRow() {
    return lastRow;
  }

  /**
   * Returns the number of cells in a row: 4008 at the equator at 10 km.
   *
   * @param row in [firstRow(), lastRow()]
   */
  public int columns(int row) {
    requireRow(row);
    double radius = RADIUS_KM * Math.cos(Math.toRadians(row * rowHeight));
    return (int) Math.ceil(2 * Math.PI * radius / spacing);
  }

  /**
   * Returns the westernmost column of a row; the others follow it without a gap.
   *
   * @param row in [firstRow(), lastRow()]
   */
  public int firstColumn(int row) {
    return westernmost(columns(row));
  }

  /** Returns the area of each cell of a row on the grid's sphere, in square kilometres. */
  public double area(int row) {
    int n = columns(row);
    double south = Math.sin(Math.toRadians(row * rowHeight));
    double north = Math.sin(Math.toRadians(Math.min(90, (row + 1) * rowHeight)));
    return 2 * Math.PI * RADIUS_KM * RADIUS_KM * (north - south) / n;
  }

  /** Counts the cells of the grid row by row: 5,094,350 at 10 km. */
  public long size() {
    long size = 0;
    for (int row = firstRow; row <= lastRow; row++) size += columns(row);
    return size;
  }

  /** Returns whether a cell exists. */
  public boolean contains(GridCell cell) {
    if (cell.row() < firstRow || cell.row() > lastRow) return false;
    int first = firstColumn(cell.row());
    return cell.column() >= first && cell.column() < first + columns(cell.row());
  }

  /**
   * Returns the cell of a point. A point exactly on a line belongs to the cell below or left of it,
   * as in the reference code.
   *
   * @throws IllegalArgumentException if the grid has no row there
   */
  public GridCell cellOf(GeoPoint point) {
    int row = rowOf(point.latitude());
    // The south pole lies on the lower edge of the first row, which has no row below it.
    if (point.latitude() == -90 && firstRow * rowHeight < -90 + 1e-9) row = firstRow;
    if (row < firstRow || row > lastRow) {
      throw new IllegalArgumentException(
          "no row of the " + spacing + " km grid at latitude " + point.latitude());
    }
    int n = columns(row);
    // The last cell crosses the antimeridian and lies west of the first line.
    return new GridCell(row, wrap(columnOf(point.longitude(), n), n));
  }

  private int rowOf(double latitude) {
    int row = (int) Math.ceil(latitude / rowHeight) - 1;
    // The division may round across a line.
    if (row * rowHeight >= latitude) row--;
    if ((row + 1) * rowHeight < latitude) row++;
    return row;
  }

  /** Returns the nearest line west of a longitude in a row of n cells. */
  private static int columnOf(double longitude, int n) {
    int column = (int) Math.ceil(longitude * n / 360) - 1;
    if (line(column, n) >= longitude) column--;
    if (line(column + 1, n) < longitude) column++;
    return column;
  }

  /**
   * Returns the longitude of a line in a row of n cells. The order of operations makes the middle
   * line exactly 180.
   */
  private static double line(int column, int n) {
    return column * 360.0 / n;
  }

  private static int wrap(int column, int n) {
    int first = westernmost(n);
    return Math.floorMod(column - first, n) + first;
  }

  /**
   * Returns the westernmost column of a row of n cells. If n is even, one line is the antimeridian.
   * The reference code places it at -180 degrees or, because of rounding, at 180 in a few rows.
   * This method repeats its arithmetic, so that the cells have the names of published tiles.
   */
  private static int westernmost(int n) {
    boolean atEast = n % 2 == 0 && (n / 2) * (360.0 / n) - 180 < 0;
    return -(n / 2) + (atEast ? 1 : 0);
  }

  /** Returns the lower left corner of a cell. */
  public GeoPoint cornerOf(GridCell cell) {
    requireCell(cell);
    return new GeoPoint(cell.row() * rowHeight, line(cell.column(), columns(cell.row())));
  }

  /** Returns the centre of a cell's {@link #footprint}. */
  public GeoPoint centerOf(GridCell cell) {
    requireCell(cell);
    double width = 360.0 / columns(cell.row());
    double north = Math.min(90, (cell.row() + 1) * rowHeight);
    return new GeoPoint((cell.row() * rowHeight + north) / 2, (cell.column() + 0.5) * width);
  }

  /**
   * Returns the box from a cell's corner to the next row (or the pole) and the next column. It may
   * cross the antimeridian. The box of a cell that surrounds a pole spans all longitudes.
   */
  public BoundingBox footprint(GridCell cell) {
    GeoPoint corner = cornerOf(cell);
    int n = columns(cell.row());
    if (n == 1) {
      double north = Math.min(90, (cell.row() + 1) * rowHeight);
      return new BoundingBox(-180, corner.latitude(), 180, north);
    }
    GeoPoint east = new GeoPoint(0, line(cell.column() + 1, n));
    return new BoundingBox(
        corner.longitude(),
        corner.latitude(),
        east.longitude(),
        Math.min(90, (cell.row() + 1) * rowHeight));
  }

  /**
   * Returns the neighbours of a cell: the cells whose footprints share an edge or a corner with it,
   * from west to east and from south to north. Most cells have up to eight; near the poles, where
   * the number of cells changes fast from row to row, a cell may have more. All cells of a row that
   * ends at the north pole meet there, so they are neighbours of each other.
   */
  public List<GridCell> neighbors(GridCell cell) {
    requireCell(cell);
    double width = 360.0 / columns(cell.row());
    double west = cell.column() * width;
    Set<GridCell> found = new LinkedHashSet<>();
    for (int row = cell.row() - 1; row <= cell.row() + 1; row++) {
      if (row < firstRow || row > lastRow) continue;
      int n = columns(row);
      double other = 360.0 / n;
      int from = (int) Math.ceil(west / other - 1 - TOUCH);
      int to = (int) Math.floor((west + width) / other + TOUCH);
      // The upper corners of a row that ends at the pole are one point.
      if (row == cell.row() && reachesPole(row)) to = from + n - 1;
      for (int column = from; column <= Math.min(to, from + n - 1); column++) {
        found.add(new GridCell(row, wrap(column, n)));
      }
    }
    found.remove(cell);
    return List.copyOf(found);
  }

  private boolean reachesPole(int row) {
    return (row + 1) * rowHeight >= 90 - 1e-9;
  }

  /**
   * Streams the cells that hold a point of a box ({@link #cellOf}), each once, from south to north
   * and from west to east, lazily.
   */
  public Stream<GridCell> cellsIn(BoundingBox box) {
    int from = Math.max(firstRow, rowOf(box.south()));
    int to = Math.min(lastRow, rowOf(box.north()));
    double span = box.east() - box.west() + (box.crossesAntimeridian() ? 360 : 0);
    return IntStream.rangeClosed(from, to)
        .boxed()
        .flatMap(
            row -> {
              int n = columns(row);
              int first = columnOf(box.west(), n);
              int last = Math.min(columnOf(box.west() + span, n), first + n - 1);
              return IntStream.rangeClosed(first, last)
                  .mapToObj(column -> new GridCell(row, wrap(column, n)));
            });
  }

  /** Streams all cells from south to north and from west to east, lazily. */
  public Stream<GridCell> cells() {
    return IntStream.rangeClosed(firstRow, lastRow)
        .boxed()
        .flatMap(
            row -> {
              int first = firstColumn(row);
              return IntStream.range(first, first + columns(row))
                  .mapToObj(c -> new GridCell(row, c));
            });
  }

  /**
   * Returns the cell whose centre is nearest to a point by great-circle distance. Unlike {@link
   * #cellOf}, it accepts points beyond the grid's latitudes.
   */
  public GridCell nearestCell(GeoPoint point) {
    int row = Math.max(firstRow, Math.min(lastRow, rowOf(point.latitude())));
    GridCell nearest = null;
    double least = Double.POSITIVE_INFINITY;
    // A cell's farthest point is closer to its centre than any centre two rows off.
    for (int r = Math.max(firstRow, row - 1); r <= Math.min(lastRow, row + 1); r++) {
      int n = columns(r);
      int column = (int) Math.floor(point.longitude() / (360.0 / n));
      GridCell cell = new GridCell(r, wrap(column, n));
      double meters = centerOf(cell).distanceTo(point);
      if (nearest == null || meters < least) {
        nearest = cell;
        least = meters;
      }
    }
    return Objects.requireNonNull(nearest); // row itself is within the grid
  }

  /** Returns the UTM zone of a cell's tile: Major TOM takes that of the lower left corner. */
  public Utm utmOf(GridCell cell) {
    return Utm.of(cornerOf(cell));
  }

  private void requireRow(int row) {
    if (row < firstRow || row > lastRow) {
      throw new IllegalArgumentException("row outside [" + firstRow + ", " + lastRow + "]: " + row);
    }
  }

  private void requireCell(GridCell cell) {
    if (!contains(cell)) {
      throw new IllegalArgumentException("the " + spacing + " km grid has no cell " + cell);
    }
  }

  @Override
  public String toString() {
    return "MajorTomGrid[" + spacing + " km to " + limit + " degrees]";
  }
}
