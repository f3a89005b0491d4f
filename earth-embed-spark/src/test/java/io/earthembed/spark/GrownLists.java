package io.earthembed.spark;

import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.pipeline.Crops;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Embeds lists that have grown since, and lists that have tiles twice, and prints a line for each.
 * Arguments: list of shards, list of the same shards under other URLs, folder.
 */
public final class GrownLists {
  private static final Crops CROPS = Crops.center(Archive.SIDE);

  private GrownLists() {}

  /** Runs all of them in one application. */
  public static void main(String[] args) throws IOException {
    SparkSession spark = SparkSession.builder().getOrCreate();
    Dataset<Row> tiles = tiles(spark, args[0]);
    Dataset<Row> copies = tiles(spark, args[1]);
    Path folder = Path.of(args[2]);

    Path grown = folder.resolve("grown");
    tell("a few", grown, CROPS, tiles.where("product_id like '%3'"));
    tell("others", grown, CROPS, tiles.where("product_id like '%4'"));
    tell("more", grown, CROPS, tiles);
    tell("more again", grown, CROPS, tiles);
    tell("fewer", grown, CROPS, tiles.where("product_id like '%3'"));
    tell("copies", grown, CROPS, copies);
    tell("other crops", grown, Crops.center(32), copies);

    Path mixed = folder.resolve("mixed");
    tell("those in 3", mixed, CROPS, tiles.where("product_id like '%3'"));
    tell("those in 4, otherwise", mixed, Crops.center(32), tiles.where("product_id like '%4'"));

    Path moved = folder.resolve("moved");
    tell("before the move", moved, CROPS, tiles.where("product_id like '%3'"));
    tell("after it", moved, CROPS, copies);
    tell("after it again", moved, CROPS, copies);
    tell("before it again", moved, CROPS, tiles.where("product_id like '%3'"));

    Path twice = folder.resolve("twice");
    tell("twice", twice, CROPS, tiles.union(tiles));
    tell("twice again", twice, CROPS, tiles.union(tiles));

    Path both = folder.resolve("both");
    tell("both", both, CROPS, copies.union(tiles));
    // Simulates the remains of a dead driver, and a retry.
    removeAPart(both);
    tell("both, interrupted", both, CROPS, tiles.union(copies));
    tell("both again", both, CROPS, tiles.union(copies));

    Path killed = folder.resolve("killed");
    tell("some", killed, CROPS, tiles.where("product_id like '%3'"));
    removeAPart(killed);
    tell("more, interrupted", killed, CROPS, tiles);
    tell("more, interrupted, again", killed, CROPS, tiles);

    Path timeless = folder.resolve("timeless");
    Dataset<Row> few = tiles.where("product_id like '%3'");
    tell("timeless", timeless, CROPS, few.withColumn("timestamp", functions.lit(null)));
    Dataset<Row> rows = spark.read().parquet(timeless.toString()).where("timestamp is null");
    System.out.println("told rows without a time: " + rows.count());

    Path fragments = folder.resolve("fragments");
    tell("fragments", fragments, Crops.fragments(32), tiles.where("product_id like '%3'"));
    tell("more fragments", fragments, Crops.fragments(32), copies.union(tiles));
    spark.stop();
  }

  private static Dataset<Row> tiles(SparkSession spark, String list) throws IOException {
    List<URI> shards = Files.readAllLines(Path.of(list)).stream().map(URI::create).toList();
    return TileTable.ofShards(spark, shards, StoreOptions.defaults());
  }

  private static void tell(String what, Path folder, Crops crops, Dataset<Row> tiles) {
    String said;
    try {
      EmbedJob.Report report = EmbedJob.of(DemoModel::load, crops, folder).run(tiles);
      said = report.embedded() + " embedded, " + report.resumed() + " there";
    } catch (Exception e) {
      said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
    System.out.println("told " + what + ": " + said);
  }

  private static void removeAPart(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("_parts"))) {
      List<Path> parts = files.filter(f -> f.toString().endsWith(".tiles")).sorted().toList();
      Files.delete(parts.get(0));
    }
  }
}
