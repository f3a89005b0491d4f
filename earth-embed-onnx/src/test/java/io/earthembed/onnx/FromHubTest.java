package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.demo.http.Fault;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.hub.Endpoint;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads models from a hub's repository over a loopback server. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class FromHubTest {
  private static final HubRepo REPO = HubRepo.model("us/model").withRevision("v1");

  @TempDir Path directory;

  private Path folder() throws IOException {
    return Files.createDirectories(directory.resolve("served/us/model/resolve/v1"));
  }

  private Hub hub(RangeServer server) {
    String base = server.url("").toString().replaceAll("/+$", "");
    return Hub.builder()
        .endpoint(Endpoint.HUGGING_FACE.withBase(base))
        .cache(directory.resolve("cache"))
        .build();
  }

  @Test
  void loadsByNameAndRevisionAndThenFromTheCacheAlone() throws IOException {
    Goldens.unpack("siglip", "fp32", folder(), "model.json", "image.onnx", "text.onnx");
    Goldens.unpack("siglip", "fp32", folder(), "tokenizer.json");
    Path served = directory.resolve("served");
    float[] there;
    try (RangeServer server = RangeServer.start(served)) {
      try (EmbeddingModel model =
          SigLip.load(hub(server), REPO, Preprocessing.ORIGINAL, EncoderOptions.defaults())) {
        there = model.text().orElseThrow().encode("a river");
      }
      long requests = server.requests();
      try (EmbeddingModel model =
          OnnxEncoders.custom(
              hub(server).toBuilder().offline(true).build(), REPO, EncoderOptions.defaults())) {
        assertArrayEquals(there, model.text().orElseThrow().encode("a river"), 1e-6f);
      }
      assertEquals(requests, server.requests());
    }
    try (EmbeddingModel model = SigLip.load(folder())) {
      assertArrayEquals(there, model.text().orElseThrow().encode("a river"), 1e-6f);
    }
  }

  @Test
  void namesTheAddressThatIsMissingAndTheModelThatIsAnother() throws IOException {
    Goldens.unpack("dinov2", "fp32", folder(), "model.json");
    try (RangeServer server = RangeServer.start(directory.resolve("served"))) {
      EarthEmbedException e =
          assertThrows(
              EarthEmbedException.class,
              () -> OnnxEncoders.custom(hub(server), REPO, EncoderOptions.defaults()).close());
      assertTrue(
          String.valueOf(e.getMessage()).contains("us/model/resolve/v1/image.onnx"),
          e.getMessage());
      Goldens.unpack("dinov2", "fp32", folder(), "image.onnx");
      for (Runnable other :
          List.<Runnable>of(
              () -> FarSlip.load(hub(server), REPO, EncoderOptions.defaults()).close(),
              () -> SatClip.load(hub(server), REPO, EncoderOptions.defaults()).close(),
              () -> Clay.load(hub(server), REPO, EncoderOptions.defaults()).close(),
              () -> OlmoEarth.load(hub(server), REPO, EncoderOptions.defaults()).close())) {
        e = assertThrows(EarthEmbedException.class, other::run);
        assertTrue(String.valueOf(e.getMessage()).contains("describes DINOv2"), e.getMessage());
      }
      DinoV2.load(hub(server), REPO, Preprocessing.EXPLORER_249K, EncoderOptions.defaults())
          .close();
    }
  }

  @Test
  void fetchesTheWeightsBesideANetworkToo() throws IOException {
    Path onnx = Files.createDirectories(folder().resolve("onnx"));
    for (String file : List.of("vision_model.onnx", "vision_model.onnx_data")) {
      Files.write(onnx.resolve(file), Goldens.bytes("layouts/clip/onnx/" + file));
    }
    Files.writeString(
        folder().resolve("model.json"),
        """
        {
          "name": "small", "version": "1", "dimension": 16,
          "image": {
            "file": "onnx/vision_model.onnx", "input": "pixel_values", "output": "image_embeds",
            "channels": "RGB", "size": 32, "interpolation": "bicubic",
            "mean": [0, 0, 0], "std": [1, 1, 1]
          }
        }
        """);
    try (RangeServer server = RangeServer.start(directory.resolve("served"));
        EmbeddingModel model = OnnxEncoders.custom(hub(server), REPO, EncoderOptions.defaults())) {
      assertEquals(16, model.image().encode(Goldens.picture(0, 32, 32)).length);
    }
  }

  /** Serves a layout of the hub, and returns its golden. */
  private JsonObject serve(String name) throws IOException {
    String json = new String(Goldens.bytes("layouts/" + name + ".json"), StandardCharsets.UTF_8);
    JsonObject golden = new Gson().fromJson(json, JsonObject.class);
    for (JsonElement file : golden.getAsJsonArray("files")) {
      Path target = folder().resolve(file.getAsString());
      Files.createDirectories(target.resolveSibling("."));
      Files.write(target, Goldens.bytes("layouts/" + name + "/" + file.getAsString()));
    }
    return golden;
  }

  @Test
  void opensLayoutsWithoutADescriptionAndThenFromTheCacheAlone() throws IOException {
    JsonObject golden = serve("clip");
    // Another precision, the weights of another framework: neither is needed.
    Files.writeString(folder().resolve("onnx/text_model_quantized.onnx"), "not needed");
    Files.writeString(folder().resolve("model.safetensors"), "not needed");
    try (RangeServer server = RangeServer.start(directory.resolve("served"))) {
      float[] there;
      try (EmbeddingModel model = OnnxEncoders.open(hub(server), REPO, EncoderOptions.defaults())) {
        assertEquals("us/model", model.info().name());
        there = model.text().orElseThrow().encode("a river");
        assertEquals(16, model.image().encode(Goldens.picture(0, 32, 32)).length);
      }
      Path cache = hub(server).directory(REPO);
      List<String> fetched = new ArrayList<>();
      try (Stream<Path> files = Files.walk(cache)) {
        files
            .filter(Files::isRegularFile)
            .map(file -> cache.relativize(file).toString())
            .filter(file -> !file.endsWith(".lock") && !file.endsWith(".sha256"))
            .forEach(fetched::add);
      }
      Set<String> all = new HashSet<>();
      golden.getAsJsonArray("files").forEach(file -> all.add(file.getAsString()));
      assertTrue(all.containsAll(fetched), fetched + " of " + all);
      assertTrue(fetched.contains("onnx/vision_model.onnx_data"), fetched.toString());
      long requests = server.requests();
      Hub offline = hub(server).toBuilder().offline(true).build();
      try (EmbeddingModel model = OnnxEncoders.open(offline, REPO, EncoderOptions.defaults())) {
        assertArrayEquals(there, model.text().orElseThrow().encode("a river"), 1e-6f);
      }
      assertEquals(requests, server.requests());
      try (EmbeddingModel model = OnnxEncoders.open(cache)) {
        assertArrayEquals(there, model.text().orElseThrow().encode("a river"), 1e-6f);
      }
    }
  }

  @Test
  void opensTextsOfTheOnlyPrecisionThatThereIs() throws IOException {
    serve("quantized");
    try (RangeServer server = RangeServer.start(directory.resolve("served"))) {
      try (Encoder<String> text =
          OnnxEncoders.openText(hub(server), REPO, EncoderOptions.defaults())) {
        assertEquals("us/model", text.model().name());
        assertEquals(text.model().dimension(), text.encode("a river").length);
      }
      assertTrue(hub(server).has(REPO, "onnx/model_quantized.onnx"));
      assertFalse(hub(server).has(REPO, "onnx/model.onnx"));
    }
  }

  @Test
  void asksAgainIfTheHubIsBusyAndNamesWhatFails() throws IOException {
    serve("quantized");
    try (RangeServer server = RangeServer.start(directory.resolve("served"))) {
      server.fail(Fault.UNAVAILABLE, Fault.UNAVAILABLE);
      assertTrue(hub(server).has(REPO, "onnx/model_quantized.onnx"));
      server.failOften(1, 1, Fault.UNAVAILABLE);
      Hub impatient = hub(server).toBuilder().attempts(2).build();
      EarthEmbedException e =
          assertThrows(EarthEmbedException.class, () -> impatient.has(REPO, "config.json"));
      assertTrue(
          String.valueOf(e.getMessage()).contains("v1/config.json, 2 attempts: HTTP 503"),
          e.getMessage());
    }
  }

  @Test
  void fetchesNoWeightsOutsideTheRepository() throws IOException {
    serve("clip");
    Path file = folder().resolve("onnx/vision_model.onnx");
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(
        file,
        bytes.replace("vision_model.onnx_data", "../sion_model.onnx_dat"),
        StandardCharsets.ISO_8859_1);
    try (RangeServer server = RangeServer.start(directory.resolve("served"))) {
      EarthEmbedException e =
          assertThrows(
              EarthEmbedException.class,
              () -> OnnxEncoders.open(hub(server), REPO, EncoderOptions.defaults()).close());
      assertTrue(
          String.valueOf(e.getMessage()).contains("names a file elsewhere: onnx/../sion"),
          e.getMessage());
    }
  }
}
