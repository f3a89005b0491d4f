package io.earthembed.benchmarks;

import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
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

/** Searches an inverted file of 1,024 cells. Vectors are random, so recall means nothing here. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx3g", "-XX:MaxDirectMemorySize=6g"})
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 2)
public class IvfSearch {
  private static final int DIMENSION = 256;

  /** Cells and codes. */
  @Param({"IVF1024,Flat", "IVF1024,SQ8", "IVF1024,PQ64x4fs,Refine(SQ8)"})
  private String kind;

  /** Number of vectors. */
  @Param({"50000", "500000"})
  private int rows;

  private FaissIndex index;
  private float[] query;
  private Vectors batch;

  /** Trains and fills the index; 32 of its cells are visited. */
  @Setup
  public void fill() {
    Vectors vectors = SyntheticData.vectors(rows, DIMENSION, 1);
    index = FaissIndex.create(DIMENSION, Metric.INNER_PRODUCT, FaissSpec.factory(kind));
    index.train(SyntheticData.vectors(40_000, DIMENSION, 2));
    index.add(vectors);
    query = vectors.row(77);
    batch = SyntheticData.vectors(64, DIMENSION, 3);
  }

  /** Frees the index. */
  @TearDown
  public void close() {
    index.close();
  }

  /** Finds the best ten for one query. */
  @Benchmark
  public Neighbors one() {
    return index.search(query, 10);
  }

  /** Searches for a batch of 64 queries. */
  @Benchmark
  public List<Neighbors> sixtyFour() {
    return index.search(batch, 10, OrdinalSet.all());
  }
}
