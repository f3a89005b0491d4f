/**
 * Pixels: rasters, Sentinel-2 bands, true-colour composition, crops, resampling and picture files.
 */
@NullMarked
package io.earthembed.image;

import org.jspecify.annotations.NullMarked;
