package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.junit.jupiter.api.Test;

/** Rows of a table of tiles, without Spark around them. */
class TileTableTest {
  private static final Object[] VALUES = {
    "p@1U_2R", "1U_2R", "p", "20200102T030405", 1.0, 2.0, 3f, "file:/s.parquet", 4
  };

  @Test
  void aRowThatLacksItsPlaceIsRefusedByItsColumn() {
    Row whole = new GenericRowWithSchema(VALUES, TileTable.SCHEMA);
    assertEquals(new ShardPartitioner.Key("file:/s.parquet", 4), EmbedJob.key(whole));
    for (int lacking : new int[] {7, 8}) {
      Object[] values = VALUES.clone();
      values[lacking] = null;
      Row row = new GenericRowWithSchema(values, TileTable.SCHEMA);
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> EmbedJob.key(row));
      String name = TileTable.SCHEMA.fieldNames()[lacking];
      assertTrue(String.valueOf(e.getMessage()).startsWith(name + " is null: "), e.getMessage());
    }
  }
}
