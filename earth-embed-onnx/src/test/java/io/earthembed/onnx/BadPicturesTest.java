package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Library;
import com.sun.jna.Native;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Malformed pictures, and native memory after repeated failures. */
class BadPicturesTest {
  /** Number of rounds; {@code -Dearthembed.leaks=10000} for a long run. */
  private static final int CYCLES = Integer.getInteger("earthembed.leaks", 100);

  /** In KiB. A session has at least 5 MB, and at least 50 of them would leak. */
  private static final long MOST_GROWTH = 64 * 1024;

  @TempDir private Path directory;

  private static EncoderOptions options() {
    return new EncoderOptions(1, 4);
  }

  @Test
  void refusesWhatIsNoPictureOfThisModel() {
    try (EmbeddingModel model = DemoModel.load(options())) {
      for (Raster bad :
          List.of(
              Raster.allocate(64, 64, 3, SampleType.UINT16),
              Raster.allocate(64, 64, 1, SampleType.UINT8),
              Raster.allocate(64, 64, 4, SampleType.UINT8),
              Raster.allocate(1, 1, 3, SampleType.FLOAT32))) {
        Raster good = Raster.allocate(64, 64, 3, SampleType.UINT8);
        IllegalArgumentException e =
            assertThrows(
                IllegalArgumentException.class, () -> model.image().encode(List.of(good, bad)));
        assertTrue(String.valueOf(e.getMessage()).contains("inputs[1]"), e.getMessage());
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Raster.allocate(0, 64, 3, SampleType.UINT8));
    assertThrows(IllegalArgumentException.class, () -> Raster.allocate(64, 0, 3, SampleType.UINT8));
  }

  @Test
  void encodesOnePixelAndThinPictures() {
    try (EmbeddingModel model = DemoModel.load(options())) {
      for (int[] size : new int[][] {{1, 1}, {1, 200}, {200, 1}, {2, 3}}) {
        Raster picture = Raster.allocate(size[0], size[1], 3, SampleType.UINT8);
        float[] embedding = model.image().encode(picture);
        double length = 0;
        for (float value : embedding) length += value * value;
        assertEquals(1, length, 1e-5, picture.toString());
      }
    }
  }

  /** Repeatedly loads and closes, encodes and fails; the process must not grow. */
  @Test
  void leaksNothing() throws IOException {
    ModelFiles demo = ModelFiles.onClassPath(DemoModel.class, "demo");
    for (String file : List.of("model.json", "image.onnx")) {
      Files.write(directory.resolve(file), demo.read(file));
    }
    Path cut = Files.createDirectory(directory.resolve("cut"));
    Files.write(cut.resolve("model.json"), demo.read("model.json"));
    byte[] whole = demo.read("image.onnx");
    Files.write(cut.resolve("image.onnx"), Arrays.copyOf(whole, whole.length / 2));

    Raster good = Raster.allocate(64, 64, 3, SampleType.UINT8);
    Raster bad = Raster.allocate(64, 64, 1, SampleType.UINT8);
    long grown = Long.MAX_VALUE;
    // The Java heap varies by tens of megabytes, more after other tests: a leak grows in each
    // round.
    for (int round = 0; round < 3 && grown >= MOST_GROWTH; round++) {
      long settled = 0;
      for (int i = 0; i < CYCLES; i++) {
        try (EmbeddingModel model = OnnxEncoders.custom(directory, options())) {
          model.image().encode(List.of(good));
          assertThrows(IllegalArgumentException.class, () -> model.image().encode(bad));
        }
        assertThrows(EarthEmbedException.class, () -> OnnxEncoders.custom(cut, options()).close());
        assertThrows(IllegalArgumentException.class, () -> new GeoPoint(Double.NaN, 0));
        if (i == CYCLES / 2) settled = resident();
      }
      grown = resident() - settled;
      System.out.println(CYCLES + " cycles, resident " + settled + " KiB, then grown by " + grown);
    }
    assertTrue(grown < MOST_GROWTH, "grown by " + grown + " KiB in " + CYCLES + " cycles");
  }

  /** Functions of glibc, if the C library is glibc. */
  interface C extends Library {
    int malloc_trim(long pad);
  }

  /**
   * Returns the process's resident memory in KiB, without free memory on the heaps of Java and C.
   */
  private static long resident() throws IOException {
    System.gc();
    try {
      Native.load("c", C.class).malloc_trim(0);
    } catch (LinkageError e) {
      return 0; // another C library, whose growth means less
    }
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) return 0;
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", ""));
    }
    return 0;
  }
}
