/** Files that are either complete or absent, and files of checksummed sections. */
@NullMarked
package io.earthembed.base.file;

import org.jspecify.annotations.NullMarked;
