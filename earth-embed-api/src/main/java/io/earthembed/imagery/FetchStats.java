package io.earthembed.imagery;

/**
 * Counters of a store's reads.
 *
 * @param requests range requests sent, including retries
 * @param bytesRead bytes received from servers or read from files
 * @param bytesWanted stored bytes of the requested columns
 * @param retries repeated requests
 * @param footerHits how often a shard's footer was found in memory or on disk
 * @param cacheHits columns found in the cache on disk
 */
public record FetchStats(
    long requests,
    long bytesRead,
    long bytesWanted,
    long retries,
    long footerHits,
    long cacheHits) {
  /** Returns the difference from earlier counters. */
  public FetchStats since(FetchStats earlier) {
    return new FetchStats(
        requests - earlier.requests,
        bytesRead - earlier.bytesRead,
        bytesWanted - earlier.bytesWanted,
        retries - earlier.retries,
        footerHits - earlier.footerHits,
        cacheHits - earlier.cacheHits);
  }
}
