package io.earthembed.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.common.CorruptDataException;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.guides.examples.BringYourOwnArchive;
import io.earthembed.guides.examples.BringYourOwnModel;
import io.earthembed.guides.examples.GettingStarted;
import io.earthembed.guides.examples.SearchTheEarth;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.testkit.EncoderContract;
import io.earthembed.testkit.ImageryStoreContract;
import io.earthembed.vector.Vectors;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the code of the guides for newcomers. */
class BringYourOwnTest {
  @TempDir Path folder;

  private static Raster picture(LandscapeKind kind) {
    return Landscape.generate(kind, 3, 64).trueColor();
  }

  @Test
  void fromAnEmptyFolderToAMap() throws Exception {
    Path shard = folder.resolve("shard.parquet");
    Path embeddings = folder.resolve("embeddings");
    GettingStarted.writeShard(shard, 60);
    GettingStarted.embed(shard, embeddings);
    GeoParquetDataset dataset = GeoParquetDataset.open(embeddings);
    assertEquals(60, dataset.catalog().size());
    assertEquals(-90, dataset.catalog().record(15).center().longitude(), 0.1);
    // The guide's next query finds the expected tile.
    try (EarthExplorer earth = EarthExplorer.open(dataset, DemoModel.load()).owning()) {
      SearchResult found =
          earth.search(Query.text("a satellite image of a river"), SearchOptions.top(3));
      for (Hit hit : found.hits()) {
        int scene = Integer.parseInt(String.valueOf(hit.tile().productId()).replace("scene ", ""));
        assertEquals(LandscapeKind.RIVER, LandscapeKind.values()[scene % 10], hit.toString());
      }
    }
    Raster best = SearchTheEarth.run(embeddings, folder.resolve("map.html"));
    assertEquals(3, best.bands());
    assertTrue(Files.size(folder.resolve("map.html")) > 100_000);
  }

  @Test
  void aFolderWithADescriptionIsAModel() throws Exception {
    for (String name : List.of("image.onnx", "model.json")) {
      try (InputStream in = DemoModel.class.getResourceAsStream("demo/" + name)) {
        Files.copy(Objects.requireNonNull(in), folder.resolve(name));
      }
    }
    Raster river = picture(LandscapeKind.RIVER);
    try (EmbeddingModel demo = DemoModel.load()) {
      assertEquals(1, BringYourOwnModel.check(folder, river, demo.image().encode(river)), 1e-5);
      float[] desert = demo.image().encode(picture(LandscapeKind.DESERT));
      assertTrue(BringYourOwnModel.check(folder, river, desert) < 0.9);
    }
  }

  @Test
  void aFolderOfPicturesWithATableIsSearched() throws Exception {
    StringBuilder table = new StringBuilder("file,latitude,longitude,time\n");
    for (LandscapeKind kind : LandscapeKind.values()) {
      Files.write(folder.resolve(kind + ".png"), ImageFiles.encodePng(picture(kind)));
      table.append(kind).append(".png,45,").append(kind.ordinal()).append(",2024-05-01\n");
    }
    Path csv = Files.writeString(folder.resolve("tiles.csv"), table);
    Path out = folder.resolve("out");
    try (EmbeddingModel demo = DemoModel.load();
        EarthExplorer earth = BringYourOwnArchive.pictures(csv, out, demo, 64)) {
      SearchResult found =
          earth.search(Query.image(picture(LandscapeKind.RIVER)), SearchOptions.top(1));
      assertEquals("RIVER.png", found.hits().get(0).tile().id());
      assertEquals(1, found.hits().get(0).score(), 1e-5);
      Raster shown = earth.fetch(found, TileParts.THUMBNAIL).get(0).orThrow().thumbnail();
      assertEquals(picture(LandscapeKind.RIVER).data(), Objects.requireNonNull(shown).data());
      earth.imagery().orElseThrow().close();
    }
  }

  @Test
  void vectorsInMemoryAndTilesOfATableAreADataset() {
    List<ImageryStoreContract.Source> sources = new ArrayList<>();
    for (int i = 0; i < 4; i++) sources.add(ImageryStoreContract.tile(i));
    URI zip = ZipStoreContractTest.write(folder.resolve("a.zip"), sources);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String cloud = i == 0 ? "" : "12.5";
      lines.add(
          "t"
              + i
              + ",S2X_TEST_"
              + i
              + ",2024-05-01T10:20:30Z,45,"
              + i
              + ","
              + cloud
              + ","
              + zip
              + ","
              + i);
    }
    List<TileRecord> tiles = BringYourOwnArchive.records(lines);
    assertTrue(Float.isNaN(tiles.get(0).cloudCover()));
    assertEquals(12.5f, tiles.get(1).cloudCover());
    EmbeddingModel colors = BringYourOwnModel.colors();
    List<Raster> pictures = sources.stream().map(ImageryStoreContract.Source::thumbnail).toList();
    Vectors vectors = colors.image().encode(pictures);
    try (EarthExplorer earth = BringYourOwnArchive.join(tiles, vectors, colors)) {
      SearchResult found = earth.search(Query.image(pictures.get(2)), SearchOptions.top(1));
      assertEquals("t2", found.hits().get(0).tile().id());
      // The table puts the tile into another cell than the archive does, which is noticed.
      RuntimeException other = earth.fetch(found, TileParts.THUMBNAIL).get(0).failure();
      assertTrue(String.valueOf(other).contains("not S2X_TEST_2 in "), String.valueOf(other));
    }
  }

  /** Written by the guide's Python with pyarrow 26.0.1. */
  @Test
  void embeddingsFromPythonAreADataset() throws Exception {
    Path file = folder.resolve("python.parquet");
    try (InputStream in = BringYourOwnTest.class.getResourceAsStream("python.parquet")) {
      Files.copy(Objects.requireNonNull(in), file);
    }
    try (EarthExplorer earth = BringYourOwnArchive.open(file, BringYourOwnModel.colors())) {
      assertEquals(3, earth.catalog().size());
      float[] query = {0, 1, 0, 0, 0, 0};
      SearchResult found = earth.search(Query.vector(query), SearchOptions.top(3));
      assertEquals("b", found.hits().get(0).tile().id());
      assertEquals(8, found.hits().get(0).tile().center().longitude(), 1e-6);
    }
    assertThrows(
        CorruptDataException.class, // of six numbers, not of 128
        () -> BringYourOwnArchive.open(file, DemoModel.load()).close());
  }

  /** The suite that the guide shows, on the guide's own model. */
  @Nested
  class Contract extends EncoderContract<Raster> {
    @Override
    protected Encoder<Raster> create() {
      return new BringYourOwnModel.Colors();
    }

    @Override
    protected List<Raster> inputs() {
      List<Raster> inputs = new ArrayList<>();
      for (LandscapeKind kind : LandscapeKind.values()) inputs.add(picture(kind));
      return inputs;
    }
  }
}
