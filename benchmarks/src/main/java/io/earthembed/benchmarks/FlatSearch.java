package io.earthembed.benchmarks;

import io.earthembed.base.thread.Processors;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
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

/**
 * Compares a query with all vectors; 249,000 of 1152 components are the reference system's SigLIP
 * set.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx2g", "-XX:MaxDirectMemorySize=6g"})
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 3)
public class FlatSearch {
  static final int DIMENSION = 1152;

  /** Number of vectors. */
  @Param({"24900", "249000"})
  private int rows;

  private Vectors vectors;
  private Vectors batch;
  private float[] query;
  private FaissIndex index;
  private OrdinalSet onePercent;

  /** Fills the index with random vectors. */
  @Setup
  public void fill() {
    vectors = SyntheticData.vectors(rows, DIMENSION, 1);
    batch = Vectors.allocate(64, DIMENSION);
    for (int i = 0; i < 64; i++) batch.set(i, vectors.row(i * 300));
    query = vectors.row(77);
    onePercent = OrdinalSet.where(rows, i -> i % 100 == 0);
    index = FaissIndex.flat(DIMENSION, Metric.INNER_PRODUCT);
    index.add(vectors);
  }

  /** Frees the index. */
  @TearDown
  public void close() {
    index.close();
  }

  /**
   * Measures the floor: a plain sum over the same bytes on all processors, as far as the JIT
   * vectorises it.
   */
  @Benchmark
  public double readTheSameBytes() {
    int tasks = 2 * Runtime.getRuntime().availableProcessors();
    double[] sums = new double[tasks];
    Processors.forEach(
        tasks,
        t -> {
          long sum = 0;
          for (int c = 0; c < vectors.chunkCount(); c++) {
            FloatBuffer chunk = vectors.chunk(c);
            int n = chunk.limit();
            int to = (int) ((long) n * (t + 1) / tasks);
            for (int i = (int) ((long) n * t / tasks); i < to; i++) {
              sum += Float.floatToRawIntBits(chunk.get(i));
            }
          }
          sums[t] = sum;
        });
    return DoubleStream.of(sums).sum();
  }

  /** Finds the best ten for one query. */
  @Benchmark
  public Neighbors one() {
    return index.search(query, 10);
  }

  /** Finds the best ten for one query, with a filter that one vector in a hundred passes. */
  @Benchmark
  public Neighbors oneFiltered() {
    return index.search(query, 10, onePercent);
  }

  /** Finds every score for one query. */
  @Benchmark
  public Neighbors scoreField() {
    return index.searchAbove(query, Float.NEGATIVE_INFINITY, OrdinalSet.all());
  }

  /** Searches for a batch of 64 queries. */
  @Benchmark
  public List<Neighbors> sixtyFour() {
    return index.search(batch, 10, OrdinalSet.all());
  }
}
