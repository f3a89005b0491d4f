package io.earthembed.dataset;

import io.earthembed.imagery.TileRecord;
import org.jspecify.annotations.Nullable;

/**
 * The tile of one embedding in a dataset.
 *
 * @param tile the embedded tile; its centre is the crop's
 * @param footprint the crop, or null if the tile's pixels have no georeference
 */
public record EmbeddedTile(TileRecord tile, @Nullable CropFootprint footprint) {}
