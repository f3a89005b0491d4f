package io.earthembed.parquet.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a range that have come. Memory grows as they come: a length that a footer or a
 * header claims costs nothing until the bytes are there. One thread at a time.
 */
final class ReceivedRange {
  /** The first bytes get this much memory, or all that the range needs. */
  private static final int FIRST = 1 << 20;

  private final RangeRequest asked;
  private RangeRequest request;
  private byte[] bytes = {};
  private int count;

  ReceivedRange(RangeRequest request) {
    this.asked = request;
    this.request = request;
  }

  /** Returns the request, with all that replies have told about the file. */
  RangeRequest request() {
    return request;
  }

  /** Sets the request to one that replies have made more precise. */
  void setRequest(RangeRequest known) {
    request = known;
  }

  /** Sets the file's length and, if none is known, its tag; a suffix becomes a range. */
  void learn(long fileLength, @Nullable String etag) {
    request = request.in(fileLength, etag);
  }

  /** Returns the bytes that have come, which the caller owns after the last request. */
  ByteBuffer bytes() {
    return ByteBuffer.wrap(bytes, 0, count).order(ByteOrder.LITTLE_ENDIAN);
  }

  int count() {
    return count;
  }

  int missing() {
    return request.length() - count;
  }

  /** Returns whether all is there, of a version of the file that is known. */
  boolean isWhole() {
    return request.version().isStrong()
        && !request.isSuffix()
        && request.length() > 0
        && missing() == 0;
  }

  /** Takes the next bytes. */
  void take(ByteBuffer from, int length) {
    int needed = count + length;
    if (needed > bytes.length) {
      long twice = Math.max(needed, 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, (int) Math.min(request.length(), Math.max(twice, FIRST)));
    }
    from.get(bytes, count, length);
    count = needed;
  }

  /** Drops the bytes that have come. */
  void clear() {
    bytes = new byte[0];
    count = 0;
  }

  /** Keeps the bytes for the next request if they are of a known version; else starts anew. */
  void prepareRetry() {
    if (request.version().isStrong()) return;
    clear();
    if (asked.isSuffix()) request = asked;
  }
}
