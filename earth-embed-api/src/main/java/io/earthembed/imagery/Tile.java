package io.earthembed.imagery;

import io.earthembed.common.CorruptDataException;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.TrueColour;
import io.earthembed.internal.PlainText;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pixels of one tile, as far as they were asked for.
 *
 * @param source where it was read from
 * @param cell its Major TOM grid cell
 * @param productId the Sentinel-2 product it was cut from
 * @param timestamp when it was sensed, UTC, or null where unknown
 * @param bands for each band read, h x w x 1 with their place: digital numbers in UINT16 as
 *     Sentinel-2 has them, or what else the archive holds, in FLOAT32 if it is signed or has
 *     fractions. Missing data is the number that the archive gives it
 * @param thumbnail h x w x 3 UINT8, or null where it was not asked for
 * @param cloudMask h x w x 1 UINT8, one class a pixel as the archive has it (MajorTOM Core: 0
 *     clear, 1 thick cloud, 2 thin cloud, 3 cloud shadow), or null where it was not asked for
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
   * One band.
   *
   * @throws IllegalArgumentException if it was not read
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
   * Makes sure that this is a record's tile: an index that is older than its shards may lead to
   * another one.
   *
   * @return this
   * @throws CorruptDataException if its cell or its product is another
   */
  public Tile requireSameAs(TileRecord record) {
    if (cell.equals(record.cell()) && productId.equals(record.productId())) return this;
    throw new CorruptDataException(
        source.toString(),
        -1,
        "holds "
            + productId
            + " in "
            + cell
            + ", not "
            + record.productId()
            + " in "
            + record.cell());
  }

  /**
   * The true-colour picture, from B04, B03 and B02.
   *
   * @return h x w x 3, UINT8
   * @throws IllegalArgumentException if one of the three was not read
   */
  public Raster trueColour() {
    return TrueColour.compose(band(Band.B04), band(Band.B03), band(Band.B02));
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
