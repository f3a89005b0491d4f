package io.earthembed.spark;

import io.earthembed.parquet.GeoParquetDataset;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Tells what the program says if a search or an index fails. Arguments: dataset, index. */
public final class SearchProblems {
  private SearchProblems() {}

  /** Runs jobs that fail. */
  public static void main(String[] args) throws IOException {
    SparkSession spark = SparkSession.builder().getOrCreate();
    Path dataset = Path.of(args[0]);
    Path index = Path.of(args[1]);
    String none = index.resolveSibling("none").toString();
    IndexJob.of(dataset, index).run(spark);
    tell("no queries", () -> search(spark, index, none, "embedding"));
    tell("no column", () -> search(spark, index, args[0], "vektor"));
    tell("no index", () -> search(spark, Path.of(none), args[0], "embedding"));
    tell("no embeddings", () -> IndexJob.of(Path.of(none), index).run(spark));
    tell("another dimension", () -> search(spark, index, args[0], "slice(embedding, 1, 3)"));
    tell("null", () -> search(spark, index, args[0], "null"));
    Path found = index.resolveSibling("found");
    search(spark, index, args[0], "embedding").write().parquet(found.toString());
    tell(
        "result is there",
        () -> {
          search(spark, index, args[0], "embedding").write().parquet(found.toString());
          return found;
        });
    damage(index.resolve(IndexJob.MERGED), 0);
    tell("a damaged index", () -> search(spark, index, args[0], "embedding"));
    // Executors read what follows the footer's beginning; the driver has read the footer.
    damage(GeoParquetDataset.files(dataset).get(0), 4);
    tell("a damaged dataset", () -> IndexJob.of(dataset, index).run(spark));
    spark.stop();
  }

  private static Dataset<Row> search(
      SparkSession spark, Path index, String queries, String vector) {
    return SearchJob.of(index, 3)
        .run(
            spark
                .read()
                .parquet(queries)
                .select(
                    functions.col("unique_id").as(SearchJob.QUERY),
                    functions.expr(vector).as(SearchJob.VECTOR)));
  }

  private static void tell(String what, Callable<?> job) {
    try {
      Object result = job.call();
      if (result instanceof Dataset<?> table) table.count();
      throw new AssertionError(what + ": no failure");
    } catch (Exception e) {
      System.out.println("told " + what + ": " + Main.problem(e));
    }
  }

  private static void damage(Path file, long at) throws IOException {
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
      opened.seek(at);
      for (int i = 0; i < 64; i++) opened.write(0xA5);
    }
  }
}
