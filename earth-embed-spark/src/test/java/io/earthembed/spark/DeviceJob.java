package io.earthembed.spark;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.earthembed.common.Device;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.pipeline.Crops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * Records the device on which a model should be loaded, and loads it on the CPU. Two shards,
 * folder.
 */
public final class DeviceJob {
  private DeviceJob() {}

  /** Embeds two shards. */
  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().getOrCreate();
    String told = args[2] + "/told";
    ModelSource model =
        options -> {
          try {
            Files.writeString(
                Path.of(told),
                options.device() + ", " + options.threads() + " threads\n",
                CREATE,
                APPEND);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return DemoModel.load(options.withDevice(Device.cpu()));
        };
    EmbedJob.of(model, Crops.center(64), Path.of(args[2], "embeddings"))
        .run(
            TileTable.ofShards(
                spark, List.of(URI.create(args[0]), URI.create(args[1])), StoreOptions.defaults()));
    spark.stop();
  }
}
