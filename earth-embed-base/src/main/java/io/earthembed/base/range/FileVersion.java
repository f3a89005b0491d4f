package io.earthembed.base.range;

import io.earthembed.base.http.HttpReplies;
import org.jspecify.annotations.Nullable;

/**
 * The version of a file. Immutable.
 *
 * @param length bytes of the whole file, or -1 if unknown
 * @param etag the strong ETag, or the time of change or weak ETag if there is no strong one; null
 *     if unknown
 */
public record FileVersion(long length, @Nullable String etag) {
  /** A file about which nothing is known yet. */
  static final FileVersion UNKNOWN = new FileVersion(-1, null);

  /** Returns whether replies of this version have equal bytes, so that parts may be joined. */
  boolean isStrong() {
    return HttpReplies.isStrong(etag);
  }

  /** Returns this with the length and, if none is known, the tag that a reply names. */
  FileVersion with(long newLength, @Nullable String newEtag) {
    return new FileVersion(newLength, etag != null ? etag : newEtag);
  }
}
