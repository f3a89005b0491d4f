package io.earthembed.testkit;

import io.earthembed.common.InvalidInputException;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.codec.ImageFiles;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** Fuzzed by {@link PictureFuzzTest} with Jazzer: arbitrary bytes as a picture. */
public final class PictureFuzz {
  private static final int PNG_SIGNATURE = 0x89504E47;

  private PictureFuzz() {}

  /** Anything but our own exception is a finding, and so is a picture of another shape. */
  public static void fuzzerTestOneInput(byte[] data) {
    try {
      Raster raster = ImageFiles.decode(withChecksums(data), "input");
      if (raster.bands() != 3 || raster.type() != SampleType.UINT8) {
        throw new AssertionError(raster);
      }
    } catch (InvalidInputException e) {
      // As it should be.
    }
  }

  /**
   * Returns a PNG with valid checksums of its chunks; otherwise no change would reach the decoder.
   */
  private static byte[] withChecksums(byte[] data) {
    if (data.length < 8 || ByteBuffer.wrap(data).getInt() != PNG_SIGNATURE) return data;
    ByteBuffer file = ByteBuffer.wrap(data.clone());
    int at = 8;
    while (file.capacity() - at >= 12) {
      int length = file.getInt(at);
      if (length < 0 || length > file.capacity() - at - 12) break;
      CRC32 crc = new CRC32();
      crc.update(file.array(), at + 4, 4 + length);
      file.putInt(at + 8 + length, (int) crc.getValue());
      at += 12 + length;
    }
    return file.array();
  }
}
