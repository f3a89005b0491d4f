package io.earthembed.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.earthembed.base.image.GeoTiff;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.encoder.TilePicture;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures a model whose embeddings are colors: a picture's is its first pixel, a text's the colors
 * that it names.
 */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class RetrievalEvaluationTest {
  private static final ModelInfo INFO = new ModelInfo("colors", "1", 3);

  @TempDir Path directory;

  private record Colors<T>(Function<T, float[]> of) implements Encoder<T> {
    @Override
    public ModelInfo model() {
      return INFO;
    }

    @Override
    public Vectors encode(List<? extends T> inputs) {
      Vectors vectors = Vectors.allocate(inputs.size(), 3);
      for (int i = 0; i < inputs.size(); i++) vectors.set(i, of.apply(inputs.get(i)));
      vectors.normalize();
      return vectors;
    }

    @Override
    public void close() {}
  }

  private static EmbeddingModel pictures() {
    return EmbeddingModel.of(
        new Colors<Raster>(
            raster -> new float[] {raster.get(0, 0, 0), raster.get(0, 0, 1), raster.get(0, 0, 2)}));
  }

  private static EmbeddingModel model() {
    return pictures()
        .withText(
            new Colors<>(
                text ->
                    new float[] {
                      text.contains("red") ? 1 : 0.01f,
                      text.contains("green") ? 1 : 0.01f,
                      text.contains("blue") ? 1 : 0.01f
                    }));
  }

  private void picture(String file, int red, int green, int blue) throws IOException {
    Raster raster = Raster.allocate(2, 2, 3, SampleType.UINT8);
    for (int i = 0; i < 4; i++) {
      raster.set(i / 2, i % 2, 0, red);
      raster.set(i / 2, i % 2, 1, green);
      raster.set(i / 2, i % 2, 2, blue);
    }
    Path target = directory.resolve(file);
    Files.createDirectories(target.resolveSibling("."));
    Files.write(target, ImageFiles.encodePng(raster));
  }

  private static void assertFigure(RetrievalReport report, String name, int queries, double value) {
    RetrievalReport.Figure figure = report.figure(name);
    assertEquals(queries, figure.queries(), name);
    assertEquals(value, figure.value(), 1e-9, name);
    assertTrue(figure.low() <= value + 1e-9 && value - 1e-9 <= figure.high(), figure.toString());
  }

  private void colors() throws IOException {
    picture("RedField/1.png", 200, 10, 10);
    picture("RedField/2.png", 10, 200, 20); // looks green
    picture("green_forest/1.png", 5, 200, 5);
    picture("green_forest/2.png", 60, 200, 60);
    Files.writeString(directory.resolve("readme.txt"), "not a class");
    Files.writeString(directory.resolve("RedField/notes.txt"), "not a picture");
  }

  @Test
  void measuresFoldersOfClasses() throws IOException {
    colors();
    RetrievalSet set = RetrievalSet.ofFolders(directory);
    assertEquals(List.of("RedField", "green_forest"), set.classes());
    RetrievalReport report = RetrievalEvaluation.of(model()).run(set, ProgressListener.NONE);
    assertFigure(report, "zero-shot top-1", 4, 0.75);
    // "red field" ranks 1.png, then the red-most of the greens: green_forest/2.png, RedField/2.png.
    // "green forest" ranks green_forest/1.png, RedField/2.png, green_forest/2.png.
    double red = (1 + 2 / 3.0) / 2;
    double green = (1 + 2 / 3.0) / 2;
    assertFigure(report, "text-to-image mAP", 2, (red + green) / 2);
    assertFigure(report, "text-to-image mAP@100", 2, (red + green) / 2);
    // Of the four pictures, only the greens of the forest are near one of their own class.
    assertEquals(4, report.figure("image-to-image mAP").queries());
    RetrievalReport other =
        RetrievalEvaluation.of(model())
            .withPrompts(Prompts.PLAIN)
            .withPrecisionAt(1)
            .withPictureQueries(2)
            .withClassNames(Map.of("RedField", "green", "green_forest", "red"))
            .run(set, ProgressListener.NONE);
    assertFigure(other, "zero-shot top-1", 4, 0.25);
    assertEquals(2, other.figure("image-to-image precision@1").queries());
  }

  @Test
  void measuresPicturesAlone() throws IOException {
    picture("a/1.png", 200, 0, 0);
    picture("a/2.png", 190, 5, 0);
    picture("b/1.png", 0, 200, 0);
    picture("b/2.png", 0, 190, 5);
    picture("c/1.png", 0, 0, 200);
    RetrievalReport report =
        RetrievalEvaluation.of(pictures())
            .withPrecisionAt(2)
            .run(RetrievalSet.ofFolders(directory), ProgressListener.NONE);
    assertEquals(2, report.figures().size());
    // The picture of c has no other of its class, so it is no query.
    assertFigure(report, "image-to-image mAP", 4, 1);
    assertFigure(report, "image-to-image precision@2", 4, 0.5);
    assertEquals(1, report.figure("image-to-image mAP").low());
  }

  private static final String CAPTIONS =
      """
      {"dataset": "rsicd", "images": [
        {"filename": "1.png", "imgid": 0, "split": "test", "sentids": [0, 1],
         "sentences": [{"raw": "a red field", "tokens": ["a", "red", "field"], "imgid": 0, "sentid": 0},
                       {"raw": "red soil ."}, {"raw": " "}]},
        {"filename": "2.png", "imgid": 1, "split": "test", "sentences": [{"raw": "a green wood"}]},
        {"filename": "3.png", "imgid": 2, "split": "test", "sentences": [{"raw": "a red field"}]},
        {"filename": "4.png", "imgid": 3, "split": "train", "sentences": [{"raw": "blue water"}]}
      ]}
      """;

  @Test
  void measuresCaptions() throws IOException {
    picture("images/1.png", 200, 10, 10);
    picture("images/2.png", 10, 200, 20);
    picture("images/3.png", 10, 190, 10); // looks green
    picture("images/4.png", 10, 10, 200);
    Path json = Files.writeString(directory.resolve("dataset_rsicd.json"), CAPTIONS);
    RetrievalSet set = RetrievalSet.ofCaptions(json, directory.resolve("images"), "test");
    assertEquals(3, set.items().size());
    assertEquals(List.of("a red field", "red soil ."), set.items().get(0).captions());
    RetrievalReport report = RetrievalEvaluation.of(model()).run(set, ProgressListener.NONE);
    // Equal captions are one text, which either picture answers.
    assertFigure(report, "text-to-image recall@1", 3, 2 / 3.0);
    assertFigure(report, "text-to-image recall@5", 3, 1);
    assertFigure(report, "text-to-image mean recall", 3, (2 / 3.0 + 1 + 1) / 3);
    assertFigure(report, "image-to-text recall@1", 3, 2 / 3.0);
    assertFigure(report, "image-to-text recall@10", 3, 1);
    assertEquals(4, RetrievalSet.ofCaptions(json, directory.resolve("images"), "").items().size());
    assertTrue(
        String.valueOf(
                assertThrows(
                        EarthEmbedException.class,
                        () -> RetrievalSet.ofCaptions(json, directory, "val"))
                    .getMessage())
            .endsWith("no picture of split val; the splits are [test, train]"));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> RetrievalEvaluation.of(pictures()).run(set, ProgressListener.NONE));
    assertTrue(String.valueOf(e.getMessage()).contains("colors has no text tower"));
  }

  @Test
  void refusesCaptionFilesOfAnotherLayout() throws IOException {
    Path json = directory.resolve("captions.json");
    for (Map.Entry<String, String> each :
        Map.of(
                "[1]", "is not a JSON object",
                "{\"images\": 1}", "has no array \"images\"",
                "{\"images\": [1]}", "images[0] is not an object",
                "{\"images\": [{\"split\": \"test\"}]}", "images[0] has no array \"sentences\"",
                "{\"images\": [{\"split\": \"test\", \"sentences\": [{}]}]}", "no text \"raw\"",
                "{\"images\": [{\"split\": \"test\", \"sentences\": [], \"filename\": \"../x\"}]}",
                    "names a picture elsewhere: ../x",
                "{", "is not JSON")
            .entrySet()) {
      Files.writeString(json, each.getKey());
      CorruptDataException e =
          assertThrows(
              CorruptDataException.class, () -> RetrievalSet.ofCaptions(json, directory, "test"));
      assertTrue(
          String.valueOf(e.getMessage()).contains(each.getValue()),
          () -> each.getKey() + ": " + e.getMessage());
    }
  }

  private void patch(String name, String labels, int red, int green, int blue) throws IOException {
    Path patch = Files.createDirectories(directory.resolve(name));
    for (Band band : Band.values()) {
      int value = band == Band.B04 ? red : band == Band.B03 ? green : band == Band.B02 ? blue : 7;
      Raster raster = Raster.allocate(2, 2, 1, SampleType.UINT16);
      for (int i = 0; i < 4; i++) raster.set(i / 2, i % 2, 0, value);
      Files.write(patch.resolve(name + "_" + band + ".tif"), GeoTiff.write(raster));
    }
    Files.writeString(
        patch.resolve(name + "_labels_metadata.json"), "{\"labels\": " + labels + "}");
  }

  @Test
  void measuresBigEarthNetWithSeveralLabels() throws IOException {
    patch("S2A_1", "[\"red\", \"Pastures\"]", 3000, 100, 100);
    patch("S2A_2", "[\"green\"]", 100, 3000, 100);
    patch("S2A_3", "[\"green\", \"Pastures\"]", 100, 2900, 150);
    RetrievalSet set = RetrievalSet.ofBigEarthNet(directory);
    assertEquals(List.of("Pastures", "green", "red"), set.classes());
    assertEquals(Set.of("red", "Pastures"), set.items().get(0).labels());
    RetrievalReport report = RetrievalEvaluation.of(model()).run(set, ProgressListener.NONE);
    assertThrows(IllegalArgumentException.class, () -> report.figure("zero-shot top-1"));
    // 1 and 3 are pastures, 2 and 3 are green, so all have another that shares a label.
    assertEquals(3, report.figure("image-to-image mAP").queries());
    // "pastures" names no color: 3 is nearest, 1 and 2 are equally near. mAP counts both at once.
    assertFigure(report, "text-to-image mAP", 3, ((1 + 2 / 3.0) / 2 + 1 + 1) / 3);
    assertFigure(report, "text-to-image mAP@100", 3, 1);
    EmbeddingModel bands =
        EmbeddingModel.of(
                new Colors<Raster>(
                    raster -> {
                      assertEquals(12, raster.bands());
                      return new float[] {
                        raster.get(0, 0, 3), raster.get(0, 0, 2), raster.get(0, 0, 1)
                      };
                    }))
            .withPicture(TilePicture.ALL_BANDS);
    assertEquals(
        3,
        RetrievalEvaluation.of(bands)
            .run(set, ProgressListener.NONE)
            .figure("image-to-image mAP")
            .queries());
  }

  @Test
  void writesTablesAndJson() throws IOException {
    colors();
    RetrievalReport report =
        RetrievalEvaluation.of(model())
            .run(RetrievalSet.ofFolders(directory), ProgressListener.NONE);
    String table = report.toTable();
    assertTrue(table.contains("| zero-shot top-1 | 75.0 | "), table);
    assertTrue(table.contains("| FarSLIP-s1 B/16 | EuroSAT | zero-shot top-1 | 59.81 |"), table);
    assertFalse(table.contains("recall"), table); // the set has no captions
    JsonObject json = new Gson().fromJson(report.toJson(), JsonObject.class);
    assertEquals(
        0.75, json.getAsJsonArray("figures").get(0).getAsJsonObject().get("value").getAsDouble());
    assertEquals("farslip", json.get("prompts").getAsString());
  }

  @Test
  void repeatsItsIntervals() throws IOException {
    colors();
    RetrievalSet set = RetrievalSet.ofFolders(directory);
    RetrievalEvaluation evaluation = RetrievalEvaluation.of(model());
    assertEquals(
        evaluation.run(set, ProgressListener.NONE).toJson(),
        evaluation.run(set, ProgressListener.NONE).toJson());
  }

  @Test
  void namesPicturesThatCannotBeRead() throws IOException {
    colors();
    Path broken = Files.writeString(directory.resolve("RedField/3.png"), "no picture");
    RetrievalSet set = RetrievalSet.ofFolders(directory);
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class,
            () -> RetrievalEvaluation.of(model()).run(set, ProgressListener.NONE));
    assertTrue(String.valueOf(e.getMessage()).contains(broken.toString()), e.getMessage());
  }

  @Test
  void hasTheSentencesOfTheirEvaluations() {
    assertEquals(50, Set.copyOf(Prompts.MS_CLIP.templates()).size());
    assertEquals(
        List.of("a satellite photo of annual crop.", "a satellite image of annual crop"),
        Prompts.named("FarSLIP").of(RetrievalSet.words("AnnualCrop")));
    assertEquals("sea or lake", RetrievalSet.words("sea_or lake"));
    assertThrows(IllegalArgumentException.class, () -> Prompts.named("other"));
    assertThrows(IllegalArgumentException.class, () -> new Prompts("x", List.of("no class"), ""));
  }
}
