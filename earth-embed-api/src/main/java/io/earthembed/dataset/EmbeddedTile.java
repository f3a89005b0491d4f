package io.earthembed.dataset;

import io.earthembed.imagery.TileRecord;
import org.jspecify.annotations.Nullable;

/**
 * What goes with one embedding into a dataset.
 *
 * @param tile the tile it was made from; its centre is the crop's
 * @param footprint the crop, or null where the tile's pixels carry no place
 */
public record EmbeddedTile(TileRecord tile, @Nullable CropFootprint footprint) {}
