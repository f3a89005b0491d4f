package io.earthembed.benchmarks;

import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.DatasetCompression;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Writes embeddings of 768 components to GeoParquet and reads them, in the page cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx3g", "-XX:MaxDirectMemorySize=6g"})
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class DatasetFiles {
  static final int DIMENSION = 768;

  /** Number of tiles. */
  @Param({"25000", "250000"})
  private int rows;

  /** Compression of pages. */
  @Param({"NONE", "ZSTD"})
  private DatasetCompression compression;

  private Path folder;
  private GeoParquetSink sink;
  private List<EmbeddedTile> tiles;
  private Vectors vectors;

  /** Writes the files to read. */
  @Setup
  public void write() throws IOException {
    folder = Files.createTempDirectory("earth-embed-bench");
    sink = new GeoParquetSink(folder.resolve("set"), SyntheticData.info(DIMENSION), compression);
    tiles =
        SyntheticData.tiles(rows).stream()
            .map((TileRecord t) -> new EmbeddedTile(t, null))
            .toList();
    vectors = SyntheticData.vectors(rows, DIMENSION, 1);
    sink.write("part", tiles, vectors);
  }

  /** Removes the files. */
  @TearDown
  public void remove() throws IOException {
    SyntheticData.remove(folder);
  }

  /** Writes a complete part. */
  @Benchmark
  public void writePart() {
    sink.write("part", tiles, vectors);
  }

  /** Reads catalog and embeddings into memory. */
  @Benchmark
  public Vectors openAndLoad() {
    return GeoParquetDataset.open(folder.resolve("set")).vectors();
  }
}
