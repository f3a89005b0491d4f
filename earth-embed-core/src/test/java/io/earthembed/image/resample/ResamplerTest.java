package io.earthembed.image.resample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.resample.Resampler.Filter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Goldens come from Pillow, see src/test/python/make_resampler_goldens.py. */
class ResamplerTest {
  static List<String> goldens() {
    List<String> names = new ArrayList<>();
    for (String filter : List.of("bilinear", "bicubic", "lanczos")) {
      for (int n = 0; n < 9; n++) names.add("u8-" + filter + "-" + n);
      names.add("u16-" + filter);
      names.add("f32-" + filter);
    }
    return names;
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void equalsPillowBitForBit(String name) throws IOException {
    ByteBuffer golden = read(name);
    SampleType type = SampleType.values()[golden.getInt()];
    Filter filter = Filter.values()[golden.getInt()];
    int inHeight = golden.getInt();
    int inWidth = golden.getInt();
    int outHeight = golden.getInt();
    int outWidth = golden.getInt();
    int bands = golden.getInt();
    golden.getInt();
    Raster input = raster(golden, inHeight, inWidth, bands, type);
    Raster expected = raster(golden, outHeight, outWidth, bands, type);
    assertEquals(0, golden.remaining());

    Raster resized = Resampler.resize(input, outHeight, outWidth, filter);

    assertEquals(expected.toString(), resized.toString());
    assertArrayEquals(bytes(expected), bytes(resized));
  }

  private static ByteBuffer read(String name) throws IOException {
    String path = "resampler/" + name + ".gz";
    try (InputStream file =
        new GZIPInputStream(
            Objects.requireNonNull(ResamplerTest.class.getResourceAsStream(path), path))) {
      return ByteBuffer.wrap(file.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Reads little-endian samples; the machine's order may be another. */
  private static Raster raster(ByteBuffer from, int height, int width, int bands, SampleType type) {
    Raster raster = Raster.allocate(height, width, bands, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int b = 0; b < bands; b++) {
          float sample =
              switch (type) {
                case UINT8 -> from.get() & 0xFF;
                case UINT16 -> from.getShort() & 0xFFFF;
                case FLOAT32 -> from.getFloat();
              };
          raster.set(y, x, b, sample);
        }
      }
    }
    return raster;
  }

  private static byte[] bytes(Raster raster) {
    byte[] bytes = new byte[raster.data().remaining()];
    raster.data().get(bytes);
    return bytes;
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void keepsAFlatPictureFlat(
      @ForAll @IntRange(min = 1, max = 90) int height,
      @ForAll @IntRange(min = 1, max = 90) int width,
      @ForAll @IntRange(min = 1, max = 90) int newHeight,
      @ForAll @IntRange(min = 1, max = 90) int newWidth,
      @ForAll @IntRange(min = 0, max = 255) int tone,
      @ForAll Filter filter) {
    Raster flat = Raster.allocate(height, width, 1, SampleType.UINT8);
    for (int y = 0; y < height; y++) for (int x = 0; x < width; x++) flat.set(y, x, 0, tone);
    for (byte sample : bytes(Resampler.resize(flat, newHeight, newWidth, filter))) {
      assertEquals(tone, sample & 0xFF);
    }
  }

  @Test
  void clampsSixteenBitsWhereTheFilterOvershoots() {
    Raster edge = Raster.allocate(1, 8, 1, SampleType.UINT16);
    for (int x = 4; x < 8; x++) edge.set(0, x, 0, 65535);
    Raster larger = Resampler.resize(edge, 1, 32, Filter.BICUBIC);
    for (int x = 1; x < 32; x++) {
      assertTrue(larger.get(0, x, 0) >= larger.get(0, x - 1, 0), "monotonous at " + x);
    }
  }

  @Test
  void keepsThePlaceWhereBothSidesScaleAlike() {
    Raster square =
        Raster.allocate(40, 20, 1, SampleType.UINT8)
            .withReference(new GeoReference(32633, 500_000, 4_000_000, 10));
    GeoReference place = Resampler.resize(square, 20, 10, Filter.BILINEAR).reference();
    assertEquals(new GeoReference(32633, 500_000, 4_000_000, 20), place);
    assertNull(Resampler.resize(square, 20, 11, Filter.BILINEAR).reference());
  }

  @Test
  void resizesTheShorterSideAndTruncatesTheLonger() {
    Raster wide = Raster.allocate(30, 101, 3, SampleType.UINT8);
    Raster resized = Resampler.resizeShorterSide(wide, 20, Filter.BICUBIC);
    assertEquals("Raster[20 x 67 x 3 UINT8]", resized.toString());
    Raster tall = Raster.allocate(101, 30, 3, SampleType.UINT8);
    assertEquals(67, Resampler.resizeShorterSide(tall, 20, Filter.BICUBIC).height());
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void aWindowIsAPieceOfTheWhole(
      @ForAll @IntRange(min = 1, max = 150) int height,
      @ForAll @IntRange(min = 1, max = 150) int width,
      @ForAll @IntRange(min = 1, max = 90) int newHeight,
      @ForAll @IntRange(min = 1, max = 90) int newWidth,
      @ForAll @IntRange(min = 1, max = 4) int bands,
      @ForAll SampleType type,
      @ForAll Filter filter,
      @ForAll long seed) {
    Random random = new Random(seed);
    Raster raster = Raster.allocate(height, width, bands, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int b = 0; b < bands; b++) raster.set(y, x, b, random.nextInt(256));
      }
    }
    int top = random.nextInt(newHeight);
    int left = random.nextInt(newWidth);
    Raster window =
        Raster.allocate(
            1 + random.nextInt(newHeight - top), 1 + random.nextInt(newWidth - left), bands, type);
    Resampler.resize(raster, newHeight, newWidth, filter, top, left, window);
    Raster whole = Resampler.resize(raster, newHeight, newWidth, filter);
    assertArrayEquals(bytes(whole.crop(top, left, window.height(), window.width())), bytes(window));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 7, 12})
  void resizesEachBandAsIfItWereAlone(int bands) {
    Random random = new Random(bands);
    // More rows than are filtered at once, and black and white, so that bicubic overshoots.
    Raster all = Raster.allocate(301, 37, bands, SampleType.UINT8);
    for (ByteBuffer samples = all.samples(); samples.hasRemaining(); ) {
      samples.put((byte) (random.nextInt(3) == 0 ? 255 : random.nextInt(256)));
    }
    for (Filter filter : Filter.values()) {
      Raster resized = Resampler.resize(all, 130, 90, filter);
      for (int band = 0; band < bands; band++) {
        Raster one = Raster.allocate(301, 37, 1, SampleType.UINT8);
        for (int y = 0; y < 301; y++) {
          for (int x = 0; x < 37; x++) one.set(y, x, 0, all.get(y, x, band));
        }
        Raster alone = Resampler.resize(one, 130, 90, filter);
        for (int y = 0; y < 130; y++) {
          for (int x = 0; x < 90; x++) {
            assertEquals(alone.get(y, x, 0), resized.get(y, x, band), filter + " band " + band);
          }
        }
      }
    }
  }

  @Test
  void refusesAWindowThatIsNotOfTheResult() {
    Raster raster = Raster.allocate(9, 9, 3, SampleType.UINT8);
    for (Raster window :
        List.of(
            Raster.allocate(2, 2, 1, SampleType.UINT8),
            Raster.allocate(2, 2, 3, SampleType.UINT16),
            Raster.allocate(5, 2, 3, SampleType.UINT8))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Resampler.resize(raster, 5, 5, Filter.BILINEAR, 1, 0, window));
    }
  }

  @Test
  void neverHandsOutTheInputItself() {
    Raster raster = Raster.allocate(2, 2, 1, SampleType.UINT8);
    Raster same = Resampler.resize(raster, 2, 2, Filter.BILINEAR);
    assertNotSame(raster, same);
    raster.set(0, 0, 0, 9);
    assertEquals(0, same.get(0, 0, 0));
  }

  @Test
  void refusesSizesThatNoRasterCanHave() {
    Raster raster = Raster.allocate(2, 1000, 3, SampleType.UINT8);
    assertThrows(
        IllegalArgumentException.class, () -> Resampler.resize(raster, 0, 4, Filter.BILINEAR));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Resampler.resizeShorterSide(raster, 100_000, Filter.BILINEAR));
    assertTrue(String.valueOf(e.getMessage()).contains("2 GiB"), e.getMessage());
    // Its rows, many at once, would not fit an array.
    Raster wide = Raster.allocate(1, 1 << 25, 1, SampleType.UINT8);
    e =
        assertThrows(
            IllegalArgumentException.class, () -> Resampler.resize(wide, 4, 4, Filter.BILINEAR));
    assertTrue(String.valueOf(e.getMessage()).contains(wide.toString()), e.getMessage());
  }

  /** An encoder resizes millions of pictures; interpreted code may still make a few views. */
  @Test
  void leavesNoArraysOnTheHeapIfTheSizeWasResizedBefore() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Raster tall = Raster.allocate(2048, 4, 3, SampleType.UINT8);
    Raster window = Raster.allocate(16, 4, 3, SampleType.UINT8);
    long before = 0;
    for (int i = 0; i < 200; i++) {
      if (i == 100) before = threads.getCurrentThreadAllocatedBytes();
      Resampler.resize(tall, 16, 4, Filter.BICUBIC, 0, 0, window);
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / 100;
    assertTrue(each < 2048, each + " bytes a picture");
  }
}
