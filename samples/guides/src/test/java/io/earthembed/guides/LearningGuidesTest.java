package io.earthembed.guides;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.Changes;
import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.guides.examples.ChangeGuide;
import io.earthembed.guides.examples.TeachingGuide;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.onnx.DemoModel;
import io.earthembed.vector.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the code of the guides to teaching and to finding change. */
class LearningGuidesTest {
  private static final int CELLS = 60;
  private static final LandscapeKind[] KINDS = LandscapeKind.values();

  @TempDir Path folder;

  private static EmbeddingModel model;

  @BeforeAll
  static void load() {
    model = DemoModel.load();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private record Generated(ModelInfo model, TileCatalog catalog, Vectors vectors)
      implements EmbeddingDataset {
    @Override
    public void forEachBatch(Consumer<Vectors> batches) {
      batches.accept(vectors);
    }
  }

  private static LandscapeKind kind(int cell, int year) {
    boolean becameDesert = year == 2024 && (cell == 11 || cell == 12);
    return becameDesert ? LandscapeKind.DESERT : KINDS[cell % 4];
  }

  /** Cells in rows of ten, of four kinds of landscape in turn. */
  private static Generated of(int... years) {
    List<TileRecord> tiles = new ArrayList<>();
    List<Raster> pictures = new ArrayList<>();
    for (int year : years) {
      for (int i = 0; i < CELLS; i++) {
        GridCell cell = new GridCell(500 + i / 10, 80 + i % 10);
        Instant time = Instant.parse(year + "-06-01T10:00:00Z");
        tiles.add(
            new TileRecord(
                i + "/" + year,
                cell,
                "S2_" + year,
                time,
                MajorTomGrid.CORE.centerOf(cell),
                5,
                null));
        pictures.add(Landscape.generate(kind(i, year), 100 * i + year % 2, 64).trueColor());
      }
    }
    return new Generated(model.info(), TileCatalog.of(tiles), model.image().encode(pictures));
  }

  private static List<String> tiles(boolean good, int kind) {
    return IntStream.range(0, CELLS)
        .filter(i -> (i % 4 == kind) == good)
        .limit(6)
        .mapToObj(i -> i + "/2022")
        .toList();
  }

  @Test
  void theCodeOfTheGuideToTeachingRuns() throws Exception {
    try (EarthExplorer earth = EarthExplorer.open(of(2022), model)) {
      SearchResult found = TeachingGuide.learn(earth, tiles(true, 0), tiles(false, 0));
      assertEquals(CELLS, found.hits().size());
      for (Hit hit : found.hits().subList(0, 12))
        assertEquals(0, hit.ordinal() % 4, hit.toString());
      List<Hit> next = TeachingGuide.suggest(earth, (Query.Learned) found.query());
      assertEquals(10, next.size());
      for (Hit hit : next) assertFalse(tiles(true, 0).contains(hit.tile().id()), hit.toString());
      assertEquals(50, TeachingGuide.outliers(earth, TileFilter.ALL).hits().size());
      Path map = folder.resolve("clusters.png");
      assertEquals(8, TeachingGuide.clusters(earth, TileFilter.ALL, map).size());
      assertTrue(Files.size(map) > 1000);
    }
  }

  @Test
  void theCodeOfTheGuideToFindingChangeRuns() {
    Changes changes = ChangeGuide.between(of(2022), of(2024), folder);
    assertEquals(CELLS, changes.size());
    assertTrue(Files.exists(folder.resolve("changes.png")));
    assertTrue(Files.exists(folder.resolve("changes.geojson")));
    List<Long> became = List.of(11L, 12L);
    SearchResult most = changes.search(SearchOptions.top(2));
    assertEquals(became, most.hits().stream().map(Hit::ordinal).sorted().toList());
    Changes within = ChangeGuide.within(of(2022, 2024));
    assertEquals(CELLS, within.size());
    assertEquals("12/2022", within.before(12).id());
    assertFalse(ChangeGuide.supported(changes).hits().isEmpty());
    SearchResult alike = ChangeGuide.like(changes);
    assertEquals(became, alike.hits().stream().map(Hit::ordinal).sorted().toList());
    assertEquals(1, alike.hits().get(0).score(), 1e-5);
    SearchResult deserts = ChangeGuide.kinds(changes, model);
    assertEquals(became, deserts.hits().subList(0, 2).stream().map(Hit::ordinal).sorted().toList());
  }
}
