package io.earthembed.base.image;

import io.earthembed.base.image.TiffImage.Window;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The division of an image into blocks, which are strips or tiles. Blocks are numbered row by row,
 * plane after plane.
 *
 * @param width columns of the image
 * @param height rows of the image
 * @param bands bands of the image
 * @param tiled whether blocks are tiles
 * @param blockWidth columns of a block
 * @param blockHeight rows of a block
 * @param blockBands bands of a block: all of them, or one if the bands are in planes
 * @param rowBytes unpacked bytes of a row of a block
 */
record TiffLayout(
    int width,
    int height,
    int bands,
    boolean tiled,
    int blockWidth,
    int blockHeight,
    int blockBands,
    int rowBytes) {
  /** The most bytes of an unpacked block: a strip that is a whole picture of floats. */
  private static final int MOST_OF_A_BLOCK = (int) (4 * TiffImage.MAX_PIXELS);

  private static final int ROWS_PER_STRIP = 278;
  private static final int PLANAR = 284;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_LENGTH = 323;

  /**
   * Reads the layout of an image.
   *
   * @param bits bits of a sample
   * @throws io.earthembed.common.CorruptDataException if a block is too large
   */
  static TiffLayout of(TiffDirectory tags, int width, int height, int bands, int bits) {
    boolean tiled = tags.has(TILE_WIDTH) || tags.has(TILE_LENGTH);
    int blockWidth = tiled ? (int) tags.number(TILE_WIDTH, 0, 1, 1 << 20) : width;
    // A strip with more rows than the picture, such as 2^32 - 1, is the whole picture.
    int blockHeight =
        tiled
            ? (int) tags.number(TILE_LENGTH, 0, 1, 1 << 20)
            : (int) Math.min(height, tags.number(ROWS_PER_STRIP, height, 1, 0xFFFFFFFFL));
    int blockBands = tags.number(PLANAR, 1, 1, 2) == 1 ? bands : 1;
    long row = ((long) blockWidth * bits * blockBands + 7) / 8;
    if ((double) row * blockHeight > MOST_OF_A_BLOCK) {
      throw tags.corrupt(-1, "tiles of " + blockWidth + " x " + blockHeight + " pixels");
    }
    return new TiffLayout(
        width, height, bands, tiled, blockWidth, blockHeight, blockBands, (int) row);
  }

  /** Returns the number of blocks side by side. */
  int across() {
    return (width - 1) / blockWidth + 1;
  }

  /** Returns the number of blocks above each other. */
  int down() {
    return (height - 1) / blockHeight + 1;
  }

  /** Returns the number of planes: 1, or one per band. */
  int planes() {
    return bands / blockBands;
  }

  /** Returns the first row of a block. */
  int top(int block) {
    return block / across() % down() * blockHeight;
  }

  /** Returns the first column of a block. */
  int left(int block) {
    return block % across() * blockWidth;
  }

  /** Returns the stored rows of a block: the last strip ends with the picture; tiles are whole. */
  int rows(int block) {
    return tiled ? blockHeight : Math.min(blockHeight, height - top(block));
  }

  /** Returns whether a block has samples of a band. */
  boolean holds(int block, int band) {
    return blockBands != 1 || band == block / across() / down();
  }

  /** The rows and columns that a block and a window share; the ends are exclusive. */
  record Overlap(int top, int bottom, int left, int right) {}

  /** Returns the part of the image that a block and a window share. */
  Overlap overlap(int block, Window window) {
    return new Overlap(
        Math.max(top(block), window.row()),
        Math.min(Math.min(top(block) + blockHeight, height), window.row() + window.height()),
        Math.max(left(block), window.column()),
        Math.min(Math.min(left(block) + blockWidth, width), window.column() + window.width()));
  }

  /**
   * Returns the numbers of the blocks that a window needs.
   *
   * @throws IndexOutOfBoundsException if the window is not inside the image
   */
  int[] blocks(Window window) {
    Objects.checkFromIndexSize(window.row(), window.height(), height);
    Objects.checkFromIndexSize(window.column(), window.width(), width);
    Set<Integer> planes = new LinkedHashSet<>();
    for (int band : window.bands()) {
      planes.add(blockBands == 1 ? Objects.checkIndex(band, bands) : 0);
    }
    IntStream.Builder blocks = IntStream.builder();
    for (int plane : planes) {
      for (int y = window.row() / blockHeight;
          y * (long) blockHeight < window.row() + window.height();
          y++) {
        for (int x = window.column() / blockWidth;
            x * (long) blockWidth < window.column() + window.width();
            x++) {
          blocks.add((plane * down() + y) * across() + x);
        }
      }
    }
    return blocks.build().toArray();
  }
}
