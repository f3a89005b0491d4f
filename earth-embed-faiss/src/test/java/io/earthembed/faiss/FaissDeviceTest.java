package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Choices of a GPU where none can be used. {@code ./run gpu} is for machines that have one. */
class FaissDeviceTest {
  @TempDir Path folder;

  /** Prints the variant in use, what it says of a GPU, and a search's result. */
  static final class Child {
    public static void main(String[] args) {
      try (FaissIndex index = FaissIndex.flat(2, Metric.INNER_PRODUCT)) {
        index.add(Vectors.of(new float[] {1, 0}, new float[] {0, 1}));
        System.out.println(FaissIndex.variant());
        try {
          index.setDevice(Device.cuda(0));
          System.out.println("copied");
        } catch (EarthEmbedException e) {
          System.out.println(e.getMessage());
        }
        System.out.println(index.search(new float[] {0, 2}, 1).ordinal(0));
      }
    }
  }

  @BeforeEach
  void requireNoGpu() {
    assumeTrue(NativeFaiss.missingForGpus() != null, "FAISS's build for GPUs is in use");
  }

  private Path saved() {
    Path file = folder.resolve("flat.index");
    try (FaissIndex index = FaissIndex.flat(2, Metric.L2)) {
      index.add(Vectors.of(new float[] {1, 0}, new float[] {0, 1}));
      index.save(file);
    }
    return file;
  }

  @Test
  void namesWhatIsMissing() {
    Path file = saved();
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> FaissIndex.open(file, Device.cuda(3)));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("cuda:3 cannot search: FAISS runs on the CPU only"), message);
    assertTrue(message.contains("classifier linux-x86_64-cuda"), message);
  }

  @Test
  void goesOnWithTheProcessors() {
    Path file = saved();
    for (Device device : List.of(Device.auto(), Device.cpu())) {
      try (MappedFaissIndex index = FaissIndex.open(file, device)) {
        assertEquals(1, index.search(new float[] {0, 2}, 1).ordinal(0));
        assertThrows(
            EarthEmbedException.class,
            () -> index.setDevices(Placement.SHARDS, Device.cuda(0), Device.cuda(1)));
        assertEquals(1, index.search(new float[] {0, 2}, 1).ordinal(0));
      }
    }
    try (FaissIndex index = FaissIndex.load(file)) {
      assertThrows(EarthEmbedException.class, () -> index.setDevice(Device.cuda(0)));
      index.setDevice(Device.auto());
      // No copy is in the way of changes.
      index.add(Vectors.of(new float[] {5, 5}));
      assertEquals(2, index.search(new float[] {4, 4}, 1).ordinal(0));
    }
  }

  @Test
  void refusesDevicesThatAreNoGpus() {
    try (MappedFaissIndex index = FaissIndex.open(saved())) {
      assertRefused(index, "empty");
      assertRefused(index, "cpu, which is no GPU", Device.cuda(0), Device.cpu());
      assertRefused(index, "twice", Device.cuda(1), Device.cuda(1));
    }
  }

  private static void assertRefused(MappedFaissIndex index, String why, Device... devices) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> index.setDevices(Placement.REPLICAS, devices));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e.toString());
  }

  /** The build for GPUs is there, and a library that it needs is not. */
  @Test
  void goesOnWithoutCudasLibraries() throws Exception {
    assumeTrue(FaissIndex.variant().equals("avx2"), "the build for GPUs needs AVX2");
    Path build = folder.resolve("io/earthembed/faiss/internal/linux-x86_64-cuda");
    Files.createDirectories(build);
    Files.writeString(build.resolve("libjniFaiss.so"), "never loaded");
    Files.writeString(build.resolve("needed.txt"), "libabsent-cudart.so.13\n");
    List<String> said = runChild();
    assertEquals("avx2", said.get(0), said.toString());
    assertTrue(said.get(1).startsWith("cuda:0 cannot search: FAISS runs on"), said.toString());
    // The linker's own words.
    assertTrue(
        said.get(1).contains("libabsent-cudart.so.13: cannot open shared object file"),
        said.toString());
    assertTrue(said.get(1).contains(CudaLibraries.FOLDERS_PROPERTY), said.toString());
    assertEquals("1", said.get(2), said.toString());
  }

  /** Runs {@link Child} with the folder on the class path; returns the lines that it prints. */
  private List<String> runChild() throws Exception {
    Process child =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                folder + File.pathSeparator + System.getProperty("java.class.path"),
                Child.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> said =
        new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.contains("WARN"))
            .toList();
    assertTrue(child.waitFor(300, TimeUnit.SECONDS), "the child ends");
    assertEquals(3, said.size(), said.toString());
    return said;
  }
}
