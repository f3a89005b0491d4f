package io.earthembed.parquet;

import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tile to write into a shard.
 *
 * @param cell its Major TOM grid cell
 * @param productId the product it was cut from
 * @param timestamp time of sensing, or null if unknown
 * @param center its centre
 * @param bands any bands, each h x w x 1 with its georeference
 * @param thumbnail h x w x 3 UINT8, or null
 * @param cloudMask h x w x 1 UINT8 with its georeference, or null
 */
public record ShardTile(
    GridCell cell,
    String productId,
    @Nullable Instant timestamp,
    GeoPoint center,
    Map<Band, Raster> bands,
    @Nullable Raster thumbnail,
    @Nullable Raster cloudMask) {
  /** Copies its arguments. */
  public ShardTile {
    bands = Map.copyOf(bands);
  }

  /** Makes a tile without a cloud mask. */
  public ShardTile(
      GridCell cell,
      String productId,
      @Nullable Instant timestamp,
      GeoPoint center,
      Map<Band, Raster> bands,
      @Nullable Raster thumbnail) {
    this(cell, productId, timestamp, center, bands, thumbnail, null);
  }
}
