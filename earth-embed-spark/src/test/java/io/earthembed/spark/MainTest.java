package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.earthembed.common.EarthEmbedException;
import java.nio.file.NoSuchFileException;
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
    assertNull(Main.problem(new IllegalStateException("a bug")));
  }

  @Test
  void saysInOneLineWhatSparkOrTheFileSystemRefuses() {
    assertEquals(
        "java.nio.file.NoSuchFileException: list.txt",
        Main.problem(new NoSuchFileException("list.txt")));
    assertEquals("Job 0 cancelled", Main.problem(new SparkException("Job 0 cancelled")));
    String lost = "Job aborted due to stage failure: Lost task 0.3 (TID 3): java.io.IOException: a";
    assertEquals(lost, Main.problem(new SparkException(lost + "\n\tat java.base/A.b(A.java:1)\n")));
    String caused =
        lost + "\n\tat A.b(A.java:1)\nCaused by: java.io.IOException: full\n\t... 3 more";
    assertEquals("java.io.IOException: full", Main.problem(new SparkException(caused)));
  }
}
