package io.earthembed.base.image;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
 * <p>Safe for many threads; a {@link TiffReader} is for one.
 */
public final class TiffImage {
  /**
   * The most pixels of a whole picture: 100 million, so that a bad header cannot exhaust memory.
   */
  static final long MAX_PIXELS = 100_000_000;

  /** The most images of a file that are looked at. */
  private static final int MOST_IMAGES = 64;

  private static final int SUBFILE = 254;
  private static final int WIDTH = 256;
  private static final int LENGTH = 257;
  private static final int COMPRESSION = 259;
  private static final int FILL_ORDER = 266;
  private static final int STRIP_OFFSETS = 273;
  private static final int SAMPLES = 277;
  private static final int STRIP_SIZES = 279;
  private static final int PREDICTOR = 317;
  private static final int TILE_OFFSETS = 324;
  private static final int TILE_SIZES = 325;

  /**
   * The most bytes that any supported compression makes from one: a Zstandard block of four bytes
   * repeats one 128 Ki times.
   */
  private static final long MOST_OF_A_BYTE = 1 << 15;

  /** The unpacked bytes of all blocks that every picture may have. */
  private static final long MOST_OF_BLOCKS = 64 << 20;

  private final TiffDirectory tags;
  private final TiffBytes file;

  private final TiffLayout layout;
  private final TiffSamples samples;
  private final TiffPredictor predictor;
  private final int compression;
  private final boolean reversed;

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
        if (overview.bands() == first.bands() && overview.type() == first.type()) {
          images.add(overview);
        }
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
    int width = (int) tags.number(WIDTH, 0, 1, 1 << 20);
    int height = (int) tags.number(LENGTH, 0, 1, 1 << 20);
    int bands = (int) tags.number(SAMPLES, 1, 1, 65535);
    samples = new TiffSamples(tags, file.name(), bands);
    compression = (int) tags.number(COMPRESSION, TiffBlocks.NONE, 1, 65535);
    reversed = tags.number(FILL_ORDER, 1, 1, 2) == 2;
    int differences = (int) tags.number(PREDICTOR, 1, 1, 65535);
    layout = TiffLayout.of(tags, width, height, bands, samples.bits());
    predictor = new TiffPredictor(differences, samples, layout);
  }

  private CorruptDataException corrupt(String problem) {
    return tags.corrupt(-1, problem);
  }

  /** Returns the number of columns. */
  public int width() {
    return layout.width();
  }

  /** Returns the number of rows. */
  public int height() {
    return layout.height();
  }

  /** Returns the rows of a block. */
  public int blockHeight() {
    return layout.blockHeight();
  }

  /** Returns the columns of a block. */
  public int blockWidth() {
    return layout.blockWidth();
  }

  /** Returns the number of bands. */
  public int bands() {
    return layout.bands();
  }

  /**
   * Returns the type of decoded samples: UINT8 for unsigned ones of up to 8 bits, UINT16 for those
   * of up to 16, FLOAT32 for signed and floating-point ones, which it holds exactly.
   */
  public SampleType type() {
    return samples.type();
  }

  /** Returns the value of missing data, or null if the file names none. */
  public @Nullable Double missing() {
    return samples.namesMissing() ? samples.missing() : null;
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
    int width = width();
    int height = height();
    int bands = bands();
    SampleType type = type();
    if ((long) width * height > Math.min(maxPixels, MAX_PIXELS)) {
      throw corrupt("a picture of " + width + " x " + height);
    }
    if (bands != wanted) {
      throw samples.unsupported(
          "a TIFF of "
              + bands
              + " bands is not supported, only of "
              + (wanted == 1 ? "one" : wanted));
    }
    long bytes = (long) width * height * type.bytes() * bands;
    if (bytes > MOST_OF_A_BYTE * file.length()) {
      throw corrupt("a picture of " + width + " x " + height + " in " + file.length() + " bytes");
    }
    int blocks = layout.across() * layout.down() * layout.planes();
    long most = Math.max(MOST_OF_BLOCKS, 4 * bytes);
    if ((double) layout.rowBytes() * blockHeight() * blocks > most) {
      throw corrupt(
          String.format(
              Locale.ROOT,
              "tiles of %d x %d pixels, which are more than %,d bytes in all for a picture of %d x"
                  + " %d",
              blockWidth(),
              blockHeight(),
              most,
              width,
              height));
    }
    try (TiffReader reader = reader()) {
      requireSmallBlocks();
      for (int i = 0; i < blocks; i++) block(reader, i);
      Window window = new Window(0, 0, height, width, IntStream.range(0, bands).toArray());
      ByteBuffer data = window.allocate(type);
      ByteBuffer none = ByteBuffer.allocate(0);
      for (int i = 0; i < blocks; i++) {
        Block block = block(reader, i);
        // The offset of a missing block means nothing.
        ByteBuffer stored = block.size() == 0 ? none : file.read(block.offset(), block.size());
        reader.read(block, stored, window, data);
      }
      return Raster.wrap(height, width, bands, type, data);
    }
  }

  /** Fails if the blocks have more bytes than the file several times. */
  private void requireSmallBlocks() {
    // Blocks may share bytes, as uniform ones do, but a small file must not take long.
    double sum = 0;
    for (long size : sizes) sum += size;
    if (sum > Math.max(MOST_OF_BLOCKS, 4.0 * file.length())) {
      throw corrupt(
          String.format(Locale.ROOT, "blocks of %,.0f bytes in a file of %,d", sum, file.length()));
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
    int[] numbers = layout.blocks(window);
    try (TiffReader reader = reader()) {
      List<Block> blocks = new ArrayList<>();
      for (int number : numbers) blocks.add(block(reader, number));
      return blocks;
    }
  }

  /** Returns a block after checking that it can be read. */
  private Block block(TiffReader reader, int number) {
    reader.check(number, offsets[number], sizes[number]);
    if (sizes[number] > Integer.MAX_VALUE - 8) {
      throw corrupt("a block of " + sizes[number] + " bytes");
    }
    return new Block(number, offsets[number], (int) sizes[number]);
  }

  /** Returns a decoder of blocks, for one thread. The caller closes it. */
  public TiffReader reader() {
    TiffReader reader =
        new TiffReader(
            new TiffBlocks(file.length(), file.name(), compression, reversed),
            layout,
            samples,
            predictor);
    synchronized (this) {
      if (offsets.length == 0) {
        long[] found = tags.numbers(tags.has(TILE_OFFSETS) ? TILE_OFFSETS : STRIP_OFFSETS);
        long planes = layout.planes();
        long count = planes * layout.across() * layout.down();
        if (found.length < count) {
          throw corrupt(
              found.length
                  + " blocks instead of "
                  + (planes == 1 ? "" : planes + " x ")
                  + layout.across()
                  + " x "
                  + layout.down());
        }
        sizes = sizes(reader, found, (int) count);
        offsets = found;
      }
    }
    return reader;
  }

  /**
   * Returns how many bytes each block has in the file, 0 if it is missing. A single strip, and
   * uncompressed strips, may lack sizes.
   */
  private long[] sizes(TiffReader reader, long[] offsets, int count) {
    long blockBytes = (long) layout.rowBytes() * layout.blockHeight();
    long[] sizes = tags.numbers(tags.has(TILE_SIZES) ? TILE_SIZES : STRIP_SIZES);
    // libtiff assumes that a single strip with an offset has bytes.
    boolean absent =
        sizes.length == 0 || (count == 1 && !layout.tiled() && sizes[0] == 0 && offsets[0] != 0);
    if (absent) {
      if (count > 1 && !reader.isPlain()) {
        throw samples.unsupported("compressed TIFF blocks without their sizes are not supported");
      }
      sizes = new long[count];
      for (int i = 0; i < count; i++) {
        long rest = Math.max(0, file.length() - offsets[i]);
        sizes[i] = offsets[i] == 0 ? 0 : reader.isPlain() ? Math.min(rest, blockBytes) : rest;
      }
    }
    if (sizes.length < count) throw corrupt(sizes.length + " sizes of " + count + " blocks");
    return sizes;
  }
}
