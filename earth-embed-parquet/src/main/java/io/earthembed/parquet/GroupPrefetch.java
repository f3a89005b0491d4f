package io.earthembed.parquet;

import io.earthembed.parquet.ReadPlan.Piece;
import io.earthembed.parquet.ReadPlan.Range;
import io.earthembed.parquet.internal.ChunkReader;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads chunks of the next row groups while one is decoded, so that many small files behind a slow
 * network are read at once. Only files that are {@link PrefetchedRanges} take part. For one thread.
 */
final class GroupPrefetch {
  /** The most row groups that are read ahead. */
  private static final int MOST_GROUPS = 64;

  /** The most bytes that are read ahead, unless the next row group alone has more. */
  private static final long MOST_BYTES = 64 << 20;

  private final List<Wanted> groups = new ArrayList<>();
  private int done;
  private int started;
  private long bytes;

  /** The ranges of a row group; empty if its file takes no part. */
  private record Wanted(MappedFile file, List<Range> ranges) {
    long bytes() {
      return ranges.stream().mapToLong(Range::length).sum();
    }
  }

  /** Adds the next row group, of which these chunks are wanted. */
  void add(MappedFile file, List<Chunk> chunks) {
    List<Range> ranges = List.of();
    if (file.source() instanceof PrefetchedRanges) ranges = ReadPlan.ranges(pieces(chunks));
    groups.add(new Wanted(file, ranges));
  }

  /** Adds the next row group's descriptions of tiles, if it may hold wanted rows. */
  void addTiles(MappedFile file, int number, RowSelection selection) {
    Group group = file.footer().rowGroups().get(number);
    boolean wanted = group.rows() > 0 && selection.mayHold(file.footer(), group, file.columns());
    if (!wanted || !(file.source() instanceof PrefetchedRanges)) {
      groups.add(new Wanted(file, List.of()));
      return;
    }
    // No range holds the embeddings, which would be read twice: they may be in no wanted row.
    long embeddings = Long.MAX_VALUE;
    for (Chunk chunk : file.embeddingChunks(number)) embeddings = chunk.offset();
    List<Chunk> before = new ArrayList<>();
    List<Chunk> after = new ArrayList<>();
    for (Chunk chunk : file.tileChunks(group)) {
      (chunk.offset() < embeddings ? before : after).add(chunk);
    }
    List<Range> ranges = new ArrayList<>(ReadPlan.ranges(pieces(before)));
    ranges.addAll(ReadPlan.ranges(pieces(after)));
    groups.add(new Wanted(file, ranges));
  }

  private static List<Piece> pieces(List<Chunk> chunks) {
    // Large chunks are divided by their reader.
    return chunks.stream()
        .filter(chunk -> chunk.size() > 0 && chunk.size() <= ChunkReader.PIECE)
        .map(chunk -> new Piece(0, chunk))
        .toList();
  }

  /** Runs the reading of the next row group while others are read. */
  <T> T readNext(Supplier<T> reading) {
    while (started < groups.size()
        && (started <= done || (started < done + MOST_GROUPS && bytes < MOST_BYTES))) {
      start(groups.get(started++));
    }
    Wanted next = groups.get(done++);
    try {
      return reading.get();
    } finally {
      if (next.file.source() instanceof PrefetchedRanges source) {
        for (Range range : next.ranges) source.release(range.start());
      }
      bytes -= next.bytes();
    }
  }

  private void start(Wanted group) {
    bytes += group.bytes();
    if (!(group.file.source() instanceof PrefetchedRanges source)) return;
    for (Range range : group.ranges) {
      source.prefetch(group.file.footer().version(), range.start(), range.length());
    }
  }
}
