package io.earthembed.benchmarks;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.vector.OrdinalSet;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Evaluates a filter over a catalog to the bitmap of a search. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx3g", "-XX:MaxDirectMemorySize=6g"})
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class Filter {
  /** Number of tiles; 2,245,886 are all of MajorTOM's Core-S2L2A. */
  @Param({"224588", "2245886"})
  private int tiles;

  private TileCatalog catalog;
  private TileFilter star;

  /** Makes the catalog. */
  @Setup
  public void make() {
    catalog = SyntheticData.catalog(tiles);
    star = SyntheticData.star();
  }

  /** Filters by a box. */
  @Benchmark
  public OrdinalSet box() {
    return catalog.select(SyntheticData.BOX);
  }

  /** Filters by a polygon of a thousand corners. */
  @Benchmark
  public OrdinalSet polygon() {
    return catalog.select(star);
  }

  /** Filters by a box, three years and clear sky. */
  @Benchmark
  public OrdinalSet boxYearsClouds() {
    return catalog.select(SyntheticData.BOX_YEARS_CLOUDS);
  }
}
