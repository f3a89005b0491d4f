package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.TilePicture;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares prepared tensors and embeddings of pictures with the reference implementations'. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class GoldenPictureTest {
  private static final String[] FILES = {"model.json", "image.onnx"};

  @TempDir Path directory;

  private static UnaryOperator<ModelDescription> preprocessing(String golden) {
    return switch (golden) {
      case "siglip-explorer" -> SigLip.prepared(Preprocessing.EXPLORER_249K);
      case "dinov2-explorer" -> DinoV2.prepared(Preprocessing.EXPLORER_249K);
      default -> UnaryOperator.identity();
    };
  }

  private static String model(String golden) {
    return golden.replace("-explorer", "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "siglip",
        "siglip-explorer",
        "siglip2",
        "farslip",
        "farslip-s1",
        "remoteclip",
        "georsclip",
        "tipsv2",
        "qwen3-vl-embedding",
        "dinov2",
        "dinov2-explorer"
      })
  void preparesTheSamePixels(String golden) throws IOException {
    Goldens.unpack(model(golden), "fp32", directory, FILES);
    ImageDescription image =
        Objects.requireNonNull(
            preprocessing(golden).apply(ModelDescription.read(directory)).image());
    ImagePreparation preparation = new ImagePreparation(image, false);
    for (int i = 0; i < Goldens.PICTURES.length; i++) {
      int[] p = Goldens.PICTURES[i];
      ByteBuffer sample = Goldens.prepare(preparation, Goldens.picture(p[0], p[1], p[2]));
      byte[] tones = tones(sample, image);
      String full = golden + "/tones-" + i;
      if (Goldens.has(full)) assertEquals(0, differing(tones, Goldens.bytes(full)));
      CRC32 checksum = new CRC32();
      checksum.update(tones);
      assertEquals(
          Goldens.list(golden + "/tones.json").get(i).getAsLong(),
          checksum.getValue(),
          golden + " picture of " + p[1] + " x " + p[2]);
    }
  }

  /**
   * Inverts the preparation to 8-bit tones, each of which must give exactly the same value again.
   */
  private static byte[] tones(ByteBuffer sample, ImageDescription image) {
    byte[] tones = new byte[sample.remaining() / Float.BYTES];
    int plane = tones.length / 3;
    for (int i = 0; i < tones.length; i++) {
      float value = sample.getFloat();
      float mean = image.mean().get(i / plane);
      float std = image.std().get(i / plane);
      int tone = Math.round((value * std + mean) * image.divisor());
      assertEquals((tone / image.divisor() - mean) / std, value, 1e-6f);
      tones[i] = (byte) tone;
    }
    return tones;
  }

  private static int differing(byte[] a, byte[] b) {
    assertEquals(a.length, b.length);
    int count = 0;
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) count++;
    }
    return count;
  }

  @ParameterizedTest
  @CsvSource({
    "siglip,fp32,0.99999",
    "siglip,fp16,0.999",
    "siglip-explorer,fp32,0.99999",
    "siglip2,fp32,0.99999",
    "siglip2,fp16,0.999",
    "farslip,fp32,0.99999",
    "farslip,fp16,0.999",
    "farslip-s1,fp32,0.99999",
    "farslip-s1,fp16,0.999",
    "remoteclip,fp32,0.99999",
    "remoteclip,fp16,0.999",
    "georsclip,fp32,0.99999",
    "georsclip,fp16,0.999",
    "tipsv2,fp32,0.99999",
    "tipsv2,fp16,0.999",
    "dinov2,fp32,0.99999",
    "dinov2,fp16,0.999",
    "dinov2-explorer,fp32,0.99999",
    "dinov2-explorer,fp16,0.999",
  })
  void givesTheSameEmbeddings(String golden, String precision, double bar) throws IOException {
    Goldens.unpack(model(golden), precision, directory, FILES);
    ModelDescription description = preprocessing(golden).apply(ModelDescription.read(directory));
    EncoderOptions options = EncoderOptions.defaults().withBatchSize(4);
    try (EmbeddingModel loaded = OnnxEncoders.custom(description, directory, options)) {
      assertEquals(TilePicture.TRUE_COLOR, loaded.picture());
      double worst =
          Goldens.worstCosine(loaded.image().encode(Goldens.pictures()), golden + "/pictures");
      assertTrue(worst >= bar, () -> "cosine " + worst);
    }
  }

  /** One of this many values is recorded; values are at most about ten. */
  @ParameterizedTest
  @CsvSource({
    "satclip,101,1e-5",
    "clay,997,1e-5",
    "olmoearth,997,1e-5",
    "olmoearth-v1.2,997,1e-5",
    "ssl4eo,997,1e-5",
    // PyTorch computes the weights of its antialiasing in float32.
    "msclip,997,5e-5"
  })
  void preparesTheSameBands(String golden, int step, float tolerance) throws IOException {
    Goldens.unpack(golden, "fp32", directory, FILES);
    BandPreparation preparation =
        new BandPreparation(
            Objects.requireNonNull(ModelDescription.read(directory).image()), false);
    ByteBuffer expected = Goldens.numbers(golden + "/values");
    float most = 0;
    int count = 0;
    int identical = 0;
    for (int[] p : Goldens.BANDS) {
      ByteBuffer sample = Goldens.prepare(preparation, Goldens.bands(p[0], p[1], p[2]));
      for (int i = 0; i < sample.remaining() / Float.BYTES; i += step) {
        float value = sample.getFloat(i * Float.BYTES);
        float reference = expected.getFloat();
        most = Math.max(most, Math.abs(value - reference));
        count++;
        if (Math.round(value * 255) == Math.round(reference * 255)) identical++;
      }
    }
    assertEquals(0, expected.remaining());
    assertTrue(most < tolerance, "a value differs by " + most);
    // In steps of 1/255, since PyTorch's kernels round most float32 values differently.
    assertTrue(identical >= 0.999 * count, identical + " of " + count + " are identical");
  }

  @ParameterizedTest
  @CsvSource({
    "satclip,fp32,0.99999",
    "satclip,fp16,0.999",
    "ssl4eo,fp32,0.99999",
    "ssl4eo,fp16,0.999",
    "msclip,fp32,0.99999",
    "msclip,fp16,0.999",
    "clay,fp32,0.99999",
    "clay,fp16,0.999",
    "olmoearth,fp32,0.99999",
    "olmoearth,fp16,0.999",
    "olmoearth-v1.2,fp32,0.99999",
    "olmoearth-v1.2,fp16,0.999",
  })
  void givesTheSameEmbeddingsOfBands(String golden, String precision, double bar)
      throws IOException {
    Goldens.unpack(golden, precision, directory, FILES);
    EncoderOptions options = EncoderOptions.defaults().withBatchSize(2);
    try (EmbeddingModel loaded = OnnxEncoders.custom(directory, options)) {
      assertEquals(TilePicture.ALL_BANDS, loaded.picture());
      double worst =
          Goldens.worstCosine(loaded.image().encode(Goldens.stacks()), golden + "/bands");
      assertTrue(worst >= bar, () -> "cosine " + worst);
      if (!Goldens.has(golden + "/bands-known")) return;
      Vectors known = loaded.image().encode(Goldens.knownStacks());
      double worstKnown = Goldens.worstCosine(known, golden + "/bands-known");
      assertTrue(worstKnown >= bar, () -> "cosine with time and place " + worstKnown);
      // The bar would also be met by a network that ignores what is known.
      double ignoring = Goldens.worstCosine(known, golden + "/bands");
      assertTrue(ignoring < bar - (1 - bar), () -> "cosine " + ignoring);
    }
  }
}
