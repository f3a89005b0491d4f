package io.earthembed.spark;

import java.util.List;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Writes a table of ids that spreadsheets take for formulas, as {@code search} does. */
public final class FormulaTable {
  private FormulaTable() {}

  /** Argument: the new folder. */
  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().getOrCreate();
    StructType columns =
        new StructType().add("query_id", DataTypes.StringType).add("rank", DataTypes.IntegerType);
    SearchCommand.withoutFormulas(
            spark.createDataFrame(
                List.of(
                    RowFactory.create("=1+1", -1),
                    RowFactory.create("x;@cmd", 2),
                    RowFactory.create(null, 3)),
                columns))
        .coalesce(1)
        .write()
        .format("csv")
        .save(args[0]);
    spark.stop();
  }
}
