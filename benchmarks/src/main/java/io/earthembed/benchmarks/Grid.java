package io.earthembed.benchmarks;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures Major TOM's grid of 10 km on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class Grid {
  private static final int N = 1 << 12;

  private final GeoPoint[] points = new GeoPoint[N];
  private final GridCell[] cells = new GridCell[N];
  private int next;

  /** Makes points and their cells. */
  @Setup
  public void make() {
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < N; i++) {
      points[i] = new GeoPoint(random.nextDouble(-84.9, 84.9), random.nextDouble(-180, 180));
      cells[i] = MajorTomGrid.CORE.cellOf(points[i]);
    }
  }

  /** Finds the name of a point's cell. */
  @Benchmark
  public String nameOfAPointsCell() {
    return MajorTomGrid.CORE.cellOf(points[next++ & N - 1]).name();
  }

  /** Computes a cell's centre. */
  @Benchmark
  public GeoPoint centerOfACell() {
    return MajorTomGrid.CORE.centerOf(cells[next++ & N - 1]);
  }

  /** Counts the cells of a box of ten degrees. */
  @Benchmark
  public long cellsOfABox() {
    return MajorTomGrid.CORE.cellsIn(new BoundingBox(0, 40, 10, 50)).count();
  }
}
