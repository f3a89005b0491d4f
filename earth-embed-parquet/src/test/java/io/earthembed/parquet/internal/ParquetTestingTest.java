package io.earthembed.parquet.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Parquet's own test files, good and bad: {@code -Dearthembed.parquet-testing=FOLDER} names a
 * working copy of github.com/apache/parquet-testing. Every column that is no list is read, and
 * gives values or an exception of ours.
 */
@EnabledIfSystemProperty(named = "earthembed.parquet-testing", matches = ".+")
class ParquetTestingTest {
  private static final Path ROOT =
      Path.of(System.getProperty("earthembed.parquet-testing", "absent"));

  private static double[] numbers(String file, String column) {
    FileRanges source = new FileRanges(ROOT.resolve(file), new Counters());
    Footer footer = Footer.read(source, 1 << 16);
    Chunk chunk = Objects.requireNonNull(footer.rowGroups().get(0).chunks().get(column));
    return ValueReader.of(file, chunk, source.read(footer.version(), chunk.offset(), chunk.size()))
        .numbers();
  }

  private static List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
      return files.filter(f -> f.toString().endsWith(".parquet")).sorted().toList();
    }
  }

  /** Returns the numbers of columns that were read, and of those that were refused. */
  private static int[] read(Path file) {
    int[] counts = new int[2];
    try {
      FileRanges source = new FileRanges(file, new Counters());
      Footer footer = Footer.read(source, 1 << 16);
      for (Group group : footer.rowGroups()) {
        for (Chunk chunk : group.chunks().values()) {
          try {
            ByteBuffer bytes = source.read(footer.version(), chunk.offset(), chunk.size());
            ValueReader values = ValueReader.of(file.toString(), chunk, bytes);
            switch (chunk.column().type()) {
              case BYTE_ARRAY -> values.texts();
              default -> values.numbers();
            }
            counts[0]++;
          } catch (EarthEmbedException e) {
            System.out.println(e);
            counts[1]++;
          }
        }
      }
    } catch (EarthEmbedException e) {
      System.out.println(e);
      counts[1]++;
    }
    return counts;
  }

  @Test
  void readsOrRefusesEach() throws Exception {
    int values = 0;
    for (Path file : files("data")) values += read(file)[0];
    assertTrue(values > 100, values + " columns gave values");
    for (Path file : files("bad_data")) {
      int[] counts = read(file);
      System.out.println(file + ": " + counts[0] + " read, " + counts[1] + " refused");
    }
  }

  @Test
  void readsLz4OfEveryFraming() {
    double[] expected = {1593604800, 1593604800, 1593604801, 1593604801};
    for (String name : List.of("hadoop_lz4", "non_hadoop_lz4", "lz4_raw")) {
      assertArrayEquals(expected, numbers("data/" + name + "_compressed.parquet", "c0"), name);
    }
  }
}
