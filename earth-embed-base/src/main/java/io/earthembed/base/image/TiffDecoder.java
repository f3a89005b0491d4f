package io.earthembed.base.image;

import io.earthembed.base.table.Float16;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decodes one band of a TIFF 6.0 or a BigTIFF: strips or tiles, either byte order and order of
 * bits, uncompressed, LZW, deflate, PackBits or Zstandard, with or without a predictor. Unsigned
 * samples have 1 to 16 bits, signed ones 8 or 16, floating-point ones 16 or 32. Missing blocks have
 * the value of GDAL's tag for missing data, or 0.
 *
 * <p>Every size is checked before memory is allocated, and all blocks together unpack to at most
 * four times the picture's bytes, or 64 MiB. The library that writes our files does not read them:
 * it returned wrong pixels for big-endian files with a predictor, and did not return from damaged
 * ones.
 */
final class TiffDecoder {
  /** The most pixels of a picture: 100 million, so that a bad header cannot exhaust memory. */
  private static final long MAX_PIXELS = 100_000_000;

  private static final int WIDTH = 256;
  private static final int LENGTH = 257;
  private static final int BITS = 258;
  private static final int COMPRESSION = 259;
  private static final int FILL_ORDER = 266;
  private static final int STRIP_OFFSETS = 273;
  private static final int SAMPLES = 277;
  private static final int ROWS_PER_STRIP = 278;
  private static final int STRIP_SIZES = 279;
  private static final int PREDICTOR = 317;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_LENGTH = 323;
  private static final int TILE_OFFSETS = 324;
  private static final int TILE_SIZES = 325;
  private static final int SAMPLE_FORMAT = 339;
  private static final int GDAL_NODATA = 42113;

  /**
   * The most bytes that any supported compression makes from one: a Zstandard block of four bytes
   * repeats one 128 Ki times.
   */
  private static final long MOST_OF_A_BYTE = 1 << 15;

  /** The unpacked bytes of all blocks that every picture may have. */
  private static final long MOST_OF_BLOCKS = 64 << 20;

  private static final Pattern NUMBER =
      Pattern.compile("\\s*([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)");

  /** The types of stored samples. */
  private enum Samples {
    UNSIGNED,
    SIGNED,
    FLOAT
  }

  private final TiffDirectory tags;
  private final byte[] bytes;
  private final String source;

  private final int width;
  private final int height;
  private final int bits;
  private final Samples samples;
  private final SampleType type;
  private final int predictor;

  /**
   * Reads the description of the picture.
   *
   * @param source the file's name in errors
   * @throws CorruptDataException if the description contradicts itself
   * @throws EarthEmbedException if a feature is not supported
   */
  TiffDecoder(byte[] bytes, String source) {
    this.bytes = bytes;
    this.source = source;
    tags = new TiffDirectory(bytes, source);
    width = (int) tags.number(WIDTH, 0, 1, 1 << 20);
    height = (int) tags.number(LENGTH, 0, 1, 1 << 20);
    if ((long) width * height > MAX_PIXELS) {
      throw corrupt("a picture of " + width + " x " + height);
    }
    long bands = tags.number(SAMPLES, 1, 1, 65535);
    if (bands != 1)
      throw unsupported("a TIFF of " + bands + " bands is not supported, only of one");
    bits = (int) tags.number(BITS, 1, 1, 65535);
    int format = (int) tags.number(SAMPLE_FORMAT, 1, 0, 65535);
    samples =
        switch (format) {
          // 4 means undefined, which libtiff treats as unsigned.
          case 1, 4 -> Samples.UNSIGNED;
          case 2 -> Samples.SIGNED;
          case 3 -> Samples.FLOAT;
          case 5, 6 -> throw unsupported("a TIFF of complex numbers is not supported");
          default -> throw unsupported("TIFF sample format " + format + " is not supported");
        };
    boolean known =
        switch (samples) {
          case UNSIGNED -> bits <= 16;
          case SIGNED -> bits == 8 || bits == 16;
          case FLOAT -> bits == 16 || bits == 32;
        };
    if (!known) {
      throw unsupported(
          String.format(
              Locale.ROOT,
              "a TIFF of %d-bit %s is not supported, only of unsigned integers of up to 16 bits,"
                  + " signed ones of 8 or 16, and floating-point numbers of 16 or 32",
              bits,
              switch (samples) {
                case UNSIGNED -> "unsigned integers";
                case SIGNED -> "signed integers";
                case FLOAT -> "floating-point numbers";
              }));
    }
    type =
        samples != Samples.UNSIGNED
            ? SampleType.FLOAT32
            : bits <= 8 ? SampleType.UINT8 : SampleType.UINT16;
    if ((long) width * height * type.bytes() > MOST_OF_A_BYTE * bytes.length) {
      throw corrupt("a picture of " + width + " x " + height + " in " + bytes.length + " bytes");
    }
    predictor = (int) tags.number(PREDICTOR, 1, 1, 65535);
  }

  private CorruptDataException corrupt(String problem) {
    return tags.corrupt(-1, problem);
  }

  private EarthEmbedException unsupported(String problem) {
    return new EarthEmbedException(source + ": " + problem);
  }

  TiffDirectory tags() {
    return tags;
  }

  /**
   * Returns the pixels, h x w x 1: UINT8 for unsigned samples of up to 8 bits, UINT16 for those of
   * up to 16, FLOAT32 for signed and floating-point ones, which it holds exactly.
   */
  Raster raster() {
    boolean reversed = tags.number(FILL_ORDER, 1, 1, 2) == 2;
    int compression = (int) tags.number(COMPRESSION, TiffBlocks.NONE, 1, 65535);
    try (TiffBlocks blocks = new TiffBlocks(bytes, source, compression, reversed)) {
      return raster(blocks);
    }
  }

  private Raster raster(TiffBlocks blocks) {
    if (blocks.predicts()) checkPredictor();
    boolean tiled = tags.has(TILE_WIDTH) || tags.has(TILE_LENGTH);
    int blockWidth = tiled ? (int) tags.number(TILE_WIDTH, 0, 1, 1 << 20) : width;
    // A strip with more rows than the picture, such as 2^32 - 1, is the whole picture.
    int blockHeight =
        tiled
            ? (int) tags.number(TILE_LENGTH, 0, 1, 1 << 20)
            : (int) Math.min(height, tags.number(ROWS_PER_STRIP, height, 1, 0xFFFFFFFFL));
    int across = (width - 1) / blockWidth + 1;
    int down = (height - 1) / blockHeight + 1;
    int rowBytes = (int) (((long) blockWidth * bits + 7) / 8);
    long blockBytes = (long) rowBytes * blockHeight;
    long most = Math.max(MOST_OF_BLOCKS, 4L * width * height * type.bytes());
    if ((double) blockBytes * across * down > most) {
      throw corrupt(
          String.format(
              Locale.ROOT,
              "tiles of %d x %d pixels, which are more than %,d bytes in all for a picture of %d x"
                  + " %d",
              blockWidth,
              blockHeight,
              most,
              width,
              height));
    }
    long[] offsets = tags.numbers(tags.has(TILE_OFFSETS) ? TILE_OFFSETS : STRIP_OFFSETS);
    if (offsets.length < (long) across * down) {
      throw corrupt(offsets.length + " blocks instead of " + across + " x " + down);
    }
    long[] sizes = sizes(blocks, offsets, across * down, tiled, blockBytes);
    for (int block = 0; block < across * down; block++) {
      int rows = tiled ? blockHeight : Math.min(blockHeight, height - block * blockHeight);
      if (sizes[block] != 0) blocks.check(offsets[block], sizes[block], rowBytes * rows);
    }
    ByteBuffer data =
        ByteBuffer.allocate(width * height * type.bytes()).order(ByteOrder.nativeOrder());
    for (int block = 0; block < across * down; block++) {
      int top = block / across * blockHeight;
      int left = block % across * blockWidth;
      // The last strip ends with the picture, even if it is padded; tiles are whole.
      int rows = tiled ? blockHeight : Math.min(blockHeight, height - top);
      if (sizes[block] == 0) {
        blocks.checkInterrupted();
        fill(data, top, left, Math.min(rows, height - top), Math.min(blockWidth, width - left));
        continue;
      }
      byte[] plain = blocks.unpack(offsets[block], sizes[block], rowBytes * rows);
      ByteOrder order = tags.order();
      if (blocks.predicts() && predictor == 2) sum(plain, rows, rowBytes);
      if (blocks.predicts() && predictor == 3) {
        join(plain, rows, rowBytes);
        order = ByteOrder.BIG_ENDIAN;
      }
      ByteBuffer in = ByteBuffer.wrap(plain).order(order);
      int columns = Math.min(blockWidth, width - left);
      for (int y = 0; y < Math.min(rows, height - top); y++) {
        copy(in, y * rowBytes, data, (top + y) * width + left, columns);
      }
    }
    return Raster.wrap(height, width, 1, type, data);
  }

  private void checkPredictor() {
    boolean whole = bits == 8 || bits == 16 || bits == 32;
    if (predictor == 1 || (predictor == 2 && whole)) return;
    if (predictor == 3 && samples == Samples.FLOAT) return;
    throw unsupported(
        "TIFF predictor "
            + predictor
            + " is not supported for "
            + bits
            + "-bit "
            + (samples == Samples.FLOAT ? "floating-point numbers" : "integers"));
  }

  /**
   * Returns how many bytes each block has in the file, 0 if it is missing. A single strip, and
   * uncompressed strips, may lack sizes.
   */
  private long[] sizes(
      TiffBlocks blocks, long[] offsets, int count, boolean tiled, long blockBytes) {
    long[] sizes = tags.numbers(tags.has(TILE_SIZES) ? TILE_SIZES : STRIP_SIZES);
    // libtiff assumes that a single strip with an offset has bytes.
    boolean absent =
        sizes.length == 0 || (count == 1 && !tiled && sizes[0] == 0 && offsets[0] != 0);
    if (absent) {
      if (count > 1 && !blocks.isPlain()) {
        throw unsupported("compressed TIFF blocks without their sizes are not supported");
      }
      sizes = new long[count];
      for (int i = 0; i < count; i++) {
        long rest = Math.max(0, bytes.length - offsets[i]);
        sizes[i] = offsets[i] == 0 ? 0 : blocks.isPlain() ? Math.min(rest, blockBytes) : rest;
      }
    }
    if (sizes.length < count) throw corrupt(sizes.length + " sizes of " + count + " blocks");
    // Blocks may share bytes, as uniform ones do, but a small file must not take long.
    double sum = 0;
    for (int i = 0; i < count; i++) sum += sizes[i];
    if (sum > Math.max(MOST_OF_BLOCKS, 4.0 * bytes.length)) {
      throw corrupt(
          String.format(Locale.ROOT, "blocks of %,.0f bytes in a file of %,d", sum, bytes.length));
    }
    return sizes;
  }

  /** Undoes the differences between samples of a row, which are in the file's byte order. */
  private void sum(byte[] plain, int rows, int rowBytes) {
    ByteBuffer block = ByteBuffer.wrap(plain).order(tags.order());
    for (int y = 0; y < rows; y++) {
      int start = y * rowBytes;
      int end = start + rowBytes;
      int sum = 0;
      switch (bits) {
        case 8 -> {
          for (int at = start; at < end; at++) plain[at] = (byte) (sum += plain[at]);
        }
        case 16 -> {
          for (int at = start; at < end; at += 2) {
            block.putShort(at, (short) (sum += block.getShort(at)));
          }
        }
        default -> {
          for (int at = start; at < end; at += 4) block.putInt(at, sum += block.getInt(at));
        }
      }
    }
  }

  /**
   * Undoes the floating-point predictor (Adobe Photoshop TIFF Technical Note 3): differences
   * between bytes. The highest bytes of all samples of a row come first, in either byte order.
   */
  private void join(byte[] plain, int rows, int rowBytes) {
    int width = bits / 8;
    int columns = rowBytes / width;
    byte[] row = new byte[rowBytes];
    for (int y = 0; y < rows; y++) {
      int start = y * rowBytes;
      byte sum = 0;
      for (int i = 0; i < rowBytes; i++) row[i] = sum += plain[start + i];
      for (int x = 0, at = start; x < columns; x++) {
        for (int b = 0; b < width; b++) plain[at++] = row[b * columns + x];
      }
    }
  }

  /** Copies a part of a row. */
  private void copy(ByteBuffer in, int from, ByteBuffer data, int to, int columns) {
    switch (samples) {
      case UNSIGNED -> {
        if (bits == 8) {
          data.put(to, in, from, columns);
        } else if (bits == 16) {
          for (int x = 0; x < columns; x++) {
            data.putShort(2 * (to + x), in.getShort(from + 2 * x));
          }
        } else {
          unpackBits(in, from, data, to, columns);
        }
      }
      case SIGNED -> {
        for (int x = 0; x < columns; x++) {
          data.putFloat(4 * (to + x), bits == 8 ? in.get(from + x) : in.getShort(from + 2 * x));
        }
      }
      case FLOAT -> {
        for (int x = 0; x < columns; x++) {
          data.putFloat(
              4 * (to + x),
              bits == 16 ? Float16.toFloat(in.getShort(from + 2 * x)) : in.getFloat(from + 4 * x));
        }
      }
    }
  }

  /** Unpacks samples that do not fill bytes: highest bit first, in either byte order. */
  private void unpackBits(ByteBuffer in, int from, ByteBuffer data, int to, int columns) {
    int held = 0;
    int have = 0;
    for (int x = 0; x < columns; x++) {
      while (have < bits) {
        held = (held & 0xFFFF) << 8 | in.get(from++) & 0xFF;
        have += 8;
      }
      have -= bits;
      int value = held >>> have & ((1 << bits) - 1);
      if (type == SampleType.UINT8) data.put(to + x, (byte) value);
      else data.putShort(2 * (to + x), (short) value);
    }
  }

  /** Fills a missing block, as GDAL does. */
  private void fill(ByteBuffer data, int top, int left, int rows, int columns) {
    double value = noData();
    if (value == 0) return;
    for (int y = top; y < top + rows; y++) {
      int at = y * width + left;
      switch (type) {
        case UINT8 -> Arrays.fill(data.array(), at, at + columns, (byte) clamped(value, 0, 255));
        case UINT16 -> {
          for (int x = 0; x < columns; x++)
            data.putShort(2 * (at + x), (short) clamped(value, 0, 65535));
        }
        case FLOAT32 -> {
          for (int x = 0; x < columns; x++) data.putFloat(4 * (at + x), (float) value);
        }
      }
    }
  }

  /** Returns the value of missing data: the number at the start of the text, or 0. */
  private double noData() {
    String text = tags.text(GDAL_NODATA);
    Matcher number = NUMBER.matcher(text);
    double value = 0;
    if (number.lookingAt()) {
      value = Double.parseDouble(number.group(1));
    } else {
      String word = text.strip().toLowerCase(Locale.ROOT);
      if (word.matches("[+-]?nan.*")) value = Double.NaN;
      else if (word.matches("\\+?inf.*")) value = Double.POSITIVE_INFINITY;
      else if (word.matches("-inf.*")) value = Double.NEGATIVE_INFINITY;
    }
    if (samples != Samples.SIGNED) return value;
    double most = bits == 8 ? Byte.MAX_VALUE : Short.MAX_VALUE;
    return clamped(value, -most - 1, most);
  }

  /** Rounds halves away from 0; NaN becomes 0. */
  private static int clamped(double value, double least, double most) {
    double whole = Math.signum(value) * Math.floor(Math.abs(value) + 0.5);
    return (int) Math.max(least, Math.min(most, whole));
  }
}
