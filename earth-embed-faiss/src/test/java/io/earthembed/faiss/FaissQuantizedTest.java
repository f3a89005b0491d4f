package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.QuantizedVectors;
import io.earthembed.vector.QuantizedVectors.Format;
import io.earthembed.vector.QuantizedVectors.Scaling;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Indexes that keep published integers and bits as they are. */
class FaissQuantizedTest {
  private static final int CASES = Integer.getInteger("earthembed.quantized", 300);

  @TempDir Path folder;

  private static ByteBuffer bytes(int count, Random random) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return ByteBuffer.allocateDirect(count).put(bytes).flip();
  }

  private static double[] numbers(int count, double around, Random random) {
    return random.doubles(count, around - 0.02, around + 0.02).toArray();
  }

  /** Returns rows of a random format and scaling. */
  private static QuantizedVectors random(int rows, int dimension, Random random) {
    Format format = Format.values()[random.nextInt(4)];
    ByteBuffer codes = bytes(rows * format.bytes(dimension), random);
    if (format.isBits()) return QuantizedVectors.bits(format, codes, dimension);
    int kind = random.nextInt(format == Format.INT8 ? 5 : 4);
    double offset = random.nextInt(3) == 0 ? 0 : -1;
    Scaling scaling =
        switch (kind) {
          case 0 -> Scaling.NONE;
          case 1 -> Scaling.linear(0.01, offset);
          case 2 -> Scaling.perRow(numbers(rows, 0.05, random), numbers(rows, offset, random));
          case 3 ->
              Scaling.perComponent(
                  numbers(dimension, 0.05, random), numbers(dimension, offset, random));
          default -> Scaling.signedSquare(127.5, 1_000);
        };
    return QuantizedVectors.bytes(format, codes, dimension, scaling);
  }

  private static Vectors queries(int rows, int dimension, Random random) {
    Vectors vectors = Vectors.allocate(rows, dimension);
    float[] row = new float[dimension];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < dimension; j++) row[j] = (float) random.nextGaussian();
      vectors.set(i, row);
    }
    return vectors;
  }

  private static FaissSpec kindFor(QuantizedVectors vectors) {
    return vectors.format().isBits() ? FaissSpec.binary() : FaissSpec.int8();
  }

  /**
   * Fails unless both have the scores, to rounding, and the same ordinals if scores differ; at
   * scale 0, unless they are equal to the bit.
   */
  private static void assertAlike(Neighbors expected, Neighbors actual, double scale, String what) {
    assertEquals(expected.size(), actual.size(), what);
    if (scale == 0) {
      assertArrayEquals(expected.ordinals(), actual.ordinals(), what);
      assertArrayEquals(expected.scores(), actual.scores(), what);
      return;
    }
    double tolerance = 2e-5 * scale;
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.score(i), actual.score(i), tolerance, what + ", hit " + i);
      boolean tied =
          i > 0 && expected.score(i - 1) - expected.score(i) <= 2 * tolerance
              || i + 1 < expected.size()
                  && expected.score(i) - expected.score(i + 1) <= 2 * tolerance
              || i + 1 == expected.size();
      if (!tied) assertEquals(expected.ordinal(i), actual.ordinal(i), what + ", hit " + i);
    }
  }

  /** Returns the size of the parts that scores are summed from. */
  private static double scaleOf(Vectors rows, Vectors queries, Metric metric) {
    double longest = 0;
    for (long i = 0; i < rows.rows(); i++) longest = Math.max(longest, length(rows.row(i)));
    double query = 0;
    for (long i = 0; i < queries.rows(); i++) query = Math.max(query, length(queries.row(i)));
    return switch (metric) {
      case COSINE -> 1;
      case INNER_PRODUCT -> longest * query;
      case L2 -> (longest + query) * (longest + query);
    };
  }

  private static double length(float[] row) {
    double squares = 0;
    for (float value : row) squares += (double) value * value;
    return Math.sqrt(squares);
  }

  @Test
  void scoresAreThoseOfTheDecodedVectors() {
    for (int number = 0; number < CASES; number++) {
      Random random = new Random(number);
      int dimension = 1 + random.nextInt(70);
      int rows = 1 + random.nextInt(200);
      QuantizedVectors published = random(rows, dimension, random);
      Vectors decoded = published.toVectors();
      Metric metric = Metric.values()[random.nextInt(3)];
      Vectors queries = queries(1 + random.nextInt(8), dimension, random);
      String what =
          "case " + number + ": " + published + ", " + published.scaling() + ", " + metric;
      try (FaissIndex index = FaissIndex.create(dimension, metric, kindFor(published));
          FaissIndex flat = FaissIndex.flat(dimension, metric)) {
        index.add(published);
        flat.add(decoded);
        assertEquals(rows, index.size(), what);
        boolean same = published.format().isBits() && metric != Metric.COSINE;
        double scale = same ? 0 : scaleOf(decoded, queries, metric);
        int part = random.nextInt(rows);
        OrdinalSet filter =
            random.nextBoolean()
                ? OrdinalSet.all()
                : OrdinalSet.where(rows, i -> i % 3 != part % 3);
        int k = 1 + random.nextInt(rows + 3);
        List<Neighbors> expected = flat.search(queries, k, filter);
        List<Neighbors> actual = index.search(queries, k, filter);
        for (int q = 0; q < expected.size(); q++) {
          assertAlike(expected.get(q), actual.get(q), scale, what + ", query " + q);
          Neighbors alone = index.search(queries.row(q), k, filter);
          assertArrayEquals(actual.get(q).ordinals(), alone.ordinals(), what);
          assertArrayEquals(actual.get(q).scores(), alone.scores(), what);
        }
        float[] query = queries.row(0);
        assertAlike(
            flat.searchAbove(query, Float.NEGATIVE_INFINITY, filter),
            index.searchAbove(query, Float.NEGATIVE_INFINITY, filter),
            scale,
            what);
        float[] row = new float[dimension];
        float[] wanted = new float[dimension];
        index.reconstruct(part, row);
        flat.reconstruct(part, wanted);
        assertArrayEquals(wanted, row, (float) (2e-6 * Math.max(1, length(wanted))), what);
      }
    }
  }

  @Test
  void countsDifferingBitsOfBinaryQueries() {
    for (int number = 0; number < CASES; number++) {
      Random random = new Random(number);
      int dimension = 1 + random.nextInt(200);
      int rows = 1 + random.nextInt(300);
      Format format = random.nextBoolean() ? Format.BITS_LOWEST_FIRST : Format.BITS_HIGHEST_FIRST;
      QuantizedVectors published =
          QuantizedVectors.bits(format, bytes(rows * format.bytes(dimension), random), dimension);
      Vectors decoded = published.toVectors();
      Vectors queries = queries(4, dimension, random);
      Vectors signs = FaissBinaryContractTest.signs(queries);
      Metric metric = Metric.values()[random.nextInt(3)];
      String what = "case " + number + ": " + published + ", " + metric;
      try (FaissIndex index =
          FaissIndex.create(dimension, metric, FaissSpec.binary().withBinaryQueries())) {
        index.add(published);
        OrdinalSet filter = OrdinalSet.where(rows, i -> i % 5 != 1);
        int k = 1 + random.nextInt(rows);
        List<Neighbors> found = index.search(queries, k, filter);
        for (int q = 0; q < 4; q++) {
          float[] sign = signs.row(q);
          long[] order =
              LongStream.range(0, rows)
                  .filter(i -> i % 5 != 1)
                  .boxed()
                  .sorted(
                      Comparator.<Long>comparingInt(i -> differing(sign, decoded.row(i)))
                          .thenComparing(i -> i))
                  .mapToLong(i -> i)
                  .limit(k)
                  .toArray();
          assertArrayEquals(order, found.get(q).ordinals(), what);
          for (int i = 0; i < order.length; i++) {
            int h = differing(sign, decoded.row(order[i]));
            float score =
                switch (metric) {
                  case INNER_PRODUCT -> dimension - 2 * h;
                  case L2 -> -4 * h;
                  case COSINE -> (float) ((dimension - 2 * h) * (1.0 / dimension));
                };
            assertEquals(score, found.get(q).score(i), what);
          }
        }
      }
    }
  }

  private static int differing(float[] a, float[] b) {
    int count = 0;
    for (int j = 0; j < a.length; j++) if (a[j] != b[j]) count++;
    return count;
  }

  @Test
  void comesBackFromAFileAndAMapAndMerges() throws IOException {
    for (int number = 0; number < 40; number++) {
      Random random = new Random(number);
      int dimension = 1 + random.nextInt(40);
      QuantizedVectors published = random(50, dimension, random);
      Metric metric = Metric.values()[number % 3];
      FaissSpec spec = kindFor(published);
      Path file = folder.resolve("index-" + number);
      Vectors queries = queries(3, dimension, random);
      List<Neighbors> expected;
      try (FaissIndex index = FaissIndex.create(dimension, metric, spec)) {
        index.add(published);
        index.save(file);
        expected = index.search(queries, 60, OrdinalSet.all());
      }
      int row = published.format().isBits() ? (dimension + 7) / 8 : dimension + 8;
      long most = 50L * row + 8L * dimension + 1_024;
      assertTrue(Files.size(file) < most, "a row takes " + row + " bytes");
      try (MappedFaissIndex mapped = FaissIndex.open(file, spec);
          FaissIndex read = FaissIndex.load(file);
          FaissIndex again = FaissIndex.load(file)) {
        for (int q = 0; q < 3; q++) {
          assertArrayEquals(expected.get(q).scores(), mapped.search(queries.row(q), 60).scores());
          assertArrayEquals(expected.get(q).scores(), read.search(queries.row(q), 60).scores());
        }
        read.mergeFrom(again);
        assertEquals(100, read.size());
        assertEquals(0, again.size());
        float[] first = new float[dimension];
        float[] second = new float[dimension];
        read.reconstruct(7, first);
        read.reconstruct(57, second);
        assertArrayEquals(first, second);
      }
      assertThrows(IllegalArgumentException.class, () -> FaissIndex.open(file, FaissSpec.flat()));
      FaissSpec hamming = FaissSpec.binary().withBinaryQueries();
      assertThrows(IllegalArgumentException.class, () -> FaissIndex.open(file, hamming));
    }
  }

  @Test
  void convertsBetweenFormatsThroughFloats() {
    QuantizedVectors signs =
        QuantizedVectors.bits(Format.BITS_HIGHEST_FIRST, direct(0b1010_0000, 0b0110_0000), 3);
    QuantizedVectors small =
        QuantizedVectors.bytes(Format.INT8, direct(5, -3, 0, -7, 1, 9), 3, Scaling.NONE);
    float[] row = new float[3];
    try (FaissIndex index = FaissIndex.create(3, Metric.INNER_PRODUCT, FaissSpec.int8())) {
      index.add(signs);
      index.reconstruct(0, row);
      assertArrayEquals(new float[] {1, -1, 1}, row, 1e-6f);
    }
    try (FaissIndex index = FaissIndex.create(3, Metric.INNER_PRODUCT, FaissSpec.binary())) {
      index.add(small);
      index.reconstruct(0, row);
      assertArrayEquals(new float[] {1, -1, -1}, row);
      index.add(signs);
      index.reconstruct(3, row);
      assertArrayEquals(new float[] {-1, 1, 1}, row);
    }
    try (FaissIndex index = FaissIndex.flat(3, Metric.INNER_PRODUCT)) {
      index.add(small);
      index.reconstruct(1, row);
      assertArrayEquals(new float[] {-7, 1, 9}, row);
    }
  }

  private static ByteBuffer direct(int... values) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(values.length);
    for (int value : values) buffer.put((byte) value);
    return buffer.flip();
  }

  @Test
  void zeroRowsHaveTheCosineZero() {
    // A scale and an offset that cancel at 200, and only there.
    Scaling scaling = Scaling.linear(0.013, -200 * 0.013);
    QuantizedVectors rows =
        QuantizedVectors.bytes(Format.UINT8, direct(200, 200, 200, 201), 2, scaling);
    try (FaissIndex index = FaissIndex.create(2, Metric.COSINE, FaissSpec.int8())) {
      index.add(rows);
      index.add(Vectors.allocate(1, 2));
      Neighbors found = index.search(new float[] {0, 3}, 3);
      assertArrayEquals(new long[] {1, 0, 2}, found.ordinals());
      assertArrayEquals(new float[] {1, 0, 0}, found.scores(), 1e-5f);
    }
  }

  @Test
  void refusesRowsByNumberAndAddsNone() {
    try (FaissIndex index = FaissIndex.create(2, Metric.L2, FaissSpec.int8())) {
      assertRefused(
          index,
          QuantizedVectors.bytes(
              Format.INT8, direct(1, 2, 3, -128), 2, Scaling.signedSquare(127.5, -128)),
          "row 1 has a value that stands for missing data");
      assertRefused(
          index,
          QuantizedVectors.bytes(
              Format.INT8,
              direct(1, 2, 3, 4),
              2,
              Scaling.perRow(new double[] {1, Double.NaN}, new double[2])),
          "row 1 is not finite");
      assertRefused(
          index,
          QuantizedVectors.bytes(Format.INT8, direct(1, 2), 2, Scaling.linear(1e18, 0)),
          "row 0 is not finite, or longer than 1e18");
      assertRefused(
          index,
          QuantizedVectors.bytes(Format.INT8, direct(1, 2, 3), 3, Scaling.NONE),
          "dimension");
      assertEquals(0, index.size());
      Scaling own = Scaling.perComponent(new double[] {1, 2}, new double[] {0, 1});
      index.add(QuantizedVectors.bytes(Format.INT8, direct(1, 2), 2, own));
      assertRefused(
          index,
          QuantizedVectors.bytes(Format.INT8, direct(1, 2), 2, Scaling.NONE),
          "other scales for their components");
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> index.add(Vectors.allocate(1, 2)));
      assertTrue(String.valueOf(e.getMessage()).contains("floats cannot be added"), e.getMessage());
      assertEquals(1, index.size());
      index.add(QuantizedVectors.bytes(Format.INT8, direct(3, 4), 2, own));
      float[] row = new float[2];
      index.reconstruct(1, row);
      assertArrayEquals(new float[] {3, 9}, row);
    }
  }

  private static void assertRefused(FaissIndex index, QuantizedVectors vectors, String why) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> index.add(vectors));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e.getMessage());
  }

  @Test
  void removesNothing() {
    try (FaissIndex index = FaissIndex.create(2, Metric.L2, FaissSpec.int8())) {
      index.add(Vectors.allocate(3, 2));
      assertThrows(UnsupportedOperationException.class, () -> index.remove(OrdinalSet.of(1)));
      assertEquals(3, index.size());
    }
  }
}
