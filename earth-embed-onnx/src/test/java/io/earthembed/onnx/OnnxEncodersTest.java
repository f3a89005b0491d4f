package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class OnnxEncodersTest {
  private static final List<String> FILES =
      List.of("model.json", "image.onnx", "text.onnx", "tokenizer.json", "location.onnx");

  @TempDir Path directory;

  @BeforeEach
  void copyTheDemoModel() throws IOException {
    ModelFiles demo = ModelFiles.onClassPath(DemoModel.class, "demo");
    for (String file : FILES) Files.write(directory.resolve(file), demo.read(file));
  }

  private String message() {
    return message(EarthEmbedException.class);
  }

  private String message(Class<? extends EarthEmbedException> type) {
    EarthEmbedException e = assertThrows(type, () -> OnnxEncoders.custom(directory).close());
    return String.valueOf(e.getMessage());
  }

  private void edit(String from, String to) throws IOException {
    Path file = directory.resolve("model.json");
    String before = Files.readString(file);
    assertTrue(before.contains(from), from);
    Files.writeString(file, before.replace(from, to));
  }

  private static void assertContains(String expected, String message) {
    assertTrue(message.contains(expected), () -> "\"" + expected + "\" in: " + message);
  }

  @Test
  void stopsBetweenBatchesWhenInterrupted() {
    try (EmbeddingModel model = DemoModel.load(new EncoderOptions(1, 1))) {
      Encoder<String> text = model.text().orElseThrow();
      Thread.currentThread().interrupt();
      EarthEmbedException e =
          assertThrows(
              EarthEmbedException.class, () -> text.encode(Collections.nCopies(1_000, "a river")));
      assertTrue(Thread.interrupted(), "the state is kept");
      assertEquals("interrupted after 1 of 1000 inputs", e.getMessage());
    }
  }

  @Test
  void loadsTheSameModelFromADirectoryAsFromTheJar() {
    try (EmbeddingModel demo = DemoModel.load(new EncoderOptions(1, 1));
        EmbeddingModel model = OnnxEncoders.custom(directory)) {
      assertEquals(demo.info(), model.info());
      assertEquals(List.of("text", "image", "location"), model.queryKinds());
      assertArrayEquals(
          demo.text().orElseThrow().encode("a forest"),
          model.text().orElseThrow().encode("a forest"),
          1e-5f);
    }
  }

  @Test
  void leavesOutATowerWhoseFileIsNotThere() throws IOException {
    Files.delete(directory.resolve("text.onnx"));
    Files.delete(directory.resolve("location.onnx"));
    try (EmbeddingModel model = OnnxEncoders.custom(directory)) {
      assertEquals(List.of("image"), model.queryKinds());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.json", "image.onnx", "tokenizer.json"})
  void namesAFileThatIsMissing(String file) throws IOException {
    Files.delete(directory.resolve(file));
    assertContains(directory.resolve(file) + ": no such file", message());
  }

  @ParameterizedTest
  @ValueSource(strings = {"image.onnx", "text.onnx", "location.onnx"})
  void namesAFileThatIsCutOffOrNoModel(String file) throws IOException {
    byte[] whole = Files.readAllBytes(directory.resolve(file));
    for (int length : new int[] {0, 1, 100, whole.length / 3, whole.length - 1}) {
      Files.write(directory.resolve(file), Arrays.copyOf(whole, length));
      assertContains(directory.resolve(file).toString(), message());
    }
    Files.writeString(directory.resolve(file), "no model at all");
    assertContains(directory.resolve(file).toString(), message(CorruptDataException.class));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"size\": 64|\"sise\": 64|sise",
        "\"size\": 64|\"size\": 64, \"crop\": 1|image.crop",
        "\"size\": 64|\"size\": \"64\"|image.size",
        "\"size\": 64|\"size\": 6.5|image.size",
        "\"size\": 64|\"size\": 0|image.size",
        "\"padId\": 0,||text.padId",
        "\"padId\": 0|\"padId\": 50000|text.padId",
        "\"degree\": 10|\"degree\": -1|location.degree",
        "\"bicubic\"|\"nearest\"|image.interpolation",
        "\"RGB\"|\"RGBA\"|image.channels",
        "\"image.onnx\"|\"../image.onnx\"|../image.onnx",
        "\"name\":|\"title\":|title",
        "{|[|JSON",
      })
  void namesTheFieldThatIsWrong(String from, String to, String field) throws IOException {
    edit(from, to == null ? "" : to);
    String message = message(CorruptDataException.class);
    assertContains(directory.resolve("model.json").toString(), message);
    assertContains(field, message);
  }

  @Test
  void refusesFilesThatAreNotWhatTheDescriptionSays() throws IOException {
    edit("\"pixel_values\"", "\"images\"");
    assertContains("expected one input named images, found [pixel_values]", message());
    edit("\"images\"", "\"pixel_values\"");
    edit("\"dimension\": 128", "\"dimension\": 64");
    assertContains("image.onnx: expected output embedding", message());
    edit("\"dimension\": 64", "\"dimension\": 128");
    edit("\"contextLength\": 32", "\"contextLength\": 33");
    assertContains("text.onnx: takes 32 tokens, and text.contextLength is 33", message());
  }

  @Test
  void refusesATokenTheNetworkDoesNotKnow() throws IOException {
    String json = Files.readString(directory.resolve("model.json"));
    Files.writeString(
        directory.resolve("model.json"),
        json.replaceAll("\"vocabularySize\": \\d+", "\"vocabularySize\": 2"));
    try (EmbeddingModel model = OnnxEncoders.custom(directory)) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> model.text().orElseThrow().encode(List.of("", "a forest")));
      assertContains("inputs[1]: token id", String.valueOf(e.getMessage()));
    }
  }

  @Test
  void namesThePictureThatIsWrong() {
    try (EmbeddingModel model = OnnxEncoders.custom(directory)) {
      List<Raster> inputs =
          List.of(
              Raster.allocate(64, 64, 3, SampleType.UINT8),
              Raster.allocate(64, 64, 1, SampleType.UINT8));
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> model.image().encode(inputs));
      assertContains("inputs[1]", String.valueOf(e.getMessage()));
      Raster ribbon = Raster.allocate(1, 10_000_000, 3, SampleType.UINT8);
      e = assertThrows(IllegalArgumentException.class, () -> model.image().encode(ribbon));
      assertContains("inputs[0]", String.valueOf(e.getMessage()));
    }
  }

  @Test
  void refusesOptionsThatMeanNothing() {
    assertThrows(IllegalArgumentException.class, () -> new EncoderOptions(0, 1));
    assertThrows(IllegalArgumentException.class, () -> EncoderOptions.defaults().withBatchSize(0));
  }
}
