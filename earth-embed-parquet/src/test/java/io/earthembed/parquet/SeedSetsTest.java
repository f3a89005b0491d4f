package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.ModelComparison;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.image.Raster;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Two sets as EarthEmbeddingExplorer publishes them, whose ids never match: cell and product join
 * their tiles. make_published.py wrote them.
 */
class SeedSetsTest {
  private static final Path FOLDER =
      Path.of("src/test/resources/io/earthembed/parquet/published").toAbsolutePath();

  /** Stands for a model that no query needs. */
  private record Unused(ModelInfo model) implements Encoder<Raster> {
    @Override
    public Vectors encode(List<? extends Raster> inputs) {
      throw new UnsupportedOperationException("no picture is asked for");
    }

    @Override
    public void close() {}
  }

  private static EarthExplorer open(String file, String model, int dimension) {
    ModelInfo info = new ModelInfo(model, "1", dimension);
    return EarthExplorer.open(
        GeoParquetDataset.open(FOLDER.resolve(file + ".parquet"), info),
        EmbeddingModel.of(new Unused(info)));
  }

  @Test
  void areSearchedTogether() {
    try (EarthExplorer siglip = open("eee-249k", "SigLIP", 1152);
        EarthExplorer dinov2 = open("eee-249k-dinov2", "DINOv2", 1024)) {
      ModelComparison both = ModelComparison.of(siglip, dinov2);
      assertEquals(4, both.sharedTiles());
      for (long i = 0; i < 5; i++) {
        String id = siglip.catalog().id(i);
        Query query = Query.tile(id);
        if (i == 3) continue; // the other set lacks it
        List<ModelComparison.Row> rows = both.compare(query, SearchOptions.top(5)).rows();
        assertEquals(5, rows.size());
        Hit first = Objects.requireNonNull(rows.get(0).hits().get(0));
        Hit second = Objects.requireNonNull(rows.get(0).hits().get(1));
        assertEquals(id, first.tile().id());
        assertNotEquals(id, second.tile().id());
        assertEquals(first.tile().cell(), second.tile().cell());
        assertEquals(first.tile().productId(), second.tile().productId());
        assertEquals(1, second.rank());
        ModelComparison.Row lacking =
            rows.stream()
                .filter(row -> row.tile().id().equals(siglip.catalog().id(3)))
                .findFirst()
                .orElseThrow();
        assertNull(lacking.hits().get(1));
        SearchResult fused =
            both.search(
                Query.fuse(query.by("SigLIP").weighted(0.5), query.by("DINOv2").weighted(0.5)),
                SearchOptions.top(4));
        assertEquals(id, fused.hits().get(0).tile().id());
        assertEquals(4, fused.hits().size());
      }
    }
  }
}
