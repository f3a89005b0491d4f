package io.earthembed.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Acquisition;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The results that earth-embed-onnx/golden/generate.py recorded, and their inputs. */
final class Goldens {
  /** Seed, height and width, as in golden/inputs.py. */
  static final int[][] PICTURES = {
    {0, 97, 131},
    {1, 500, 333},
    {2, 385, 383},
    {3, 1, 1},
    {4, 384, 384},
    {5, 384, 384},
    {6, 224, 224},
    {7, 60, 421},
    {8, 613, 259},
    {9, 1068, 1068},
    {10, 225, 259}
  };

  static final int[][] BANDS = {
    {0, 384, 384}, {1, 97, 131}, {2, 224, 224}, {3, 385, 383}, {4, 1, 1}, {5, 128, 128}
  };

  /** The acquisition of each band stack, as in golden/inputs.py. */
  static final List<Acquisition> KNOWN =
      List.of(
          known("2024-06-30T10:20:31Z", 51.4, 12.3, 10),
          known("2020-12-31T23:59:59Z", -3.1, -60.0, 10),
          known("2021-01-02T00:00:00Z", 78.2, 15.6, 20),
          known("2024-12-30T13:30:00Z", -45.0, 179.9, 10),
          known("2024-02-29T05:00:00Z", 0.0, 0.0, 60),
          known("2017-03-27T17:45:00Z", -89.9, -123.4, 2.5));

  private static Acquisition known(
      String time, double latitude, double longitude, double resolution) {
    return new Acquisition(Instant.parse(time), new GeoPoint(latitude, longitude), resolution);
  }

  private Goldens() {}

  static byte[] bytes(String name) {
    try (InputStream file = Goldens.class.getResourceAsStream("golden/" + name + ".gz")) {
      if (file == null) throw new IllegalArgumentException("no golden " + name);
      return new GZIPInputStream(file).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ByteBuffer numbers(String name) {
    return ByteBuffer.wrap(bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
  }

  static JsonArray list(String name) {
    return JsonParser.parseString(new String(bytes(name), StandardCharsets.UTF_8)).getAsJsonArray();
  }

  static List<String> texts() {
    List<String> texts = new ArrayList<>();
    list("texts.json").forEach(text -> texts.add(text.getAsString()));
    return texts;
  }

  /** Returns whether something is recorded. */
  static boolean has(String name) {
    return Goldens.class.getResource("golden/" + name + ".gz") != null;
  }

  /**
   * Unpacks a model; files that both precisions share are stored with fp32, and the tokenizer of
   * all CLIPs with FarSLIP.
   */
  static Path unpack(String model, String precision, Path directory, String... files)
      throws IOException {
    for (String file : files) {
      String own = model + "/" + precision + "/" + file;
      String shared = model + "/fp32/" + file;
      String stored = has(own) ? own : has(shared) ? shared : "farslip/fp32/" + file;
      Files.write(directory.resolve(file), bytes(stored));
    }
    return directory;
  }

  /** Returns the smallest cosine between a row and its recorded row. */
  static double worstCosine(Vectors found, String name) {
    ByteBuffer expected = numbers(name);
    double worst = 1;
    for (long row = 0; row < found.rows(); row++) {
      double dot = 0;
      double length = 0;
      for (float component : found.row(row)) {
        float recorded = expected.getFloat();
        dot += (double) component * recorded;
        length += (double) recorded * recorded;
      }
      worst = Math.min(worst, dot / Math.sqrt(length));
    }
    if (expected.hasRemaining()) throw new IllegalArgumentException("more rows in " + name);
    return worst;
  }

  /** Returns 32 random bits for an index, by the formula of golden/inputs.py. */
  private static long noise(long seed, long index) {
    long h = index + seed * 1_000_003;
    for (int round = 0; round < 2; round++) {
      h = (h ^ (h >>> 16)) * 0x45D9F3B & 0xFFFFFFFFL;
    }
    return (h ^ (h >>> 16)) & 0xFFFFFFFFL;
  }

  static Raster picture(int seed, int height, int width) {
    ByteBuffer samples = ByteBuffer.allocate(height * width * 3);
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int band = 0; band < 3; band++, i++) {
          long bits = noise(seed, i);
          long slope = y * 3L + x * 2L + band * 40L;
          samples.put((byte) (seed % 2 == 0 ? bits >>> 24 : (slope + (bits >>> 28)) / 2 % 256));
        }
      }
    }
    return Raster.wrap(height, width, 3, SampleType.UINT8, samples.flip());
  }

  static Raster bands(int seed, int height, int width) {
    Raster raster = Raster.allocate(height, width, 12, SampleType.UINT16);
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int band = 0; band < 12; band++, i++) {
          long slope = y * 11L + x * 7L + band * 300L;
          raster.set(y, x, band, (slope + (noise(seed, i) >>> 22)) % 8192);
        }
      }
    }
    return raster;
  }

  static List<Raster> pictures() {
    List<Raster> pictures = new ArrayList<>();
    for (int[] p : PICTURES) pictures.add(picture(p[0], p[1], p[2]));
    return pictures;
  }

  static List<Raster> stacks() {
    List<Raster> stacks = new ArrayList<>();
    for (int[] p : BANDS) stacks.add(bands(p[0], p[1], p[2]));
    return stacks;
  }

  /** Returns the stacks with what is known of them. */
  static List<Raster> knownStacks() {
    List<Raster> stacks = new ArrayList<>();
    for (Raster stack : stacks()) stacks.add(stack.withAcquisition(KNOWN.get(stacks.size())));
    return stacks;
  }

  /** Prepares one sample. */
  static <T> ByteBuffer prepare(Preparation<T> preparation, T input) {
    Preparation.Sample checked = preparation.sample(input);
    int bytes = preparation.sampleBytes(preparation.paddedLength(checked.length()));
    ByteBuffer sample = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    checked.write(sample);
    return sample.flip();
  }
}
