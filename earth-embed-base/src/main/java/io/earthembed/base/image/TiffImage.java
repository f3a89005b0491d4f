package io.earthembed.base.image;

import io.earthembed.base.table.Float16;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An image of a TIFF 6.0 or a BigTIFF: strips or tiles, either byte order and order of bits,
 * uncompressed, LZW, deflate, PackBits or Zstandard, with or without a predictor, with its bands
 * side by side or in planes. Unsigned samples have 1 to 16 bits (8 or 16 if there are several
 * bands), signed ones 8 or 16, floating-point ones 16 or 32. Missing blocks have the value of
 * GDAL's tag for missing data, or 0.
 *
 * <p>Every size is checked before memory is allocated: a block unpacks to at most 400 MB, and for
 * {@link #picture} all blocks together to four times the picture's bytes, or 64 MiB. mil.nga's
 * library is not used: it returned wrong pixels of big-endian files with a predictor, and did not
 * return from damaged ones.
 *
 * <p>Safe for many threads; a {@link Reader} is for one.
 */
public final class TiffImage {
  /**
   * The most pixels of a whole picture: 100 million, so that a bad header cannot exhaust memory.
   */
  static final long MAX_PIXELS = 100_000_000;

  /** The most bytes of an unpacked block: a strip that is a whole picture of floats. */
  private static final int MOST_OF_A_BLOCK = (int) (4 * MAX_PIXELS);

  /** The most images of a file that are looked at. */
  private static final int MOST_IMAGES = 64;

  private static final int SUBFILE = 254;
  private static final int WIDTH = 256;
  private static final int LENGTH = 257;
  private static final int BITS = 258;
  private static final int COMPRESSION = 259;
  private static final int FILL_ORDER = 266;
  private static final int STRIP_OFFSETS = 273;
  private static final int SAMPLES = 277;
  private static final int ROWS_PER_STRIP = 278;
  private static final int STRIP_SIZES = 279;
  private static final int PLANAR = 284;
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
  private final TiffBytes file;

  private final int width;
  private final int height;
  private final int bands;
  private final int bits;
  private final Samples samples;
  private final SampleType type;
  private final int compression;
  private final boolean reversed;
  private final int predictor;

  private final boolean tiled;
  private final int blockWidth;
  private final int blockHeight;
  private final int across;
  private final int down;

  /** The bands of a block: all of them, or one if the bands are in planes. */
  private final int blockBands;

  private final int rowBytes;

  // The blocks' offsets and sizes, read at their first use.
  private long[] offsets = {};
  private long[] sizes = {};

  /**
   * Reads the description of the first image.
   *
   * @throws CorruptDataException if the description contradicts itself
   * @throws EarthEmbedException if a feature is not supported
   */
  static TiffImage first(TiffBytes file) {
    return new TiffImage(file, TiffDirectory.first(file));
  }

  /**
   * Reads the descriptions of the first image and of its overviews, which follow it with fewer
   * pixels. Masks and other images are left out.
   *
   * @return the first image, then its overviews, in the order of the file
   * @throws CorruptDataException if a description contradicts itself
   * @throws EarthEmbedException if a feature is not supported
   */
  public static List<TiffImage> images(TiffBytes file) {
    try {
      List<TiffImage> images = new ArrayList<>();
      Set<Long> read = new HashSet<>();
      TiffDirectory tags = TiffDirectory.first(file);
      images.add(new TiffImage(file, tags));
      while (tags.next() != 0) {
        if (!read.add(tags.next()))
          throw tags.corrupt(tags.next(), "a directory that is listed twice");
        if (read.size() == MOST_IMAGES) {
          throw tags.corrupt(tags.next(), "more than " + MOST_IMAGES + " directories");
        }
        tags = tags.at(tags.next());
        // 1 is a reduced image, 4 a mask.
        if (tags.number(SUBFILE, 0, Long.MIN_VALUE, Long.MAX_VALUE) != 1) continue;
        TiffImage overview = new TiffImage(file, tags);
        TiffImage first = images.get(0);
        if (overview.bands == first.bands && overview.type == first.type) images.add(overview);
      }
      return images;
    } catch (EarthEmbedException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CorruptDataException(file.name(), "a damaged TIFF: " + e.getMessage(), e);
    }
  }

  private TiffImage(TiffBytes file, TiffDirectory tags) {
    this.file = file;
    this.tags = tags;
    width = (int) tags.number(WIDTH, 0, 1, 1 << 20);
    height = (int) tags.number(LENGTH, 0, 1, 1 << 20);
    bands = (int) tags.number(SAMPLES, 1, 1, 65535);
    bits = (int) same(BITS, 1);
    if (bits < 1) throw corrupt("samples of " + bits + " bits");
    int format = (int) same(SAMPLE_FORMAT, 1);
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
    if (bands > 1 && bits % 8 != 0) {
      throw unsupported("a TIFF of " + bands + " bands of " + bits + " bits is not supported");
    }
    compression = (int) tags.number(COMPRESSION, TiffBlocks.NONE, 1, 65535);
    reversed = tags.number(FILL_ORDER, 1, 1, 2) == 2;
    predictor = (int) tags.number(PREDICTOR, 1, 1, 65535);
    tiled = tags.has(TILE_WIDTH) || tags.has(TILE_LENGTH);
    blockWidth = tiled ? (int) tags.number(TILE_WIDTH, 0, 1, 1 << 20) : width;
    // A strip with more rows than the picture, such as 2^32 - 1, is the whole picture.
    blockHeight =
        tiled
            ? (int) tags.number(TILE_LENGTH, 0, 1, 1 << 20)
            : (int) Math.min(height, tags.number(ROWS_PER_STRIP, height, 1, 0xFFFFFFFFL));
    across = (width - 1) / blockWidth + 1;
    down = (height - 1) / blockHeight + 1;
    blockBands = tags.number(PLANAR, 1, 1, 2) == 1 ? bands : 1;
    long row = ((long) blockWidth * bits * blockBands + 7) / 8;
    if ((double) row * blockHeight > MOST_OF_A_BLOCK) {
      throw corrupt("tiles of " + blockWidth + " x " + blockHeight + " pixels");
    }
    rowBytes = (int) row;
  }

  /** Returns a tag's value, which must be the same for each band. */
  private long same(int tag, long otherwise) {
    long[] values = tags.numbers(tag);
    if (values.length == 0) return otherwise;
    for (int i = 1; i < Math.min(values.length, bands); i++) {
      if (values[i] != values[0]) {
        throw unsupported("a TIFF with bands of several types is not supported");
      }
    }
    return values[0];
  }

  private CorruptDataException corrupt(String problem) {
    return tags.corrupt(-1, problem);
  }

  private EarthEmbedException unsupported(String problem) {
    return new EarthEmbedException(file.name() + ": " + problem);
  }

  /** Returns the number of columns. */
  public int width() {
    return width;
  }

  /** Returns the number of rows. */
  public int height() {
    return height;
  }

  /** Returns the rows of a block. */
  public int blockHeight() {
    return blockHeight;
  }

  /** Returns the columns of a block. */
  public int blockWidth() {
    return blockWidth;
  }

  /** Returns the number of bands. */
  public int bands() {
    return bands;
  }

  /**
   * Returns the type of decoded samples: UINT8 for unsigned ones of up to 8 bits, UINT16 for those
   * of up to 16, FLOAT32 for signed and floating-point ones, which it holds exactly.
   */
  public SampleType type() {
    return type;
  }

  /** Returns the value of missing data, or null if the file names none. */
  public @Nullable Double missing() {
    return tags.text(GDAL_NODATA).isBlank() ? null : noData();
  }

  TiffDirectory tags() {
    return tags;
  }

  /**
   * Returns all pixels of an image, h x w x bands, of {@link #type}.
   *
   * @param wanted the number of bands that it must have
   * @param maxPixels the most pixels, at most {@link #MAX_PIXELS}
   */
  Raster picture(int wanted, long maxPixels) {
    if ((long) width * height > Math.min(maxPixels, MAX_PIXELS)) {
      throw corrupt("a picture of " + width + " x " + height);
    }
    if (bands != wanted) {
      throw unsupported(
          "a TIFF of "
              + bands
              + " bands is not supported, only of "
              + (wanted == 1 ? "one" : wanted));
    }
    long bytes = (long) width * height * type.bytes() * bands;
    if (bytes > MOST_OF_A_BYTE * file.length()) {
      throw corrupt("a picture of " + width + " x " + height + " in " + file.length() + " bytes");
    }
    int blocks = across * down * (bands / blockBands);
    long most = Math.max(MOST_OF_BLOCKS, 4 * bytes);
    if ((double) rowBytes * blockHeight * blocks > most) {
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
    try (Reader reader = reader()) {
      reader.requireSmall();
      for (int block = 0; block < blocks; block++) reader.check(block);
      Window window = new Window(0, 0, height, width, IntStream.range(0, bands).toArray());
      ByteBuffer data = window.allocate(type);
      for (int block = 0; block < blocks; block++) {
        if (sizes[block] == 0) reader.fill(block, window, data);
        else reader.copy(block, file.read(offsets[block], (int) sizes[block]), window, data);
      }
      return Raster.wrap(height, width, bands, type, data);
    }
  }

  /**
   * A part of an image.
   *
   * @param row its first row
   * @param column its first column
   * @param height its rows
   * @param width its columns
   * @param bands its bands, from 0, in the order of the samples
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Window(int row, int column, int height, int width, int[] bands) {
    /** Allocates the samples of a window, band by band in each pixel, in native byte order. */
    public ByteBuffer allocate(SampleType type) {
      long bytes = (long) height * width * bands.length * type.bytes();
      if (bytes > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException(
            "a window of " + height + " x " + width + " x " + bands.length + " is above 2 GiB");
      }
      return ByteBuffer.allocate((int) bytes).order(ByteOrder.nativeOrder());
    }
  }

  /**
   * A stored block.
   *
   * @param number identifies it in the image
   * @param offset of its first byte, if it has any
   * @param size its bytes; 0 if it is missing and stands for missing data
   */
  public record Block(int number, long offset, int size) {}

  /**
   * Returns the blocks that a window needs, with as many bytes as they need.
   *
   * @throws CorruptDataException if the list of blocks is damaged
   */
  public List<Block> blocks(Window window) {
    Objects.checkFromIndexSize(window.row(), window.height(), height);
    Objects.checkFromIndexSize(window.column(), window.width(), width);
    try (Reader reader = reader()) {
      List<Block> blocks = new ArrayList<>();
      Set<Integer> planes = new LinkedHashSet<>();
      for (int band : window.bands()) {
        planes.add(blockBands == 1 ? Objects.checkIndex(band, bands) : 0);
      }
      for (int plane : planes) {
        for (int y = window.row() / blockHeight;
            y * (long) blockHeight < window.row() + window.height();
            y++) {
          for (int x = window.column() / blockWidth;
              x * (long) blockWidth < window.column() + window.width();
              x++) {
            int block = (plane * down + y) * across + x;
            reader.check(block);
            if (sizes[block] > Integer.MAX_VALUE - 8) {
              throw corrupt("a block of " + sizes[block] + " bytes");
            }
            blocks.add(new Block(block, offsets[block], (int) sizes[block]));
          }
        }
      }
      return blocks;
    }
  }

  /** Returns a decoder of blocks, for one thread. The caller closes it. */
  public Reader reader() {
    Reader reader = new Reader();
    if (reader.blocks.predicts()) checkPredictor();
    synchronized (this) {
      if (offsets.length == 0) {
        long[] found = tags.numbers(tags.has(TILE_OFFSETS) ? TILE_OFFSETS : STRIP_OFFSETS);
        long planes = bands / blockBands;
        long count = planes * across * down;
        if (found.length < count) {
          throw corrupt(
              found.length
                  + " blocks instead of "
                  + (planes == 1 ? "" : planes + " x ")
                  + across
                  + " x "
                  + down);
        }
        sizes = sizes(reader.blocks, found, (int) count);
        offsets = found;
      }
    }
    return reader;
  }

  /** Decodes blocks one after another, and reuses its memory. For one thread. */
  public final class Reader implements AutoCloseable {
    private final TiffBlocks blocks =
        new TiffBlocks(file.length(), file.name(), compression, reversed);

    private Reader() {}

    private int top(int block) {
      return block / across % down * blockHeight;
    }

    private int left(int block) {
      return block % across * blockWidth;
    }

    /** Returns the rows of a block: the last strip ends with the picture; tiles are whole. */
    private int rows(int block) {
      return tiled ? blockHeight : Math.min(blockHeight, height - top(block));
    }

    private void check(int block) {
      if (sizes[block] != 0) blocks.check(offsets[block], sizes[block], rowBytes * rows(block));
    }

    /** Fails if the blocks have more bytes than the file several times. */
    private void requireSmall() {
      // Blocks may share bytes, as uniform ones do, but a small file must not take long.
      double sum = 0;
      for (long size : sizes) sum += size;
      if (sum > Math.max(MOST_OF_BLOCKS, 4.0 * file.length())) {
        throw corrupt(
            String.format(
                Locale.ROOT, "blocks of %,.0f bytes in a file of %,d", sum, file.length()));
      }
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
      else copy(block.number(), stored, window, data);
    }

    private void copy(int block, ByteBuffer stored, Window window, ByteBuffer data) {
      int rows = rows(block);
      byte[] plain = blocks.unpack(stored, offsets[block], rowBytes * rows);
      ByteOrder order = tags.order();
      if (blocks.predicts() && predictor == 2) sum(plain, rows);
      if (blocks.predicts() && predictor == 3) {
        join(plain, rows);
        order = ByteOrder.BIG_ENDIAN;
      }
      ByteBuffer in = ByteBuffer.wrap(plain).order(order);
      int top = Math.max(top(block), window.row());
      int bottom = Math.min(Math.min(top(block) + rows, height), window.row() + window.height());
      int left = Math.max(left(block), window.column());
      int right =
          Math.min(Math.min(left(block) + blockWidth, width), window.column() + window.width());
      int outBands = window.bands().length;
      for (int slot = 0; slot < outBands; slot++) {
        int band = window.bands()[slot];
        if (blockBands == 1 && band != block / across / down) continue;
        for (int y = top; y < bottom; y++) {
          int row = (y - top(block)) * rowBytes;
          int to = ((y - window.row()) * window.width() + left - window.column()) * outBands + slot;
          int from = (left - left(block)) * blockBands + (blockBands == 1 ? 0 : band);
          TiffImage.this.copy(in, row, from, data, to, outBands, right - left);
        }
      }
    }

    /** Fills the part of a window that a missing block has, as GDAL does. */
    private void fill(int block, Window window, ByteBuffer data) {
      blocks.checkInterrupted();
      double value = noData();
      if (value == 0) return;
      int top = Math.max(top(block), window.row());
      int bottom =
          Math.min(Math.min(top(block) + blockHeight, height), window.row() + window.height());
      int left = Math.max(left(block), window.column());
      int right =
          Math.min(Math.min(left(block) + blockWidth, width), window.column() + window.width());
      int outBands = window.bands().length;
      for (int slot = 0; slot < outBands; slot++) {
        if (blockBands == 1 && window.bands()[slot] != block / across / down) continue;
        for (int y = top; y < bottom; y++) {
          for (int x = left; x < right; x++) {
            int at = ((y - window.row()) * window.width() + x - window.column()) * outBands + slot;
            switch (type) {
              case UINT8 -> data.put(at, (byte) clamped(value, 0, 255));
              case UINT16 -> data.putShort(2 * at, (short) clamped(value, 0, 65535));
              case FLOAT32 -> data.putFloat(4 * at, (float) value);
            }
          }
        }
      }
    }

    @Override
    public void close() {
      blocks.close();
    }
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
  private long[] sizes(TiffBlocks blocks, long[] offsets, int count) {
    long blockBytes = (long) rowBytes * blockHeight;
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
        long rest = Math.max(0, file.length() - offsets[i]);
        sizes[i] = offsets[i] == 0 ? 0 : blocks.isPlain() ? Math.min(rest, blockBytes) : rest;
      }
    }
    if (sizes.length < count) throw corrupt(sizes.length + " sizes of " + count + " blocks");
    return sizes;
  }

  /** Undoes the differences between samples of a row, which are in the file's byte order. */
  private void sum(byte[] plain, int rows) {
    ByteBuffer block = ByteBuffer.wrap(plain).order(tags.order());
    int step = blockBands * bits / 8;
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
    int sampleBytes = bits / 8;
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

  /**
   * Copies samples of a row of one band.
   *
   * @param row where the row begins in the block
   * @param from the first sample of the row
   * @param to the first sample of the window
   * @param step from a sample to the next in the window
   */
  private void copy(
      ByteBuffer in, int row, int from, ByteBuffer data, int to, int step, int columns) {
    int next = blockBands;
    switch (samples) {
      case UNSIGNED -> {
        if (bits == 8 && step == 1 && next == 1) {
          data.put(to, in, row + from, columns);
        } else if (bits == 8) {
          for (int x = 0; x < columns; x++) data.put(to + x * step, in.get(row + from + x * next));
        } else if (bits == 16) {
          for (int x = 0; x < columns; x++) {
            data.putShort(2 * (to + x * step), in.getShort(row + 2 * (from + x * next)));
          }
        } else {
          unpackBits(in, row, from, data, to, step, columns);
        }
      }
      case SIGNED -> {
        for (int x = 0; x < columns; x++) {
          int at = from + x * next;
          data.putFloat(
              4 * (to + x * step), bits == 8 ? in.get(row + at) : in.getShort(row + 2 * at));
        }
      }
      case FLOAT -> {
        for (int x = 0; x < columns; x++) {
          int at = from + x * next;
          data.putFloat(
              4 * (to + x * step),
              bits == 16 ? Float16.toFloat(in.getShort(row + 2 * at)) : in.getFloat(row + 4 * at));
        }
      }
    }
  }

  /** Unpacks samples that do not fill bytes: highest bit first, in either byte order. */
  private void unpackBits(
      ByteBuffer in, int row, int first, ByteBuffer data, int to, int step, int columns) {
    int from = row + first * bits / 8;
    int held = 0;
    int have = 0;
    int skipped = first * bits % 8;
    if (skipped > 0) {
      held = in.get(from++) & 0xFF;
      have = 8 - skipped;
    }
    for (int x = 0; x < columns; x++) {
      while (have < bits) {
        held = (held & 0xFFFF) << 8 | in.get(from++) & 0xFF;
        have += 8;
      }
      have -= bits;
      int value = held >>> have & ((1 << bits) - 1);
      if (type == SampleType.UINT8) data.put(to + x * step, (byte) value);
      else data.putShort(2 * (to + x * step), (short) value);
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
