/** Lists the files of published sets. Not for applications: it may change at any time. */
@NullMarked
package io.earthembed.parquet.internal.listing;

import org.jspecify.annotations.NullMarked;
