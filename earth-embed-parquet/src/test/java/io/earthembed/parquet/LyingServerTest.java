package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.testkit.process.ChildJvm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What servers and footers claim costs nothing, and what is too much for memory costs one tile. */
final class LyingServerTest {
  @TempDir Path folder = Path.of(".");

  /** Eight ranges of 2 GiB that are announced, of which a little comes. */
  @Test
  void memoryGrowsAsBytesCome() {
    ChildJvm.Outcome outcome =
        ChildJvm.withMemory(64, 64, 1_200).run(LyingServer.class, "claims").requireSuccess();
    assertEquals("8 ended early", outcome.output().lines().reduce((a, b) -> b).orElse(""));
  }

  /** A tile of 60 MB where there is memory for 40, between two small ones. */
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
