package io.earthembed.parquet;

import io.earthembed.base.range.FileVersion;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.thread.Tasks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/**
 * A file of which ranges are read on other threads before they are wanted. Safe for many threads.
 */
final class PrefetchedRanges implements RangeSource {
  private final RangeSource file;
  private final Executor threads;
  private final ConcurrentSkipListMap<Long, Piece> pieces = new ConcurrentSkipListMap<>();

  private record Piece(FileVersion version, long offset, int length, FutureTask<ByteBuffer> bytes) {
    boolean holds(FileVersion wanted, long from, int count) {
      return version.equals(wanted) && offset <= from && from + count <= offset + length;
    }
  }

  /**
   * Creates a source that has read nothing yet.
   *
   * @param threads read the ranges
   */
  PrefetchedRanges(RangeSource file, Executor threads) {
    this.file = file;
    this.threads = threads;
  }

  /** Starts to read a range, unless that has been started and the range is not released yet. */
  void prefetch(FileVersion version, long offset, int length) {
    FutureTask<ByteBuffer> reading = new FutureTask<>(() -> file.read(version, offset, length));
    Piece piece = new Piece(version, offset, length, reading);
    if (pieces.putIfAbsent(offset, piece) == null) threads.execute(reading);
  }

  /** Forgets a range that was prefetched, if it is there. */
  void release(long offset) {
    pieces.remove(offset);
  }

  @Override
  public ByteBuffer read(FileVersion version, long offset, int length) {
    Map.Entry<Long, Piece> before = pieces.floorEntry(offset);
    if (before == null || !before.getValue().holds(version, offset, length)) {
      return file.read(version, offset, length);
    }
    Piece piece = before.getValue();
    boolean whole = piece.length == length;
    if (whole) pieces.remove(piece.offset, piece);
    ByteBuffer all;
    try {
      all = Tasks.await(piece.bytes, "reading " + name());
    } catch (RuntimeException | Error e) {
      pieces.remove(piece.offset, piece);
      throw e;
    }
    if (whole) return all;
    ByteBuffer copy = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    return copy.put(all.slice((int) (offset - piece.offset), length)).flip();
  }

  @Override
  public Tail tail(int bytes) {
    return file.tail(bytes);
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public String identity() {
    return file.identity();
  }

  @Override
  public boolean local() {
    return file.local();
  }
}
