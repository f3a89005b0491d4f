package io.earthembed.benchmarks;

import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.faiss.Placement;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Searches the same indexes by a GPU and by the processors. */
final class GpuSearch {
  private static final int K = 10;
  private static final int[] BATCHES = {1, 8, 64, 512, 4096};

  /** How long one number of queries is measured, at least once. */
  private static final long NANOS = 700_000_000;

  private final Gpu run;
  private final double bytesPerSecond;

  GpuSearch(Gpu run, double bytesPerSecond) {
    this.run = run;
    this.bytesPerSecond = bytesPerSecond;
  }

  void measure() {
    int cells = 1024;
    Map<String, FaissSpec> specs = new LinkedHashMap<>();
    specs.put("flat", FaissSpec.flat());
    specs.put("IVF, floats", FaissSpec.factory("IVF" + cells + ",Flat").withNprobe(32));
    specs.put("IVF, SQfp16", FaissSpec.factory("IVF" + cells + ",SQfp16").withNprobe(32));
    specs.put("IVF, SQ8", FaissSpec.factory("IVF" + cells + ",SQ8").withNprobe(32));
    specs.put(
        "IVF, PQ", FaissSpec.factory("IVF" + cells + ",PQ" + run.dimension() / 24).withNprobe(32));
    ClusteredVectors source = new ClusteredVectors(run.dimension(), 1);
    Vectors vectors = source.rows(0, run.rows());
    Vectors queries = new ClusteredVectors(run.dimension(), 2).rows(0, BATCHES[BATCHES.length - 1]);
    run.line(
        "## Search\n\n"
            + "%,d vectors x %,d, inner product, k = %d, nprobe = 32 of %d cells; queries/s, GPU /"
            + " CPU",
        run.rows(), run.dimension(), K, cells);
    run.line("");
    run.line(
        "| index | copy | memory | 1 query, ms | batch 8 | 64 | 512 | 4,096 | wins from | same ids"
            + " | largest difference of a score |");
    run.line("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    List<Map<String, Object>> kinds = new ArrayList<>();
    specs.forEach(
        (name, spec) -> {
          if (!run.hasTimeFor(name)) return;
          try {
            kinds.add(kind(name, spec, vectors, queries));
          } catch (EarthEmbedException e) {
            run.notDone(name + ": " + e.getMessage());
          }
        });
    run.result("search", kinds);
  }

  private Map<String, Object> kind(String name, FaissSpec spec, Vectors vectors, Vectors queries) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("index", name);
    try (FaissIndex index = FaissIndex.create(run.dimension(), Metric.INNER_PRODUCT, spec)) {
      if (!index.isTrained()) index.train(first(vectors, Math.min(run.rows(), 65_536)));
      index.add(vectors);
      List<Neighbors> onCpu = index.search(first(queries, 512), K, OrdinalSet.all());
      double[] cpu = rates(index, queries);

      long free = Faiss.gpu_memory(run.device(), true);
      long start = System.nanoTime();
      index.setDevice(Device.cuda(run.device()));
      double copySeconds = (System.nanoTime() - start) / 1e9;
      long taken = free - Faiss.gpu_memory(run.device(), true);
      List<Neighbors> onGpu = index.search(first(queries, 512), K, OrdinalSet.all());
      double[] gpu = rates(index, queries);
      Agreement agreement = Agreement.of(onCpu, onGpu);
      int wins = -1;
      for (int b = BATCHES.length - 1; b >= 0 && gpu[b] > cpu[b]; b--) wins = BATCHES[b];

      facts.put("copySeconds", copySeconds);
      facts.put("bytesOfGpu", taken);
      facts.put("batches", BATCHES);
      facts.put("queriesPerSecondCpu", cpu);
      facts.put("queriesPerSecondGpu", gpu);
      facts.put("gpuWinsFromBatch", wins);
      facts.put("sameIds", agreement.sameIds());
      facts.put("largestDifferenceOfScore", agreement.difference());
      run.line(
          "| %s | %.2f s | %s | %.3f / %.3f | %,.0f / %,.0f | %,.0f / %,.0f | %,.0f / %,.0f | %,.0f"
              + " / %,.0f | %s | %.2f %% | %.1e |",
          name,
          copySeconds,
          Gpu.gib(taken),
          1000 / gpu[0],
          1000 / cpu[0],
          gpu[1],
          cpu[1],
          gpu[2],
          cpu[2],
          gpu[3],
          cpu[3],
          gpu[4],
          cpu[4],
          wins < 0 ? "no batch" : wins,
          100 * agreement.sameIds(),
          agreement.difference());
      if (name.equals("flat")) bandwidth(facts, gpu[0]);
      severalGpus(index, name, onCpu, queries, facts);
    }
    return facts;
  }

  /** One query reads every vector once: at best as fast as the memory of the GPU. */
  private void bandwidth(Map<String, Object> facts, double queriesPerSecond) {
    double rate = 4.0 * run.rows() * run.dimension() * queriesPerSecond;
    facts.put("bytesPerSecondOfOneQuery", rate);
    facts.put("shareOfCopyRate", rate / bytesPerSecond);
  }

  /** Checks replicas and shards, where there are two GPUs. */
  private void severalGpus(
      FaissIndex index,
      String name,
      List<Neighbors> onCpu,
      Vectors queries,
      Map<String, Object> facts) {
    if (Faiss.gpu_count() < 2) {
      if (name.equals("flat")) run.notDone("replicas and shards: there is one GPU");
      return;
    }
    for (Placement placement : Placement.values()) {
      index.setDevices(placement, Device.cuda(0), Device.cuda(1));
      List<Neighbors> found = index.search(first(queries, 512), K, OrdinalSet.all());
      facts.put(placement + " sameIds", Agreement.of(onCpu, found).sameIds());
      facts.put(placement + " queriesPerSecond", rates(index, queries));
    }
  }

  private static Vectors first(Vectors vectors, int rows) {
    Vectors some = Vectors.allocate(rows, vectors.dimension());
    for (int i = 0; i < rows; i++) some.set(i, vectors.row(i));
    return some;
  }

  /** Returns queries a second for each size of a batch, after one batch that is not counted. */
  private static double[] rates(FaissIndex index, Vectors queries) {
    double[] rates = new double[BATCHES.length];
    for (int b = 0; b < BATCHES.length; b++) {
      Vectors batch = first(queries, BATCHES[b]);
      index.search(batch, K, OrdinalSet.all());
      int times = 0;
      long start = System.nanoTime();
      long end;
      do {
        index.search(batch, K, OrdinalSet.all());
        times++;
        end = System.nanoTime();
      } while (end - start < NANOS);
      rates[b] = times * BATCHES[b] / ((end - start) / 1e9);
    }
    return rates;
  }

  /**
   * How far two answers to the same queries agree.
   *
   * @param sameIds the share of the first answer's ids that the second has, from 0 to 1
   * @param difference the largest difference of the scores of an id that both have
   */
  record Agreement(double sameIds, double difference) {
    static Agreement of(List<Neighbors> a, List<Neighbors> b) {
      long same = 0;
      long all = 0;
      double difference = 0;
      for (int q = 0; q < a.size(); q++) {
        Map<Long, Float> scores = new LinkedHashMap<>();
        for (int i = 0; i < b.get(q).size(); i++)
          scores.put(b.get(q).ordinal(i), b.get(q).score(i));
        for (int i = 0; i < a.get(q).size(); i++) {
          all++;
          Float score = scores.get(a.get(q).ordinal(i));
          if (score == null) continue;
          same++;
          difference = Math.max(difference, Math.abs(a.get(q).score(i) - score));
        }
      }
      return new Agreement(all == 0 ? 1 : (double) same / all, difference);
    }
  }
}
