/** Files that are there whole or not at all. */
@NullMarked
package io.earthembed.io;

import org.jspecify.annotations.NullMarked;
