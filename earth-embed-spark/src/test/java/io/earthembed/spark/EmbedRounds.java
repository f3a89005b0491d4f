package io.earthembed.spark;

import io.earthembed.onnx.DemoModel;
import io.earthembed.pipeline.Crops;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * A separate application, one driver for many jobs. Each line of its input has a number, a list of
 * shards and a folder; it answers {@code round NUMBER: done} or {@code round NUMBER: failed}.
 */
public final class EmbedRounds {
  private EmbedRounds() {}

  /** Runs the jobs one after another, until the input ends. */
  public static void main(String[] args) throws IOException {
    SparkSession spark = SparkSession.builder().getOrCreate();
    System.out.println("\nready for rounds");
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] round = line.split(" ");
        List<URI> shards = Files.readAllLines(Path.of(round[1])).stream().map(URI::create).toList();
        String told;
        try {
          told =
              "done "
                  + EmbedJob.builder(
                          DemoModel::load, Crops.center(Archive.SIDE), URI.create(round[2]))
                      .readers(2)
                      .build()
                      .run(spark, shards);
        } catch (Exception e) {
          told = "failed " + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }
        System.out.println("\nround " + round[0] + ": " + told);
      }
    }
    spark.stop();
  }
}
