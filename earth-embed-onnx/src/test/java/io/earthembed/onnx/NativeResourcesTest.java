package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.base.thread.Lifetime;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NativeResourcesTest {
  @Test
  void closesEachResourceOnceEvenIfOneFails() {
    AtomicInteger closed = new AtomicInteger();
    Lifetime lifetime =
        Lifetime.cleaned(
            "thing",
            new NativeResources(
                "thing",
                List.of(
                    () -> {
                      throw new IllegalStateException("does not close");
                    },
                    closed::incrementAndGet)));
    lifetime.close();
    lifetime.close();
    assertEquals(1, closed.get());
  }
}
