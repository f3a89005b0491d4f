package io.earthembed.geo;

import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * An even sample of a grid: about every s-th row and, within such a row, every s-th cell; s is one
 * over the square root of the rate. At a rate of 1 %, that is every tenth cell of every tenth row.
 * Only a cell's row and column decide whether it belongs to the sample, so every run selects equal
 * cells without storing them. Immutable and safe for many threads.
 */
public final class GridSample {
  private final MajorTomGrid grid;
  private final double rate;
  private final double step;

  /**
   * Creates a sample.
   *
   * @param grid the grid
   * @param rate share of the cells, in (0, 1]; for example 0.01
   */
  public GridSample(MajorTomGrid grid, double rate) {
    if (!(rate > 0 && rate <= 1))
      throw new IllegalArgumentException("rate outside (0, 1]: " + rate);
    this.grid = grid;
    this.rate = rate;
    this.step = Math.sqrt(rate);
  }

  /** Returns the share of the cells, in (0, 1]. */
  public double rate() {
    return rate;
  }

  /** Returns whether a cell belongs to the sample. */
  public boolean contains(GridCell cell) {
    return chosenRow(cell.row()) && grid.contains(cell) && takes(cell.column(), phase(cell.row()));
  }

  private boolean chosenRow(int row) {
    return takes(row, 0);
  }

  /** Returns a row's phase. Phases differ, so that columns of cells do not line up. */
  private double phase(int row) {
    double golden = 0.6180339887498949 * Math.floor(row * step);
    return step == 1 ? 0 : golden - Math.floor(golden);
  }

  /** Returns whether a counter that grows by the step passes a whole number at an index. */
  private boolean takes(int index, double phase) {
    return Math.floor((index + 1) * step + phase) > Math.floor(index * step + phase);
  }

  /** Streams the cells of the sample from south to north and from west to east, lazily. */
  public Stream<GridCell> cells() {
    return grid.cells().filter(this::contains);
  }

  /**
   * Streams the cells of the sample whose centres lie on land or in another region.
   *
   * @param land tests a cell's centre
   */
  public Stream<GridCell> cells(Predicate<GeoPoint> land) {
    return cells().filter(cell -> land.test(grid.centerOf(cell)));
  }

  /**
   * Returns the sample's coverage of a region. This visits every cell of the grid.
   *
   * @param land tests a cell's centre
   */
  public Coverage coverage(Predicate<GeoPoint> land) {
    long cells = 0;
    long chosen = 0;
    double area = 0;
    double chosenArea = 0;
    for (int row = grid.firstRow(); row <= grid.lastRow(); row++) {
      boolean rowChosen = chosenRow(row);
      double phase = phase(row);
      int n = grid.columns(row);
      int first = grid.firstColumn(row);
      double size = grid.area(row);
      for (int column = first; column < first + n; column++) {
        GridCell cell = new GridCell(row, column);
        if (!land.test(grid.centerOf(cell))) continue;
        cells++;
        area += size;
        if (rowChosen && takes(column, phase)) {
          chosen++;
          chosenArea += size;
        }
      }
    }
    return new Coverage(cells, chosen, area, chosenArea);
  }

  @Override
  public String toString() {
    return "GridSample[" + rate + " of " + grid + "]";
  }

  /**
   * A sample's coverage of a region.
   *
   * @param cells cells of the grid whose centre is in the region
   * @param chosen cells among them that are in the sample
   * @param area area of those cells, square kilometres
   * @param chosenArea area of the chosen cells, square kilometres
   */
  public record Coverage(long cells, long chosen, double area, double chosenArea) {
    /**
     * Returns the share of the cells that is in the sample, in [0, 1]; 0 if the region has no
     * cells.
     */
    public double rate() {
      return cells == 0 ? 0 : chosen / (double) cells;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d of %,d cells (%.3f %%), %,.0f of %,.0f km2",
          chosen,
          cells,
          100 * rate(),
          chosenArea,
          area);
    }
  }
}
