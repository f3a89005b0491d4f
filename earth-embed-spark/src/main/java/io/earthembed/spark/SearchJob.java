package io.earthembed.spark;

import io.earthembed.base.table.AttributeColumns;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.imagery.Attributes;
import io.earthembed.internal.Checks;
import io.earthembed.internal.PlainText;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Column;
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

  private static final String ID = "unique_id";

  private final URI index;
  private final int k;
  private final List<String> attributes;

  private SearchJob(URI index, int k, List<String> attributes) {
    this.index = index;
    this.k = k;
    this.attributes = attributes;
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
    return new SearchJob(index, k, List.of());
  }

  /**
   * Adds attributes of the tiles found to the result (default: none), each a column after {@code
   * score}: {@code attribute_} precedes the name of another column. It is null for tiles without
   * the attribute. The driver then opens the index's catalog for the attributes' types.
   *
   * @param names names of attributes that the index's dataset has
   */
  public SearchJob withAttributes(String... names) {
    return new SearchJob(index, k, Stream.of(names).distinct().toList());
  }

  /**
   * Returns the k best tiles of each query. The order of the queries is not kept.
   *
   * @param queries table with {@code query_id} of any type, and {@code embedding}, an array of
   *     numbers of the index's dimension
   * @return a table that is computed lazily: {@code query_id}, {@code rank} from 1, {@code
   *     unique_id} of a tile, {@code score}, and the {@linkplain #withAttributes attributes}; best
   *     first for each query. A query has fewer rows if fewer than k tiles are found
   * @throws IllegalArgumentException if a column is missing, or an attribute is unknown
   */
  public Dataset<Row> run(Dataset<Row> queries) {
    if (!Arrays.asList(queries.columns()).containsAll(Arrays.asList(QUERY, VECTOR))) {
      throw new IllegalArgumentException(
          "queries has no columns query_id and embedding: " + Arrays.toString(queries.columns()));
    }
    List<AttributeColumns.Column> own = columns();
    StructType found =
        new StructType()
            .add(QUERY, queries.schema().apply(QUERY).dataType())
            .add("rank", DataTypes.IntegerType)
            .add(ID, DataTypes.StringType)
            .add("score", DataTypes.FloatType);
    List<Column> columns = new ArrayList<>();
    for (String name : found.fieldNames()) columns.add(functions.col(name));
    for (AttributeColumns.Column attribute : own) {
      boolean isTime = attribute.type() == Attributes.Type.TIME;
      found =
          found.add(
              attribute.name(),
              isTime ? DataTypes.LongType : TileTable.sparkType(attribute.type()));
      Column column = TileTable.column(attribute.name());
      columns.add(isTime ? functions.timestamp_micros(column).as(attribute.name()) : column);
    }
    List<String> names = own.stream().map(AttributeColumns.Column::attribute).toList();
    return queries
        .select(
            functions.col(QUERY),
            functions.col(VECTOR).cast(DataTypes.createArrayType(DataTypes.FloatType)))
        // By hash, because a division by row number would sort the queries first.
        .repartition(tasks(queries.sparkSession().sparkContext()), functions.col(VECTOR))
        .mapPartitions(
            new SearchTask(UUID.randomUUID().toString(), index, k, names), Encoders.row(found))
        .select(columns.toArray(new Column[0]));
  }

  /** Returns the columns of the attributes, in their order. */
  private List<AttributeColumns.Column> columns() {
    if (attributes.isEmpty()) return List.of();
    Map<String, Attributes.Type> known;
    try (JobFolder folder = JobFolder.of(index)) {
      known = TileCatalog.open(folder.fetch(IndexJob.CATALOG)).attributeTypes();
    }
    Map<String, Attributes.Type> wanted = new LinkedHashMap<>();
    for (String name : attributes) {
      Attributes.Type type = known.get(name);
      if (type == null) {
        throw new IllegalArgumentException(
            PlainText.message(
                "the tiles have no attribute " + name + "; known: " + known.keySet()));
      }
      wanted.put(name, type);
    }
    return AttributeColumns.of(wanted, List.of(QUERY, "rank", ID, "score"));
  }

  private static int tasks(SparkContext context) {
    return TASKS_PER_PROCESSOR * context.defaultParallelism();
  }
}
