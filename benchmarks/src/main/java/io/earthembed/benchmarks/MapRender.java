package io.earthembed.benchmarks;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import io.earthembed.view.SimilarityMap;
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

/** Renders the similarity map of all tiles of a set. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx3g", "-XX:MaxDirectMemorySize=6g"})
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class MapRender {
  /** Number of tiles. */
  @Param({"24900", "249000"})
  private int tiles;

  private SimilarityMap map;

  /** Searches once. */
  @Setup
  public void search() {
    Vectors vectors = SyntheticData.vectors(tiles, 16, 1);
    try (EarthExplorer earth =
        EarthExplorer.open(
            SyntheticData.dataset(SyntheticData.catalog(tiles), vectors),
            SyntheticData.model(16),
            new ExactIndex(16, Metric.INNER_PRODUCT))) {
      SearchResult found =
          earth.search(
              Query.vector(vectors.row(7)), SearchOptions.builder().k(25).scoreField().build());
      map = SimilarityMap.of(found);
    }
  }

  /** Renders a PNG 2,000 pixels wide. */
  @Benchmark
  public byte[] png() {
    return map.toPng();
  }

  /** Renders the page with all tiles. */
  @Benchmark
  public String html() {
    return map.toHtml();
  }
}
