/**
 * Imagery and embeddings of pixels out of cloud-optimized GeoTIFFs, read by HTTP range: {@link
 * io.earthembed.raster.CogImageryStore} and {@link io.earthembed.raster.PixelEmbeddings}; and a
 * folder of pictures with a table: {@link io.earthembed.raster.PictureStore}.
 */
@NullMarked
package io.earthembed.raster;

import org.jspecify.annotations.NullMarked;
