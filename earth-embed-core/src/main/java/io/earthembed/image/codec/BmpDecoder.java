package io.earthembed.image.codec;

import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Decodes BMP of Windows and OS/2: 1, 4 and 8 bits with a palette, plain or run-length encoded, and
 * 16, 24 and 32 bits in the layouts that Pillow supports. The samples equal those of Pillow's
 * {@code convert("RGB")}. JPEG or PNG inside a BMP and other layouts are refused.
 */
final class BmpDecoder {
  private static final int RAW = 0;
  private static final int RLE8 = 1;
  private static final int RLE4 = 2;
  private static final int BIT_FIELDS = 3;

  /** The most pixels per byte: a run of 255 pixels takes two bytes. */
  private static final int PIXELS_PER_BYTE = 128;

  private static final int[] MASKS_555 = {0x7C00, 0x3E0, 0x1F};
  private static final int[] MASKS_565 = {0xF800, 0x7E0, 0x1F};
  private static final int[] MASKS_BGR = {0xFF0000, 0xFF00, 0xFF};

  /** The masks of red, green and blue for 32 bits. */
  private static final int[][] MASKS_32 = {
    MASKS_BGR, {0xFF000000, 0xFF0000, 0xFF00}, {0xFF000000, 0xFF00, 0xFF}, {0xFF, 0xFF00, 0xFF0000}
  };

  private final PictureBytes in;
  private int width;
  private int height;
  private boolean topDown;
  private int bits;
  private int[] masks = MASKS_BGR;

  /** Red, green and blue of each entry; entries missing in the file are black, as in Pillow. */
  private final byte[] palette = new byte[3 * 256];

  private BmpDecoder(PictureBytes in) {
    this.in = in;
  }

  static Raster decode(PictureBytes in) {
    return new BmpDecoder(in).decode();
  }

  private Raster decode() {
    in.seek(10);
    long offset = in.i32le() & 0xFFFFFFFFL;
    int header = in.i32le();
    int compression = RAW;
    long colors = 0;
    if (header == 12) {
      width = in.u16le();
      height = in.u16le();
      in.skip(2);
      bits = in.u16le();
    } else if (header == 40
        || header == 52
        || header == 56
        || header == 64
        || header == 108
        || header == 124) {
      width = in.i32le();
      int rows = in.i32le();
      topDown = rows < 0;
      height = Math.abs(rows); // the least integer stays negative and is refused below
      in.skip(2);
      bits = in.u16le();
      compression = in.i32le();
      in.skip(12);
      colors = in.i32le() & 0xFFFFFFFFL;
    } else {
      throw in.refused("a BMP with a header of " + Integer.toUnsignedString(header) + " bytes");
    }
    in.requireSize(width, height);
    if (compression == BIT_FIELDS) {
      in.seek(14 + 40);
      masks = new int[] {in.i32le(), in.i32le(), in.i32le()};
      if (Arrays.equals(masks, new int[3]) && bits == 32) masks = MASKS_BGR;
      header = Math.max(header, 52);
    } else if (bits == 16) {
      masks = MASKS_555;
    }
    require(compression);
    in.seek(14L + header);
    if (bits <= 8) {
      if (colors == 0) colors = 1L << bits;
      int entry = header == 12 ? 3 : 4;
      palette(colors, entry);
      // Some writers do not count the palette.
      if (offset == 14 + header) offset += entry * colors;
    }
    if (offset != 0) in.seek(offset);
    return compression == RLE8 || compression == RLE4 ? runs(compression == RLE4) : rows();
  }

  private void require(int compression) {
    boolean known =
        switch (compression) {
          case RAW -> bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
          case RLE8 -> bits == 8;
          case RLE4 -> bits == 4;
          case BIT_FIELDS ->
              bits == 16 && (Arrays.equals(masks, MASKS_555) || Arrays.equals(masks, MASKS_565))
                  || bits == 24 && Arrays.equals(masks, MASKS_BGR)
                  || bits == 32 && Arrays.stream(MASKS_32).anyMatch(m -> Arrays.equals(masks, m));
          default -> false;
        };
    if (known) return;
    String how =
        switch (compression) {
          case 4 -> "with a JPEG inside";
          case 5 -> "with a PNG inside";
          case BIT_FIELDS ->
              String.format(
                  "with %d bits of the masks %x, %x, %x", bits, masks[0], masks[1], masks[2]);
          default ->
              "with "
                  + bits
                  + " bits a pixel and compression "
                  + Integer.toUnsignedString(compression);
        };
    throw in.refused("a BMP " + how + " is not read: save it as PNG");
  }

  private void palette(long colors, int entry) {
    if (colors > 65_536) throw in.damaged("a palette of " + colors + " colors");
    int read = (int) Math.min(256, colors);
    for (int i = 0; i < read; i++) {
      for (int band = 2; band >= 0; band--) palette[3 * i + band] = (byte) in.u8();
      in.skip(entry - 3L);
    }
    in.skip((colors - read) * entry);
  }

  /** Returns the position in the result at which a stored row begins. */
  private int first(int row) {
    return 3 * width * (topDown ? row : height - 1 - row);
  }

  private Raster rows() {
    long stride = ((long) width * bits + 31) / 32 * 4;
    long last = ((long) width * bits + 7) / 8; // the last row may lack padding
    if (stride * (height - 1) + last > in.remaining()) throw in.cut();
    byte[] rgb = new byte[3 * width * height];
    int start = in.position();
    for (int row = 0; row < height; row++) {
      int from = (int) (start + row * stride);
      int to = first(row);
      for (int x = 0; x < width; x++, to += 3) {
        if (bits <= 8) {
          int bit = x * bits;
          int index = in.bytes[from + (bit >> 3)] >> (8 - bits - (bit & 7)) & ((1 << bits) - 1);
          System.arraycopy(palette, 3 * index, rgb, to, 3);
        } else {
          int pixel = 0;
          for (int i = bits / 8 - 1; i >= 0; i--) {
            pixel = pixel << 8 | in.bytes[from + x * (bits / 8) + i] & 0xFF;
          }
          for (int band = 0; band < 3; band++) rgb[to + band] = (byte) sample(pixel, masks[band]);
        }
      }
    }
    return Raster.wrap(height, width, 3, SampleType.UINT8, ByteBuffer.wrap(rgb));
  }

  /** Returns a sample of 5, 6 or 8 bits, scaled to 8 bits and truncated as in Pillow. */
  private static int sample(int pixel, int mask) {
    int shift = Integer.numberOfTrailingZeros(mask);
    return ((pixel & mask) >>> shift) * 255 / (mask >>> shift);
  }

  /** Unpacks run lengths; skipped pixels have the palette's first colour. */
  private Raster runs(boolean four) {
    in.requireBytesFor(width, height, PIXELS_PER_BYTE);
    byte[] indices = new byte[width * height];
    int x = 0;
    int y = 0;
    while (y < height && !(y == height - 1 && x >= width)) {
      int count = in.u8();
      int value = in.u8();
      if (count > 0) {
        for (int i = 0; i < count && x < width; i++, x++) {
          indices[y * width + x] = (byte) (four ? value >> ((i & 1) == 0 ? 4 : 0) & 15 : value);
        }
      } else if (value == 0) {
        x = 0;
        y++;
      } else if (value == 1) {
        break;
      } else if (value == 2) {
        x = Math.min(width, x + in.u8());
        y += in.u8();
      } else {
        int bytes = four ? (value + 1) / 2 : value;
        for (int i = 0; i < value; i++) {
          int at = in.position() + (four ? i / 2 : i);
          if (at >= in.bytes.length) throw in.cut();
          if (x >= width) continue;
          int packed = in.bytes[at];
          indices[y * width + x++] = (byte) (four ? packed >> ((i & 1) == 0 ? 4 : 0) & 15 : packed);
        }
        in.skip(bytes);
        if ((bytes & 1) != 0 && in.remaining() > 0) in.skip(1);
      }
    }
    byte[] rgb = new byte[3 * width * height];
    for (int row = 0; row < height; row++) {
      int to = first(row);
      for (int column = 0; column < width; column++, to += 3) {
        System.arraycopy(palette, 3 * (indices[row * width + column] & 0xFF), rgb, to, 3);
      }
    }
    return Raster.wrap(height, width, 3, SampleType.UINT8, ByteBuffer.wrap(rgb));
  }
}
