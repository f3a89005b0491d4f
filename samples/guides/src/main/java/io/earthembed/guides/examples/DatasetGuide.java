package io.earthembed.guides.examples;

import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.Region;
import io.earthembed.imagery.TileRef;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.parquet.ColumnMapping;
import io.earthembed.parquet.DatasetCompression;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.MetadataIndex;
import io.earthembed.parquet.PublishedRegion;
import io.earthembed.parquet.PublishedSet;
import io.earthembed.parquet.PublishedSets;
import io.earthembed.parquet.Quantization;
import io.earthembed.parquet.StoreOptions;
import io.earthembed.region.Regions;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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

  /** Reads columns as attributes. */
  public static List<ColumnMapping> attributes() {
    // [attributes
    ColumnMapping some = ColumnMapping.builder().attributes("crop", "yield").build();
    ColumnMapping all = ColumnMapping.builder().allAttributes().build();
    // attributes]
    return List.of(some, all);
  }

  /** Reads quantized embeddings. */
  public static ColumnMapping quantized() {
    // [quantized
    ColumnMapping columns =
        ColumnMapping.builder().quantization(Quantization.perRow("scale")).build();
    // quantized]
    return columns;
  }

  /** Opens a region of a published set. */
  public static GeoParquetDataset region(Path geoJson) throws IOException {
    // [region
    Region lisbon = Regions.ofGeoJson(Files.readString(geoJson)); // or a BoundingBox, WKT, WKB
    PublishedRegion part =
        PublishedSets.find("lgnd-clay-v1.5-aggregated")
            .in(lisbon)
            .between(Instant.parse("2024-06-01T00:00:00Z"), Instant.parse("2024-07-01T00:00:00Z"));
    System.out.println(part.plan()); // files, rows and bytes
    GeoParquetDataset dataset = part.open();
    System.out.println(dataset.attribution()); // exports and maps of results carry it
    // region]
    return dataset;
  }

  /** Opens a region of a set that the caller describes. */
  public static GeoParquetDataset ownSet(Path file, Region lisbon, Path cache) {
    // [ownSet
    PublishedSet mine = PublishedSet.read(file);
    StoreOptions options = StoreOptions.builder().cache(cache, 5L << 30).build();
    GeoParquetDataset dataset = mine.in(lisbon).with(options).open();
    // ownSet]
    return dataset;
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
