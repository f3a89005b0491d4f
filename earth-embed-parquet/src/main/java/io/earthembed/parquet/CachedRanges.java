package io.earthembed.parquet;

import io.earthembed.base.range.FileVersion;
import io.earthembed.base.range.RangeSource;
import java.lang.ref.SoftReference;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A file whose ranges are kept in a cache on disk, by the version of the file. Also reads nothing
 * twice that arrived with the file's end. Safe for many threads.
 */
final class CachedRanges implements RangeSource {
  private final RangeSource file;
  private final @Nullable DiskCache cache;
  private final boolean revalidates;

  /** The end of the file, as long as memory suffices. */
  private volatile SoftReference<@Nullable Tail> end = new SoftReference<>(null);

  /**
   * Creates a source.
   *
   * @param cache null to keep nothing
   * @param revalidates whether the file is asked once if it has changed since its end was cached
   */
  CachedRanges(RangeSource file, @Nullable DiskCache cache, boolean revalidates) {
    this.file = file;
    this.cache = cache;
    this.revalidates = revalidates;
  }

  @Override
  public Tail tail(int bytes) {
    CacheKey key = CacheKey.tail(file, bytes);
    Tail cached = cached(key);
    if (cached != null && isCurrent(cached.version())) {
      end = new SoftReference<>(cached);
      return copy(cached);
    }
    Tail fresh = file.tail(bytes);
    end = new SoftReference<>(fresh);
    if (cache != null && CacheKey.isCacheable(file, fresh.version())) cache.put(key, bytes(fresh));
    return copy(fresh);
  }

  private boolean isCurrent(FileVersion version) {
    if (!revalidates || version.length() == 0) return true;
    try {
      file.read(version, version.length() - 1, 1);
      return true;
    } catch (FileChangedException e) {
      return false;
    }
  }

  private @Nullable Tail cached(CacheKey key) {
    byte[] kept = cache == null ? null : cache.get(key);
    if (kept == null) return null;
    try {
      ByteBuffer entry = ByteBuffer.wrap(kept);
      long length = entry.getLong();
      byte[] version = new byte[entry.getInt()];
      entry.get(version);
      ByteBuffer bytes = entry.slice().order(ByteOrder.LITTLE_ENDIAN);
      if (bytes.remaining() > length) return null;
      return new Tail(bytes, new FileVersion(length, new String(version, StandardCharsets.UTF_8)));
    } catch (BufferUnderflowException | NegativeArraySizeException e) {
      return null;
    }
  }

  private static byte[] bytes(Tail tail) {
    byte[] version = String.valueOf(tail.version().etag()).getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = tail.bytes().duplicate();
    ByteBuffer entry = ByteBuffer.allocate(12 + version.length + bytes.remaining());
    entry.putLong(tail.version().length()).putInt(version.length).put(version).put(bytes);
    return entry.array();
  }

  private static Tail copy(Tail tail) {
    ByteBuffer bytes = ByteBuffer.allocate(tail.bytes().remaining()).order(ByteOrder.LITTLE_ENDIAN);
    return new Tail(bytes.put(tail.bytes().duplicate()).flip(), tail.version());
  }

  @Override
  public ByteBuffer read(FileVersion version, long offset, int length) {
    boolean kept = cache != null && CacheKey.isCacheable(file, version);
    Tail last = end.get();
    long known = last == null ? version.length() : version.length() - last.bytes().remaining();
    if (last == null || !last.version().equals(version) || offset + length > version.length()) {
      known = Long.MAX_VALUE;
    }
    if (known <= offset && last != null) {
      ByteBuffer all = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      return all.put(last.bytes().slice((int) (offset - known), length)).flip();
    }
    CacheKey key = kept ? CacheKey.range(file, version, offset, length) : null;
    byte[] stored = cache == null || key == null ? null : cache.get(key);
    if (stored != null && stored.length == length) {
      return ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    }
    ByteBuffer bytes;
    if (last != null && known < offset + length) {
      int missing = (int) (known - offset);
      bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.put(file.read(version, offset, missing));
      bytes.put(last.bytes().slice(0, length - missing)).flip();
    } else {
      bytes = file.read(version, offset, length);
    }
    if (cache != null && key != null) {
      byte[] value = new byte[length];
      bytes.duplicate().get(value);
      cache.put(key, value);
    }
    return bytes;
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
