package io.earthembed.spark;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Joins a table of query vectors with the tiles most similar to each, on all executors: one index,
 * mapped once by each executor, takes whole batches of queries.
 *
 * <p>Immutable and safe for many threads.
 */
public final class SearchJob {
  static final String QUERY = "query_id";
  static final String VECTOR = "embedding";

  private final Path index;
  private final int k;

  private SearchJob(Path index, int k) {
    this.index = index;
    this.k = k;
  }

  /**
   * A job.
   *
   * @param index folder that {@link IndexJob} made, seen by every machine under this path
   * @param k how many tiles for each query, at least 1
   */
  public static SearchJob of(Path index, int k) {
    if (k < 1) throw new IllegalArgumentException("k must be positive: " + k);
    return new SearchJob(index.toAbsolutePath(), k);
  }

  /**
   * The k best tiles of each query.
   *
   * @param queries {@code query_id} of any type, and {@code embedding}, an array of as many numbers
   *     as the index has dimensions
   * @return a table that is computed when it is used: {@code query_id}, {@code rank} from 1, {@code
   *     unique_id} of a tile, {@code score}; best first for each query. A query without k tiles has
   *     fewer rows
   * @throws IllegalArgumentException if queries lacks a column
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
        .mapPartitions(
            new SearchTask(UUID.randomUUID().toString(), index.toString(), k), Encoders.row(found));
  }
}
