package io.earthembed.image.codec;

import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes PNG (ISO/IEC 15948) row by row, so that memory is that of the result for any depth. The
 * decoder reads only IHDR, PLTE and IDAT; it skips gamma, colour profiles, transparency, texts and
 * the frames of an animation. The samples equal those of Pillow's {@code convert("RGB")}.
 *
 * <p>The JDK's reader is not used: whether it applies profiles depends on its version, it needs 8
 * bytes per pixel beside the result, and it trusts a header before it sees pixels.
 */
final class PngDecoder {
  private static final int GRAY = 0;
  private static final int PALETTE = 3;

  /** The most bytes that one byte of deflate expands to. */
  private static final int DEFLATE_RATIO = 1032;

  /** libpng's own limit; the two rows in memory take at most 8 MB each. */
  private static final int MAX_WIDTH = 1_000_000;

  /** The passes of an interlaced picture: first column, first row, step across, step down. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  private final PictureBytes in;
  private final Inflater inflater = new Inflater();
  private int width;
  private int height;
  private int depth;
  private int color;
  private int[][] passes = ONE_PASS;

  /** Red, green and blue of each entry; entries missing in the file are black, as in Pillow. */
  private final byte[] palette = new byte[3 * 256];

  /** The end of the IDAT chunk at the cursor. */
  private long chunkEnd;

  private PngDecoder(PictureBytes in) {
    this.in = in;
  }

  static Raster decode(PictureBytes in) {
    PngDecoder decoder = new PngDecoder(in);
    try {
      return decoder.decode();
    } catch (DataFormatException e) {
      throw in.damaged("its pixels cannot be unpacked: " + e.getMessage(), e);
    } finally {
      decoder.inflater.end();
    }
  }

  private Raster decode() throws DataFormatException {
    in.seek(8); // behind the signature
    header();
    boolean hasPalette = false;
    while (true) {
      int length = chunk();
      if (in.hasText("IDAT")) {
        chunkEnd = (long) in.position() + 4 + length;
        break;
      }
      if (in.hasText("IEND")) throw in.damaged("there are no pixels");
      if (in.hasText("PLTE")) {
        palette(length);
        hasPalette = true;
      }
      in.skip(4L + length + 4);
    }
    if (color == PALETTE && !hasPalette) throw in.damaged("there is no palette");
    requireBytes();
    byte[] rgb = new byte[3 * width * height];
    in.skip(4);
    for (int[] pass : passes) {
      int columns = (width - pass[0] + pass[2] - 1) / pass[2];
      int rows = (height - pass[1] + pass[3] - 1) / pass[3];
      if (columns > 0 && rows > 0) decode(rgb, pass, columns, rows);
    }
    finish();
    return Raster.wrap(height, width, 3, SampleType.UINT8, ByteBuffer.wrap(rgb));
  }

  /**
   * Checks the chunk at the cursor and moves to its name.
   *
   * @return bytes of its content
   */
  private int chunk() {
    int length = in.i32be();
    if (length < 0 || length > in.remaining() - 8) throw in.cut();
    boolean critical = (in.bytes[in.position()] & 0x20) == 0;
    if (critical) {
      CRC32 crc = new CRC32();
      crc.update(in.bytes, in.position(), 4 + length);
      ByteBuffer stored = ByteBuffer.wrap(in.bytes, in.position() + 4 + length, 4);
      if ((int) crc.getValue() != stored.getInt()) throw in.damaged("a chunk's checksum is wrong");
    }
    return length;
  }

  private void header() {
    int length = chunk();
    if (!in.hasText("IHDR") || length < 13) throw in.damaged("it has no header");
    in.skip(4);
    width = in.i32be();
    height = in.i32be();
    depth = in.u8();
    color = in.u8();
    int compression = in.u8();
    int filter = in.u8();
    int interlace = in.u8();
    in.skip(length - 13 + 4L);
    in.requireSize(width, height);
    if (width > MAX_WIDTH) throw in.refused("a PNG of " + width + " columns: cut or shrink it");
    boolean known =
        switch (color) {
          case GRAY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
          case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
          case 2, 4, 6 -> depth == 8 || depth == 16;
          default -> false;
        };
    if (!known) throw in.damaged("color type " + color + " with " + depth + " bits");
    if (compression != 0 || filter != 0 || interlace > 1) {
      throw in.damaged(
          "compression " + compression + ", filter " + filter + ", order " + interlace);
    }
    if (color == GRAY && depth == 16) {
      throw in.refused(
          "a gray picture of 16 bits, which are measurements rather than tones: scale it to 8 bits"
              + " (Pillow would cut all values at 255)");
    }
    if (interlace == 1) passes = PASSES;
  }

  private void palette(int length) {
    if (length % 3 != 0 || length > palette.length) throw in.damaged("a palette of " + length);
    System.arraycopy(in.bytes, in.position() + 4, palette, 0, length);
  }

  private int samples() {
    return switch (color) {
      case 2 -> 3;
      case 4 -> 2;
      case 6 -> 4;
      default -> 1;
    };
  }

  /** Returns the bytes of a row without its filter. */
  private int rowBytes(int columns) {
    return Math.toIntExact(((long) columns * samples() * depth + 7) / 8);
  }

  /** Compares the header's claims with the file's size before memory is allocated. */
  private void requireBytes() {
    long needed = 0;
    for (int[] pass : passes) {
      int columns = (width - pass[0] + pass[2] - 1) / pass[2];
      int rows = (height - pass[1] + pass[3] - 1) / pass[3];
      if (columns > 0 && rows > 0) needed += (1L + rowBytes(columns)) * rows;
    }
    if (needed > (long) in.remaining() * DEFLATE_RATIO) throw in.tooShort(width, height);
  }

  private void decode(byte[] rgb, int[] pass, int columns, int rows) throws DataFormatException {
    int length = rowBytes(columns);
    int step = Math.max(1, samples() * depth / 8);
    byte[] filter = new byte[1];
    byte[] above = new byte[length];
    byte[] row = new byte[length];
    for (int y = 0; y < rows; y++) {
      inflate(filter, 1);
      inflate(row, length);
      unfilter(filter[0], row, above, step);
      int first = ((pass[1] + y * pass[3]) * width + pass[0]) * 3;
      spread(row, columns, rgb, first, 3 * pass[2]);
      byte[] free = above;
      above = row;
      row = free;
    }
  }

  private void inflate(byte[] into, int length) throws DataFormatException {
    for (int done = 0; done < length; ) {
      int count = inflater.inflate(into, done, length - done);
      done += count;
      if (count > 0) continue;
      if (inflater.finished()) throw in.damaged("there are too few pixels");
      if (inflater.needsDictionary()) throw in.damaged("its pixels need a dictionary");
      if (inflater.needsInput() && !feed()) throw in.damaged("there are too few pixels");
    }
  }

  /** Gives the rest of a chunk, or the next chunk, to the inflater. */
  private boolean feed() {
    while (in.position() == chunkEnd) {
      in.skip(4);
      if (in.remaining() < 12) return false;
      int length = chunk();
      if (!in.hasText("IDAT")) return false;
      in.skip(4);
      chunkEnd = (long) in.position() + length;
    }
    int count = (int) (chunkEnd - in.position());
    inflater.setInput(in.bytes, in.position(), count);
    in.skip(count);
    return true;
  }

  /** Reads the end of the packed stream, whose checksum covers all pixels. */
  private void finish() throws DataFormatException {
    byte[] one = new byte[1];
    while (!inflater.finished()) {
      if (inflater.inflate(one, 0, 1) > 0) return; // surplus pixels are ignored
      if (inflater.needsInput() && !inflater.finished() && !feed()) throw in.cut();
    }
  }

  private void unfilter(int filter, byte[] row, byte[] above, int step) {
    switch (filter) {
      case 0 -> {}
      case 1 -> {
        for (int i = step; i < row.length; i++) row[i] += row[i - step];
      }
      case 2 -> {
        for (int i = 0; i < row.length; i++) row[i] += above[i];
      }
      case 3 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < step ? 0 : row[i - step] & 0xFF;
          row[i] += (byte) ((left + (above[i] & 0xFF)) >> 1);
        }
      }
      case 4 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < step ? 0 : row[i - step] & 0xFF;
          int corner = i < step ? 0 : above[i - step] & 0xFF;
          row[i] += (byte) paeth(left, above[i] & 0xFF, corner);
        }
      }
      default -> throw in.damaged("a row has filter " + filter);
    }
  }

  private static int paeth(int left, int above, int corner) {
    int estimate = left + above - corner;
    int toLeft = Math.abs(estimate - left);
    int toAbove = Math.abs(estimate - above);
    int toCorner = Math.abs(estimate - corner);
    if (toLeft <= toAbove && toLeft <= toCorner) return left;
    return toAbove <= toCorner ? above : corner;
  }

  /** Writes a row's pixels, {@code step} bytes apart; 16-bit samples lose their lower 8 bits. */
  private void spread(byte[] row, int columns, byte[] rgb, int first, int step) {
    int bytes = depth / 8; // of a sample, or 0
    int pixel = samples() * bytes;
    int to = first;
    for (int x = 0; x < columns; x++, to += step) {
      if (color == PALETTE) {
        System.arraycopy(palette, 3 * index(row, x), rgb, to, 3);
      } else if (color == GRAY || color == 4) {
        byte gray = bytes > 0 ? row[x * pixel] : (byte) (index(row, x) * 255 / ((1 << depth) - 1));
        rgb[to] = gray;
        rgb[to + 1] = gray;
        rgb[to + 2] = gray;
      } else {
        rgb[to] = row[x * pixel];
        rgb[to + 1] = row[x * pixel + bytes];
        rgb[to + 2] = row[x * pixel + 2 * bytes];
      }
    }
  }

  /** Returns a sample of at most 8 bits. */
  private int index(byte[] row, int x) {
    int bit = x * depth;
    return row[bit >> 3] >> (8 - depth - (bit & 7)) & ((1 << depth) - 1);
  }
}
