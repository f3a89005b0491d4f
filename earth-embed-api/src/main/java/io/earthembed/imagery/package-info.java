/** The third plug point: {@link io.earthembed.imagery.ImageryStore} reads the pixels of tiles. */
@NullMarked
package io.earthembed.imagery;

import org.jspecify.annotations.NullMarked;
