package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ImageText;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compares pictures with texts, and pictures alone, with the reference implementation of
 * Qwen3-VL-Embedding.
 */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class GoldenImageTextTest {
  private static final String MODEL = "qwen3-vl-embedding";
  private static final String[] FILES = {"model.json", "image.onnx", "text.onnx", "tokenizer.json"};

  @TempDir Path directory;

  @BeforeEach
  void unpack() throws IOException {
    Goldens.unpack(MODEL, "fp32", directory, FILES);
  }

  private EmbeddingModel open(int batchSize) {
    return OnnxEncoders.custom(directory, EncoderOptions.defaults().withBatchSize(batchSize));
  }

  /** Returns the texts that are not empty, each with one of the pictures in turn. */
  private static List<ImageText> both() {
    List<Raster> pictures = Goldens.pictures();
    List<String> texts = Goldens.texts();
    List<ImageText> both = new ArrayList<>();
    for (int i = 0; i < texts.size(); i += GoldenTextTest.STEP) {
      Raster picture = pictures.get(i / GoldenTextTest.STEP % pictures.size());
      if (!texts.get(i).isEmpty()) both.add(new ImageText(picture, texts.get(i)));
    }
    return both;
  }

  @ParameterizedTest
  @CsvSource({"fp32,0.99999", "fp16,0.999"})
  void givesTheEmbeddingsOfTheReference(String precision, double bar) throws IOException {
    Goldens.unpack(MODEL, precision, directory, FILES);
    try (EmbeddingModel model = open(4)) {
      assertEquals(List.of("text", "image", "image with text"), model.queryKinds());
      double alone =
          Goldens.worstCosine(model.image().encode(Goldens.pictures()), MODEL + "/pictures");
      assertTrue(alone >= bar, () -> "cosine of pictures alone " + alone);
      double together =
          Goldens.worstCosine(model.imageText().orElseThrow().encode(both()), MODEL + "/both");
      assertTrue(together >= bar, () -> "cosine of pictures with texts " + together);
    }
  }

  @Test
  void encodesAnEmptyTextAsAPictureAlone() {
    Raster picture = Goldens.picture(6, 224, 224);
    try (EmbeddingModel model = open(1)) {
      Encoder<ImageText> both = model.imageText().orElseThrow();
      assertEquals(
          1, cosine(model.image().encode(picture), both.encode(new ImageText(picture, ""))), 1e-6);
      float[] snow = both.encode(new ImageText(picture, "the same, with snow"));
      assertTrue(cosine(model.image().encode(picture), snow) < 0.999);
    }
  }

  private static double cosine(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) sum += a[i] * b[i];
    return sum;
  }

  /** Embeddings of pictures depend on their prompt, which sets of one recipe share. */
  @Test
  void tellsThePromptInThePreparation() {
    try (EmbeddingModel model = open(1)) {
      String preparation = model.image().preparation();
      assertEquals(preparation, model.imageText().orElseThrow().preparation());
      assertTrue(
          preparation.contains("<|im_start|>system\\nRepresent the user's input."), preparation);
      assertTrue(preparation.startsWith("RGB size=384"), preparation);
      assertEquals(1, preparation.lines().count());
    }
  }

  @Test
  void namesThePictureThatIsRefused() {
    try (EmbeddingModel model = open(2)) {
      Raster good = Goldens.picture(6, 224, 224);
      Raster bad = Goldens.bands(1, 8, 8);
      List<Raster> pictures = List.of(good, bad);
      String message =
          String.valueOf(
              assertThrows(IllegalArgumentException.class, () -> model.image().encode(pictures))
                  .getMessage());
      assertTrue(message.startsWith("inputs[1]: expected 3 bands of UINT8"), message);
    }
  }

  private String replaceInDescription(String part, String by) throws IOException {
    Path file = directory.resolve("model.json");
    String json = Files.readString(file);
    assertTrue(json.contains(part), json);
    Files.writeString(file, json.replace(part, by));
    return String.valueOf(
        assertThrows(EarthEmbedException.class, () -> open(1).close()).getMessage());
  }

  @Test
  void refusesPicturesWithTextsThatTheNetworkDoesNotTake() throws IOException {
    String message =
        replaceInDescription(
            "\"imageText\": {\n    \"input\": \"input_ids\"",
            "\"imageText\": {\n    \"input\": \"tokens\"");
    assertTrue(message.contains("expected one input named tokens, found"), message);
  }

  @Test
  void refusesADescriptionOfPicturesWithTextsWithoutText() {
    ModelDescription whole = ModelDescription.read(directory);
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> whole.toBuilder().text(null).build())
                .getMessage());
    assertEquals("imageText needs both image and text", message);
  }

  @Test
  void refusesAPoolingOfThePicturesTokens() throws IOException {
    String message =
        replaceInDescription("\"size\": 384,", "\"size\": 384, \"pooling\": \"mean\",");
    assertTrue(message.contains("image.pooling must be absent with imageText"), message);
  }

  @Test
  void refusesANetworkOfBothThatIsDescribedAsOneOfPictures() throws IOException {
    ModelDescription whole = ModelDescription.read(directory);
    ModelDescription pictures =
        ModelDescription.builder(new ModelInfo("Pictures", "1", 32)).image(whole.image()).build();
    String message =
        String.valueOf(
            assertThrows(
                    EarthEmbedException.class,
                    () ->
                        OnnxEncoders.custom(pictures, directory, EncoderOptions.defaults()).close())
                .getMessage());
    assertTrue(message.contains("expected one input named pixel_values, found"), message);
  }

  @Test
  void readsAndComparesTheSection() {
    ModelDescription whole = ModelDescription.read(directory);
    assertEquals(whole, ModelDescription.read(directory));
    assertTrue(!whole.equals(whole.toBuilder().imageText(null).build()));
  }

  @Test
  void refusesAnUnknownField() throws IOException {
    Path file = directory.resolve("model.json");
    Files.writeString(file, Files.readString(file).replace("\"prompt\"", "\"prompts\""));
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> ModelDescription.read(directory));
    assertTrue(String.valueOf(e.getMessage()).contains("imageText.prompts: unknown field"));
  }
}
