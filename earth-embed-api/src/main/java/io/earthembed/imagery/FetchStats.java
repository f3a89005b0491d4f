package io.earthembed.imagery;

/**
 * What reading has cost so far.
 *
 * @param requests range requests sent, retries included
 * @param bytesRead bytes received, or mapped from a file
 * @param bytesWanted bytes of the columns asked for, as they are stored
 * @param retries requests that had to be sent again
 * @param footerHits times that a shard's footer was known already, in memory or on disk
 * @param cacheHits columns found in the cache on disk
 */
public record FetchStats(
    long requests,
    long bytesRead,
    long bytesWanted,
    long retries,
    long footerHits,
    long cacheHits) {
  /** What was spent between an earlier reading and this one. */
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
