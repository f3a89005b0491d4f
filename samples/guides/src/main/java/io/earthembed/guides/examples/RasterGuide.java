package io.earthembed.guides.examples;

import io.earthembed.SearchResult;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.raster.CogImageryStore;
import io.earthembed.raster.PixelEmbeddings;
import io.earthembed.raster.PixelFile;
import io.earthembed.stac.StacClient;
import java.net.URI;
import java.util.List;
import java.util.Objects;

/** The code of docs/guides/rasters.md. */
public final class RasterGuide {
  private RasterGuide() {}

  /** Reads the picture of a hit from the scene of its day. */
  public static Raster picture(SearchResult found) {
    // [scene
    StacClient catalog = StacClient.of(URI.create("https://earth-search.aws.element84.com/v1"));
    try (CogImageryStore store = CogImageryStore.open(catalog, "sentinel-2-c1-l2a")) {
      TileRecord tile = store.locate(found.hits().get(0).tile(), 3840); // metres
      return store.fetch(Objects.requireNonNull(tile.source()), TileParts.TRUE_COLOR).trueColor();
    }
    // scene]
  }

  /** Pools pixels over grid cells. */
  public static EmbeddingDataset pool(List<URI> files) {
    // [pool
    BoundingBox region = new BoundingBox(11.2, 46.3, 11.6, 46.6);
    try (PixelEmbeddings pixels = PixelEmbeddings.alphaEarth(2024).build()) {
      List<PixelFile> rasters = files.stream().map(PixelFile::cog).toList();
      return pixels.cells(rasters, MajorTomGrid.CORE, region);
    }
    // pool]
  }
}
