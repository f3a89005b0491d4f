/** The engine: byte ranges, footers, pages and levels. Not for use outside this module. */
@NullMarked
package io.earthembed.parquet.internal;

import org.jspecify.annotations.NullMarked;
