/**
 * Searches STAC APIs: {@link io.earthembed.stac.StacClient} returns the items of a box and a period
 * as {@link io.earthembed.stac.StacItem}s, whose assets are the files to read.
 */
@NullMarked
package io.earthembed.stac;

import org.jspecify.annotations.NullMarked;
