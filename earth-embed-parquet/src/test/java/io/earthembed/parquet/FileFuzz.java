package io.earthembed.parquet;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.parquet.internal.EmbeddingColumn;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.MemoryRanges;
import io.earthembed.vector.Vectors;

/** Fuzzed by {@link FuzzTest} with Jazzer: arbitrary bytes as a file of a dataset. */
public final class FileFuzz {
  private static final int DIMENSION = 20;

  private FileFuzz() {}

  /** Anything but our own exceptions is a finding. */
  public static void fuzzerTestOneInput(byte[] data) {
    try {
      DatasetFile file = DatasetFile.open(MemoryRanges.of(data));
      file.addTo(TileCatalog.builder());
      for (Group group : file.footer().rowGroups()) {
        if (group.rows() == 0) continue;
        EmbeddingColumn column = file.embeddings(group, DIMENSION, 0);
        column.requireRows();
        for (EmbeddingColumn.Slice slice : column.slices(1 << 20)) {
          column.decode(slice, Vectors.allocate(slice.rows(), DIMENSION), 0, 1);
        }
      }
    } catch (EarthEmbedException e) {
      // As it should be.
    }
  }
}
