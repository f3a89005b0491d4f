package io.earthembed.parquet;

import com.github.luben.zstd.Zstd;
import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import io.earthembed.image.ImageFiles;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes one band of a TIFF 6.0: strips or tiles, either byte order, 8 or 16 bits, uncompressed,
 * LZW, deflate or Zstandard, with or without the horizontal predictor. Every size is checked before
 * memory is asked for. The library that writes our files is not used to read: it was seen to give
 * other pixels for big-endian files with a predictor, and not to come back from damaged ones.
 */
final class TiffDecoder {
  private static final int WIDTH = 256;
  private static final int LENGTH = 257;
  private static final int BITS = 258;
  private static final int COMPRESSION = 259;
  private static final int STRIP_OFFSETS = 273;
  private static final int SAMPLES = 277;
  private static final int ROWS_PER_STRIP = 278;
  private static final int STRIP_SIZES = 279;
  private static final int PREDICTOR = 317;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_LENGTH = 323;
  private static final int TILE_OFFSETS = 324;
  private static final int TILE_SIZES = 325;

  /**
   * No compression here makes more of a byte: a Zstandard block of four repeats one 128 Ki times.
   */
  private static final long MOST_OF_A_BYTE = 1 << 15;

  private static final int[] BYTES_OF_TYPE = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};

  private final byte[] bytes;
  private final ByteBuffer in;
  private final String source;
  private final Map<Integer, double[]> tags = new HashMap<>();

  /** Bytes of the entries read so far. */
  private long entryBytes;

  /**
   * Reads the first directory.
   *
   * @param source what to call the file in an error
   */
  TiffDecoder(byte[] bytes, String source) {
    this.bytes = bytes;
    this.source = source;
    if (bytes.length < 14 || bytes[0] != bytes[1] || (bytes[0] != 'I' && bytes[0] != 'M')) {
      throw corrupt(0, "not a TIFF");
    }
    in =
        ByteBuffer.wrap(bytes)
            .order(bytes[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    if (in.getShort(2) != 42) throw corrupt(2, "not a classic TIFF");
    long start = in.getInt(4) & 0xFFFFFFFFL;
    if (start < 8 || start + 2 > bytes.length) throw corrupt(4, "a directory at byte " + start);
    int entries = in.getShort((int) start) & 0xFFFF;
    if (start + 2 + 12L * entries > bytes.length)
      throw corrupt(start, "a directory of " + entries + " entries");
    for (int i = 0; i < entries; i++) readEntry((int) start + 2 + 12 * i);
  }

  private CorruptDataException corrupt(long offset, String problem) {
    return new CorruptDataException(source, offset, problem);
  }

  private void readEntry(int at) {
    int type = in.getShort(at + 2) & 0xFFFF;
    long count = in.getInt(at + 4) & 0xFFFFFFFFL;
    // Text, and types of later TIFFs, are passed over; so are tags that nobody asks for.
    if (type != 1 && type != 3 && type != 4 && type != 12) return;
    int width = BYTES_OF_TYPE[type];
    long size = count * width;
    long offset = size <= 4 ? at + 8 : in.getInt(at + 8) & 0xFFFFFFFFL;
    if (offset + size > bytes.length)
      throw corrupt(at, "an entry of " + size + " bytes at " + offset);
    // Entries do not share bytes; were that not so, a small file could ask for any amount of
    // memory.
    entryBytes += size;
    if (entryBytes > bytes.length) throw corrupt(at, "entries that overlap");
    double[] values = new double[(int) count];
    for (int i = 0; i < values.length; i++) {
      int p = (int) offset + i * width;
      values[i] =
          switch (type) {
            case 1 -> in.get(p) & 0xFF;
            case 3 -> in.getShort(p) & 0xFFFF;
            case 4 -> in.getInt(p) & 0xFFFFFFFFL;
            default -> in.getDouble(p);
          };
    }
    tags.put(in.getShort(at) & 0xFFFF, values);
  }

  /** The values of a tag, none where it is absent. */
  double[] values(int tag) {
    return tags.getOrDefault(tag, new double[0]);
  }

  private int number(int tag, int otherwise, int least, int most) {
    double[] values = values(tag);
    double value = values.length == 0 ? otherwise : values[0];
    if (!(value >= least && value <= most)) throw corrupt(-1, "TIFF tag " + tag + " is " + value);
    return (int) value;
  }

  /** The pixels, h x w x 1, UINT8 or UINT16. */
  Raster raster() {
    int width = number(WIDTH, 0, 1, 1 << 20);
    int height = number(LENGTH, 0, 1, 1 << 20);
    if ((long) width * height > ImageFiles.MAX_PIXELS) {
      throw corrupt(-1, "a picture of " + width + " x " + height);
    }
    int bits = number(BITS, 1, 1, 64);
    int samples = number(SAMPLES, 1, 1, 65535);
    if (samples != 1 || (bits != 8 && bits != 16)) {
      throw new EarthEmbedException(
          source + ": a TIFF of " + samples + " bands of " + bits + " bits is not supported");
    }
    boolean tiled = tags.containsKey(TILE_OFFSETS);
    int blockWidth = tiled ? number(TILE_WIDTH, 0, 1, 1 << 15) : width;
    int blockHeight =
        tiled
            ? number(TILE_LENGTH, 0, 1, 1 << 15)
            : Math.min(height, number(ROWS_PER_STRIP, height, 1, Integer.MAX_VALUE));
    // A tile may be larger than a small picture, but not without bound.
    long most = Math.max(1 << 20, 4L * width * height);
    if ((long) blockWidth * blockHeight > Math.min(most, ImageFiles.MAX_PIXELS)) {
      throw corrupt(-1, "tiles of " + blockWidth + " x " + blockHeight + " pixels");
    }
    double[] offsets = values(tiled ? TILE_OFFSETS : STRIP_OFFSETS);
    double[] sizes = values(tiled ? TILE_SIZES : STRIP_SIZES);
    int across = (width + blockWidth - 1) / blockWidth;
    int down = (height + blockHeight - 1) / blockHeight;
    if (offsets.length != (long) across * down || sizes.length != offsets.length) {
      throw corrupt(-1, offsets.length + " blocks instead of " + across + " x " + down);
    }
    SampleType type = bits == 8 ? SampleType.UINT8 : SampleType.UINT16;
    if ((long) width * height * type.bytes() > MOST_OF_A_BYTE * bytes.length) {
      throw corrupt(
          -1, "a picture of " + width + " x " + height + " in " + bytes.length + " bytes");
    }
    ByteBuffer data =
        ByteBuffer.allocate(width * height * type.bytes()).order(ByteOrder.nativeOrder());
    for (int block = 0; block < offsets.length; block++) {
      int top = block / across * blockHeight;
      int left = block % across * blockWidth;
      // The last strip ends with the picture; tiles are whole.
      int rows = tiled ? blockHeight : Math.min(blockHeight, height - top);
      byte[] plain =
          unpack(
              (long) offsets[block],
              (long) sizes[block],
              Math.multiplyExact(blockWidth * type.bytes(), rows));
      copy(plain, blockWidth, rows, type.bytes(), data, width, height, top, left);
    }
    return Raster.wrap(height, width, 1, type, data);
  }

  private void copy(
      byte[] plain,
      int blockWidth,
      int rows,
      int bytesPerSample,
      ByteBuffer data,
      int width,
      int height,
      int top,
      int left) {
    boolean differences = number(PREDICTOR, 1, 1, 2) == 2;
    ByteBuffer block = ByteBuffer.wrap(plain).order(in.order());
    for (int y = 0; y < Math.min(rows, height - top); y++) {
      int sum = 0;
      for (int x = 0; x < Math.min(blockWidth, width - left); x++) {
        int i = y * blockWidth + x;
        int value = bytesPerSample == 1 ? block.get(i) : block.getShort(2 * i);
        sum = differences ? sum + value : value;
        int at = (top + y) * width + left + x;
        if (bytesPerSample == 1) data.put(at, (byte) sum);
        else data.putShort(2 * at, (short) sum);
      }
    }
  }

  private byte[] unpack(long offset, long size, int expected) {
    if (offset + size > bytes.length || size < 0) {
      throw corrupt(offset, "a block of " + size + " bytes in a file of " + bytes.length);
    }
    byte[] plain = new byte[expected];
    int from = (int) offset;
    int compression = number(COMPRESSION, 1, 1, 65535);
    int got =
        switch (compression) {
          case 1 -> {
            int n = (int) Math.min(size, expected);
            System.arraycopy(bytes, from, plain, 0, n);
            yield n;
          }
          case 5 -> lzw(from, (int) size, plain);
          case 8, 32946 -> inflate(from, (int) size, plain);
          case 50000 ->
              (int)
                  Math.max(
                      0, Zstd.decompressByteArray(plain, 0, expected, bytes, from, (int) size));
          default ->
              throw new EarthEmbedException(
                  source + ": TIFF compression " + compression + " is not supported");
        };
    if (got != expected) throw corrupt(offset, "a block of " + got + " bytes, not " + expected);
    return plain;
  }

  private int inflate(int from, int size, byte[] plain) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(bytes, from, size);
      int n = 0;
      while (n < plain.length) {
        int more = inflater.inflate(plain, n, plain.length - n);
        if (more == 0) break;
        n += more;
      }
      return n;
    } catch (DataFormatException e) {
      throw new CorruptDataException(source, from, "a damaged deflate block: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  /**
   * LZW as TIFF 6.0, section 13, has it: codes of 9 to 12 bits, the highest bit first, which grow
   * one code early. A string is told by where its last appearance begins in the output.
   */
  private int lzw(int from, int size, byte[] plain) {
    int[] starts = new int[4096];
    int[] lengths = new int[4096];
    int next = 258;
    int width = 9;
    int previousStart = -1;
    int previousLength = 0;
    int n = 0;
    long held = 0;
    int bits = 0;
    for (int p = from; p < from + size || bits >= width; ) {
      while (bits < width && p < from + size) {
        held = (held << 8) | (bytes[p++] & 0xFF);
        bits += 8;
      }
      if (bits < width) break;
      int code = (int) (held >> (bits - width)) & ((1 << width) - 1);
      bits -= width;
      if (code == 257) break;
      if (code == 256) {
        next = 258;
        width = 9;
        previousStart = -1;
        continue;
      }
      boolean literal = code < 256;
      boolean fresh = code == next && previousStart >= 0;
      if (!literal && !fresh && (code >= next || code < 258)) throw corrupt(p, "LZW code " + code);
      int start = literal ? -1 : fresh ? previousStart : starts[code];
      int length = literal ? 1 : fresh ? previousLength + 1 : lengths[code];
      if (length > plain.length - n) break;
      int here = n;
      if (literal) {
        plain[n++] = (byte) code;
      } else {
        // A fresh string ends with its own first byte, which is written by then.
        for (int i = 0; i < length; i++) plain[n++] = plain[start + i];
      }
      if (previousStart >= 0 && next < 4096) {
        // The string before and the first byte of this one stand side by side in the output.
        starts[next] = previousStart;
        lengths[next] = previousLength + 1;
        next++;
      }
      previousStart = here;
      previousLength = length;
      width = next >= 2047 ? 12 : next >= 1023 ? 11 : next >= 511 ? 10 : 9;
      if (n == plain.length) break;
    }
    return n;
  }
}
