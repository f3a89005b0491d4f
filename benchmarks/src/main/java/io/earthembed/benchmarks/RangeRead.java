package io.earthembed.benchmarks;

import io.earthembed.demo.http.RangeServer;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.ShardTile;
import io.earthembed.parquet.ShardWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reads a tile of 64 x 64 pixels from a shard of 500, on a loopback server that waits 50 ms before
 * each reply.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class RangeRead {
  private static final int ROWS = 500;

  private Path folder;
  private RangeServer server;
  private ParquetImageryStore store;
  private int next;

  /** Writes the shard and reads its footer. */
  @Setup
  public void publish() throws IOException {
    folder = Files.createTempDirectory("earth-embed-bench");
    Landscape landscape = Landscape.generate(LandscapeKind.TOWN, 1, 64);
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : Band.values()) bands.put(band, landscape.band(band));
    try (ShardWriter writer = new ShardWriter(folder.resolve("shard.parquet"))) {
      for (int i = 0; i < ROWS; i++) {
        writer.add(
            new ShardTile(
                new GridCell(i, i),
                "product-" + i,
                Instant.EPOCH,
                new GeoPoint(0, 0),
                bands,
                landscape.trueColor()));
      }
      writer.finish();
    }
    server = RangeServer.start(folder);
    server.setLatency(Duration.ofMillis(50));
    store = ParquetImageryStore.open();
    warm();
  }

  /** Removes the shard. */
  @TearDown
  public void remove() throws IOException {
    store.close();
    server.close();
    Files.delete(folder.resolve("shard.parquet"));
    Files.delete(folder);
  }

  /** Reads a tile of a shard whose footer is known: one request. */
  @Benchmark
  public final Tile warm() {
    next = (next + 7) % ROWS;
    return store.fetch(new TileRef(server.url("shard.parquet"), next), TileParts.TRUE_COLOR);
  }

  /** Reads a tile of a new shard: two requests. */
  @Benchmark
  public Tile cold() {
    try (ParquetImageryStore fresh = ParquetImageryStore.open()) {
      return fresh.fetch(new TileRef(server.url("shard.parquet"), 3), TileParts.TRUE_COLOR);
    }
  }
}
