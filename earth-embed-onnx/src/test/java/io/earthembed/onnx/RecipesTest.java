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
  private record Made(Recipe recipe) implements EmbeddingDataset {
    @Override
    public ModelInfo model() {
      return recipe.model();
    }

    @Override
    public EmbeddingOrigin origin() {
      return EmbeddingOrigin.of(model()).withPreparation(recipe.preparation());
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
}
