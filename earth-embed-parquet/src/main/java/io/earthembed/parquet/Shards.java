package io.earthembed.parquet;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileVersion;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.range.RangeSource.FileChangedException;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.internal.Footer;
import java.net.URI;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the most recently read shards and their footers in memory, and on disk if there is a cache.
 * Safe for many threads.
 */
final class Shards {
  /** Footers in memory: those of real shards take about 2 MB each. */
  static final int KEPT = 256;

  private final int tailGuess;
  private final int attempts;
  private final Function<URI, RangeSource> sources;
  private final Counters counters;
  private final @Nullable DiskCache cache;

  /** How many bytes of a shard's end are requested, by the shard's folder. */
  private final Map<URI, Integer> footerSizes = new ConcurrentHashMap<>();

  private final Map<URI, Shard> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<URI, Shard> eldest) {
          return size() > KEPT;
        }
      };

  /**
   * Creates an empty set of shards.
   *
   * @param tailGuess bytes to read at the end of a dataset's first shard
   * @param attempts how often a footer is read again for one read
   * @param sources opens a shard's bytes
   */
  Shards(
      int tailGuess,
      int attempts,
      Function<URI, RangeSource> sources,
      Counters counters,
      @Nullable DiskCache cache) {
    this.tailGuess = tailGuess;
    this.attempts = attempts;
    this.sources = sources;
    this.counters = counters;
    this.cache = cache;
  }

  Shard of(URI url) {
    synchronized (known) {
      return known.computeIfAbsent(url, u -> new Shard(u, sources.apply(u)));
    }
  }

  /** One shard. */
  final class Shard {
    private final URI dataset;
    private final RangeSource source;
    private final CacheKey key;

    /** Held while the footer is read, so that two threads do not read it at once. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile @Nullable Footer footer;

    private Shard(URI url, RangeSource source) {
      dataset = url.resolve(".");
      this.source = source;
      key = CacheKey.footer(source);
    }

    RangeSource source() {
      return source;
    }

    /**
     * Returns the layout of a tile's columns, from the tile's reference if that has it, else from
     * the footer.
     */
    TileLayout resolve(TileRef tile, List<String> columns) {
      TileLayout indexed = TileLayout.of(tile, source.name(), columns);
      return indexed != null ? indexed : withFooter(footer -> TileLayout.of(tile, footer, columns));
    }

    /** Runs work that needs a layout, and runs it again with a new one if the shard has changed. */
    <T> T withLayout(TileLayout layout, Function<TileLayout, T> work) {
      try {
        return work.apply(layout);
      } catch (FileChangedException changed) {
        return withFooter(
            layout.version(),
            footer -> work.apply(TileLayout.of(layout.ref(), footer, layout.columns())));
      }
    }

    /**
     * Runs work that needs the footer, and runs it again with a new one if the shard has changed.
     */
    <T> T withFooter(Function<Footer, T> work) {
      return withFooter(null, work);
    }

    private <T> T withFooter(@Nullable FileVersion changed, Function<Footer, T> work) {
      FileVersion stale = changed;
      for (int attempt = 1; ; attempt++) {
        try {
          Footer now = footer(stale);
          stale = now.version();
          return work.apply(now);
        } catch (FileChangedException e) {
          if (attempt > attempts) {
            throw new EarthEmbedException(source.name() + " keeps changing while it is read", e);
          }
        }
      }
    }

    /**
     * Returns the footer, from memory, from disk or from the shard.
     *
     * @param stale a version that the shard no longer has, or null
     */
    private Footer footer(@Nullable FileVersion stale) {
      try {
        lock.lockInterruptibly();
      } catch (InterruptedException e) {
        throw Tasks.interrupted(source.name() + ": interrupted while reading", e);
      }
      try {
        Footer found = footer;
        if (found == null || found.version().equals(stale)) found = onDisk();
        if (found == null || found.version().equals(stale)) {
          found = read();
        } else {
          counters.footerHits.increment();
        }
        footer = found;
        return found;
      } finally {
        lock.unlock();
      }
    }

    private Footer read() {
      Footer.Raw raw = Footer.readRaw(source, footerSizes.getOrDefault(dataset, tailGuess));
      // A dataset's shards are similar: a third more than the largest footer contains the next
      // one's.
      long enough = Math.max(1 << 16, (raw.bytes().length + 8L) * 4 / 3);
      footerSizes.merge(dataset, (int) Math.min(Integer.MAX_VALUE, enough), Math::max);
      Footer fresh = Footer.parse(source.name(), raw);
      String version = raw.version().etag();
      if (cache != null && version != null && CacheKey.isCacheable(source, raw.version())) {
        byte[] name = version.getBytes(StandardCharsets.UTF_8);
        ByteBuffer entry = ByteBuffer.allocate(12 + name.length + raw.bytes().length);
        entry.putLong(raw.version().length()).putInt(name.length).put(name).put(raw.bytes());
        cache.put(key, entry.array());
      }
      return fresh;
    }

    /**
     * Returns the cached footer, whose version the next read compares with the shard's, or null.
     */
    private @Nullable Footer onDisk() {
      if (cache == null || source.local()) return null;
      byte[] kept = cache.get(key);
      if (kept == null) return null;
      try {
        ByteBuffer entry = ByteBuffer.wrap(kept);
        long length = entry.getLong();
        byte[] version = new byte[entry.getInt()];
        entry.get(version);
        byte[] bytes = new byte[entry.remaining()];
        entry.get(bytes);
        return Footer.parse(
            source.name(),
            new Footer.Raw(
                bytes, new FileVersion(length, new String(version, StandardCharsets.UTF_8))));
      } catch (CorruptDataException | BufferUnderflowException | NegativeArraySizeException e) {
        return null;
      }
    }
  }
}
