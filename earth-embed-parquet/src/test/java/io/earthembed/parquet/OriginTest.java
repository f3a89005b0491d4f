package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embeddings carry their origin, and those of another origin are refused. */
class OriginTest {
  private static final ModelInfo MODEL = new ModelInfo("model", "2", 3);
  private static final EmbeddingOrigin ORIGIN =
      new EmbeddingOrigin(
          MODEL, "RGB size=384", "TRUE_COLOUR, centre 384", "https://example.org/images/");

  @TempDir Path folder;

  /** The first pixel of a picture. */
  private record FirstPixel(ModelInfo model, String preparation) implements Encoder<Raster> {
    @Override
    public Vectors encode(List<? extends Raster> inputs) {
      Vectors vectors = Vectors.allocate(inputs.size(), 3);
      for (int i = 0; i < inputs.size(); i++) {
        Raster r = inputs.get(i);
        vectors.set(i, new float[] {r.get(0, 0, 0), r.get(0, 0, 1), r.get(0, 0, 2)});
      }
      vectors.normalize();
      return vectors;
    }

    @Override
    public void close() {}
  }

  private static EmbeddingModel model(ModelInfo info, String preparation) {
    return EmbeddingModel.of(new FirstPixel(info, preparation));
  }

  private static EmbeddedTile tile(String id) {
    return new EmbeddedTile(
        new TileRecord(
            id, new GridCell(1, 2), "p", Instant.EPOCH, new GeoPoint(1, 2), Float.NaN, null),
        null);
  }

  private void write(Path into, String part, EmbeddingOrigin origin) {
    Vectors vectors = Vectors.of(new float[] {1, 0, 0});
    new GeoParquetSink(into, MODEL).write(part, origin, List.of(tile(part)), vectors);
  }

  @Test
  void comesBackWithTheDataset() {
    write(folder, "part-0", ORIGIN);
    GeoParquetDataset dataset = GeoParquetDataset.open(folder);
    assertEquals(ORIGIN, dataset.origin());
    assertEquals(MODEL, dataset.model());
    try (EarthExplorer earth = EarthExplorer.open(dataset, model(MODEL, ORIGIN.preparation()))) {
      assertEquals(
          1, earth.search(Query.vector(new float[] {1, 0, 0}), SearchOptions.top(3)).hits().size());
    }
    // If one side does not record it, the model alone decides.
    EarthExplorer.open(dataset, model(MODEL, "")).close();
  }

  @Test
  void refusesTheWrongModelAllTheWay() {
    write(folder, "part-0", ORIGIN);
    ModelInfo newer = new ModelInfo("model", "3", 3);
    EarthEmbedException opened =
        assertThrows(EarthEmbedException.class, () -> GeoParquetDataset.open(folder, newer));
    assertTrue(opened.getMessage().contains("model 2"), opened.getMessage());
    GeoParquetDataset dataset = GeoParquetDataset.open(folder);
    for (EmbeddingModel wrong :
        List.of(
            model(newer, "RGB size=384"),
            model(new ModelInfo("other", "2", 3), "RGB size=384"),
            model(MODEL, "RGB size=224"))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> EarthExplorer.open(dataset, wrong));
      assertTrue(String.valueOf(e.getMessage()).contains("was made by model 2"), String.valueOf(e));
    }
  }

  @Test
  void refusesPartsThatWereMadeOtherwise() {
    write(folder, "part-0", ORIGIN);
    GeoParquetSink sink = new GeoParquetSink(folder, MODEL);
    sink.require("part-0", ORIGIN);
    EmbeddingOrigin other =
        new EmbeddingOrigin(MODEL, "RGB size=224", ORIGIN.crops(), ORIGIN.source());
    assertThrows(EarthEmbedException.class, () -> sink.require("part-0", other));
    assertThrows(
        IllegalArgumentException.class,
        () -> write(folder, "part-1", EmbeddingOrigin.of(new ModelInfo("other", "2", 3))));
    write(folder, "part-1", other);
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> GeoParquetDataset.open(folder));
    assertTrue(e.getMessage().contains("part-1.parquet"), e.getMessage());
  }

  /** Readers of the folder ignore files with such names. */
  @Test
  void refusesNamesOfHiddenFiles() {
    for (String name : List.of("_part-0", ".part-0", "-part-0", "", "a/b")) {
      assertThrows(IllegalArgumentException.class, () -> write(folder, name, ORIGIN), name);
    }
    write(folder, "0_part", ORIGIN);
    assertEquals(1, GeoParquetDataset.open(folder).catalog().size());
  }

  @Test
  void keepsAListOfWhatFailed() throws Exception {
    GeoParquetSink sink = new GeoParquetSink(folder, MODEL);
    FailedTile failed =
        new FailedTile(tile("a \"tile\"").tile(), new EarthEmbedException("no \"bytes\""));
    sink.recordFailures("part-0", List.of(failed, failed));
    Path list = folder.resolve("part-0.failed.jsonl");
    assertEquals(
        "{\"tile\":\"a \\\"tile\\\"\",\"source\":\"null\",\"reason\":\"no \\\"bytes\\\"\"}",
        Files.readAllLines(list).get(1));
    // A part all of whose tiles failed is there all the same, and is not tried again.
    sink.write("part-0", ORIGIN, List.of(), Vectors.allocate(0, 3));
    assertEquals(1, sink.parts().size());
    assertEquals(0, GeoParquetDataset.open(folder).catalog().size());
    sink.recordFailures("part-0", List.of());
    assertTrue(Files.notExists(list));
  }
}
