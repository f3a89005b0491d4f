package io.earthembed.base.range;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The received bytes of a range. Memory grows with them: a length that a footer or a header claims
 * costs nothing before the bytes arrive. For one thread at a time.
 */
final class ReceivedRange {
  /** The first allocation, unless the range needs less. */
  private static final int FIRST = 1 << 20;

  private final RangeRequest asked;
  private RangeRequest request;
  private byte[] bytes = {};
  private int count;

  ReceivedRange(RangeRequest request) {
    this.asked = request;
    this.request = request;
  }

  /** Returns the request, with the file's length and version from replies. */
  RangeRequest request() {
    return request;
  }

  /** Sets the request after a reply has made it more precise. */
  void setRequest(RangeRequest known) {
    request = known;
  }

  /** Sets the file's length and, if none is known, its tag; a suffix becomes a range. */
  void learn(long fileLength, @Nullable String etag) {
    request = request.in(fileLength, etag);
  }

  /** Returns the received bytes, which the caller owns after the last request. */
  ByteBuffer bytes() {
    return ByteBuffer.wrap(bytes, 0, count).order(ByteOrder.LITTLE_ENDIAN);
  }

  int count() {
    return count;
  }

  int missing() {
    return request.length() - count;
  }

  /** Returns whether all bytes have arrived, of a known version of the file. */
  boolean isWhole() {
    return request.version().isStrong()
        && !request.isSuffix()
        && request.length() > 0
        && missing() == 0;
  }

  /** Appends the next bytes. */
  void take(ByteBuffer from, int length) {
    int needed = count + length;
    if (needed > bytes.length) {
      long twice = Math.max(needed, 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, (int) Math.min(request.length(), Math.max(twice, FIRST)));
    }
    from.get(bytes, count, length);
    count = needed;
  }

  /** Drops the received bytes. */
  void clear() {
    bytes = new byte[0];
    count = 0;
  }

  /** Keeps the bytes for the next request if their version is known; otherwise drops them. */
  void prepareRetry() {
    if (request.version().isStrong()) return;
    clear();
    if (asked.isSuffix()) request = asked;
  }
}
