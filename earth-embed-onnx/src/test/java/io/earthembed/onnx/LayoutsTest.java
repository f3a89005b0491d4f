package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.image.Raster;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models in the layouts of Hugging Face's hub; golden/layouts.py made them and the references. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class LayoutsTest {
  @TempDir Path directory;

  private static JsonObject golden(String name) {
    byte[] json = Goldens.bytes("layouts/" + name + ".json");
    return JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
  }

  private static List<String> texts() {
    List<String> texts = new ArrayList<>();
    golden("inputs").getAsJsonArray("texts").forEach(text -> texts.add(text.getAsString()));
    return texts;
  }

  private static List<Raster> pictures() {
    List<Raster> pictures = new ArrayList<>();
    for (JsonElement each : golden("inputs").getAsJsonArray("pictures")) {
      JsonArray spec = each.getAsJsonArray();
      pictures.add(
          Goldens.picture(spec.get(0).getAsInt(), spec.get(1).getAsInt(), spec.get(2).getAsInt()));
    }
    return pictures;
  }

  /** Unpacks a layout and returns its golden. */
  private JsonObject unpack(String name) throws IOException {
    JsonObject golden = golden(name);
    for (JsonElement file : golden.getAsJsonArray("files")) {
      Path target = directory.resolve(file.getAsString());
      Files.createDirectories(target.resolveSibling("."));
      Files.write(target, Goldens.bytes("layouts/" + name + "/" + file.getAsString()));
    }
    return golden;
  }

  private void write(String file, String content) throws IOException {
    Files.writeString(directory.resolve(file), content);
  }

  private String message() {
    return String.valueOf(
        assertThrows(EarthEmbedException.class, () -> OnnxEncoders.open(directory).close())
            .getMessage());
  }

  private String textMessage() {
    return String.valueOf(
        assertThrows(EarthEmbedException.class, () -> openText().close()).getMessage());
  }

  private Encoder<String> openText() {
    return OnnxEncoders.openText(directory, EncoderOptions.defaults());
  }

  private static void assertClose(JsonElement expected, Vectors found, double bar) {
    JsonArray rows = expected.getAsJsonArray();
    assertEquals(rows.size(), found.rows());
    for (int row = 0; row < rows.size(); row++) {
      double cosine = 0;
      float[] values = found.row(row);
      for (int i = 0; i < values.length; i++) {
        cosine += values[i] * rows.get(row).getAsJsonArray().get(i).getAsDouble();
      }
      assertTrue(cosine >= bar, "row " + row + ": cosine " + cosine);
    }
  }

  private static void assertContains(String expected, String message) {
    assertTrue(message.contains(expected), () -> "\"" + expected + "\" in: " + message);
  }

  @Test
  void opensSentenceTransformersWithMaskPromptAndMean() throws IOException {
    JsonObject golden = unpack("sentences");
    try (Encoder<String> text = openText()) {
      assertEquals(directory.getFileName().toString(), text.model().name());
      assertTrue(text.model().version().matches("sha256-[0-9a-f]{16}"), text.model().version());
      assertClose(golden.get("texts"), text.encode(texts()), 0.999999);
      // A text's embedding does not depend on the lengths of those beside it.
      Vectors alone = Vectors.allocate(texts().size(), 16);
      for (int i = 0; i < texts().size(); i++) alone.set(i, text.encode(texts().get(i)));
      assertClose(golden.get("texts"), alone, 0.999999);
    }
    assertContains("describes no image; a text encoder alone is opened by", message());
  }

  @Test
  void sharesRunsOfManyCallersAmongTextsOfOneLength() throws Exception {
    JsonObject golden = unpack("sentences");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Encoder<String> text = openText()) {
      List<Future<Vectors>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) all.add(threads.submit(() -> text.encode(texts())));
      for (Future<Vectors> each : all) assertClose(golden.get("texts"), each.get(), 0.999999);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void opensClipWithExternalWeightsAndOutputsThatAreNotUsed() throws IOException {
    JsonObject golden = unpack("clip");
    try (EmbeddingModel model = OnnxEncoders.open(directory)) {
      assertEquals(16, model.info().dimension());
      assertClose(golden.get("texts"), model.text().orElseThrow().encode(texts()), 0.999999);
      assertClose(golden.get("pictures"), model.image().encode(pictures()), 0.999999);
    }
    // CLIP ignores what follows its end token, so it need not be padded in full.
    write("model.json", "{\"text\": {\"padding\": \"longest\"}}");
    try (EmbeddingModel model = OnnxEncoders.open(directory)) {
      assertClose(golden.get("texts"), model.text().orElseThrow().encode(texts()), 0.999999);
    }
  }

  @Test
  void opensSigLipInFloat16WithInt32Ids() throws IOException {
    JsonObject golden = unpack("siglip");
    try (EmbeddingModel model = OnnxEncoders.open(directory)) {
      assertClose(golden.get("texts"), model.text().orElseThrow().encode(texts()), 0.99999);
      assertClose(golden.get("pictures"), model.image().encode(pictures()), 0.99999);
    }
  }

  @ParameterizedTest
  @CsvSource({"pictures,''", "mean,mean", "last,last-token", "pictures,class-token"})
  void poolsTheTokensOfDino(String expected, String pooling) throws IOException {
    JsonObject golden = unpack("dinov2");
    if (!pooling.isEmpty()) {
      write("model.json", "{\"image\": {\"pooling\": \"" + pooling + "\"}}");
    }
    try (EmbeddingModel model = OnnxEncoders.open(directory)) {
      assertClose(golden.get(expected), model.image().encode(pictures()), 0.999999);
      String preparation = model.image().preparation();
      assertContains(
          pooling.isEmpty() || pooling.startsWith("class") ? "pooling=CLASS" : "pooling=",
          preparation);
    }
  }

  /** Channels last, BGR, Lanczos, longer side with padding, batches of four, further axes of 1. */
  @ParameterizedTest
  @CsvSource({"last", "column"})
  void takesTheFieldsOfADescription(String network) throws IOException {
    JsonObject golden = unpack("fields");
    Files.move(directory.resolve(network + ".json"), directory.resolve("model.json"));
    try (EmbeddingModel model = OnnxEncoders.open(directory)) {
      assertClose(golden.get(network), model.image().encode(pictures()), 0.999999);
    }
  }

  @Test
  void runsEachInputOfADynamicallyQuantizedNetworkAlone() throws IOException {
    JsonObject golden = unpack("quantized");
    try (Encoder<String> text = openText()) {
      Vectors together = text.encode(texts());
      assertClose(golden.get("texts"), together, 0.999999);
      for (int i = 0; i < texts().size(); i++) {
        assertArrayEquals(together.row(i), text.encode(texts().get(i)), 0f, "bit for bit");
      }
      // Alone too, since this network would fit all of these into one run.
      assertArrayEquals(
          together.row(0), text.encode(Collections.nCopies(3, texts().get(0))).row(2), 0f);
    }
  }

  @Test
  void asksByNameForWhatTheFilesDoNotTell() throws IOException {
    unpack("sentences");
    Files.delete(directory.resolve("1_Pooling/config.json"));
    String message = textMessage();
    assertContains("config.json: the files beside it do not tell", message);
    assertContains("text.pooling: how the vectors of last_hidden_state become one", message);
    assertContains("{ \"text\": { \"pooling\": \"mean\" } }", message);
    write("model.json", message.substring(message.lastIndexOf("{ \"text\"")));
    try (Encoder<String> text = openText()) {
      assertClose(golden("sentences").get("texts"), text.encode(texts()), 0.999999);
    }
  }

  @Test
  void encodesATextWithoutTokens() throws IOException {
    unpack("sentences");
    JsonObject tokenizer =
        JsonParser.parseString(Files.readString(directory.resolve("tokenizer.json")))
            .getAsJsonObject();
    tokenizer.remove("post_processor"); // the start and end tokens
    write("tokenizer.json", tokenizer.toString());
    write("model.json", "{\"text\": {\"prefix\": \"\"}}");
    try (Encoder<String> text = openText()) {
      assertArrayEquals(text.encode("[PAD]"), text.encode(""), 1e-6f);
    }
  }

  @Test
  void opensAnArchitectureThatTheFilesDoNotName() throws IOException {
    JsonObject golden = unpack("sentences");
    write("config.json", "{\"vocab_size\": 45, \"max_position_embeddings\": 24}");
    try (Encoder<String> text = openText()) {
      assertClose(golden.get("texts"), text.encode(texts()), 0.999999);
    }
    write("config.json", "{}");
    String message = textMessage();
    assertContains("text.vocabularySize: the number of the network's token ids", message);
    write("model.json", "{\"text\": {\"file\": 7}}");
    assertContains("model.json: field text.file: is not a string", textMessage());
  }

  @Test
  void asksForEachFieldOfThePictures() throws IOException {
    unpack("dinov2");
    Files.delete(directory.resolve("preprocessor_config.json"));
    String message = message();
    for (String field : List.of("size", "resize", "interpolation", "mean", "std")) {
      assertContains("image." + field + ": ", message);
    }
    // The lines that it suggests are enough to open the model.
    write("model.json", message.substring(message.lastIndexOf("{ \"image\"")).replace("224", "32"));
    OnnxEncoders.open(directory).close();
  }

  @Test
  void refusesAContextLengthBeyondTheNetworksPositions() throws IOException {
    unpack("sentences");
    write("model.json", "{\"text\": {\"contextLength\": 25}}");
    String message = textMessage();
    assertContains("text.contextLength is 25, but the network fails with 25 tokens", message);
    write("model.json", "{\"text\": {\"contextLength\": 24}}");
    openText().close();
  }

  @Test
  void namesInputsAndOutputsThatDoNotFit() throws IOException {
    unpack("sentences");
    write("model.json", "{\"text\": {\"input\": \"attention_mask\"}}");
    assertContains("the network also takes input_ids of int64 [batch, sequence]", textMessage());
    write("model.json", "{\"text\": {\"output\": \"logits\"}}");
    assertContains(
        "text.output is logits, but the network's outputs are [last_hidden_state, pooler_output]",
        textMessage());
    write("model.json", "{\"dimension\": 17}");
    assertContains(
        "expected output last_hidden_state of float32 [n, tokens, 17], found last_hidden_state of"
            + " float32 [batch, sequence, 16]",
        textMessage());
  }

  @Test
  void namesFilesThatAreNotThereOrOnlyPointers() throws IOException {
    unpack("clip");
    Path weights = directory.resolve("onnx/vision_model.onnx_data");
    byte[] content = Files.readAllBytes(weights);
    Files.delete(weights);
    assertContains("its weights are in vision_model.onnx_data, and there is no ", message());
    Files.write(weights, Arrays.copyOf(content, 1000));
    assertContains("vision_model.onnx_data: is cut off: has 1000 bytes", message());
    String pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n";
    for (Path file : List.of(weights, directory.resolve("tokenizer.json"))) {
      byte[] before = Files.readAllBytes(file);
      Files.writeString(file, pointer);
      EarthEmbedException e =
          assertThrows(CorruptDataException.class, () -> OnnxEncoders.open(directory).close());
      assertContains(file.getFileName() + ": is a Git LFS pointer", String.valueOf(e.getMessage()));
      Files.write(file, file.equals(weights) ? content : before);
    }
    OnnxEncoders.open(directory).close();
  }

  @Test
  void readsNoWeightsOutsideTheFolder() throws IOException {
    unpack("clip");
    Path file = directory.resolve("onnx/vision_model.onnx");
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(
        file,
        bytes.replace("vision_model.onnx_data", "../sion_model.onnx_dat"),
        StandardCharsets.ISO_8859_1);
    assertContains(
        "vision_model.onnx: keeps weights outside its folder: ../sion_model.onnx_dat", message());
  }

  /** ONNX Runtime writes to the process's standard error, past Java. */
  @Test
  void leavesErrorsToExceptions() throws Exception {
    unpack("sentences");
    write("model.json", "{\"text\": {\"contextLength\": 25}}");
    Path log = directory.resolve("log");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                LayoutsTest.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertEquals(0, child.waitFor());
    String output = Files.readString(log);
    assertContains("refused: text.contextLength is 25", output);
    assertFalse(output.contains("[E:onnxruntime"), output);
    assertFalse(output.contains("/onnxruntime/core/"), output);
  }

  /** Runs in the child process. */
  public static void main(String[] args) {
    try {
      OnnxEncoders.openText(Path.of(args[0]), EncoderOptions.defaults()).close();
    } catch (EarthEmbedException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }

  @Test
  void namesNetworksThatItCannotChooseFrom() throws IOException {
    unpack("quantized");
    Path only = directory.resolve("onnx/model_quantized.onnx");
    Files.copy(only, directory.resolve("onnx/model_int8.onnx"));
    assertContains(
        "several networks, [onnx/model_quantized.onnx, onnx/model_int8.onnx]", textMessage());
    write("model.json", "{\"text\": {\"file\": \"onnx/model_int8.onnx\"}}");
    openText().close();
    Files.delete(directory.resolve("model.json"));
    Files.delete(only);
    Files.delete(directory.resolve("onnx/model_int8.onnx"));
    assertContains("there is no ONNX file for this model", textMessage());
  }

  @Test
  void namesAnIrVersionThatIsTooNew() throws IOException {
    unpack("dinov2");
    Path file = directory.resolve("model.onnx");
    byte[] model = Files.readAllBytes(file);
    assertEquals(8, model[0], "the tag of ir_version");
    model[1] = 99;
    Files.write(file, model);
    String message = message();
    assertContains("model.onnx: has IR version 99, newer than the ", message);
    assertContains("export it with ir_version=", message);
  }
}
