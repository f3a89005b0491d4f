package io.earthembed.parquet.internal;

import io.earthembed.base.range.ChunkBytes;
import io.earthembed.base.range.FileRanges;
import io.earthembed.base.range.RangeSource;
import io.earthembed.parquet.internal.Footer.Chunk;
import java.nio.ByteBuffer;

/** Reads whole column chunks. */
public final class ChunkReader {
  /** The most bytes of one request, so that a stalled one is noticed and repeated alone. */
  public static final int PIECE = 16 << 20;

  private static final int AT_ONCE = 4;

  private ChunkReader() {}

  /**
   * Returns a chunk's bytes. Bytes of a local file are read when needed, others at once with
   * parallel requests.
   */
  public static ChunkBytes read(RangeSource source, Footer footer, Chunk chunk) {
    if (chunk.size() <= PIECE || source instanceof FileRanges) {
      return source.chunk(footer.version(), chunk.offset(), chunk.size());
    }
    ByteBuffer all = ByteBuffer.allocateDirect(chunk.size()).order(Footer.ORDER);
    int pieces = (int) ((chunk.size() + (long) PIECE - 1) / PIECE);
    Workers.allOf(
        0,
        pieces,
        AT_ONCE,
        i -> {
          int from = i * PIECE;
          int length = Math.min(PIECE, chunk.size() - from);
          all.slice(from, length).put(source.read(footer.version(), chunk.offset() + from, length));
          return true;
        });
    return ChunkBytes.of(all);
  }
}
