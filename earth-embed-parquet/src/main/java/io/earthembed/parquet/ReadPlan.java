package io.earthembed.parquet;

import io.earthembed.parquet.internal.Footer.Chunk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Decides which parts of a shard are read together: column chunks in one range, and tiles in one
 * batch. One rule applies to both: parts at most {@link #MAX_GAP} apart are read together, because
 * a request costs more than the bytes between them.
 */
final class ReadPlan {
  /**
   * The most unneeded bytes that are read to save another request. Small, because further ranges
   * are read at the same time: they cost a request, but no round trip.
   */
  static final int MAX_GAP = 1 << 18;

  /** The most bytes of a batch of several tiles, so that batches are read by several threads. */
  private static final int BATCH_BYTES = 8 << 20;

  /** The most tiles of a batch, so that their decoding is divided among threads. */
  private static final int BATCH_TILES = 16;

  private ReadPlan() {}

  /** A chunk of a tile, which has this number in its batch. */
  record Piece(int tile, Chunk chunk) {
    long end() {
      return chunk.offset() + chunk.size();
    }
  }

  /** The pieces of one request: the bytes in [start, end). */
  record Range(long start, long end, List<Piece> pieces) {
    int length() {
      return (int) (end - start);
    }
  }

  private static boolean isNear(long end, long start) {
    return start - end <= MAX_GAP;
  }

  /** Divides tiles of one shard into batches, in the order of their offsets. */
  static List<List<TileLayout>> batches(List<TileLayout> tiles) {
    List<TileLayout> sorted = new ArrayList<>(tiles);
    sorted.sort(Comparator.comparingLong(TileLayout::start));
    List<List<TileLayout>> batches = new ArrayList<>();
    for (int from = 0; from < sorted.size(); ) {
      int to = from + 1;
      while (to < sorted.size() && joins(sorted, from, to)) to++;
      batches.add(sorted.subList(from, to));
      from = to;
    }
    return batches;
  }

  private static boolean joins(List<TileLayout> sorted, int from, int to) {
    TileLayout first = sorted.get(from);
    TileLayout next = sorted.get(to);
    return to - from < BATCH_TILES
        && isNear(sorted.get(to - 1).end(), next.start())
        && next.end() - first.start() <= BATCH_BYTES
        && next.version().equals(first.version());
  }

  /** Divides pieces of one shard into ranges, in the order of their offsets. */
  static List<Range> ranges(List<Piece> pieces) {
    List<Piece> sorted = new ArrayList<>(pieces);
    sorted.sort(Comparator.comparingLong(p -> p.chunk().offset()));
    List<Range> ranges = new ArrayList<>();
    for (int from = 0; from < sorted.size(); ) {
      long start = sorted.get(from).chunk().offset();
      long end = sorted.get(from).end();
      int to = from + 1;
      while (to < sorted.size()
          && isNear(end, sorted.get(to).chunk().offset())
          && sorted.get(to).end() - start < Integer.MAX_VALUE - 8) {
        end = Math.max(end, sorted.get(to++).end());
      }
      ranges.add(new Range(start, end, sorted.subList(from, to)));
      from = to;
    }
    return ranges;
  }
}
