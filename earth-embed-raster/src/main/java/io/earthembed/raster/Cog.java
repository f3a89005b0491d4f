package io.earthembed.raster;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.base.image.TiffImage;
import io.earthembed.base.image.TiffImage.Block;
import io.earthembed.base.image.TiffImage.Window;
import io.earthembed.base.image.TiffReader;
import io.earthembed.base.range.Counters;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.Raster;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * A cloud-optimized GeoTIFF, or any other TIFF in blocks, of which windows are read: the blocks
 * that a window needs, in few ranges. Safe for many threads.
 */
final class Cog {
  /** The most unneeded bytes that are read to save a request. */
  static final int MAX_GAP = 1 << 16;

  /** The most bytes of a range with several blocks, so that several connections share a window. */
  private static final int MOST_OF_A_RANGE = 8 << 20;

  private final RangeTiff file;
  private final ExecutorService threads;
  private final Counters counters;
  private final List<TiffImage> images;
  private final GeoTiff.Grid grid;

  /** Blocks that are read together. */
  record Range(long start, long end, List<Block> blocks) {}

  /**
   * Opens a file and reads its header.
   *
   * @param threads reads the further ranges of a window
   * @param counters to which wanted bytes are added
   */
  Cog(RangeSource source, ExecutorService threads, Counters counters) {
    this.file = new RangeTiff(source);
    this.threads = threads;
    this.counters = counters;
    this.images = TiffImage.images(file);
    this.grid = GeoTiff.grid(images.get(0));
  }

  String name() {
    return file.name();
  }

  /** Returns the image of full resolution. */
  TiffImage image() {
    return images.get(0);
  }

  /** Returns the image and its overviews. */
  List<TiffImage> images() {
    return images;
  }

  /** Returns the location of the pixels of full resolution. */
  GeoTiff.Grid grid() {
    return grid;
  }

  /**
   * Returns the smallest image whose pixels are at most as large as a wanted size: the image of
   * full resolution if none of its overviews is that fine.
   *
   * @param scale columns of full resolution per wanted column, at least 1
   */
  TiffImage overview(double scale) {
    TiffImage best = image();
    for (TiffImage image : images) {
      double itself = (double) image().width() / image.width();
      // The sizes of overviews are rounded.
      if (itself <= scale * 1.01 && image.width() < best.width()) best = image;
    }
    return best;
  }

  /**
   * Reads a window.
   *
   * @param image one of {@link #images}
   * @return the window's samples in the type of the image
   * @throws io.earthembed.common.CorruptDataException if a block is damaged
   * @throws io.earthembed.common.RangeReadException if bytes cannot be read
   */
  Raster read(TiffImage image, Window window) {
    ByteBuffer data = window.allocate(image.type());
    List<Block> missing = new ArrayList<>();
    List<Range> ranges = ranges(image.blocks(window), missing);
    List<Future<ByteBuffer>> others = new ArrayList<>();
    try (TiffReader reader = image.reader()) {
      ByteBuffer none = ByteBuffer.allocate(0);
      for (Block block : missing) reader.read(block, none, window, data);
      if (!file.local()) {
        for (Range range : ranges.subList(Math.min(1, ranges.size()), ranges.size())) {
          others.add(threads.submit(() -> read(range)));
        }
      }
      for (int i = 0; i < ranges.size(); i++) {
        Range range = ranges.get(i);
        ByteBuffer bytes =
            i == 0 || others.isEmpty()
                ? read(range)
                : Tasks.await(others.get(i - 1), "reading " + name());
        for (Block block : range.blocks()) {
          ByteBuffer stored = bytes.slice((int) (block.offset() - range.start()), block.size());
          reader.read(block, stored, window, data);
        }
      }
    } finally {
      for (Future<ByteBuffer> other : others) other.cancel(true);
    }
    return Raster.wrap(window.height(), window.width(), window.bands().length, image.type(), data);
  }

  private ByteBuffer read(Range range) {
    for (Block block : range.blocks()) counters.bytesWanted.add(block.size());
    return file.readBlock(range.start(), (int) (range.end() - range.start()));
  }

  /**
   * Divides blocks into ranges, in the order of their offsets.
   *
   * @param missing receives those without bytes
   */
  static List<Range> ranges(List<Block> blocks, List<Block> missing) {
    List<Block> sorted = new ArrayList<>();
    for (Block block : blocks) (block.size() == 0 ? missing : sorted).add(block);
    sorted.sort(Comparator.comparingLong(Block::offset));
    List<Range> ranges = new ArrayList<>();
    for (int from = 0; from < sorted.size(); ) {
      long start = sorted.get(from).offset();
      long end = start + sorted.get(from).size();
      int to = from + 1;
      for (; to < sorted.size(); to++) {
        Block next = sorted.get(to);
        long reach = Math.max(end, next.offset() + next.size());
        if (next.offset() - end > MAX_GAP || reach - start > MOST_OF_A_RANGE) break;
        end = reach;
      }
      ranges.add(new Range(start, end, sorted.subList(from, to)));
      from = to;
    }
    return ranges;
  }

  /** Returns an error that names the file. */
  EarthEmbedException unsupported(String problem) {
    return new EarthEmbedException(name() + ": " + problem);
  }
}
