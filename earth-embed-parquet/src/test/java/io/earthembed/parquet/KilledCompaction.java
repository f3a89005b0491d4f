package io.earthembed.parquet;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes small files into a folder and merges them, without end, and prints the number of each
 * written file. {@link KilledCompactionTest} runs it in a virtual machine of its own, to kill it.
 */
final class KilledCompaction {
  static final int ROWS = 5;
  static final ModelInfo MODEL = new ModelInfo("model", "1", 8);

  /** Some ten small files fit into one, so that merged files are merged again. */
  private static final long FILE_BYTES = 60_000;

  private KilledCompaction() {}

  static String id(int part, int row) {
    return "tile-" + part + "-" + row;
  }

  static float[] vector(int part, int row) {
    float[] vector = new float[MODEL.dimension()];
    for (int i = 0; i < vector.length; i++) vector[i] = part + row / 8f + i / 64f;
    return vector;
  }

  /** Returns how many files were written, from the tiles of the folder. */
  static int written(Path folder) throws Exception {
    try (var files = Files.list(folder)) {
      if (files.noneMatch(file -> file.toString().endsWith(".parquet"))) return 0;
    }
    TileCatalog catalog = TileCatalog.of(GeoParquetDataset.open(folder, MODEL).catalog());
    return (int) catalog.size() / ROWS;
  }

  /** Takes the folder. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int part = written(folder);
    GeoParquetSink sink = new GeoParquetSink(folder, MODEL);
    while (true) {
      List<EmbeddedTile> tiles = new ArrayList<>();
      Vectors vectors = Vectors.allocate(ROWS, MODEL.dimension());
      for (int row = 0; row < ROWS; row++) {
        TileRecord tile = new TileRecord(id(part, row), null, null, null, null, Float.NaN, null);
        tiles.add(new EmbeddedTile(tile, null));
        vectors.set(row, vector(part, row));
      }
      sink.write("part-%06d".formatted(part), tiles, vectors);
      System.out.println(part++);
      if (part % 3 == 0) sink.compact(FILE_BYTES);
    }
  }
}
