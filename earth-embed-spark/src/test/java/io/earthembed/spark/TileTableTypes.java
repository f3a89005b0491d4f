package io.earthembed.spark;

import io.earthembed.imagery.TileRecord;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Prints what becomes of tables whose columns are of many types: a line for each. */
public final class TileTableTypes {
  private TileTableTypes() {}

  /** Each argument replaces a column of a table of one tile. */
  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().getOrCreate();
    Dataset<Row> tile =
        spark.sql(
            "SELECT '1U_2R' grid_cell, 'p' product_id, '20221115T161819' timestamp, "
                + "1.5D centre_lat, 2.5D centre_lon, 3 cloud_cover, "
                + "'file:/s.parquet' parquet_url, 4L parquet_row");
    for (boolean ansi : List.of(true, false)) {
      spark.conf().set("spark.sql.ansi.enabled", ansi);
      for (String replaced : args) {
        String[] parts = replaced.split(" AS ", 2);
        String said;
        try {
          Dataset<Row> table = tile.withColumn(parts[1], functions.expr(parts[0]));
          TileRecord record = TileTable.record(TileTable.in(table).collectAsList().get(0));
          said =
              String.join(
                  " ",
                  String.valueOf(record.productId()),
                  String.valueOf(record.timestamp()),
                  String.valueOf(record.center().latitude()),
                  String.valueOf(record.cloudCover()),
                  String.valueOf(record.source()));
        } catch (Exception e) {
          said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }
        System.out.println("told " + ansi + " " + replaced + ": " + said);
      }
    }
    spark.stop();
  }
}
