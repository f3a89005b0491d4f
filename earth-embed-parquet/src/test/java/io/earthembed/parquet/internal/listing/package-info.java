@org.jspecify.annotations.NullMarked
package io.earthembed.parquet.internal.listing;
