/** Tables off the heap, in memory as they are in a file: checksummed sections, strings, hashes. */
@NullMarked
package io.earthembed.base.table;

import org.jspecify.annotations.NullMarked;
