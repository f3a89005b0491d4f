package io.earthembed.parquet.internal.listing;

import java.net.URI;

/**
 * A file of a set.
 *
 * @param address where it is read
 * @param bytes its length, or -1 if the listing does not tell it
 * @param rows its rows, or -1 if the listing does not tell them
 * @param extent its place and period
 */
public record ListedFile(URI address, long bytes, long rows, Extent extent) {}
