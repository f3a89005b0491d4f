package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.testkit.process.ChildJvm;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Files of ten kilobytes whose model has more dimensions than they have values, read in a JVM that
 * has 64 MiB for them.
 */
class HugeDimensionTest {
  private static final List<String> FORMS =
      List.of(
          "float-none-v1",
          "float-none-v2",
          "float-zstd-v2",
          "float-snappy-v1",
          "float-dictionary",
          "float-split",
          "half-dictionary-v2",
          "double",
          "fixed-floats",
          "fixed-halves",
          "groups");

  /** Reads each form in each dimension; whoever takes memory for it ends here. */
  static final class Reader {
    public static void main(String[] args) {
      List<String> wrong = new ArrayList<>();
      for (String form : FORMS) {
        for (int dimension : new int[] {21, 41, 1200, 400_000_000, Vectors.MAX_DIMENSION}) {
          GeoParquetDataset dataset =
              GeoParquetDataset.open(
                  Path.of(args[0], form + ".parquet"), new ModelInfo("golden", "1", dimension));
          refuses(form + " " + dimension, dataset::vectors, wrong);
          refuses(form + " " + dimension, () -> dataset.forEachBatch(batch -> {}), wrong);
        }
      }
      System.out.println(wrong);
    }

    private static void refuses(String name, Runnable reading, List<String> wrong) {
      try {
        reading.run();
        wrong.add(name + " was read");
      } catch (EarthEmbedException e) {
        if (e.getCause() instanceof Error) wrong.add(name + ": " + e);
      } catch (RuntimeException | Error e) {
        wrong.add(name + ": " + e);
      }
    }
  }

  @Test
  void isRefusedWithoutMemory() {
    Path forms = Path.of("src/test/resources/io/earthembed/parquet/embeddings").toAbsolutePath();
    assertEquals(
        "[]",
        ChildJvm.withMemory(64, 64, 800)
            .run(Reader.class, forms.toString())
            .requireSuccess()
            .output()
            .strip());
  }
}
