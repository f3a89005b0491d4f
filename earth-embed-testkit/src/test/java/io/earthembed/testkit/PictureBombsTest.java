package io.earthembed.testkit;

import io.earthembed.testkit.process.ChildJvm;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PictureBombsTest {
  /** 64 MB of heap, in a process of 650 MB of addresses, of which an idle JVM takes 450. */
  @Test
  void smallFilesDoNotAskForMuchMemoryOrTime() {
    ChildJvm.withMemory(64, 16, 650)
        .withPatience(Duration.ofSeconds(60))
        .run(PictureBombs.class)
        .requireSuccess();
  }
}
