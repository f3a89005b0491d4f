package io.earthembed.base.image;

import io.earthembed.base.image.TiffImage.Block;
import io.earthembed.base.image.TiffImage.Window;
import io.earthembed.base.image.TiffLayout.Overlap;
import io.earthembed.common.CorruptDataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Decodes blocks of a {@link TiffImage} one after another, and reuses its memory. For one thread,
 * which closes it.
 */
public final class TiffReader implements AutoCloseable {
  private final TiffBlocks blocks;
  private final TiffLayout layout;
  private final TiffSamples samples;
  private final TiffPredictor predictor;

  /**
   * Creates a decoder.
   *
   * @throws io.earthembed.common.EarthEmbedException if the predictor is not supported
   */
  TiffReader(TiffBlocks blocks, TiffLayout layout, TiffSamples samples, TiffPredictor predictor) {
    this.blocks = blocks;
    this.layout = layout;
    this.samples = samples;
    this.predictor = predictor;
    if (blocks.predicts()) predictor.requireSupported();
  }

  /** Returns whether blocks are stored uncompressed. */
  boolean isPlain() {
    return blocks.isPlain();
  }

  /**
   * Checks that a block lies in the file and can contain its samples.
   *
   * @throws CorruptDataException if not
   */
  void check(int block, long offset, long size) {
    if (size != 0) blocks.check(offset, size, layout.rowBytes() * layout.rows(block));
  }

  /**
   * Decodes the part of a window that a block has.
   *
   * @param block one of {@link TiffImage#blocks}
   * @param stored its bytes, none if it is missing
   * @param data the window's samples
   * @throws CorruptDataException if the block is damaged
   */
  public void read(Block block, ByteBuffer stored, Window window, ByteBuffer data) {
    if (block.size() == 0) fill(block.number(), window, data);
    else copy(block, stored, window, data);
  }

  private void copy(Block block, ByteBuffer stored, Window window, ByteBuffer data) {
    int number = block.number();
    int rows = layout.rows(number);
    int rowBytes = layout.rowBytes();
    int top = layout.top(number);
    byte[] plain = blocks.unpack(stored, block.offset(), rowBytes * rows);
    ByteOrder order = blocks.predicts() ? predictor.undo(plain, rows) : samples.order();
    ByteBuffer in = ByteBuffer.wrap(plain).order(order);
    Overlap part = layout.overlap(number, window);
    int blockBands = layout.blockBands();
    int outBands = window.bands().length;
    for (int slot = 0; slot < outBands; slot++) {
      int band = window.bands()[slot];
      if (!layout.holds(number, band)) continue;
      int from = (part.left() - layout.left(number)) * blockBands + (blockBands == 1 ? 0 : band);
      for (int y = part.top(); y < part.bottom(); y++) {
        int row = (y - top) * rowBytes;
        int to = index(window, y, part.left(), slot);
        samples.copy(in, row, from, blockBands, data, to, outBands, part.right() - part.left());
      }
    }
  }

  /** Fills the part of a window that a missing block has, as GDAL does. */
  private void fill(int block, Window window, ByteBuffer data) {
    blocks.checkInterrupted();
    double value = samples.missing();
    if (value == 0) return;
    Overlap part = layout.overlap(block, window);
    for (int slot = 0; slot < window.bands().length; slot++) {
      if (!layout.holds(block, window.bands()[slot])) continue;
      for (int y = part.top(); y < part.bottom(); y++) {
        for (int x = part.left(); x < part.right(); x++) {
          samples.put(data, index(window, y, x, slot), value);
        }
      }
    }
  }

  /** Returns the number of a pixel's sample in a window. */
  private static int index(Window window, int y, int x, int slot) {
    int pixel = (y - window.row()) * window.width() + x - window.column();
    return pixel * window.bands().length + slot;
  }

  @Override
  public void close() {
    blocks.close();
  }
}
