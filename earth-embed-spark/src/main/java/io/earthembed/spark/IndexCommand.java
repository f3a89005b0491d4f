package io.earthembed.spark;

import io.earthembed.faiss.FaissSpec;
import java.net.URI;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs an {@link IndexJob} from a command line. */
@Command(
    name = "index",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Makes a FAISS index of embeddings.")
final class IndexCommand implements Callable<Integer> {
  @Option(
      names = "--embeddings",
      required = true,
      converter = FolderOption.class,
      paramLabel = "DIR",
      description = "folder that the embed command made")
  private URI embeddings = URI.create("file:/embeddings");

  @Option(
      names = "--out",
      required = true,
      converter = FolderOption.class,
      paramLabel = "DIR",
      description =
          "folder for the index: a path that all machines share, or an address such as"
              + " s3a://bucket/folder")
  private URI out = URI.create("file:/index");

  @Option(
      names = "--kind",
      paramLabel = "FAISS",
      description =
          "FAISS factory string, such as IVF4096,PQ64x4fs (default: IVF with whole"
              + " vectors and 4 sqrt(n) cells for n vectors, at most one per 39 vectors of the sample)")
  private @Nullable String kind;

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "100000",
      description = "vectors to train on (default: ${DEFAULT-VALUE})")
  private int sample;

  @Option(
      names = "--parts",
      paramLabel = "N",
      description = "number of shares (default: as many as tasks run at once)")
  private @Nullable Integer parts;

  @Option(names = "--sharded", description = "write one file per share instead of one for all")
  private boolean sharded;

  @Override
  public Integer call() {
    SparkSession spark = Main.session();
    IndexJob job = IndexJob.of(embeddings, out).withSample(sample);
    String description = kind;
    if (description != null) {
      job = job.trainedBy(FaissSpec.factory(description));
    }
    if (parts != null) job = job.withParts(parts);
    if (sharded) job = job.sharded();
    IndexJob.Report report = job.run(spark);
    Main.say(
        "%,d vectors indexed in %d shares, %.1f s",
        report.vectors(), report.shares(), report.elapsed().toNanos() / 1e9);
    spark.stop();
    return 0;
  }
}
