package io.earthembed.dataset;

import io.earthembed.imagery.TileRecord;

/**
 * A tile that could not be read or encoded.
 *
 * @param tile the tile
 * @param reason the exception
 */
public record FailedTile(TileRecord tile, RuntimeException reason) {}
