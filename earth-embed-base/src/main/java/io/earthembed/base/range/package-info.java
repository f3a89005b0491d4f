/** Files that are read by ranges, on this machine or over HTTP. */
@NullMarked
package io.earthembed.base.range;

import org.jspecify.annotations.NullMarked;
