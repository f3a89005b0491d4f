package io.earthembed.spark;

import static java.util.Comparator.naturalOrder;

import io.earthembed.base.file.Sha256;
import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.imagery.TileRecord;
import io.earthembed.internal.Addresses;
import io.earthembed.internal.PlainText;
import io.earthembed.onnx.EncoderOptions;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import io.earthembed.pipeline.EmbeddingTarget;
import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.metrics.source.LongAccumulatorSource$;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Embeds a partition on an executor, shard after shard, each through its own pipeline. Parts are
 * named after their shard, not after the partition. A shard therefore makes equal files for any
 * partitioning, also after a retry.
 */
record EmbedTask(
    String job,
    ModelSource model,
    Crops crops,
    URI folder,
    String mark,
    StoreOptions store,
    int batchSize,
    int readers,
    int maxFailures,
    int maxFailedShards,
    boolean skipBlankCrops,
    Set<String> begun,
    Counts counts)
    implements Serializable {

  /** The job's accumulators. */
  record Counts(
      LongAccumulator embedded,
      LongAccumulator resumed,
      LongAccumulator failed,
      LongAccumulator blank,
      LongAccumulator assumed,
      LongAccumulator shards,
      LongAccumulator requests,
      LongAccumulator bytesRead)
      implements Serializable {
    /** Adds the accumulators to Spark's metrics, for example for Prometheus. */
    void publish(SparkContext context) {
      Map<String, LongAccumulator> named = new TreeMap<>();
      for (LongAccumulator each :
          List.of(embedded, resumed, failed, blank, assumed, shards, requests, bytesRead)) {
        named.put(each.name().get().replace(' ', '_'), each);
      }
      LongAccumulatorSource$.MODULE$.register(
          context, scala.collection.immutable.Map.from(CollectionConverters.asScala(named)));
    }

    long tiles() {
      return embedded.value() + resumed.value() + failed.value();
    }
  }

  /** Embeds the tiles of a partition; returns a result for each shard. */
  Iterator<ShardResult> run(Iterator<Tuple2<ShardPartitioner.Key, ListedTile>> tiles) {
    List<ShardResult> results = new ArrayList<>();
    if (!tiles.hasNext()) return results.iterator();
    EncoderOptions options = options(TaskContext.get());
    try (JobFolder shared = JobFolder.of(folder);
        PerExecutor.Lease<EmbeddingModel> lease =
            PerExecutor.lease(
                EmbeddingModel.class, job + options.device(), () -> model.load(options));
        ParquetImageryStore shards = ParquetImageryStore.open(store)) {
      SharedFolder.requireMark(shared, mark);
      EmbeddingModel loaded = lease.get();
      GridRowSink sink = new GridRowSink(shared, loaded.info());
      requireSameOrigin(sink, loaded);
      EmbeddingPipeline pipeline =
          EmbeddingPipeline.builder(shards, loaded, crops, sink)
              .batchSize(batchSize)
              .readers(readers)
              .maxFailures(maxFailures)
              .skipBlankCrops(skipBlankCrops)
              .build();
      Run run = new Run(sink, pipeline);
      Tuple2<ShardPartitioner.Key, ListedTile> next = tiles.next();
      while (next != null) {
        String shard = next._1().shard();
        List<TileRecord> lacking = new ArrayList<>();
        Map<PartTiles.Place, List<TileRecord>> there = new LinkedHashMap<>();
        ShardRanges ranges = null;
        while (next != null && next._1().shard().equals(shard)) {
          ListedTile listed = next._2();
          next = tiles.hasNext() ? tiles.next() : null;
          if (listed.ranges() != null) {
            ranges = listed.ranges();
            continue;
          }
          TileRecord tile = listed.tile();
          PartTiles.Place place = listed.place();
          List<TileRecord> some =
              place == null ? lacking : there.computeIfAbsent(place, p -> new ArrayList<>());
          some.add(ranges == null ? tile : ranges.attachTo(tile));
        }
        if (lacking.isEmpty() && there.isEmpty()) continue;
        results.add(run.shard(shard, there, lacking));
        counts.shards().add(1);
      }
      counts.requests().add(shards.stats().requests());
      counts.bytesRead().add(shards.stats().bytesRead());
    }
    return results.iterator();
  }

  /**
   * Refuses a folder of another model or of other crops. One part suffices for the check, because
   * all parts agree.
   */
  private void requireSameOrigin(GridRowSink sink, EmbeddingModel model) {
    EmbeddingOrigin origin = EmbeddingTarget.of(model, crops, sink).origin("");
    sink.parts().stream().min(naturalOrder()).ifPresent(part -> sink.require(part, origin));
  }

  /** The pipelines and the model of one task. */
  private final class Run {
    private final GridRowSink sink;
    private final EmbeddingPipeline pipeline;

    Run(GridRowSink sink, EmbeddingPipeline pipeline) {
      this.sink = sink;
      this.pipeline = pipeline;
    }

    /**
     * Embeds what a shard's parts lack.
     *
     * @return its result: a failure if the job tolerates failed shards, and this one failed in a
     *     retried task too, because another machine may reach what one does not
     */
    ShardResult shard(
        String shard, Map<PartTiles.Place, List<TileRecord>> there, List<TileRecord> lacking) {
      long tiles = lacking.size() + there.values().stream().mapToLong(List::size).sum();
      Map<String, Map<String, Long>> parts = new TreeMap<>();
      Map<String, Long> assumptions = new TreeMap<>();
      try {
        there.forEach((place, some) -> resume(shard, place, some, parts, assumptions));
        if (!lacking.isEmpty()) embed(newPartName(shard, lacking), lacking, parts, assumptions);
      } catch (EarthEmbedException e) {
        boolean interrupted = Thread.currentThread().isInterrupted();
        boolean first = TaskContext.get().attemptNumber() == 0;
        if (maxFailedShards == 0 || first || interrupted) throw e;
        String failure = PlainText.message("" + e.getMessage());
        return new ShardResult(shard, tiles, parts, assumptions, failure);
      }
      return new ShardResult(shard, tiles, parts, assumptions, null);
    }

    /** Embeds tiles, and adds their part, which is complete then. */
    private void embed(
        String partName,
        List<TileRecord> tiles,
        Map<String, Map<String, Long>> parts,
        Map<String, Long> assumptions) {
      sink.begin(tiles.stream().map(TileRecord::id).toList());
      EmbeddingPipeline.Report report =
          pipeline.toBuilder().partSize(tiles.size()).partName(partName).build().run(tiles);
      counts.embedded().add(report.embedded());
      counts.resumed().add(report.resumed());
      counts.failed().add(report.failures().size());
      counts.blank().add(report.blank().size());
      report
          .assumptions()
          .forEach(
              (assumption, crops) -> {
                assumptions.merge(assumption, crops, Long::sum);
                counts.assumed().add(crops);
              });
      String part = sink.partNamed(partName);
      parts.put(part, sink.files(part));
    }

    /** Counts tiles that were already embedded. */
    private void resume(
        String shard,
        PartTiles.Place place,
        List<TileRecord> tiles,
        Map<String, Map<String, Long>> parts,
        Map<String, Long> assumptions) {
      if (isOf(shard, place.part()) && place.tiles() == tiles.size()) {
        // Passes all tiles of the part, because its checksum covers all of them.
        embed(place.part().replaceFirst("-\\d+-[0-9a-f]+$", ""), tiles, parts, assumptions);
        return;
      }
      if (!place.equals(ListedTile.TWICE)) parts.put(place.part(), Map.of());
      counts.resumed().add(tiles.size());
    }
  }

  /**
   * Returns the name of a shard's part, or another name for tiles that were added to the shard
   * later.
   */
  private String newPartName(String shard, List<TileRecord> tiles) {
    String name = partName(shard);
    if (!begun.contains(shard)) return name;
    return name
        + "_"
        + Sha256.of(tiles.stream().map(TileRecord::id).toList().toString()).substring(0, 16);
  }

  /** Returns whether a part was made from a shard's tiles. */
  static boolean isOf(String shard, String part) {
    String name = partName(shard);
    return part.startsWith(name + "-") || part.startsWith(name + "_");
  }

  /** Returns the threads and the device that Spark assigned to the task. */
  private static EncoderOptions options(TaskContext task) {
    Map<String, ResourceInformation> resources = task.resourcesJMap();
    ResourceInformation gpu = resources.get("gpu");
    Device device =
        gpu == null || gpu.addresses().length == 0
            ? Device.cpu()
            : Device.cuda(Integer.parseInt(gpu.addresses()[0]));
    return EncoderOptions.defaults().withThreads(task.cpus()).withDevice(device);
  }

  /**
   * Returns the end of a shard's URL, which people recognise, and a checksum of the whole URL but
   * its signature, which makes the name unique.
   */
  static String partName(String shard) {
    String path = shard.replaceFirst("[?#].*", "");
    String name = path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.parquet$", "");
    String safe = name.replaceAll("[^A-Za-z0-9]", "_");
    // A leading underscore would hide the part from readers.
    if (safe.isEmpty() || safe.startsWith("_")) safe = "s" + safe;
    return safe.substring(0, Math.min(60, safe.length()))
        + "_"
        + Sha256.of(Addresses.unsigned(shard)).substring(0, 16);
  }
}
