package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.testkit.process.ChildJvm;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No description that FAISS understands ends the process or hangs: those of FAISS's own tests, and
 * more of every kind, go through all that an index does. {@code -Dearthembed.long=true} takes more
 * vectors, so that kinds with many cells are trained too.
 */
class FaissKindListTest {
  private static final boolean LONG = Boolean.getBoolean("earthembed.long");

  /** Kinds whose training takes seconds; lighter ones of each are in the list. */
  private static final String HEAVY =
      ".*(LSQ(5|12)x|LSQ4x3x5|PRQ4x3x5|RQ8x8|RQ6x8|RQ12x5|RQ5x6|RQ2x16).*";

  @TempDir Path folder;

  @Test
  void everyKindDoesItsWorkOrIsRefused() {
    ChildJvm child =
        ChildJvm.withMemory(512, 512, 0)
            .withPatience(Duration.ofMinutes(LONG ? 60 : 8))
            .withOptions("-Dearthembed.long=" + LONG);
    String said = child.run(Every.class, folder.toString()).requireSuccess().output();
    List<String> lines = said.lines().filter(line -> line.contains(": ")).toList();
    long whole = lines.stream().filter(line -> line.endsWith(": whole")).count();
    assertTrue(lines.size() > 500, said);
    assertTrue(whole > (LONG ? 300 : 250), said);
    assertTrue(said.contains("IVF8,RQ2x4 INNER_PRODUCT: whole"), said);
    assertTrue(said.contains("IVF8,RQ4x4fsr INNER_PRODUCT: whole"), said);
    assertTrue(said.contains("NSG32,Flat L2: refused"), said);
  }

  /** Says of each kind what became of it. */
  static final class Every {
    public static void main(String[] args) throws IOException {
      String all;
      try (InputStream in = Every.class.getResourceAsStream("kinds.txt")) {
        all = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      }
      FaissIndex.setThreads(2);
      for (String kind : all.lines().filter(line -> !line.startsWith("#")).toList()) {
        if (!LONG && kind.matches(HEAVY)) continue;
        for (Metric metric : List.of(Metric.L2, Metric.INNER_PRODUCT)) {
          System.out.print(kind + " " + metric);
          System.out.flush();
          String became;
          try {
            became = work(kind, metric, Path.of(args[0], "one.index"));
          } catch (EarthEmbedException e) {
            became = e.getMessage();
          }
          System.out.println(": " + became);
        }
      }
    }

    /** Returns a dimension that the parts of a product code divide. */
    private static int dimension(String kind) {
      if (kind.contains("PQ25") || kind.contains("PQ15")) return 75;
      if (kind.contains("PQ28")) return 56;
      if (kind.contains("PQ11")) return 55;
      return kind.matches(".*(PQ24|PQ6|PLSQ\\dx3|Lattice).*") ? 48 : 80;
    }

    static String work(String kind, Metric metric, Path file) {
      int n = LONG ? 500 : 110;
      int d = dimension(kind);
      Vectors sample = random(LONG ? 1_200 : 270, d, 1);
      Vectors vectors = random(n, d, 2);
      FaissIndex index;
      try {
        index = FaissIndex.create(d, metric, FaissSpec.factory(kind));
      } catch (IllegalArgumentException e) {
        return "refused, " + e.getMessage();
      }
      String became = "whole";
      try (index) {
        if (!index.isTrained()) index.train(sample);
        index.add(vectors);
        OrdinalSet third = OrdinalSet.where(n, i -> i % 3 == 0);
        Neighbors before = searches(index, index::search, vectors, n, third);
        try {
          index.reconstruct(n - 1, new float[d]);
        } catch (EarthEmbedException e) {
          became = "but " + e.getMessage();
        }
        index.save(file);
        try (FaissIndex loaded = FaissIndex.load(file);
            MappedFaissIndex mapped = FaissIndex.open(file)) {
          Neighbors after = searches(loaded, loaded::search, vectors, n, third);
          if (!Arrays.equals(before.ordinals(), after.ordinals())) return "other after a save";
          after = searches(mapped, mapped::search, vectors, n, third);
          if (!Arrays.equals(before.ordinals(), after.ordinals())) return "other when mapped";
        }
        try (FaissIndex other = FaissIndex.load(file)) {
          index.mergeFrom(other);
        } catch (IllegalArgumentException e) {
          // of a kind that does not merge
        }
        try {
          index.remove(third);
        } catch (UnsupportedOperationException e) {
          // of a kind that removes nothing
        }
        index.search(vectors, 5, OrdinalSet.all());
      }
      return became;
    }

    private static Neighbors searches(
        EmbeddingIndex index, EffortSearch search, Vectors vectors, int n, OrdinalSet third) {
      Vectors queries = Vectors.of(vectors.row(0), vectors.row(n / 2));
      for (int k : new int[] {1, 7, n + 10}) {
        for (Neighbors found : index.search(queries, k, OrdinalSet.all())) {
          require(found.size() == Math.min(k, n), "found " + found.size() + " for " + k);
        }
        for (Neighbors found : search.search(queries, k, third, SearchEffort.nprobe(2))) {
          require(found.size() == Math.min(k, (n + 2) / 3), "filtered " + found.size());
          for (long id : found.ordinals()) require(id % 3 == 0, id + " does not pass");
        }
      }
      float[] query = vectors.row(0);
      float least = Float.NEGATIVE_INFINITY;
      require(index.searchAbove(query, least, OrdinalSet.all()).size() == n, "a field of all");
      require(index.searchAbove(query, least, third).size() == (n + 2) / 3, "a field of some");
      return index.search(query, 20);
    }

    private static void require(boolean holds, String what) {
      if (!holds) throw new IllegalStateException(what);
    }

    private static Vectors random(int rows, int d, int seed) {
      Random random = new Random(seed);
      Vectors vectors = Vectors.allocate(rows, d);
      float[] row = new float[d];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < d; j++) row[j] = (float) random.nextGaussian();
        vectors.set(i, row);
      }
      return vectors;
    }
  }

  /** Divisions by zero, tables of powers, endless names. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "PQ0",
        "OPQ0,Flat",
        "RQ0x4",
        "PQ4x0",
        "IVF0,Flat",
        "HNSW0",
        "HNSW1",
        "IVF4_HNSW1,Flat",
        "HNSW100000",
        "PQ8x4fs_0",
        "PQ8x40",
        "PQ8x63",
        "RQ1x31",
        "IMI2x16,Flat",
        "Pad9999999,Flat",
        "RR999999,Flat",
        "IVF2147483647,Flat",
        "IVF999M,Flat",
        "PRQ0x2x4",
        "LSH0",
        "PCA0,Flat",
        "NSG16,Flat",
        "IVF4_NSG8,Flat",
        "IVF4,FlatDedup",
        "IDMap,Flat",
        "HNSW8,PQ4x4",
        "PQ99999999999",
        "IVF4(IVF4(IVF4(IVF4(IVF4(Flat),Flat),Flat),Flat),Flat),Flat",
        "Fl\u0000at",
        "Flät",
        "",
      })
  void refusesWhatWouldEndTheProcess(String description) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> FaissIndex.create(32, Metric.INNER_PRODUCT, FaissSpec.factory(description)));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("description '" + description + "': "), message);
    assertTrue(!message.contains(".cpp") && !message.contains("/"), message);
  }

  @Test
  void refusesLongAndDeepOnesEvenWithLittleStack() throws Exception {
    String[] failures = new String[3];
    String longest = "PCA8," + "L2norm,".repeat(27) + "IVF1";
    Thread small =
        new Thread(
            null,
            () -> {
              failures[0] = message("(".repeat(5_000) + ")".repeat(5_000));
              failures[1] = message("IVF4" + "(".repeat(90) + "Flat" + ")".repeat(90) + ",Flat");
              failures[2] = message(longest);
            },
            "small",
            256 << 10);
    FaissIndex.variant();
    small.start();
    small.join();
    assertEquals("description has 10000 characters, at most 200", failures[0]);
    assertTrue(failures[1].endsWith("too many levels of parentheses"), failures[1]);
    assertTrue(failures[2].contains("could not parse"), failures[2]);
  }

  private static String message(String description) {
    try {
      FaissIndex.create(32, Metric.L2, FaissSpec.factory(description)).close();
      return "made";
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * FAISS throws in a parallel region, because cells that are found by cells cannot be
   * reconstructed.
   */
  @Test
  void anExceptionInAParallelRegionIsAnExceptionHere() {
    try (FaissIndex index =
        FaissIndex.create(80, Metric.L2, FaissSpec.factory("IVF4(IVF2,Flat),RQ2x4"))) {
      for (int i = 0; i < 50; i++) {
        EarthEmbedException e =
            assertThrows(EarthEmbedException.class, () -> index.train(Every.random(300, 80, 1)));
        assertEquals("FAISS failed in training: direct map not initialized", e.getMessage());
      }
    }
    // And the next work is done as ever.
    assertEquals("whole", Every.work("IVF4,Flat", Metric.L2, folder.resolve("after.index")));
  }

  @Test
  void aFileThatFaissWroteOfAKindThatIsNotOfferedIsRefusedByName() throws Exception {
    Path file = folder.resolve("cut.index");
    try (FaissIndex index = FaissIndex.flat(4, Metric.L2)) {
      index.add(Every.random(10, 4, 1));
      index.save(file);
    }
    byte[] bytes = Files.readAllBytes(file);
    // The dimension is 0; ten times as many vectors as there are; 2^38 floats.
    for (int[] patch : new int[][] {{4, 0}, {8, 100}, {37 + 4, 64}}) {
      byte[] bad = bytes.clone();
      bad[patch[0]] = (byte) patch[1];
      Files.write(file, bad);
      EarthEmbedException e =
          assertThrows(EarthEmbedException.class, () -> FaissIndex.loadPlain(file).close());
      assertTrue(e.getMessage().startsWith(file + ": FAISS cannot read it: "), e.getMessage());
    }
  }
}
