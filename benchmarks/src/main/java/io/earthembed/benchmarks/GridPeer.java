package io.earthembed.benchmarks;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Our side of {@code benchmarks/peers/grid/grid.py}: {@code cells WEST SOUTH WIDTH HEIGHT}. */
public final class GridPeer {
  private GridPeer() {}

  /** Prints milliseconds, the median of 15 runs, and the number of cells. */
  public static void main(String[] args) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] a = line.split(" ");
      double west = Double.parseDouble(a[1]);
      double south = Double.parseDouble(a[2]);
      BoundingBox box =
          new BoundingBox(
              west, south, west + Double.parseDouble(a[3]), south + Double.parseDouble(a[4]));
      double[] ms = new double[15];
      long count = 0;
      for (int i = 0; i < ms.length; i++) {
        long start = System.nanoTime();
        count = MajorTomGrid.CORE.cellsIn(box).map(GridCell::name).toList().size();
        ms[i] = (System.nanoTime() - start) / 1e6;
      }
      Arrays.sort(ms);
      System.out.println("ok " + ms[ms.length / 2] + " " + count);
    }
  }
}
