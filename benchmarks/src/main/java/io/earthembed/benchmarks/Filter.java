package io.earthembed.benchmarks;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Polygon;
import io.earthembed.vector.OrdinalSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

/** A filter over a catalog, into the bitmap that goes into a search. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx3g", "-XX:MaxDirectMemorySize=6g"})
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class Filter {
  /** How many tiles; 2,245,886 are all of MajorTOM's Core-S2L2A. */
  @Param({"224588", "2245886"})
  private int tiles;

  private static final TileFilter BOX = TileFilter.within(new BoundingBox(-20, -40, 60, 40));
  private static final TileFilter YEARS =
      TileFilter.sensed(
          Instant.parse("2018-01-01T00:00:00Z"), Instant.parse("2021-01-01T00:00:00Z"));

  private TileCatalog catalog;
  private TileFilter star;

  /** Makes the catalog. */
  @Setup
  public void make() {
    catalog = MadeUp.catalog(tiles);
    List<GeoPoint> corners = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      double angle = 2 * Math.PI * i / 1000;
      double radius = 25 + 10 * Math.sin(9 * angle);
      corners.add(new GeoPoint(10 + radius * Math.sin(angle), 20 + radius * Math.cos(angle)));
    }
    star = TileFilter.within(Polygon.of(corners));
  }

  /** A box. */
  @Benchmark
  public OrdinalSet box() {
    return catalog.select(BOX);
  }

  /** A polygon of a thousand corners. */
  @Benchmark
  public OrdinalSet polygon() {
    return catalog.select(star);
  }

  /** A box, three years and clear sky. */
  @Benchmark
  public OrdinalSet boxYearsClouds() {
    return catalog.select(BOX.and(YEARS).and(TileFilter.cloudCoverAtMost(20)));
  }
}
