package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.testkit.process.ChildJvm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * False claims of servers and footers cost no memory, and a tile that exceeds the memory fails
 * alone.
 */
final class LyingServerTest {
  @TempDir Path folder = Path.of(".");

  /** Eight ranges announce 2 GiB each, of which little arrives. */
  @Test
  void memoryGrowsAsBytesCome() {
    ChildJvm.Outcome outcome =
        ChildJvm.withMemory(64, 64, 1_200).run(LyingServer.class, "claims").requireSuccess();
    assertEquals("8 ended early", outcome.output().lines().reduce((a, b) -> b).orElse(""));
  }

  /** A tile of 60 MB between two small ones, with memory for 40 MB. */
  @Test
  void aTileThatIsTooLargeIsAFailureOfItsOwn() {
    ChildJvm.Outcome outcome =
        ChildJvm.withMemory(44, 64, 1_200)
            .run(LyingServer.class, "large", folder.toString())
            .requireSuccess();
    assertEquals(
        "read, OutOfMemoryError, read; alone OutOfMemoryError; later OutOfMemoryError; read",
        outcome.output().lines().reduce((a, b) -> b).orElse(""));
  }
}
