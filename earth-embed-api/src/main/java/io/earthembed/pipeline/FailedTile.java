package io.earthembed.pipeline;

import io.earthembed.catalog.TileRecord;

/**
 * A tile that could not be read or encoded.
 *
 * @param tile which one
 * @param reason why
 */
public record FailedTile(TileRecord tile, RuntimeException reason) {}
