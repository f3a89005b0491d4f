package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.earthembed.ChangeSearch;
import io.earthembed.Changes;
import io.earthembed.EarthExplorer;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Vectors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Comparisons are kept within a bound, and until the tiles of an explorer change. */
class KeptChangesTest {
  private static final int CELLS = 10;
  private static final ModelInfo INFO = new ModelInfo("toy", "1", 4);

  private static EarthExplorer explorer(int seed) {
    Random random = new Random(seed);
    List<TileRecord> tiles = new ArrayList<>();
    Vectors vectors = Vectors.allocate(2 * CELLS, INFO.dimension());
    for (int row = 0; row < 2 * CELLS; row++) {
      GridCell cell = new GridCell(200, row % CELLS);
      tiles.add(
          new TileRecord(
              seed + "-" + row,
              cell,
              "p" + row,
              Instant.EPOCH.plusSeconds(row),
              MajorTomGrid.CORE.centerOf(cell),
              1,
              null));
      float[] vector = new float[INFO.dimension()];
      for (int j = 0; j < vector.length; j++) vector[j] = (float) random.nextGaussian();
      vectors.set(row, vector);
    }
    EmbeddingDataset dated = EmbeddingDataset.of(TileCatalog.of(tiles), vectors, INFO);
    return EarthExplorer.open(dated, EmbeddingModel.withoutEncoders(INFO));
  }

  private final EarthExplorer first = explorer(1);
  private final EarthExplorer second = explorer(2);
  private final ExplorerRegistry registry =
      ExplorerRegistry.load(
          List.of(ServedExplorer.of("first", first), ServedExplorer.of("second", second)));

  @AfterEach
  void stop() {
    first.close();
    second.close();
  }

  private KeptChanges.Key key(String filters) {
    return new KeptChanges.Key(registry.require("first"), registry.require("second"), filters);
  }

  private KeptChanges.Kept compare() {
    Changes changes = ChangeSearch.between(first.embeddings(), second.embeddings());
    assertEquals(CELLS, changes.size());
    return new KeptChanges.Kept(changes, second.catalog());
  }

  @Test
  void theOneNotUsedForLongestGoes() {
    KeptChanges kept = new KeptChanges(2 * 256 * CELLS);
    KeptChanges.Kept a = compare();
    kept.put(key("a"), a);
    kept.put(key("b"), compare());
    assertSame(a, kept.get(key("a")));
    kept.put(key("c"), compare());
    assertEquals(2, kept.size());
    assertSame(a, kept.get(key("a")));
    assertNull(kept.get(key("b")));
    assertNotNull(kept.get(key("c")));
  }

  @Test
  void oneOfTooMuchMemoryIsNotKept() {
    KeptChanges kept = new KeptChanges(256 * CELLS - 1);
    kept.put(key("a"), compare());
    assertEquals(0, kept.size());
  }

  @Test
  void goWhenAnExplorerIsReplaced() {
    KeptChanges kept = new KeptChanges(1 << 20);
    registry.whenChanged(kept::dropOld);
    KeptChanges.Key old = key("a");
    kept.put(old, compare());
    registry.require("first");
    assertEquals(1, kept.size());
    first.replaceWith(explorer(3));
    registry.require("first"); // any request notices the new tiles
    assertEquals(0, kept.size());
    // A comparison that began before and ends now is not kept.
    kept.put(old, compare());
    assertEquals(0, kept.size());
    kept.put(key("a"), compare());
    assertEquals(1, kept.size());
  }
}
