package io.earthembed.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.vector.QuantizedVectors.Format;
import io.earthembed.vector.QuantizedVectors.Scaling;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class QuantizedVectorsTest {
  private static ByteBuffer direct(int... values) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(values.length);
    for (int value : values) buffer.put((byte) value);
    return buffer.flip();
  }

  private static void assertDecoded(float[][] expected, QuantizedVectors vectors) {
    assertEquals(expected.length, vectors.rows());
    Vectors decoded = vectors.toVectors();
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], decoded.row(i), 1e-6f, "row " + i);
    }
  }

  @Test
  void integersBecomeValuesByTheirScaling() {
    ByteBuffer codes = direct(0, 127, -128, -1, 100, 3);
    assertDecoded(
        new float[][] {{0, 127, -128}, {-1, 100, 3}},
        QuantizedVectors.bytes(Format.INT8, codes, 3, Scaling.NONE));
    assertDecoded(
        new float[][] {{-1, 62.5f, 63}, {126.5f, 49, 0.5f}},
        QuantizedVectors.bytes(Format.UINT8, codes, 3, Scaling.linear(0.5, -1)));
    assertDecoded(
        new float[][] {{1, 255, -255}, {5, 308, 17}},
        QuantizedVectors.bytes(
            Format.INT8, codes, 3, Scaling.perRow(new double[] {2, 3}, new double[] {1, 8})));
    assertDecoded(
        new float[][] {{1, 256, -381}, {0, 202, 12}},
        QuantizedVectors.bytes(
            Format.INT8,
            codes,
            3,
            Scaling.perComponent(new double[] {1, 2, 3}, new double[] {1, 2, 3})));
  }

  @Test
  void squaresKeepTheirSignAndMissingDataAreNaN() {
    float[] row = new float[4];
    QuantizedVectors.bytes(
            Format.INT8, direct(127, -127, 0, -128), 4, Scaling.signedSquare(127.5, -128))
        .get(0, row);
    float most = (float) (127 / 127.5 * (127 / 127.5));
    assertArrayEquals(new float[] {most, -most, 0, Float.NaN}, row, 1e-6f);
  }

  @Test
  void bitsAreReadFromEitherEnd() {
    ByteBuffer codes = direct(0b0000_0101, 0b1000_0010, 0b1111_1111, 0);
    float[] first = {1, -1, 1, -1, -1, -1, -1, -1, -1, 1};
    float[] second = {-1, -1, -1, -1, -1, 1, -1, 1, 1, -1};
    float[] row = new float[10];
    QuantizedVectors.bits(Format.BITS_LOWEST_FIRST, codes, 10).get(0, row);
    assertArrayEquals(first, row);
    QuantizedVectors highest = QuantizedVectors.bits(Format.BITS_HIGHEST_FIRST, codes, 10);
    highest.get(0, row);
    assertArrayEquals(second, row);
    highest.get(1, row);
    assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1, 1, 1, -1, -1}, row);
    assertEquals(2, highest.rows());
  }

  @Test
  void refusesWhatDoesNotFit() {
    ByteBuffer codes = direct(1, 2, 3, 4, 5, 6);
    assertRefused("whole rows", () -> QuantizedVectors.bytes(Format.INT8, codes, 4, Scaling.NONE));
    assertRefused("has bits", () -> bytes(Format.BITS_LOWEST_FIRST, Scaling.NONE));
    assertRefused("has bytes", () -> QuantizedVectors.bits(Format.INT8, codes, 3));
    Scaling three = Scaling.perRow(new double[3], new double[3]);
    assertRefused("3 scales for 2", () -> bytes(Format.INT8, three));
    assertRefused("without a sign", () -> bytes(Format.UINT8, Scaling.signedSquare(1, 0)));
    assertRefused("1 scales, but 2", () -> Scaling.perRow(new double[1], new double[2]));
    assertRefused("divisor", () -> Scaling.signedSquare(0, 0));
    ByteBuffer heap = ByteBuffer.allocate(6);
    assertRefused("direct", () -> QuantizedVectors.bytes(Format.INT8, heap, 3, Scaling.NONE));
    assertRefused("length 2", () -> bytes(Format.INT8, Scaling.NONE).get(0, new float[2]));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> bytes(Format.INT8, Scaling.NONE).get(2, new float[3]));
  }

  private static QuantizedVectors bytes(Format format, Scaling scaling) {
    return QuantizedVectors.bytes(format, direct(1, 2, 3, 4, 5, 6), 3, scaling);
  }

  private static void assertRefused(String mention, Runnable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(String.valueOf(e.getMessage()).contains(mention), e.getMessage());
  }
}
