package io.earthembed.guides.examples;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.common.Device;
import io.earthembed.common.ProgressListener;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import io.earthembed.image.Acquisition;
import io.earthembed.image.Raster;
import io.earthembed.imagery.Tile;
import io.earthembed.onnx.DinoV2;
import io.earthembed.onnx.EncoderOptions;
import io.earthembed.onnx.Preprocessing;
import io.earthembed.onnx.SigLip;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** The code of docs/guides/models.md, hub.md and gpu.md: models that are not in the jar. */
public final class ModelGuide {
  private ModelGuide() {}

  /** Loads a model from a folder. */
  public static float[] load() {
    // [load
    try (EmbeddingModel sigLip = SigLip.load(Path.of("siglip/fp32"))) {
      return sigLip.text().orElseThrow().encode("a satellite image of a river");
    }
    // load]
  }

  /** Loads a model from a hub. */
  public static EmbeddingModel repository() {
    // [repository
    HubRepo repo = HubRepo.model("you/siglip-onnx").withRevision("v1");
    EmbeddingModel sigLip =
        SigLip.load(Hub.fromEnvironment(), repo, Preprocessing.ORIGINAL, EncoderOptions.defaults());
    // repository]
    return sigLip;
  }

  /** Fetches a model's files from a hub one by one. */
  public static EmbeddingModel files() {
    // [files
    Hub hub = Hub.fromEnvironment();
    HubRepo repo = HubRepo.model("organization/name"); // withRevision("commit") to be exact
    Path directory =
        hub.fetch(
            repo, List.of("image.onnx", "text.onnx", "tokenizer.json"), ProgressListener.NONE);
    EmbeddingModel model = SigLip.load(directory);
    // files]
    return model;
  }

  /** Loads a model on a GPU. */
  public static EmbeddingModel gpu(Path directory) {
    // [gpu
    EmbeddingModel model =
        SigLip.load(
            directory,
            Preprocessing.ORIGINAL,
            EncoderOptions.defaults().withDevice(Device.cuda(0)));
    // gpu]
    return model;
  }

  /** Asks for a picture and a text as one query. */
  public static SearchResult together(EarthExplorer earth) {
    // [together
    Query query = Query.imageText(Path.of("lake.png"), "the same lake in winter");
    SearchResult result = earth.search(query, SearchOptions.top(10));
    // together]
    return result;
  }

  /** Tells a model when a picture was taken. */
  public static Raster dated(Raster picture) {
    // [dated
    Raster crop =
        picture.withAcquisition(
            Acquisition.UNKNOWN.withTime(Instant.parse("2024-06-30T10:20:31Z")));
    // dated]
    return crop;
  }

  /** Tests which preprocessing made a published row. */
  public static void recipes(Path directory, Tile tile, float[] row) {
    // [recipes
    Raster crop = tile.trueColor().centerCrop(384);
    for (Preprocessing preprocessing : Preprocessing.values()) {
      try (EmbeddingModel model =
          DinoV2.load(directory, preprocessing, EncoderOptions.defaults())) {
        System.out.println(preprocessing + " " + cosine(model.image().encode(crop), row));
      }
    }
    // recipes]
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      squaresOfA += a[i] * a[i];
      squaresOfB += b[i] * b[i];
    }
    return product / Math.sqrt(squaresOfA * squaresOfB);
  }
}
