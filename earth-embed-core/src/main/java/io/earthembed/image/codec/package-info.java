/** Reads and writes picture files: PNG, JPEG, GIF and BMP. */
@NullMarked
package io.earthembed.image.codec;

import org.jspecify.annotations.NullMarked;
