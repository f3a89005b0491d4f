package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.faiss.internal.Faiss;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NativeFaissTest {
  /** Prints the variant asked for, what the library says of itself, and a search's result. */
  static final class Child {
    public static void main(String[] args) {
      try (FaissIndex index = FaissIndex.flat(2, Metric.INNER_PRODUCT)) {
        index.add(Vectors.of(new float[] {1, 0}, new float[] {0, 1}));
        System.out.println(
            FaissIndex.variant()
                + "|"
                + Faiss.compile_options().getString().contains("AVX2")
                + "|"
                + index.search(new float[] {0, 2}, 1).ordinal(0));
      }
    }
  }

  private static String runChild(String variant) throws Exception {
    Process child =
        new ProcessBuilder(
                List.of(
                    System.getProperty("java.home") + "/bin/java",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-D" + NativeFaiss.VARIANT_PROPERTY + "=" + variant,
                    Child.class.getName()))
            .redirectErrorStream(true)
            .start();
    String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(child.waitFor(60, TimeUnit.SECONDS), "the child ends");
    // Newer virtual machines warn of native access first.
    return out.strip().substring(out.strip().lastIndexOf('\n') + 1);
  }

  @Test
  void fallsBackToTheGenericBuild() throws Exception {
    assertEquals("generic|false|1", runChild("generic"));
  }

  @Test
  void runsTheAvx2BuildWhereTheProcessorHasIt() throws Exception {
    if (FaissIndex.variant().equals("avx2")) assertEquals("avx2|true|1", runChild("avx2"));
  }

  @Test
  void makesExceptionsOfCppOnes() {
    FaissIndex.variant();
    RuntimeException e =
        assertThrows(RuntimeException.class, () -> Faiss.read_index("no-such-file.index"));
    assertTrue(String.valueOf(e.getMessage()).contains("no-such-file.index"), e.toString());
  }
}
