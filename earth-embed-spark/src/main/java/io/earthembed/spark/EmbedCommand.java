package io.earthembed.spark;

import io.earthembed.internal.Addresses;
import io.earthembed.onnx.DemoModel;
import io.earthembed.onnx.OnnxEncoders;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.pipeline.Crops;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs an {@link EmbedJob} from a command line. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Makes the embeddings of an archive's tiles.")
final class EmbedCommand implements Callable<Integer> {
  /** The choice of tiles. */
  private static final class Tiles {
    @Option(
        names = "--tiles",
        required = true,
        paramLabel = "PARQUET",
        description = "metadata in Parquet, with MajorTOM's columns")
    private @Nullable String metadata;

    @Option(
        names = "--shards",
        required = true,
        converter = FolderOption.class,
        paramLabel = "FILE",
        description = "file with one shard URL per line; embeds all their tiles")
    private @Nullable URI shards;
  }

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Tiles tiles = new Tiles();

  @Option(
      names = "--where",
      paramLabel = "SQL",
      description = "SQL condition that tiles must meet, such as 'cloud_cover < 10'")
  private @Nullable String where;

  @Option(
      names = "--attributes",
      split = ",",
      paramLabel = "COLUMN",
      description = "columns of --tiles that become attributes of the tiles, such as crop,yield")
  private List<String> attributes = List.of();

  @Option(
      names = "--out",
      required = true,
      converter = FolderOption.class,
      paramLabel = "DIR",
      description =
          "folder for the embeddings: a path that all machines share, or an address such as"
              + " s3a://bucket/folder")
  private URI out = URI.create("file:/embeddings");

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "folder with a model.json and its files, under this path on every machine (default:"
              + " the demo model)")
  private @Nullable String model;

  @Option(
      names = "--crop",
      paramLabel = "PIXELS",
      defaultValue = "384",
      description = "side of a crop (default: ${DEFAULT-VALUE})")
  private int crop;

  @Option(names = "--fragments", description = "crops that cover the tile, not just its center")
  private boolean fragments;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      description = "crops in a batch (default: ${DEFAULT-VALUE})")
  private int batch;

  @Option(
      names = "--readers",
      paramLabel = "N",
      defaultValue = "64",
      description = "threads per task that read tiles (default: ${DEFAULT-VALUE})")
  private int readers;

  @Option(
      names = "--max-failures",
      paramLabel = "N",
      defaultValue = "0",
      description = "tiles of a shard that may fail (default: ${DEFAULT-VALUE})")
  private int maxFailures;

  @Option(
      names = "--max-failed-shards",
      paramLabel = "N",
      defaultValue = "0",
      description = "shards that may fail as a whole (default: ${DEFAULT-VALUE})")
  private int maxFailedShards;

  @Option(
      names = "--max-files",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "most files, one per shard and grid row (default: ${DEFAULT-VALUE})")
  private int maxFiles;

  @Option(
      names = "--without-blank",
      description = "skip crops whose pixels are all equal, such as black ones")
  private boolean withoutBlank;

  @Option(
      names = "--attempts",
      paramLabel = "N",
      defaultValue = "5",
      description = "most attempts per request (default: ${DEFAULT-VALUE})")
  private int attempts;

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description =
          "most requests of the whole job to one server at once (default: 16 for each task)")
  private @Nullable Integer maxRequests;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "time that a server may be silent (default: ${DEFAULT-VALUE})")
  private int timeout;

  @Override
  public Integer call() throws IOException {
    if (tiles.metadata == null && !attributes.isEmpty()) {
      throw new IllegalArgumentException("--attributes needs --tiles: shards have none");
    }
    SparkSession spark = Main.session();
    StoreOptions store =
        StoreOptions.builder().attempts(attempts).timeout(Duration.ofSeconds(timeout)).build();
    String directory = model;
    ModelSource source =
        directory == null
            ? DemoModel::load
            : options -> OnnxEncoders.custom(Path.of(directory), options);
    EmbedJob.Builder builder =
        EmbedJob.builder(source, fragments ? Crops.fragments(crop) : Crops.center(crop), out)
            .store(store)
            .batchSize(batch)
            .readers(readers)
            .maxFailures(maxFailures)
            .maxFailedShards(maxFailedShards)
            .maxFiles(maxFiles)
            .skipBlankCrops(withoutBlank)
            .progress(EmbedCommand::print);
    if (where != null) builder.where(where);
    if (maxRequests != null) builder.maxRequestsPerHost(maxRequests);
    EmbedJob job = builder.build();
    String metadata = tiles.metadata;
    EmbedJob.Report report =
        metadata == null
            ? job.run(spark, shards(Objects.requireNonNull(tiles.shards)))
            : job.run(table(spark, metadata));
    Main.say(
        "%,d tiles embedded, %,d there already, %,d failed; %,d shards, %,d of them failed, %,d"
            + " requests, %,d bytes read, %.1f s",
        report.embedded(),
        report.resumed(),
        report.failed(),
        report.shards(),
        report.failedShards(),
        report.requests(),
        report.bytesRead(),
        report.elapsed().toNanos() / 1e9);
    if (report.blank() > 0) {
      Main.say(
          "%,d blank crops, %s", report.blank(), withoutBlank ? "left out" : "embedded as well");
    }
    new TreeMap<>(report.assumptions())
        .forEach((assumption, crops) -> Main.say("of %,d crops, %s", crops, assumption));
    boolean complete = report.failed() == 0 && report.failedShards() == 0;
    if (!complete) {
      for (Row failed : job.failures(spark).takeAsList(20)) {
        Main.say("failed: %s", failed.mkString("; "));
      }
      Main.say(
          "done, but %,d tiles and %,d shards failed: status %d",
          report.failed(), report.failedShards(), Main.INCOMPLETE);
    }
    spark.stop();
    return complete ? 0 : Main.INCOMPLETE;
  }

  private Dataset<Row> table(SparkSession spark, String metadata) {
    if (attributes.isEmpty()) return spark.read().parquet(metadata);
    // Files of one dataset may lack the column of an attribute that none of their tiles has.
    Dataset<Row> table = spark.read().option("mergeSchema", true).parquet(metadata);
    return TileTable.withAttributes(table, attributes.toArray(new String[0]));
  }

  private static List<URI> shards(URI list) throws IOException {
    String path = list.getPath();
    try (JobFolder folder = JobFolder.of(list.resolve("."));
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(
                    folder.open(path.substring(path.lastIndexOf('/') + 1)),
                    StandardCharsets.UTF_8))) {
      return in.lines()
          .filter(line -> !line.isBlank())
          .map(line -> Addresses.parse(line.strip()))
          .toList();
    }
  }

  private static void print(String task, long done, long total) {
    Main.say("%s: %,d of %,d tiles", task, done, total);
  }
}
