package io.earthembed.guides.examples;

import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRef;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.parquet.ColumnMapping;
import io.earthembed.parquet.DatasetCompression;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.MetadataIndex;
import io.earthembed.parquet.Quantization;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The code of docs/guides/datasets.md. */
public final class DatasetGuide {
  private DatasetGuide() {}

  /** Reads existing embeddings. */
  public static Vectors read(ModelInfo siglip, MutableIndex index, Vectors target) {
    // [read
    GeoParquetDataset dataset =
        GeoParquetDataset.open(Path.of("SigLIP_crop_384x384.parquet"), siglip);
    dataset.forEachBatch(index::add); // 64 MiB at a time
    index.label(IndexLabel.of(dataset)); // which rows of which model it holds
    Vectors all = dataset.vectors(); // all at once, off the heap
    dataset.read(target); // into memory that is there
    // read]
    return all;
  }

  /** Names the columns of a file whose names are not known. */
  public static GeoParquetDataset map(Path file, ModelInfo model) {
    // [map
    ColumnMapping columns =
        ColumnMapping.builder().id("chip").embedding("vec").center("lon", "lat").build();
    GeoParquetDataset dataset = GeoParquetDataset.open(file, model, columns);
    // map]
    return dataset;
  }

  /** Reads quantized embeddings. */
  public static ColumnMapping quantized() {
    // [quantized
    ColumnMapping columns =
        ColumnMapping.builder().quantization(Quantization.perRow("scale")).build();
    // quantized]
    return columns;
  }

  /** Writes a part of a dataset. */
  public static void write(
      Path folder, ModelInfo model, List<EmbeddedTile> tiles, Vectors embeddings) {
    // [write
    GeoParquetSink sink = new GeoParquetSink(folder, model, DatasetCompression.ZSTD);
    sink.write("part-00001", tiles, embeddings);
    // write]
  }

  /** Finds a tile in MajorTOM's metadata. */
  public static Optional<TileRef> find(Path file, GridCell cell, String productId) {
    // [find
    MetadataIndex index = MetadataIndex.ofMetadata(List.of(Path.of("metadata.parquet")));
    index.save(file);
    Optional<TileRef> tile = MetadataIndex.open(file).find(cell, productId);
    // find]
    return tile;
  }
}
