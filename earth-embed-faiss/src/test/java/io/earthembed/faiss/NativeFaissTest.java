package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFaissTest {
  @TempDir Path folder;

  /** Prints the requested variant, the library's compile options, and a search's result. */
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

  /** Asks for an index twice, then whether there is FAISS. */
  static final class Twice {
    public static void main(String[] args) {
      for (int i = 0; i < 2; i++) {
        try {
          FaissIndex.flat(2, Metric.L2).close();
          System.out.println("it is there");
        } catch (EarthEmbedException e) {
          System.out.println(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
      }
      System.out.println(FaissIndex.isAvailable());
    }
  }

  /**
   * Without the native library on the class path, the second failure repeats the first one's
   * message.
   */
  @Test
  void saysWhyItCannotBeLoadedEachTime() throws Exception {
    List<String> said = askTwiceWithClassesAlone(entry -> true);
    assertTrue(said.get(0).startsWith("FAISS has no native library for "), said.toString());
    assertTrue(
        said.get(0)
            .contains("libjniFaiss.so is missing. Add earth-embed-faiss with the classifier"),
        said.toString());
    assertEquals(List.of(said.get(0), "false"), said.subList(1, 3));
  }

  /** OpenBLAS and JavaCPP have native libraries in jars of their own. */
  @Test
  void namesTheJarOfALibraryThatItNeeds() throws Exception {
    writeBrokenLibraries();
    for (String needed : List.of("openblas", "javacpp")) {
      List<String> said =
          askTwiceWithClassesAlone(
              entry -> !entry.matches(".*/" + needed + "-[^/]*-linux-x86_64\\.jar"));
      assertTrue(
          said.get(0).contains("needs " + needed + " for linux-x86_64: org/bytedeco/" + needed),
          said.toString());
      assertTrue(
          said.get(0)
              .contains("Add org.bytedeco:" + needed + " with the classifier linux-x86_64, or use"),
          said.toString());
      assertEquals(List.of(said.get(0), "false"), said.subList(1, 3));
    }
  }

  @Test
  void namesALibraryThatDoesNotLoad() throws Exception {
    writeBrokenLibraries();
    List<String> said = askTwiceWithClassesAlone(entry -> true);
    assertTrue(said.get(0).startsWith("FAISS's native library io/earthembed/"), said.toString());
    // The linker's own words.
    assertTrue(said.get(0).contains("file too short. Install what it names, or"), said.toString());
    assertEquals(List.of(said.get(0), "false"), said.subList(1, 3));
  }

  private void writeBrokenLibraries() throws Exception {
    for (String variant : List.of("linux-x86_64", "linux-x86_64-avx2")) {
      Path library = folder.resolve("io/earthembed/faiss/internal/" + variant + "/libjniFaiss.so");
      Files.createDirectories(library.resolveSibling("."));
      Files.writeString(library, "not a library");
    }
  }

  /**
   * Runs {@link Twice} with the module's classes in a folder, without its native library, and with
   * the entries of the class path that are kept.
   */
  private List<String> askTwiceWithClassesAlone(Predicate<String> kept) throws Exception {
    Path classes = Files.createDirectories(folder.resolve("io/earthembed/faiss"));
    Path all = Path.of("target/classes/io/earthembed/faiss");
    try (Stream<Path> files = Files.walk(all)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        Path copy = classes.resolve(all.relativize(file).toString());
        Files.createDirectories(copy.resolveSibling("."));
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    String path =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(kept)
            .map(
                entry ->
                    entry.endsWith("target/classes")
                            && Files.isDirectory(Path.of(entry, "io/earthembed/faiss"))
                        ? folder.toString()
                        : entry)
            .collect(Collectors.joining(File.pathSeparator));
    Process child =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java", "-cp", path, Twice.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> said =
        new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertEquals(3, said.size(), said.toString());
    return said;
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
    assertTrue(child.waitFor(300, TimeUnit.SECONDS), "the child ends");
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
        assertThrows(
            RuntimeException.class, () -> Faiss.open_index("no-such-file.index", false, 0));
    assertTrue(String.valueOf(e.getMessage()).contains("no-such-file.index"), e.toString());
  }
}
