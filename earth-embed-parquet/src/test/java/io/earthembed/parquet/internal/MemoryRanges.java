package io.earthembed.parquet.internal;

import io.earthembed.base.range.FileVersion;
import io.earthembed.base.range.RangeSource;
import java.nio.ByteBuffer;

/** A file that is in memory. */
public record MemoryRanges(String name, ByteBuffer bytes) implements RangeSource {
  /** Returns a file of these bytes, which may change later. */
  public static MemoryRanges of(byte[] bytes) {
    return new MemoryRanges("memory", ByteBuffer.wrap(bytes));
  }

  @Override
  public Tail tail(int wanted) {
    int n = Math.min(wanted, bytes.capacity());
    return new Tail(part(bytes.capacity() - n, n), new FileVersion(bytes.capacity(), "1"));
  }

  @Override
  public ByteBuffer read(FileVersion version, long offset, int length) {
    return part(Math.toIntExact(offset), length);
  }

  private ByteBuffer part(int offset, int length) {
    return bytes.slice(offset, length).order(Footer.ORDER);
  }
}
