package io.earthembed.base.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Undoes the predictor of an image's blocks: the differences between samples that were packed in
 * their place. Safe for many threads.
 *
 * @param number TIFF tag 317: 1 for none, 2 for differences of samples, 3 for those of the bytes of
 *     floating-point numbers
 */
record TiffPredictor(int number, TiffSamples samples, TiffLayout layout) {
  /**
   * Fails unless the predictor is supported for the type of the samples.
   *
   * @throws io.earthembed.common.EarthEmbedException if it is not
   */
  void requireSupported() {
    int bits = samples.bits();
    boolean whole = bits == 8 || bits == 16 || bits == 32;
    if (number == 1 || (number == 2 && whole)) return;
    if (number == 3 && samples.isFloat()) return;
    throw samples.unsupported(
        "TIFF predictor "
            + number
            + " is not supported for "
            + bits
            + "-bit "
            + (samples.isFloat() ? "floating-point numbers" : "integers"));
  }

  /**
   * Turns differences into samples, in their place.
   *
   * @param plain the unpacked block
   * @param rows rows of the block
   * @return the byte order of the samples
   */
  ByteOrder undo(byte[] plain, int rows) {
    if (number == 2) sum(plain, rows);
    if (number != 3) return samples.order();
    join(plain, rows);
    return ByteOrder.BIG_ENDIAN;
  }

  /** Undoes the differences between samples of a row, which are in the file's byte order. */
  private void sum(byte[] plain, int rows) {
    ByteBuffer block = ByteBuffer.wrap(plain).order(samples.order());
    int bits = samples.bits();
    int rowBytes = layout.rowBytes();
    int step = layout.blockBands() * bits / 8;
    for (int y = 0; y < rows; y++) {
      int start = y * rowBytes + step;
      int end = (y + 1) * rowBytes;
      switch (bits) {
        case 8 -> {
          for (int at = start; at < end; at++) plain[at] += plain[at - step];
        }
        case 16 -> {
          for (int at = start; at < end; at += 2) {
            block.putShort(at, (short) (block.getShort(at) + block.getShort(at - step)));
          }
        }
        default -> {
          for (int at = start; at < end; at += 4) {
            block.putInt(at, block.getInt(at) + block.getInt(at - step));
          }
        }
      }
    }
  }

  /**
   * Undoes the floating-point predictor (Adobe Photoshop TIFF Technical Note 3): differences
   * between bytes. The highest bytes of all samples of a row come first, in either byte order.
   */
  private void join(byte[] plain, int rows) {
    int sampleBytes = samples.bits() / 8;
    int blockBands = layout.blockBands();
    int rowBytes = layout.rowBytes();
    int columns = rowBytes / sampleBytes;
    byte[] row = new byte[rowBytes];
    for (int y = 0; y < rows; y++) {
      int start = y * rowBytes;
      for (int i = 0; i < rowBytes; i++) {
        row[i] = (byte) (plain[start + i] + (i < blockBands ? 0 : row[i - blockBands]));
      }
      for (int x = 0, at = start; x < columns; x++) {
        for (int b = 0; b < sampleBytes; b++) plain[at++] = row[b * columns + x];
      }
    }
  }
}
