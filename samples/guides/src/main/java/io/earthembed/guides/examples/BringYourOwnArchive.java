package io.earthembed.guides.examples;

import io.earthembed.EarthExplorer;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import io.earthembed.raster.PictureStore;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The code of docs/guides/bring-your-own-archive.md. */
public final class BringYourOwnArchive {
  private BringYourOwnArchive() {}

  /** Reads lines of id, product, time, latitude, longitude, cloud cover, URL and number. */
  public static List<TileRecord> records(List<String> lines) {
    // [records
    List<TileRecord> tiles = new ArrayList<>();
    for (String line : lines) {
      String[] column = line.split(",", -1);
      GeoPoint center = new GeoPoint(Double.parseDouble(column[3]), Double.parseDouble(column[4]));
      float cloud = column[5].isEmpty() ? Float.NaN : Float.parseFloat(column[5]);
      tiles.add(
          new TileRecord(
              column[0],
              MajorTomGrid.CORE.cellOf(center),
              column[1],
              Instant.parse(column[2]),
              center,
              cloud,
              new TileRef(URI.create(column[6]), Integer.parseInt(column[7]))));
    }
    // records]
    return tiles;
  }

  /** Joins vectors in memory with their tiles. */
  public static EarthExplorer join(List<TileRecord> tiles, Vectors vectors, EmbeddingModel model) {
    // [dataset
    TileCatalog catalog = TileCatalog.of(tiles);
    EmbeddingDataset dataset = EmbeddingDataset.of(catalog, vectors, model.info());
    ExactIndex index = new ExactIndex(model.info().dimension(), ExactIndex.DEFAULT_METRIC);
    EarthExplorer earth = EarthExplorer.open(dataset, model, index, new ZipStore());
    // dataset]
    return earth;
  }

  /** Opens a file that Python wrote. */
  public static EarthExplorer open(Path file, EmbeddingModel model) {
    // [python
    GeoParquetDataset dataset = GeoParquetDataset.open(file, model.info());
    EarthExplorer earth = EarthExplorer.open(dataset, model);
    // python]
    return earth;
  }

  /**
   * Embeds the pictures of a folder and searches them.
   *
   * @param table lists the pictures
   * @param folder receives the embeddings
   * @param pixels side of the square in a picture's middle that is embedded
   */
  public static EarthExplorer pictures(Path table, Path folder, EmbeddingModel model, int pixels) {
    // [pictures
    PictureStore store = PictureStore.open(table);
    GeoParquetSink sink = new GeoParquetSink(folder, model.info());
    EmbeddingPipeline.of(store, model, Crops.center(pixels), sink).run(store.tiles());
    GeoParquetDataset dataset = GeoParquetDataset.open(folder);
    ExactIndex index = new ExactIndex(model.info().dimension(), ExactIndex.DEFAULT_METRIC);
    EarthExplorer earth = EarthExplorer.open(dataset, model, index, store);
    // pictures]
    return earth;
  }
}
