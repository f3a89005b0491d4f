package io.earthembed.spark;

import io.earthembed.ModelInfo;
import io.earthembed.catalog.EmbeddingOrigin;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.pipeline.EmbeddedTile;
import io.earthembed.pipeline.EmbeddingSink;
import io.earthembed.pipeline.FailedTile;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes each part as a file for each grid row: {@code grid_row=-12/PART.parquet}. A part is there
 * when {@code _parts} has a file of its name, without rows, which is written last; until then its
 * other files may be there in part, and are written again under the same names. Who reads the
 * dataset leaves out what begins with an underscore.
 */
final class GridRowSink implements EmbeddingSink {
  static final String PARTS = "_parts";

  private final Path folder;
  private final ModelInfo model;
  private final GeoParquetSink complete;

  /** Kept, as each looks through its folder when it is made. */
  private final Map<Integer, GeoParquetSink> rows = new HashMap<>();

  GridRowSink(Path folder, ModelInfo model) {
    this.folder = folder;
    this.model = model;
    this.complete = new GeoParquetSink(folder.resolve(PARTS), model);
  }

  @Override
  public Set<String> parts() {
    return complete.parts();
  }

  @Override
  public void require(String part, EmbeddingOrigin origin) {
    complete.require(part, origin);
  }

  /** None: the parts of other shards are of other tiles. */
  @Override
  public Set<String> ids(Set<String> parts, EmbeddingOrigin origin) {
    return Set.of();
  }

  @Override
  public void recordFailures(String part, List<FailedTile> failures) {
    complete.recordFailures(part, failures);
  }

  @Override
  public void write(
      String part, EmbeddingOrigin origin, List<EmbeddedTile> tiles, Vectors embeddings) {
    Map<Integer, List<Integer>> byRow = new TreeMap<>();
    for (int i = 0; i < tiles.size(); i++) {
      byRow.computeIfAbsent(tiles.get(i).tile().cell().row(), r -> new ArrayList<>()).add(i);
    }
    byRow.forEach(
        (row, members) -> {
          List<EmbeddedTile> some = new ArrayList<>();
          Vectors theirs = Vectors.allocate(members.size(), embeddings.dimension());
          for (int i : members) {
            theirs.set(some.size(), embeddings.row(i));
            some.add(tiles.get(i));
          }
          rows.computeIfAbsent(row, r -> new GeoParquetSink(folder.resolve("grid_row=" + r), model))
              .write(part, origin, some, theirs);
        });
    complete.write(part, origin, List.of(), Vectors.allocate(0, model.dimension()));
  }

  @Override
  public String toString() {
    return "GridRowSink[" + folder + "]";
  }
}
