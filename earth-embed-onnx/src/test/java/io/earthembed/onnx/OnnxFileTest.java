package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class OnnxFileTest {
  @TempDir Path directory;

  private OnnxFile read(byte[] content) throws IOException {
    Files.write(directory.resolve("model.onnx"), content);
    return ModelFiles.in(directory).inspect("model.onnx");
  }

  private boolean half(byte[] content) throws IOException {
    return read(content).hasFloat16Weights();
  }

  @Test
  void tellsThePrecisionOfWeights() throws IOException {
    for (String model : List.of("siglip", "farslip", "dinov2", "satclip", "clay", "olmoearth")) {
      assertFalse(half(Goldens.bytes(model + "/fp32/image.onnx")), model);
      assertTrue(half(Goldens.bytes(model + "/fp16/image.onnx")), model);
    }
    assertFalse(half(Goldens.bytes("satclip/fp32/location.onnx")));
  }

  private boolean whole(byte[] content) throws IOException {
    return read(content).isWhole();
  }

  @Test
  void tellsAWholeFileFromOneThatIsCut() throws IOException {
    byte[] content = Goldens.bytes("dinov2/fp32/image.onnx");
    assertTrue(whole(content));
    Random random = new Random(2);
    for (int i = 0; i < 100; i++) {
      // The fields after the graph may be missing: the graph is all except these bytes.
      int cut = random.nextInt(content.length - 200);
      assertFalse(whole(Arrays.copyOf(content, cut)), "cut at " + cut);
    }
    assertFalse(whole(Arrays.copyOf(content, content.length + 1)));
    for (String none : List.of("", "no model at all", "{}")) {
      assertFalse(whole(none.getBytes(java.nio.charset.StandardCharsets.UTF_8)), none);
    }
  }

  @Test
  void comesToAnEndWhateverTheFile() throws IOException {
    byte[] whole = Goldens.bytes("dinov2/fp32/image.onnx");
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
      for (int k = 0; k < 20 && damaged.length > 0; k++) {
        damaged[random.nextInt(Math.min(2000, damaged.length))] = (byte) random.nextInt();
      }
      half(damaged);
    }
    assertFalse(half(new byte[0]));
    // A graph of 2^63 - 1 bytes: the sum of position and length overflows.
    assertFalse(half(new byte[] {0x3A, -1, -1, -1, -1, -1, -1, -1, -1, 0x7F}));
    assertFalse(half("no model at all".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  /** The smallest model that would crash ONNX Runtime, written by golden/transposed.py. */
  @Test
  void opensWhatOnnxRuntimeCrashesOn() throws IOException {
    Files.write(directory.resolve("t.onnx"), Goldens.bytes("transposed.onnx"));
    EncoderOptions options = EncoderOptions.defaults();
    OnnxSession session = OnnxSession.open(ModelFiles.in(directory), "t.onnx", options);
    ValueTensors.Part part = new ValueTensors.Part("inputs", OnnxJavaType.FLOAT, List.of(3L, 48L));
    ValueTensors inputs = new ValueTensors(session, List.of(part));
    try (Network network = new Network(session, inputs, "embedding", null, 48)) {
      assertEquals(directory.resolve("t.onnx").toString(), network.file());
    }
  }
}
