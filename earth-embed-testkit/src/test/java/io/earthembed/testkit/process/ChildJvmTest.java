package io.earthembed.testkit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The ceilings are there. */
class ChildJvmTest {
  private static final ChildJvm SMALL = ChildJvm.withMemory(64, 64, 800);

  /** Asks for some MiB of one kind of memory. */
  static final class Hungry {
    public static void main(String[] args) throws Exception {
      int bytes = Integer.parseInt(args[1]) << 20;
      switch (args[0]) {
        case "heap" -> System.out.println(new byte[bytes].length);
        case "direct" -> System.out.println(ByteBuffer.allocateDirect(bytes).capacity());
        case "mapped" -> {
          Path file = Files.createTempFile("hungry", "");
          try (FileChannel channel =
              FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            System.out.println(channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes).capacity());
          } finally {
            Files.delete(file);
          }
        }
        default -> Thread.sleep(60_000);
      }
    }
  }

  @Test
  void heapAndDirectMemoryAreLimited() {
    for (String kind : new String[] {"heap", "direct"}) {
      assertEquals(
          32 << 20,
          Integer.parseInt(SMALL.run(Hungry.class, kind, "32").requireSuccess().output().strip()));
      ChildJvm.Outcome outcome = SMALL.run(Hungry.class, kind, "100");
      assertEquals(1, outcome.exitCode());
      assertTrue(outcome.output().contains("OutOfMemoryError"), outcome.output());
      assertThrows(AssertionError.class, outcome::requireSuccess);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void soIsTheProcess() {
    SMALL.run(Hungry.class, "mapped", "100").requireSuccess();
    assertEquals(1, SMALL.run(Hungry.class, "mapped", "1000").exitCode());
  }

  @Test
  void timeIsLimited() {
    assertEquals(
        -1, SMALL.withPatience(Duration.ofSeconds(1)).run(Hungry.class, "time", "0").exitCode());
  }
}
