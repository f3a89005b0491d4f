package io.earthembed.parquet;

import io.earthembed.base.http.HttpReplies;
import io.earthembed.base.range.FileVersion;
import io.earthembed.base.range.RangeSource;
import java.util.Objects;

/**
 * Identifies an entry of the disk cache.
 *
 * @param text equal for equal entries in every process; without secrets of an address
 */
record CacheKey(String text) {
  /** Returns the key of a shard's newest known footer. */
  static CacheKey footer(RangeSource shard) {
    return new CacheKey("footer " + shard.identity());
  }

  /** Returns the key of a column's value in one version of a shard. */
  static CacheKey column(RangeSource shard, FileVersion version, int rowGroup, String column) {
    return new CacheKey(
        "column "
            + String.join(
                " ",
                Objects.requireNonNull(version.etag()),
                String.valueOf(version.length()),
                String.valueOf(rowGroup),
                column,
                shard.identity()));
  }

  /** Returns the key of a file's newest known end. */
  static CacheKey tail(RangeSource file, int bytes) {
    return new CacheKey("tail " + bytes + " " + file.identity());
  }

  /** Returns the key of a range in one version of a file. */
  static CacheKey range(RangeSource file, FileVersion version, long offset, int length) {
    return new CacheKey(
        "range "
            + String.join(
                " ",
                Objects.requireNonNull(version.etag()),
                String.valueOf(version.length()),
                String.valueOf(offset),
                String.valueOf(length),
                file.identity()));
  }

  /** Returns the key of the newest known listing of a set's files. */
  static CacheKey listing(String name) {
    return new CacheKey("listing " + name);
  }

  /**
   * Returns whether bytes of a version of a shard may be cached: only a strong ETag shows later
   * whether the shard has changed, and a local file is as fast as the cache.
   */
  static boolean isCacheable(RangeSource shard, FileVersion version) {
    String etag = version.etag();
    return !shard.local() && etag != null && HttpReplies.isStrong(etag);
  }
}
