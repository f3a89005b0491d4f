/**
 * Imagery tiles out of remote Parquet shards by HTTP range, and embedding datasets as GeoParquet.
 * The shards are those of MajorTOM Core-S2L2A.
 */
@NullMarked
package io.earthembed.parquet;

import org.jspecify.annotations.NullMarked;
