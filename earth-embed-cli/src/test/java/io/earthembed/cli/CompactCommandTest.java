package io.earthembed.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.vector.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactCommandTest {
  @TempDir Path folder;

  private void write(int parts) {
    GeoParquetSink sink = new GeoParquetSink(folder, new ModelInfo("toy", "1", 2));
    for (int part = 0; part < parts; part++) {
      TileRecord tile = new TileRecord("t" + part, null, null, null, null, Float.NaN, null);
      Vectors vectors = Vectors.allocate(1, 2);
      vectors.set(0, new float[] {part, 1});
      sink.write("night" + part, List.of(new EmbeddedTile(tile, null)), vectors);
    }
  }

  @Test
  void mergesAFolder() {
    write(4);
    Ran ran = Ran.of("compact", List.of(folder.toString()));
    assertEquals(0, ran.status(), ran.err());
    assertEquals("Compact: 3 files fewer, 1 left", ran.out().strip());
    GeoParquetDataset dataset = GeoParquetDataset.open(folder);
    assertEquals(4, dataset.catalog().size());
    assertEquals("t3", dataset.catalog().id(3));
    float[] row = new float[2];
    dataset.vectors().get(3, row);
    assertEquals(3, row[0]);
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    write(1);
    Ran size = Ran.of("compact", List.of(folder.toString(), "--size", "0"));
    assertEquals(2, size.status());
    assertTrue(size.err().contains("--size is not positive: 0"), size.err());
    Ran none = Ran.of("compact", List.of(folder.resolve("none").toString()));
    assertEquals(2, none.status());
    assertTrue(none.err().contains("not a folder of embeddings"), none.err());
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Ran nothing = Ran.of("compact", List.of(empty.toString()));
    assertEquals(1, nothing.status());
    assertTrue(nothing.err().contains("holds no .parquet file"), nothing.err());
  }
}
