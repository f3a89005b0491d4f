@NullMarked
package io.earthembed.encoder;

import org.jspecify.annotations.NullMarked;
