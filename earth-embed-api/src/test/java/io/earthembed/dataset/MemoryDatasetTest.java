package io.earthembed.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.earthembed.encoder.ModelInfo;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Vectors;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryDatasetTest {
  private static final ModelInfo MODEL = new ModelInfo("model", "1", 2);

  private record Records(List<String> ids) implements TileRecords {
    @Override
    public long size() {
      return ids.size();
    }

    @Override
    public TileRecord record(long ordinal) {
      return new TileRecord(ids.get((int) ordinal), null, null, null, null, Float.NaN, null);
    }

    @Override
    public String fingerprint() {
      return String.join(",", ids);
    }
  }

  @Test
  void joinsVectorsWithTheirTiles() {
    Vectors vectors = Vectors.of(new float[] {1, 2}, new float[] {3, 4});
    EmbeddingDataset dataset = EmbeddingDataset.of(new Records(List.of("a", "b")), vectors, MODEL);
    assertEquals(MODEL, dataset.model());
    assertEquals(EmbeddingOrigin.of(MODEL), dataset.origin());
    assertEquals(List.of("a", "b"), dataset.catalog().stream().map(TileRecord::id).toList());
    dataset.forEachBatch(batch -> assertSame(vectors, batch));
    assertEquals(0, dataset.equalEmbeddings().repeated());
  }

  @Test
  void refusesVectorsThatDoNotFit() {
    Records two = new Records(List.of("a", "b"));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> EmbeddingDataset.of(two, Vectors.of(new float[] {1, 2}), MODEL))
            .getMessage();
    assertEquals("2 tiles but 1 vectors", message);
    message =
        assertThrows(
                IllegalArgumentException.class,
                () -> EmbeddingDataset.of(two, Vectors.allocate(2, 3), MODEL))
            .getMessage();
    assertEquals("vectors has dimension 3, the model 2", message);
  }
}
