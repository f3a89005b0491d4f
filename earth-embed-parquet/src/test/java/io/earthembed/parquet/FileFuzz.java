package io.earthembed.parquet;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.parquet.internal.EmbeddingColumn;
import io.earthembed.parquet.internal.MemoryRanges;
import io.earthembed.vector.QuantizedVectors.Format;
import io.earthembed.vector.Vectors;

/** Fuzzed by {@link FuzzTest} with Jazzer: arbitrary bytes as a file of a dataset. */
public final class FileFuzz {
  private static final int DIMENSION = 20;

  private FileFuzz() {}

  /** Anything but our own exceptions is a finding. */
  public static void fuzzerTestOneInput(byte[] data) {
    switch (data.length % 3) {
      case 0 -> read(data, ColumnMapping.NONE);
      case 1 -> read(data, with(Quantization.linear(1, 0)));
      default -> read(data, with(Quantization.bits(Format.BITS_HIGHEST_FIRST)));
    }
  }

  private static ColumnMapping with(Quantization quantization) {
    return ColumnMapping.builder().quantization(quantization).build();
  }

  private static void read(byte[] data, ColumnMapping columns) {
    try {
      MappedFile file = MappedFile.open(MemoryRanges.of(data), columns);
      file.addTo(TileCatalog.builder(), 0);
      for (int group = 0; group < file.footer().rowGroups().size(); group++) {
        if (file.kept(group) == 0) continue;
        boolean asBytes = file.quantizedFormat(DIMENSION) != null;
        MappedFile.Embeddings column = file.embeddings(group, DIMENSION, 0, asBytes);
        for (EmbeddingColumn.Slice slice : column.slices(1 << 20)) {
          column.decode(slice, Vectors.allocate(slice.rows(), DIMENSION), 0);
        }
      }
    } catch (EarthEmbedException e) {
      // As it should be.
    }
  }
}
