package io.earthembed.imagery;

import io.earthembed.common.CorruptDataException;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Acquisition;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.TrueColor;
import io.earthembed.internal.PlainText;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requested pixels of one tile.
 *
 * @param source the shard and row group it was read from
 * @param cell its Major TOM grid cell
 * @param productId the Sentinel-2 product it was cut from
 * @param timestamp sensing time, UTC, or null if unknown
 * @param bands the bands that were read, each h x w x 1 with its georeference: Sentinel-2's digital
 *     numbers in UINT16, or the archive's own values, in FLOAT32 if they are signed or have
 *     fractions. Missing data keeps the archive's value
 * @param thumbnail h x w x 3 UINT8, or null if it was not requested
 * @param cloudMask h x w x 1 UINT8, one class per pixel, as in the archive (MajorTOM Core: 0 clear,
 *     1 thick cloud, 2 thin cloud, 3 cloud shadow), or null if it was not requested
 */
public record Tile(
    TileRef source,
    GridCell cell,
    String productId,
    @Nullable Instant timestamp,
    Map<Band, Raster> bands,
    @Nullable Raster thumbnail,
    @Nullable Raster cloudMask) {
  /** Copies its arguments. */
  public Tile {
    bands = Map.copyOf(bands);
  }

  /**
   * Returns one band.
   *
   * @throws IllegalArgumentException if the band was not read
   */
  public Raster band(Band band) {
    Raster raster = bands.get(band);
    if (raster == null) {
      throw new IllegalArgumentException(
          band + " of " + source + " was not read, only " + bands.keySet());
    }
    return raster;
  }

  /**
   * Checks that this is a record's tile. An index that is older than its shards may point to
   * another tile.
   *
   * @return this
   * @throws CorruptDataException if its cell differs, or its product does and the record has one
   */
  public Tile requireSameAs(TileRecord record) {
    String product = record.productId();
    if (cell.equals(record.cell()) && (product == null || productId.equals(product))) return this;
    throw new CorruptDataException(
        source.toString(),
        "holds "
            + productId
            + " in "
            + cell
            + ", not "
            + (product == null ? "a tile" : product)
            + " in "
            + record.cell());
  }

  /**
   * Composes the true-colour picture from B04, B03 and B02.
   *
   * @return h x w x 3, UINT8, with the georeference of B04 and the tile's time
   * @throws IllegalArgumentException if one of the three was not read
   */
  public Raster trueColor() {
    return TrueColor.compose(band(Band.B04), band(Band.B03), band(Band.B02))
        .withAcquisition(Acquisition.UNKNOWN.withTime(timestamp));
  }

  @Override
  public String toString() {
    return "Tile["
        + cell
        + " "
        + PlainText.line(productId)
        + ", bands "
        + bands.keySet()
        + (thumbnail == null ? "" : ", thumbnail")
        + (cloudMask == null ? "" : ", cloud mask")
        + "]";
  }
}
