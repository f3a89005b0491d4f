package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** Tests how a search handles its queries, without Spark. */
class SearchTaskTest {
  private static Row query(String id, Float... components) {
    return RowFactory.create(id, CollectionConverters.asScala(List.of(components)).toSeq());
  }

  @Test
  void aVectorThatCannotBeComparedIsRefusedByItsQuery() {
    List<Row> queries = List.of(query("first", 1f, 2f), query("second", 1f, Float.NaN));
    assertArrayEquals(new float[] {1, 2}, SearchTask.vector(queries.get(0), 2));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> SearchTask.vector(queries.get(1), 2));
    assertTrue(String.valueOf(e.getMessage()).contains("second has NaN"), e.getMessage());
  }

  @Test
  void aLargeKIsSearchedForFewQueriesAtOnce() {
    assertEquals(256, SearchTask.batch(1));
    assertEquals(256, SearchTask.batch(4096));
    assertEquals(104, SearchTask.batch(10_000));
    assertEquals(1, SearchTask.batch(1_000_000));
    assertEquals(1, SearchTask.batch(Integer.MAX_VALUE));
  }
}
