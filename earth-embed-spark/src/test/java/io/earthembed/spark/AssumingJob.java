package io.earthembed.spark;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.image.Raster;
import io.earthembed.onnx.DemoModel;
import io.earthembed.onnx.EncoderOptions;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.pipeline.Crops;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * An encoder that assumes something of every picture of an even second, and the application that
 * embeds by it and prints the reports of two runs: one class, as a submitted application has.
 * Arguments: list of shards, folder.
 */
public final class AssumingJob implements Encoder<Raster> {
  private final Encoder<Raster> demo;

  private AssumingJob(Encoder<Raster> demo) {
    this.demo = demo;
  }

  @Override
  public ModelInfo model() {
    return demo.model();
  }

  @Override
  public List<String> assumptions(Raster picture) {
    Instant time = picture.acquisition().time();
    return time != null && time.getEpochSecond() % 2 == 0
        ? List.of("weather unknown: fine")
        : List.of();
  }

  @Override
  public Vectors encode(List<? extends Raster> pictures) {
    return demo.encode(pictures);
  }

  @Override
  public void close() {
    demo.close();
  }

  private static EmbeddingModel load(EncoderOptions options) {
    return EmbeddingModel.of(new AssumingJob(DemoModel.load(options).image()));
  }

  /** Runs the job twice. */
  public static void main(String[] args) throws IOException {
    SparkSession spark = SparkSession.builder().getOrCreate();
    List<URI> shards = Files.readAllLines(Path.of(args[0])).stream().map(URI::create).toList();
    EmbedJob job = EmbedJob.of(AssumingJob::load, Crops.center(64), Path.of(args[1], "embeddings"));
    for (int i = 0; i < 2; i++) {
      System.out.println(job.run(TileTable.ofShards(spark, shards, StoreOptions.defaults())));
    }
    spark.stop();
  }
}
