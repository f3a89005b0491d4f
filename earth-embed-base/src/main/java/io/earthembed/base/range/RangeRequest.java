package io.earthembed.base.range;

import org.jspecify.annotations.Nullable;

/**
 * Requested bytes of a file. Immutable.
 *
 * @param offset of the first byte, or -1 for the last {@code length} bytes of the file
 * @param length bytes
 * @param version the known version of the file
 * @param open whether everything from the offset on is requested, only to learn the file's length
 */
record RangeRequest(long offset, int length, FileVersion version, boolean open) {
  /** Returns a request for a range. */
  static RangeRequest range(long offset, int length, FileVersion version) {
    return new RangeRequest(offset, length, version, false);
  }

  /** Returns a request for a file's last bytes. */
  static RangeRequest suffix(int length) {
    return new RangeRequest(-1, length, FileVersion.UNKNOWN, false);
  }

  /** Returns a request for a file's length: the reply is aborted after its header. */
  static RangeRequest lengthOnly() {
    return new RangeRequest(0, 1, FileVersion.UNKNOWN, true);
  }

  boolean isSuffix() {
    return offset < 0;
  }

  /** Returns the offset of the first byte after the range, once it is known. */
  long end() {
    return offset + length;
  }

  /** Returns this for a file of a known length, in which a suffix becomes a range. */
  RangeRequest in(long fileLength, @Nullable String etag) {
    FileVersion known = version.with(fileLength, etag);
    if (!isSuffix() || fileLength < 0) return new RangeRequest(offset, length, known, open);
    int settled = (int) Math.min(length, fileLength);
    return new RangeRequest(fileLength - settled, settled, known, open);
  }

  /** Returns the last bytes of the file from an offset on, for servers that send fewer of them. */
  RangeRequest shortenedTo(long start) {
    return new RangeRequest(start, (int) (version.length() - start), version, open);
  }

  /**
   * Returns the Range header.
   *
   * @param received bytes of the range that were received already
   */
  String header(int received) {
    if (isSuffix()) return "bytes=-" + length;
    return "bytes=" + (offset + received) + "-" + (open ? "" : end() - 1);
  }
}
