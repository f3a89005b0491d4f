package io.earthembed.parquet.internal;

import io.earthembed.base.http.HttpReplies;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a file that are wanted, and as many of them as there are already. Memory grows as they
 * come: what a footer or a header claims costs nothing until it is there. What several threads see
 * is guarded by this.
 */
final class Wanted {
  /** Ranges up to this size are given their memory at once. */
  private static final int AT_ONCE = 1 << 20;

  private final boolean suffix;
  private final int asked;

  /** Whether all from the offset on is asked for, only to be told where the file ends. */
  final boolean open;

  /** Of the first byte, or -1 for the file's last bytes, until the length is known. */
  long offset;

  int length;

  /** The state of the file that is wanted, or that the first reply had; null if unknown. */
  @Nullable String version;

  /** Bytes of the whole file, or -1 if unknown. */
  long total;

  /** A reply was of another state of the file. */
  boolean changed;

  private byte[] bytes = {};
  private int had;
  private long heard;
  private int exchange;

  private Wanted(long offset, int length, @Nullable String version, long total, boolean open) {
    suffix = offset < 0;
    asked = length;
    this.open = open;
    this.offset = offset;
    this.length = length;
    this.version = version;
    this.total = total;
  }

  /** A range of a file of which something is known; version null and total -1 if not. */
  static Wanted range(long offset, int length, @Nullable String version, long total) {
    return new Wanted(offset, length, version, total, false);
  }

  /** A file's last bytes. */
  static Wanted suffix(int length) {
    return new Wanted(-1, length, null, -1, false);
  }

  /** A file's length, from a reply with all of it that is cut off at its header. */
  static Wanted header() {
    return new Wanted(0, 1, null, -1, true);
  }

  boolean isSuffix() {
    return offset < 0;
  }

  /** What has come. */
  synchronized ByteBuffer bytes() {
    return ByteBuffer.wrap(bytes, 0, had).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A new exchange; what comes of those before it is not taken. */
  synchronized int begin() {
    return ++exchange;
  }

  /** Whether an exchange is the one that is under way. */
  synchronized boolean isNow(int number) {
    return exchange == number;
  }

  synchronized int had() {
    return had;
  }

  synchronized int missing() {
    return length - had;
  }

  /** Counts bytes that came, wanted or not: a server that sends some is not silent. */
  synchronized void hear(int count) {
    heard += count;
  }

  synchronized long heard() {
    return heard;
  }

  /** Takes the next bytes. */
  synchronized void take(ByteBuffer from, int count) {
    int needed = had + count;
    if (needed > bytes.length) {
      long twice = Math.max(needed, 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, (int) Math.min(length, Math.max(twice, AT_ONCE)));
    }
    from.get(bytes, had, count);
    had = needed;
  }

  /** Drops what has come. */
  synchronized void clear() {
    bytes = new byte[0];
    had = 0;
  }

  /** Makes a range of a suffix, once the file's length is known. */
  void settle(long whole) {
    total = whole;
    if (offset >= 0) return;
    length = (int) Math.min(length, whole);
    offset = whole - length;
  }

  /** Whether all is there, of a state of the file that is known. */
  synchronized boolean isWhole() {
    return HttpReplies.isStrong(version) && offset >= 0 && length > 0 && missing() == 0;
  }

  /** The Range header. */
  String header(int from) {
    if (offset < 0) return "bytes=-" + length;
    return "bytes=" + (offset + from) + "-" + (open ? "" : offset + length - 1);
  }

  /** What is had stays if the file can be held to its version; otherwise all begins anew. */
  synchronized void goOn() {
    if (HttpReplies.isStrong(version)) return;
    clear();
    if (!suffix) return;
    offset = -1;
    length = asked;
    total = -1;
  }
}
