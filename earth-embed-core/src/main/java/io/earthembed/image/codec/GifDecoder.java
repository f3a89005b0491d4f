package io.earthembed.image.codec;

import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.nio.ByteBuffer;

/**
 * Decodes the first frame of a GIF (CompuServe, GIF89a) on its screen, as Pillow's {@code
 * convert("RGB")} does: pixels outside the frame have the transparent colour, or the palette's
 * first; transparent pixels keep their colour. Further frames are not read.
 */
final class GifDecoder {
  /** The most pixels per byte: a code of 12 bits stands for up to 4,095 pixels. */
  private static final int PIXELS_PER_BYTE = 4096 * 8 / 12;

  private static final int TABLE = 4096;

  private final PictureBytes in;
  private byte[] palette = new byte[0];
  private int transparent;

  private GifDecoder(PictureBytes in) {
    this.in = in;
  }

  static Raster decode(PictureBytes in) {
    return new GifDecoder(in).decode();
  }

  private Raster decode() {
    in.seek(6); // behind the signature
    int screenWidth = in.u16le();
    int screenHeight = in.u16le();
    int flags = in.u8();
    in.skip(2);
    palette(flags);
    extensions();
    int left = in.u16le();
    int top = in.u16le();
    int frameWidth = in.u16le();
    int frameHeight = in.u16le();
    flags = in.u8();
    palette(flags);
    int width = Math.max(screenWidth, left + frameWidth);
    int height = Math.max(screenHeight, top + frameHeight);
    in.requireSize(frameWidth, frameHeight);
    in.requireSize(width, height);
    in.requireBytesFor(width, height, PIXELS_PER_BYTE);
    byte[] frame = new byte[frameWidth * frameHeight];
    unpack(frame);

    byte[] rgb = new byte[3 * width * height];
    if (frameWidth < width || frameHeight < height) {
      for (int i = 0; i < width * height; i++) color(transparent, rgb, 3 * i);
    }
    boolean interlaced = (flags & 0x40) != 0;
    for (int row = 0; row < frameHeight; row++) {
      int y = top + (interlaced ? interlaced(row, frameHeight) : row);
      for (int x = 0; x < frameWidth; x++) {
        color(frame[row * frameWidth + x] & 0xFF, rgb, 3 * (y * width + left + x));
      }
    }
    return Raster.wrap(height, width, 3, SampleType.UINT8, ByteBuffer.wrap(rgb));
  }

  /** Reads the palette after these flags, if they announce one. */
  private void palette(int flags) {
    if ((flags & 0x80) == 0) return;
    byte[] read = new byte[3 << (flags & 7) + 1];
    int from = in.position();
    in.skip(read.length);
    System.arraycopy(in.bytes, from, read, 0, read.length);
    palette = read;
  }

  /**
   * Writes an entry's colour. Without a palette, indices are grey levels; missing entries are
   * black.
   */
  private void color(int index, byte[] rgb, int to) {
    for (int band = 0; band < 3; band++) {
      if (palette.length == 0) rgb[to + band] = (byte) index;
      else if (3 * index < palette.length) rgb[to + band] = palette[3 * index + band];
    }
  }

  /** Skips the blocks before the first frame, but reads the transparent colour. */
  private void extensions() {
    while (true) {
      int kind = in.u8();
      if (kind == ',') return;
      if (kind == ';') throw in.damaged("there are no pixels");
      if (kind != '!') continue;
      boolean control = in.u8() == 0xF9;
      for (int length = in.u8(); length > 0; length = in.u8()) {
        if (control && length >= 4 && (in.u8() & 1) != 0) {
          in.skip(2);
          transparent = in.u8();
          in.skip(length - 4L);
        } else {
          in.skip(control && length >= 4 ? length - 1L : length);
        }
        control = false;
      }
    }
  }

  /** Returns the row that is stored at a position of an interlaced frame. */
  private static int interlaced(int row, int height) {
    int eighths = (height + 7) / 8;
    if (row < eighths) return row * 8;
    int place = row - eighths;
    int fourths = (height + 3) / 8;
    if (place < fourths) return place * 8 + 4;
    place -= fourths;
    int halves = (height + 1) / 4;
    if (place < halves) return place * 4 + 2;
    return (place - halves) * 2 + 1;
  }

  /**
   * Unpacks the frame's indices, which are LZW codes of growing width in blocks of up to 255 bytes.
   */
  private void unpack(byte[] frame) {
    int bits = in.u8();
    if (bits < 1 || bits > 8) throw in.damaged("a code of " + bits + " bits");
    int clear = 1 << bits;
    short[] prefix = new short[TABLE];
    byte[] last = new byte[TABLE];
    int[] length = new int[TABLE];
    for (int i = 0; i < clear; i++) {
      last[i] = (byte) i;
      length[i] = 1;
    }
    int width = bits + 1;
    int next = clear + 2;
    int previous = -1;
    int done = 0;
    int buffer = 0;
    int count = 0;
    int block = 0;
    while (done < frame.length) {
      while (count < width) {
        if (block == 0) {
          block = in.u8();
          if (block == 0) throw in.damaged("there are too few pixels");
        }
        buffer |= in.u8() << count;
        count += 8;
        block--;
      }
      int code = buffer & ((1 << width) - 1);
      buffer >>>= width;
      count -= width;
      if (code == clear) {
        width = bits + 1;
        next = clear + 2;
        previous = -1;
        continue;
      }
      if (code == clear + 1) throw in.damaged("there are too few pixels");
      boolean own = code == next && previous >= 0 && next < TABLE; // a code that defines itself
      if (!own && (code >= next || previous < 0 && code > clear)) {
        throw in.damaged("a code that stands for nothing");
      }
      int entry = own ? previous : code;
      int total = length[entry] + (own ? 1 : 0);
      int at = done + length[entry];
      byte first = last[entry];
      for (int i = entry; at > done; i = prefix[i]) {
        first = last[i];
        if (--at < frame.length) frame[at] = first;
      }
      if (own && done + total <= frame.length) frame[done + total - 1] = first;
      if (previous >= 0 && next < TABLE) {
        prefix[next] = (short) previous;
        last[next] = first;
        length[next] = length[previous] + 1;
        next++;
        if (next == 1 << width && width < 12) width++;
      }
      previous = code;
      done += Math.min(total, frame.length - done);
    }
  }
}
