package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.encoder.SigmoidScore;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class PublishedModelsTest {
  @TempDir Path directory;

  private static String messageOf(Runnable call) {
    return String.valueOf(assertThrows(EarthEmbedException.class, call::run).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "SIGLIP,SigLIP,1152,384,3",
    "SIGLIP2,SigLIP2,1152,384,3",
    "FARSLIP,FarSLIP,512,224,3",
    "FARSLIP_S1,FarSLIP,512,224,3",
    "REMOTECLIP,RemoteCLIP,512,224,3",
    "GEORSCLIP,GeoRSCLIP,512,224,3",
    "MSCLIP,MS-CLIP,512,224,10",
    "TIPSV2,TIPSv2,768,448,3",
    "QWEN3_VL_EMBEDDING,Qwen3-VL-Embedding,2048,384,3",
    "SSL4EO,SSL4EO,2048,224,13",
    "SATCLIP,SatCLIP,256,224,13",
    "DINOV2,DINOv2,1024,224,3",
    "DINOV2_BASE,DINOv2,768,224,3",
    "DINOV2_SMALL,DINOv2,384,224,3",
    "CLAY,Clay,1024,384,10",
    "OLMOEARTH,OlmoEarth,768,128,12",
    "OLMOEARTH_V1_2_BASE,OlmoEarth,768,128,12",
    "OLMOEARTH_V1_2_SMALL,OlmoEarth,384,128,12",
    "OLMOEARTH_V1_2_TINY,OlmoEarth,192,128,12",
    "OLMOEARTH_V1_2_NANO,OlmoEarth,128,128,12",
  })
  void describesThePublishedModel(
      PublishedModel model, String name, int dimension, int size, int channels) {
    ModelDescription description = model.description();
    assertEquals(name, description.info().name());
    assertEquals(dimension, description.info().dimension());
    assertEquals(size, Objects.requireNonNull(description.image()).size());
    assertEquals(channels, Objects.requireNonNull(description.image()).channels());
  }

  @ParameterizedTest
  @EnumSource(PublishedModel.class)
  void saysWhichFileIsMissing(PublishedModel model) {
    String message =
        messageOf(() -> model.load(directory, x -> x, EncoderOptions.defaults()).close());
    assertTrue(message.contains(directory.resolve("image.onnx").toString()), message);
  }

  @Test
  void givesSatClipZerosWhereB10WouldBe() {
    List<String> bands =
        new ArrayList<>(
            Objects.requireNonNull(PublishedModel.SATCLIP.description().image()).bands());
    assertEquals(ImageDescription.ZERO, bands.remove(10));
    List<String> all = new ArrayList<>();
    for (Band band : Band.values()) all.add(band.name());
    assertEquals(all, bands);
  }

  @Test
  void versionsDifferBetweenPreprocessings() {
    ModelDescription sigLip = PublishedModel.SIGLIP.description();
    ModelDescription explorer = SigLip.prepared(Preprocessing.EXPLORER_249K).apply(sigLip);
    assertNotEquals(sigLip.info(), explorer.info());
    assertEquals(TextCleaning.CANONICALIZE, Objects.requireNonNull(sigLip.text()).clean());
    assertEquals(TextCleaning.WHITESPACE, Objects.requireNonNull(explorer.text()).clean());
    assertEquals(sigLip, SigLip.prepared(Preprocessing.ORIGINAL).apply(sigLip));
    ModelDescription dinoV2 = PublishedModel.DINOV2.description();
    explorer = DinoV2.prepared(Preprocessing.EXPLORER_249K).apply(dinoV2);
    assertNotEquals(dinoV2.info(), explorer.info());
    assertEquals(255f * 255f, Objects.requireNonNull(explorer.image()).divisor());
  }

  @Test
  void takesFilesThatLieAnywhereAndTheScoreOfTheCheckpoint() throws IOException {
    Path apart = Files.createDirectory(directory.resolve("apart"));
    Goldens.unpack(
        "siglip", "fp32", directory, "model.json", "image.onnx", "text.onnx", "tokenizer.json");
    Files.move(directory.resolve("tokenizer.json"), apart.resolve("words.json"));
    // This form is for the published model; the golden's towers are smaller.
    String message =
        messageOf(
            () ->
                SigLip.load(
                        directory.resolve("image.onnx"),
                        directory.resolve("text.onnx"),
                        apart.resolve("words.json"),
                        Preprocessing.ORIGINAL,
                        EncoderOptions.defaults())
                    .close());
    assertTrue(message.contains("image.onnx: expected output embedding"), message);
    message =
        messageOf(
            () ->
                SigLip.load(
                        directory.resolve("nowhere.onnx"),
                        directory.resolve("text.onnx"),
                        apart.resolve("words.json"),
                        Preprocessing.ORIGINAL,
                        EncoderOptions.defaults())
                    .close());
    assertTrue(message.contains(directory.resolve("nowhere.onnx").toString()), message);

    Files.move(apart.resolve("words.json"), directory.resolve("tokenizer.json"));
    try (EmbeddingModel model = SigLip.load(directory)) {
      SigmoidScore sigmoid = model.sigmoid().orElseThrow();
      assertEquals(Math.exp(4.7), sigmoid.scale(), 1e-3);
      assertEquals(-16.5, sigmoid.bias(), 1e-6);
    }
  }

  @Test
  void refusesTheDirectoryOfAnotherModel() throws IOException {
    Goldens.unpack("dinov2", "fp32", directory, "model.json", "image.onnx");
    String message = messageOf(() -> FarSlip.load(directory).close());
    assertTrue(message.contains("describes DINOv2, not FarSLIP"), message);
  }

  @Test
  void takesTheFileOfAModelOfOneTower() throws IOException {
    Goldens.unpack("dinov2", "fp32", directory, "image.onnx");
    String message = messageOf(() -> DinoV2.load(directory.resolve("image.onnx")).close());
    assertTrue(message.contains("expected output embedding"), message); // smaller than published
  }

  @Test
  void refusesPicturesOfTheWrongKind() throws IOException {
    Goldens.unpack("satclip", "fp32", directory, "model.json", "image.onnx", "location.onnx");
    try (EmbeddingModel model = SatClip.load(directory)) {
      assertEquals(new ModelInfo("SatCLIP", "ViT16-L40", 32), model.info());
      for (Raster wrong :
          List.of(
              Raster.allocate(8, 8, 3, SampleType.UINT8),
              Raster.allocate(8, 8, 12, SampleType.UINT8),
              Raster.allocate(8, 8, 1, SampleType.UINT16),
              Raster.allocate(8, 8, 13, SampleType.UINT16))) {
        IllegalArgumentException e =
            assertThrows(IllegalArgumentException.class, () -> model.image().encode(wrong));
        assertTrue(String.valueOf(e.getMessage()).contains("inputs[0]"));
      }
      Raster nan = Raster.allocate(4, 4, 12, SampleType.FLOAT32);
      nan.set(1, 1, 3, Float.NaN);
      String message = messageOf(() -> model.image().encode(nan));
      assertTrue(message.contains("inputs[0]"), message);
      Raster twelve = Raster.allocate(1, 1, 12, SampleType.UINT16);
      Raster floats = Raster.allocate(1, 1, 12, SampleType.FLOAT32);
      for (int band = 0; band < 12; band++) {
        twelve.set(0, 0, band, 100 * band);
        floats.set(0, 0, band, 100 * band);
      }
      assertArrayEquals(model.image().encode(twelve), model.image().encode(floats), 1e-6f);
    }
  }

  @Test
  void takesAMegabyteOfText() throws IOException {
    Goldens.unpack(
        "farslip", "fp32", directory, "model.json", "image.onnx", "text.onnx", "tokenizer.json");
    try (EmbeddingModel model = FarSlip.load(directory)) {
      float[] cut = model.text().orElseThrow().encode("a river ".repeat(300));
      assertArrayEquals(cut, model.text().orElseThrow().encode("a river ".repeat(130_000)), 1e-5f);
      assertEquals(32, model.text().orElseThrow().encode("&amp;".repeat(200_000)).length);
      assertEquals(32, model.text().orElseThrow().encode("\u00C3".repeat(500_000)).length);
    }
  }
}
