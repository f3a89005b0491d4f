package io.earthembed.raster;

import io.earthembed.base.image.TiffBytes;
import io.earthembed.base.range.FileVersion;
import io.earthembed.base.range.RangeSource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A TIFF that is read by ranges. Keeps the bytes of its header and directories; blocks are read
 * past it. Safe for many threads.
 */
final class RangeTiff implements TiffBytes {
  /** The least bytes that are read at once: GDAL's header of a COG has about as many. */
  private static final int PIECE = 16 << 10;

  /** The most bytes that are kept: the lists of blocks of the largest files. */
  private static final int MOST_KEPT = 32 << 20;

  private final RangeSource source;
  private final FileVersion version;
  private final List<Piece> pieces = new ArrayList<>(); // guarded by this
  private int kept;

  private record Piece(long offset, ByteBuffer bytes) {
    boolean holds(long from, int length) {
      return from >= offset && from + length <= offset + bytes.limit();
    }
  }

  /** Opens a file: learns its length and version. */
  RangeTiff(RangeSource source) {
    this.source = source;
    this.version = source.tail(1).version();
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public long length() {
    return version.length();
  }

  @Override
  public synchronized ByteBuffer read(long offset, int length) {
    TiffBytes.requireInside(this, offset, length);
    for (Piece piece : pieces) {
      if (piece.holds(offset, length)) {
        return piece.bytes().slice((int) (offset - piece.offset()), length);
      }
    }
    int more = (int) Math.min(Math.max(length, PIECE), length() - offset);
    Piece piece = new Piece(offset, source.read(version, offset, more));
    if (kept + more <= MOST_KEPT) {
      pieces.add(piece);
      kept += more;
    }
    return piece.bytes().slice(0, length);
  }

  /** Reads bytes that are not kept. */
  ByteBuffer readBlock(long offset, int length) {
    return source.read(version, offset, length);
  }

  /** Returns whether the file is on this machine. */
  boolean local() {
    return source.local();
  }
}
