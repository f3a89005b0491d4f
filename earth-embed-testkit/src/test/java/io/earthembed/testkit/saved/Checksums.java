package io.earthembed.testkit.saved;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** Makes checksums fit, as whoever writes a file can, so that a fuzzer gets past them. */
final class Checksums {
  private static final int SECTION = 24;

  private Checksums() {}

  /** Corrects the checksum of an exact index's file: CRC-32 of all but the last 8 bytes. */
  static byte[] mendIndex(byte[] file) {
    if (file.length < 8) return file;
    byte[] mended = file.clone();
    int end = mended.length - 8;
    ByteBuffer.wrap(mended).putLong(end, sum(new CRC32(), mended, 0, end));
    return mended;
  }

  /** Corrects the checksum of a manifest of shards: CRC-32C of all lines but the last. */
  static byte[] mendManifest(byte[] file) {
    String text = new String(file, StandardCharsets.UTF_8);
    int end = text.lastIndexOf('\n', Math.max(0, text.length() - 2)) + 1;
    byte[] lines = text.substring(0, end).getBytes(StandardCharsets.UTF_8);
    String sum = Long.toHexString(sum(new CRC32C(), lines, 0, lines.length));
    return (text.substring(0, end) + sum + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Corrects the checksums of a file of sections: CRC-32C of each that lies in the file, and of the
   * header.
   */
  static byte[] mendSections(byte[] file, int count) {
    byte[] mended = file.clone();
    int header = 8 + SECTION * count;
    if (mended.length < header + 8) return mended;
    ByteBuffer bytes = ByteBuffer.wrap(mended).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      long from = bytes.getLong(8 + SECTION * i);
      long length = bytes.getLong(16 + SECTION * i);
      if (from < 0 || length < 0 || from > mended.length || length > mended.length - from) continue;
      bytes.putLong(24 + SECTION * i, sum(new CRC32C(), mended, (int) from, (int) length));
    }
    bytes.putLong(header, sum(new CRC32C(), mended, 0, header));
    return mended;
  }

  private static long sum(Checksum checksum, byte[] bytes, int from, int length) {
    checksum.update(bytes, from, length);
    return checksum.getValue();
  }
}
