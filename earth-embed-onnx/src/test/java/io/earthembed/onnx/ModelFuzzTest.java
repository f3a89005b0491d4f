package io.earthembed.onnx;

import io.earthembed.testkit.fuzz.Fuzzer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hostile descriptions and headers of models. */
class ModelFuzzTest {
  @Test
  void refusesWhatIsNoModel(@TempDir Path folder) throws Exception {
    Fuzzer fuzzer = Fuzzer.of(ModelFuzz.class).runs(3_000);
    for (String model : new String[] {"siglip", "satclip", "dinov2"}) {
      Path files = Files.createDirectory(folder.resolve(model));
      Goldens.unpack(model, "fp32", files, "model.json");
      fuzzer.seed(model, Files.readAllBytes(files.resolve("model.json")));
    }
    for (String config : new String[] {"config.json", "preprocessor_config.json"}) {
      fuzzer.seed("clip " + config, Goldens.bytes("layouts/clip/" + config));
    }
    fuzzer.seed("pooling", Goldens.bytes("layouts/sentences/1_Pooling/config.json"));
    fuzzer.seed("tokenizer", Goldens.bytes("layouts/sentences/tokenizer_config.json"));
    // A model with a graph that has an initializer of float16.
    fuzzer.seed("onnx", new byte[] {8, 8, 58, 6, 42, 4, 16, 10, 8, 1});
    fuzzer.fuzz();
  }
}
