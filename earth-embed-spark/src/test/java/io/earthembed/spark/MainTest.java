package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.earthembed.common.EarthEmbedException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

/** Tests what the program says of failures. */
class MainTest {
  @Test
  void findsTheInnermostProblemInSparksText() {
    SparkException e =
        new SparkException(
            """
            Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times, most recent failure: \
            Lost task 0.3 in stage 1.0 (TID 3): io.earthembed.common.EarthEmbedException: outer
            \tat io.earthembed.spark.EmbedTask.run(EmbedTask.java:1)
            Caused by: io.earthembed.common.RangeReadException: https://h/a.parquet: HTTP 404
            \t... 3 more
            """);
    assertEquals("https://h/a.parquet: HTTP 404", Main.problem(e));
    assertEquals("plain", Main.problem(new EarthEmbedException("plain")));
    assertNull(Main.problem(new SparkException("Job 0 cancelled")));
  }
}
