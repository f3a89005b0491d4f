package io.earthembed.spark;

import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** Indexes a dataset that changes meanwhile. Arguments: dataset, folder. Ends badly if it must. */
public final class IndexFailures {
  private IndexFailures() {}

  /** Failed jobs do not change the folder; a successful one leaves only its own result. */
  public static void main(String[] args) throws IOException {
    SparkSession spark = SparkSession.builder().getOrCreate();
    Path dataset = Path.of(args[0]);
    Path index = Path.of(args[1]);
    IndexJob job = IndexJob.of(dataset, index).withParts(3);
    job.trainedBy(trainer(() -> dataset)).sharded().run(spark);
    Map<String, Integer> before = files(index);

    List<Path> files = GeoParquetDataset.files(dataset);
    Path last = files.get(files.size() - 1);
    Path away = index.resolveSibling("away");
    List<Callable<?>> changes =
        List.of(() -> Files.deleteIfExists(last), () -> replace(last, files));
    Files.copy(last, away);
    for (Callable<?> change : changes) {
      for (IndexJob form : List.of(job, job.sharded())) {
        // A new time, so that no earlier share is one of these files.
        Files.copy(away, last, StandardCopyOption.REPLACE_EXISTING);
        try {
          form.trainedBy(trainer(change)).run(spark);
          throw new AssertionError("indexed what had changed");
        } catch (Exception e) {
          System.out.println("failed: " + e);
        }
        Files.copy(away, last, StandardCopyOption.REPLACE_EXISTING);
        // A failed job also leaves shares, for the next one over the same files.
        if (!files(index).entrySet().containsAll(before.entrySet())) {
          throw new AssertionError(before + ": " + files(index));
        }
      }
    }
    job.trainedBy(trainer(() -> dataset)).run(spark);
    try (Stream<Path> all = Files.list(index)) {
      System.out.println("left " + all.map(f -> f.getFileName().toString()).sorted().toList());
    }
    resume(spark, dataset, last, index.resolveSibling("resumed"));
    spark.stop();
  }

  /** A job that fails at its last share leaves the others, and the next one makes only that. */
  private static void resume(SparkSession spark, Path dataset, Path last, Path index)
      throws IOException {
    IndexJob job = IndexJob.of(dataset, index).withParts(3);
    Path hidden = index.resolveSibling("hidden");
    try {
      job.trainedBy(trainer(() -> Files.move(last, hidden))).run(spark);
      throw new AssertionError("indexed a file that is gone");
    } catch (Exception e) {
      System.out.println("failed: " + e);
    }
    Map<String, String> left = shares(index);
    Files.move(hidden, last);
    job.trainedBy(trainer(() -> dataset)).sharded().run(spark);
    Map<String, String> all = shares(index);
    System.out.println(
        "resumed with "
            + left.size()
            + " of "
            + all.size()
            + " shares, the same: "
            + all.entrySet().containsAll(left.entrySet()));
  }

  /** Returns the shares in a folder, each with its file's number and time. */
  private static Map<String, String> shares(Path folder) throws IOException {
    Map<String, String> shares = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.filter(f -> f.getFileName().toString().startsWith("shard-")).toList()) {
        BasicFileAttributes about = Files.readAttributes(file, BasicFileAttributes.class);
        shares.put(file.getFileName().toString(), about.fileKey() + " " + about.lastModifiedTime());
      }
    }
    return shares;
  }

  /**
   * Returns a trainer of an index, which the driver calls when it knows the dataset's rows and has
   * not read them.
   */
  private static Function<Vectors, FaissIndex> trainer(Callable<?> change) {
    return sample -> {
      try {
        change.call();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return FaissIndex.trained(sample, Metric.INNER_PRODUCT, FaissSpec.ivf(2));
    };
  }

  /** Puts a file of another length in the place of one. */
  private static Path replace(Path file, List<Path> others) throws IOException {
    long rows = GeoParquetDataset.open(file).catalog().size();
    for (Path other : others) {
      if (GeoParquetDataset.open(other).catalog().size() == rows) continue;
      return Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING);
    }
    throw new IllegalStateException("all files are of one length");
  }

  /** Returns names and checksums of all files. */
  private static Map<String, Integer> files(Path folder) throws IOException {
    Map<String, Integer> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return files;
  }
}
