package io.earthembed.geo;

import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * An even sample of a grid by the codes of its cells: about every s-th row and, in it, every s-th
 * cell, where s is one over the square root of the rate; at 1 % every tenth row and every tenth
 * cell. Whether a cell belongs to it depends on its code alone, so the sample is the same
 * everywhere and every time, and needs no memory. Immutable and safe for many threads.
 */
public final class GridSample {
  private final MajorTomGrid grid;
  private final double rate;
  private final double step;

  /**
   * A sample.
   *
   * @param grid of which grid
   * @param rate which part of the cells, in (0, 1]; for example 0.01
   */
  public GridSample(MajorTomGrid grid, double rate) {
    if (!(rate > 0 && rate <= 1))
      throw new IllegalArgumentException("rate outside (0, 1]: " + rate);
    this.grid = grid;
    this.rate = rate;
    this.step = Math.sqrt(rate);
  }

  /** Which part of the cells is wanted. */
  public double rate() {
    return rate;
  }

  /** Whether a cell belongs to the sample. */
  public boolean contains(GridCell cell) {
    return chosenRow(cell.row()) && grid.contains(cell) && takes(cell.column(), phase(cell.row()));
  }

  private boolean chosenRow(int row) {
    return takes(row, 0);
  }

  /** Rows start at different places, so that columns of cells do not line up. */
  private double phase(int row) {
    double golden = 0.6180339887498949 * Math.floor(row * step);
    return step == 1 ? 0 : golden - Math.floor(golden);
  }

  /** Whether a count that grows by step passes a whole number here. */
  private boolean takes(int index, double phase) {
    return Math.floor((index + 1) * step + phase) > Math.floor(index * step + phase);
  }

  /** The cells of the sample, from south to north and from west to east, made as they are taken. */
  public Stream<GridCell> cells() {
    return grid.cells().filter(this::contains);
  }

  /**
   * The cells of the sample whose centres lie on land, or in any other region.
   *
   * @param land tests a cell's centre
   */
  public Stream<GridCell> cells(Predicate<GeoPoint> land) {
    return cells().filter(cell -> land.test(grid.centreOf(cell)));
  }

  /**
   * How much of a region the sample covers; looks at every cell of the grid.
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
        if (!land.test(grid.centreOf(cell))) continue;
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
   * What a sample covers of a region.
   *
   * @param cells cells of the grid with their centre in the region
   * @param chosen those of them in the sample
   * @param area of those cells, square kilometres
   * @param chosenArea of those in the sample, square kilometres
   */
  public record Coverage(long cells, long chosen, double area, double chosenArea) {
    /** The part of the cells that is in the sample, in [0, 1]; 0 where there are none. */
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
