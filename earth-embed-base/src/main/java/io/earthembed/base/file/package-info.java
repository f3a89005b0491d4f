/** Files that are either complete or absent. */
@NullMarked
package io.earthembed.base.file;

import org.jspecify.annotations.NullMarked;
