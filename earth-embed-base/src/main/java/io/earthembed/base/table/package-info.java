/**
 * Tables: off the heap, as checksummed sections, strings and hashes; and the columns of attributes.
 */
@NullMarked
package io.earthembed.base.table;

import org.jspecify.annotations.NullMarked;
