/** Resizes rasters as Pillow does. */
@NullMarked
package io.earthembed.image.resample;

import org.jspecify.annotations.NullMarked;
