package io.earthembed.image.codec;

import io.earthembed.common.InvalidInputException;
import java.util.Locale;

/**
 * A cursor over a picture file. It never reads beyond the end, and its errors name the position.
 */
final class PictureBytes {
  /**
   * The pixels that a file of any length may have: 12 MB as a raster. A few bytes of run lengths
   * can encode this many pixels.
   */
  private static final long FREE_PIXELS = 1 << 22;

  final byte[] bytes;
  private final String source;
  private final long maxPixels;
  private int at;

  PictureBytes(byte[] bytes, String source, long maxPixels) {
    this.bytes = bytes;
    this.source = source;
    this.maxPixels = maxPixels;
  }

  int position() {
    return at;
  }

  int remaining() {
    return bytes.length - at;
  }

  /** Moves to a byte; the end of the file is the last one allowed. */
  void seek(long position) {
    if (position < 0 || position > bytes.length) throw cut();
    at = (int) position;
  }

  /** Skips bytes that must be there. */
  void skip(long count) {
    if (count < 0 || count > remaining()) throw cut();
    at += (int) count;
  }

  int u8() {
    if (at >= bytes.length) throw cut();
    return bytes[at++] & 0xFF;
  }

  int u16le() {
    int low = u8();
    return low | u8() << 8;
  }

  int u16be() {
    int high = u8();
    return high << 8 | u8();
  }

  int i32le() {
    int low = u16le();
    return low | u16le() << 16;
  }

  int i32be() {
    int high = u16be();
    return high << 16 | u16be();
  }

  /** Returns whether the bytes at the cursor are these ASCII characters. */
  boolean hasText(String text) {
    if (remaining() < text.length()) return false;
    for (int i = 0; i < text.length(); i++) {
      if (bytes[at + i] != (byte) text.charAt(i)) return false;
    }
    return true;
  }

  InvalidInputException cut() {
    return new InvalidInputException(
        source, bytes.length, "the picture is damaged: the file ends too early");
  }

  InvalidInputException damaged(String how) {
    return new InvalidInputException(source, at, "the picture is damaged: " + how);
  }

  InvalidInputException damaged(String how, Throwable cause) {
    return new InvalidInputException(source, -1, "the picture is damaged: " + how, cause);
  }

  /** Returns the error for an unsupported feature, which the text names. */
  InvalidInputException refused(String what) {
    return new InvalidInputException(source, -1, what);
  }

  /**
   * Checks a size before memory is allocated.
   *
   * @throws InvalidInputException if a side is not positive or there are too many pixels
   */
  void requireSize(long width, long height) {
    if (width < 1 || height < 1) {
      throw damaged("a picture of " + width + " x " + height + " pixels");
    }
    if (width > maxPixels || width * height > maxPixels) {
      throw refused(
          String.format(
              Locale.ROOT,
              "a picture of %d x %d pixels, and %,d are decoded at the most: cut or shrink it",
              width,
              height,
              maxPixels));
    }
  }

  /**
   * Checks that the file is long enough for its pixels.
   *
   * @param perByte the most pixels that one byte stands for
   * @throws InvalidInputException if the file is too short for its pixels
   */
  void requireBytesFor(int width, int height, int perByte) {
    long pixels = (long) width * height;
    if (pixels > Math.max(FREE_PIXELS, (long) bytes.length * perByte)) {
      throw tooShort(width, height);
    }
  }

  InvalidInputException tooShort(int width, int height) {
    return new InvalidInputException(
        source,
        -1,
        String.format(
            Locale.ROOT,
            "the picture is damaged: %d x %d pixels in a file of %,d bytes",
            width,
            height,
            bytes.length));
  }
}
