package io.earthembed.dataset;

import io.earthembed.imagery.TileRecord;

/**
 * A tile that could not be read or encoded.
 *
 * @param tile which one
 * @param reason why
 */
public record FailedTile(TileRecord tile, RuntimeException reason) {}
