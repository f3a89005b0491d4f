package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.EarthExplorer;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Embeddings of one recipe refuse the queries of every other. */
class RecipesTest {
  /** A model's recipe, without its network. */
  private record Recipe(ModelInfo model, String preparation) implements Encoder<Raster> {
    static Recipe of(ModelDescription description) {
      ImageDescription image = Objects.requireNonNull(description.image());
      return new Recipe(description.info(), image.preparation());
    }

    @Override
    public Vectors encode(List<? extends Raster> inputs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  /** One embedding that a recipe made. */
  private record Made(ModelInfo model, String preparation) implements EmbeddingDataset {
    Made(Recipe recipe) {
      this(recipe.model(), recipe.preparation());
    }

    @Override
    public EmbeddingOrigin origin() {
      return EmbeddingOrigin.of(model).withPreparation(preparation);
    }

    @Override
    public TileCatalog catalog() {
      return TileCatalog.of(
          List.of(new TileRecord("tile", null, null, null, new GeoPoint(0, 0), 0, null)));
    }

    @Override
    public void forEachBatch(Consumer<Vectors> batches) {
      float[] embedding = new float[model().dimension()];
      embedding[0] = 1;
      batches.accept(Vectors.of(embedding));
    }
  }

  /** Every published model, the second way to prepare some, and the older ways of others. */
  private static Map<String, Recipe> recipes() {
    Map<String, Recipe> recipes = new LinkedHashMap<>();
    for (String name : ModelDescription.publishedNames()) {
      recipes.put(name, Recipe.of(ModelDescription.published(name)));
    }
    Preprocessing explorer = Preprocessing.EXPLORER_249K;
    recipes.put(
        "siglip, explorer",
        Recipe.of(SigLip.prepared(explorer).apply(PublishedModel.SIGLIP.description())));
    recipes.put(
        "dinov2, explorer",
        Recipe.of(DinoV2.prepared(explorer).apply(PublishedModel.DINOV2.description())));
    for (PublishedModel model : List.of(PublishedModel.CLAY, PublishedModel.OLMOEARTH)) {
      ModelDescription told = model.description();
      ImageDescription image = Objects.requireNonNull(told.image());
      ImageDescription untold = image.toBuilder().metadata(Map.of()).build();
      recipes.put(
          model.folder() + ", told nothing", Recipe.of(told.toBuilder().image(untold).build()));
    }
    return recipes;
  }

  @Test
  void refuseOneAnotherByName() {
    Map<String, Recipe> recipes = recipes();
    List<String> names = new ArrayList<>(recipes.keySet());
    int refused = 0;
    for (String made : names) {
      Made dataset = new Made(Objects.requireNonNull(recipes.get(made)));
      for (String queried : names) {
        Recipe recipe = Objects.requireNonNull(recipes.get(queried));
        EmbeddingModel model = EmbeddingModel.of(recipe);
        if (made.equals(queried)) {
          EarthExplorer.open(dataset, model).close();
          continue;
        }
        IllegalArgumentException e =
            assertThrows(
                IllegalArgumentException.class,
                () -> EarthExplorer.open(dataset, model).close(),
                made + " by " + queried);
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("was made by " + dataset.model()), message);
        boolean sameModel = dataset.model().equals(model.info());
        String name = sameModel ? recipe.preparation() : model.info().toString();
        assertTrue(message.contains(name), message);
        refused++;
      }
    }
    assertEquals(names.size() * (names.size() - 1), refused);
  }

  @ParameterizedTest
  @CsvSource({
    "Clay,1.5,clay",
    "clay-v1.5,1,clay",
    "SatCLIP-ViT16-L40,1,satclip",
    "FarSLIP-ViT-B-16,1,farslip-s1",
    "FarSLIP-ViT-B-16,2,farslip",
    "SSL4EO-ResNet50-DINO,1,ssl4eo",
    "Qwen3-VL-Embedding-2B,1,qwen3-vl-embedding",
    "OlmoEarth-v1-Base,1,olmoearth",
    "OlmoEarth-v1_2-Base,1,olmoearth-v1.2-base",
    "OlmoEarth-v1_2-Small,1,olmoearth-v1.2-small",
    "OlmoEarth-v1_2-Tiny,1,olmoearth-v1.2-tiny",
    "OlmoEarth-v1_2-Nano,1,olmoearth-v1.2-nano"
  })
  void knowsTheNameThatOthersGiveToAModel(String name, String version, String published) {
    Recipe meant = Recipe.of(ModelDescription.published(published));
    ModelInfo named = new ModelInfo(name, version, meant.model().dimension());
    try (EarthExplorer earth = EarthExplorer.open(new Made(named, ""), EmbeddingModel.of(meant))) {
      assertEquals(meant.model(), earth.model().info());
    }
    for (String other : ModelDescription.publishedNames()) {
      if (other.equals(published)) continue;
      String message = refusal(new Made(named, ""), Recipe.of(ModelDescription.published(other)));
      assertTrue(message.contains("others mean by it " + meant.model()), message);
    }
    // The same name with other weights is another model.
    ModelInfo checksum = new ModelInfo(name, "sha256-0123456789abcdef", named.dimension());
    assertTrue(!refusal(new Made(checksum, ""), meant).contains("others mean by it"));
  }

  @Test
  void asksWhichOfTwoPreparationsANameMeans() {
    Recipe original = Recipe.of(PublishedModel.DINOV2_BASE.description());
    Recipe explorer =
        Recipe.of(
            DinoV2.prepared(Preprocessing.EXPLORER_249K)
                .apply(PublishedModel.DINOV2_BASE.description()));
    ModelInfo named = new ModelInfo("dinov2-base", "1", 768);
    String message = refusal(new Made(named, ""), explorer);
    assertTrue(
        message.contains(
            "was made by dinov2-base 1 (768-d), not by DINOv2 dinov2-base explorer-249k (768-d);"
                + " others mean by it DINOv2 dinov2-base (768-d) or DINOv2 dinov2-base"
                + " explorer-249k (768-d); if these are two names of one model, open the dataset"
                + " with the ModelInfo of the second"),
        message);
    // A dataset that tells its preparation tells which.
    EarthExplorer.open(new Made(named, explorer.preparation()), EmbeddingModel.of(explorer))
        .close();
    refusal(new Made(named, explorer.preparation()), original);
    ModelInfo sigLip = new ModelInfo("ViT-SO400M-14-SigLIP-384", "webli", 1152);
    assertTrue(
        refusal(new Made(sigLip, ""), Recipe.of(PublishedModel.SIGLIP.description()))
            .contains("others mean by it SigLIP ViT-SO400M-14-SigLIP-384 (1152-d) or SigLIP"));
  }

  private static String refusal(Made dataset, Recipe queried) {
    EmbeddingModel model = EmbeddingModel.of(queried);
    return String.valueOf(
        assertThrows(
                IllegalArgumentException.class, () -> EarthExplorer.open(dataset, model).close())
            .getMessage());
  }
}
