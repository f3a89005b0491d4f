package io.earthembed.spark;

import io.earthembed.base.text.CsvText;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a {@link SearchJob} from a command line. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Finds the tiles most similar to each of many vectors.")
final class SearchCommand implements Callable<Integer> {
  @Option(
      names = "--index",
      required = true,
      converter = FolderOption.class,
      paramLabel = "DIR",
      description = "folder that the index command made")
  private URI index = URI.create("file:/index");

  @Option(
      names = "--queries",
      required = true,
      paramLabel = "PARQUET",
      description = "vectors, such as a folder that the embed command made")
  private String queries = "";

  @Option(
      names = "--id",
      paramLabel = "COLUMN",
      defaultValue = "unique_id",
      description = "column with the id of a query (default: ${DEFAULT-VALUE})")
  private String id = "unique_id";

  @Option(
      names = "--vector",
      paramLabel = "COLUMN",
      defaultValue = "embedding",
      description = "column with the vector of a query (default: ${DEFAULT-VALUE})")
  private String vector = "embedding";

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "10",
      description = "tiles per query (default: ${DEFAULT-VALUE})")
  private int top;

  @Option(
      names = "--attributes",
      split = ",",
      paramLabel = "NAME",
      description = "attributes of the tiles that the result has too, such as crop,yield")
  private List<String> attributes = List.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "new folder of the result: query_id, rank, unique_id, score, attributes")
  private String out = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "parquet",
      description = "format of the result: parquet, json or csv (default: ${DEFAULT-VALUE})")
  private String format = "parquet";

  @Override
  public Integer call() {
    SparkSession spark = Main.session();
    Dataset<Row> table =
        spark
            .read()
            .parquet(queries)
            .select(
                functions.col(id).as(SearchJob.QUERY), functions.col(vector).as(SearchJob.VECTOR));
    Dataset<Row> found =
        SearchJob.of(index, top).withAttributes(attributes.toArray(new String[0])).run(table);
    if (format.equalsIgnoreCase("csv")) found = withoutFormulas(found);
    found.write().format(format).save(out);
    Main.say("wrote the hits to %s", out);
    spark.stop();
    return 0;
  }

  /**
   * Neutralizes formulas in ids, because ids come from datasets and queries and a spreadsheet may
   * open the result.
   */
  static Dataset<Row> withoutFormulas(Dataset<Row> table) {
    return table.map(
        (MapFunction<Row, Row>) SearchCommand::withoutFormulas, Encoders.row(table.schema()));
  }

  private static Row withoutFormulas(Row row) {
    Object[] values = new Object[row.size()];
    for (int i = 0; i < values.length; i++) {
      Object value = row.get(i);
      values[i] = value instanceof String text ? CsvText.withoutFormulas(text) : value;
    }
    return RowFactory.create(values);
  }
}
