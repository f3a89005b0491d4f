package io.earthembed.base.image;

import io.earthembed.common.CorruptDataException;
import java.nio.ByteBuffer;

/** The bytes of a TIFF, in memory or read by ranges. Safe for many threads. */
public interface TiffBytes {
  /** Returns the file's name for messages. */
  String name();

  /** Returns the bytes of the whole file. */
  long length();

  /**
   * Returns bytes of the file, from position 0 of a buffer that is only read.
   *
   * @throws CorruptDataException if they are not all in the file
   */
  ByteBuffer read(long offset, int length);

  /** Returns a file in memory. */
  static TiffBytes of(byte[] bytes, String name) {
    return new TiffBytes() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public ByteBuffer read(long offset, int length) {
        requireInside(this, offset, length);
        return ByteBuffer.wrap(bytes).slice((int) offset, length);
      }
    };
  }

  /**
   * Fails unless bytes are in a file.
   *
   * @throws CorruptDataException if they are not
   */
  static void requireInside(TiffBytes file, long offset, long length) {
    if (offset < 0 || length < 0 || offset > file.length() - length) {
      throw new CorruptDataException(
          file.name(), offset, length + " bytes in a file of " + file.length());
    }
  }
}
