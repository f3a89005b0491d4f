package io.earthembed.spark;

import io.earthembed.internal.Checks;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Finds the tiles most similar to each of a table of query vectors, on all executors. Each executor
 * maps the index once and searches whole batches of queries. The job first divides the queries
 * among four tasks per processor, because a file of one row group is otherwise read and searched by
 * one task.
 *
 * <p>Immutable and safe for many threads.
 */
public final class SearchJob {
  static final String QUERY = "query_id";
  static final String VECTOR = "embedding";

  /** More than one, so that no processor waits long for the last task. */
  private static final int TASKS_PER_PROCESSOR = 4;

  private final URI index;
  private final int k;

  private SearchJob(URI index, int k) {
    this.index = index;
    this.k = k;
  }

  /**
   * Returns a job.
   *
   * @param index folder that {@link IndexJob} made, visible to every machine under this path
   * @param k tiles per query, at least 1
   */
  public static SearchJob of(Path index, int k) {
    return of(index.toAbsolutePath().toUri(), k);
  }

  /**
   * Returns a job.
   *
   * @param index folder that {@link IndexJob} made: a file URL, or an address of one of Hadoop's
   *     file systems, from which each executor copies the index once to its local disk
   * @param k tiles per query, at least 1
   */
  public static SearchJob of(URI index, int k) {
    Checks.positive("k", k);
    return new SearchJob(index, k);
  }

  /**
   * Returns the k best tiles of each query. The order of the queries is not kept.
   *
   * @param queries table with {@code query_id} of any type, and {@code embedding}, an array of
   *     numbers of the index's dimension
   * @return a table that is computed lazily: {@code query_id}, {@code rank} from 1, {@code
   *     unique_id} of a tile, {@code score}; best first for each query. A query has fewer rows if
   *     fewer than k tiles are found
   * @throws IllegalArgumentException if a column is missing
   */
  public Dataset<Row> run(Dataset<Row> queries) {
    if (!Arrays.asList(queries.columns()).containsAll(Arrays.asList(QUERY, VECTOR))) {
      throw new IllegalArgumentException(
          "queries has no columns query_id and embedding: " + Arrays.toString(queries.columns()));
    }
    StructType found =
        new StructType()
            .add(QUERY, queries.schema().apply(QUERY).dataType())
            .add("rank", DataTypes.IntegerType)
            .add("unique_id", DataTypes.StringType)
            .add("score", DataTypes.FloatType);
    return queries
        .select(
            functions.col(QUERY),
            functions.col(VECTOR).cast(DataTypes.createArrayType(DataTypes.FloatType)))
        // By hash, because a division by row number would sort the queries first.
        .repartition(tasks(queries.sparkSession().sparkContext()), functions.col(VECTOR))
        .mapPartitions(new SearchTask(UUID.randomUUID().toString(), index, k), Encoders.row(found));
  }

  private static int tasks(SparkContext context) {
    return TASKS_PER_PROCESSOR * context.defaultParallelism();
  }
}
