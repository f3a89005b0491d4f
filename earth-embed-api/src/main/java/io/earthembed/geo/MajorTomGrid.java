package io.earthembed.geo;

/**
 * The Major TOM grid: rows of equal height from pole to pole, each divided into as many cells as
 * keep them about as wide as high, on a sphere of 6378.137 km (A. Francis and M. Czerkawski, "Major
 * TOM: Expandable Datasets for Earth Observation", 2024; the rules are those of its reference
 * code). A cell is named after its lower left corner. Everything is computed in closed form.
 * Immutable and safe for many threads.
 */
public final class MajorTomGrid {
  /** The grid of Major TOM Core: 10 km. */
  public static final MajorTomGrid CORE = new MajorTomGrid(10);

  /** Rows whose lower edge lies beyond these degrees do not exist. */
  private static final double LATITUDE_LIMIT = 85;

  private static final double RADIUS_KM = 6378.137;

  private final double spacing;
  private final double rowHeight;
  private final int maxRow;

  /**
   * A grid.
   *
   * @param spacing height of a cell in kilometres, in [1, 1000]
   */
  public MajorTomGrid(double spacing) {
    if (!(spacing >= 1 && spacing <= 1000)) {
      throw new IllegalArgumentException("spacing outside [1, 1000] km: " + spacing);
    }
    this.spacing = spacing;
    int rows = (int) Math.ceil(Math.PI * RADIUS_KM / spacing);
    rowHeight = 180.0 / rows;
    maxRow = (int) Math.floor(LATITUDE_LIMIT / rowHeight);
  }

  /** Height of a cell in kilometres. */
  public double spacing() {
    return spacing;
  }

  /** Rows from the southernmost to the northernmost: 1893 at 10 km. */
  public int rows() {
    return 2 * maxRow + 1;
  }

  /** The southernmost row; the northernmost is its negative. */
  public int firstRow() {
    return -maxRow;
  }

  /**
   * How many cells a row has: 4008 at the equator at 10 km.
   *
   * @param row in [firstRow(), -firstRow()]
   */
  public int columns(int row) {
    requireRow(row);
    double circumference = 2 * Math.PI * RADIUS_KM * Math.cos(Math.toRadians(row * rowHeight));
    return (int) Math.ceil(circumference / spacing);
  }

  /** How many cells the grid has: 5,094,350 at 10 km, counted row by row. */
  public long size() {
    long size = 0;
    for (int row = -maxRow; row <= maxRow; row++) size += columns(row);
    return size;
  }

  /** Whether a cell exists. */
  public boolean contains(GridCell cell) {
    if (Math.abs(cell.row()) > maxRow) return false;
    int n = columns(cell.row());
    return cell.column() >= firstColumn(n) && cell.column() < firstColumn(n) + n;
  }

  /**
   * The cell of a point. A point exactly on a line belongs to the cell below or left of it, as in
   * the reference code.
   *
   * @throws IllegalArgumentException if the grid has no row there
   */
  public GridCell cellOf(GeoPoint point) {
    int row = (int) Math.ceil(point.latitude() / rowHeight) - 1;
    // The division may round across a line.
    if (row * rowHeight >= point.latitude()) row--;
    if ((row + 1) * rowHeight < point.latitude()) row++;
    if (row < -maxRow || row > maxRow) {
      throw new IllegalArgumentException(
          "no row of the " + spacing + " km grid at latitude " + point.latitude());
    }
    int n = columns(row);
    double width = 360.0 / n;
    int column = (int) Math.ceil(point.longitude() / width) - 1;
    if (column * width >= point.longitude()) column--;
    if ((column + 1) * width < point.longitude()) column++;
    // West of the first line lies the last cell, which crosses the antimeridian.
    return new GridCell(row, wrap(column, n));
  }

  private static int wrap(int column, int n) {
    int first = firstColumn(n);
    return Math.floorMod(column - first, n) + first;
  }

  /**
   * The westernmost column of a row of n. With an even n one line is the antimeridian, which the reference code puts
   * at -180 degrees or, in a few rows, at 180, as its arithmetic rounds: the same sum is done here, so that these
   * cells have the names that published tiles have.
   */
  private static int firstColumn(int n) {
    boolean atEast = n % 2 == 0 && (n / 2) * (360.0 / n) - 180 < 0;
    return -(n / 2) + (atEast ? 1 : 0);
  }

  /** The lower left corner of a cell. */
  public GeoPoint cornerOf(GridCell cell) {
    requireCell(cell);
    return new GeoPoint(cell.row() * rowHeight, cell.column() * (360.0 / columns(cell.row())));
  }

  /** The middle of a cell's {@link #footprint}. */
  public GeoPoint centreOf(GridCell cell) {
    requireCell(cell);
    double width = 360.0 / columns(cell.row());
    return new GeoPoint((cell.row() + 0.5) * rowHeight, (cell.column() + 0.5) * width);
  }

  /** From a cell's corner to the next row and the next column; it may cross the antimeridian. */
  public BoundingBox footprint(GridCell cell) {
    GeoPoint corner = cornerOf(cell);
    double width = 360.0 / columns(cell.row());
    GeoPoint east = new GeoPoint(0, (cell.column() + 1) * width);
    return new BoundingBox(
        corner.longitude(), corner.latitude(), east.longitude(), (cell.row() + 1) * rowHeight);
  }

  private void requireRow(int row) {
    if (Math.abs(row) > maxRow) {
      throw new IllegalArgumentException("row outside [" + -maxRow + ", " + maxRow + "]: " + row);
    }
  }

  private void requireCell(GridCell cell) {
    if (!contains(cell)) {
      throw new IllegalArgumentException("the " + spacing + " km grid has no cell " + cell);
    }
  }

  @Override
  public String toString() {
    return "MajorTomGrid[" + spacing + " km]";
  }
}
