@NullMarked
package io.earthembed.image.codec;

import org.jspecify.annotations.NullMarked;
