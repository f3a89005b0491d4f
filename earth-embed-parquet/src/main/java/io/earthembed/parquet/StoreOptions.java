package io.earthembed.parquet;

import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How shards are read.
 *
 * @param tailGuess bytes of a dataset's first shard's end that are read at once, in the hope that
 *     the footer lies in them; real shards of 500 tiles have footers of 1.0 to 1.4 MB. Of the other
 *     shards in the same folder as much is read as its largest footer so far and a third more
 * @param parallelism tiles read at once
 * @param timeout for one request with its body
 * @param attempts how often a request is sent at the most
 * @param cacheFolder where footers and columns that were read over the network are kept, or null
 *     for nowhere; several processes may share it
 * @param cacheBytes bytes that the cache may take; what was not used for longest goes first
 */
public record StoreOptions(
    int tailGuess,
    int parallelism,
    Duration timeout,
    int attempts,
    @Nullable String cacheFolder,
    long cacheBytes)
    implements Serializable {
  /** 2 MiB, 8 tiles at once, 60 s, 5 attempts, no cache on disk. */
  public static final StoreOptions DEFAULT =
      new StoreOptions(2 << 20, 8, Duration.ofSeconds(60), 5, null, 0);

  /** Checks its arguments. */
  public StoreOptions {
    if (tailGuess < 64) throw new IllegalArgumentException("tailGuess below 64: " + tailGuess);
    if (parallelism < 1)
      throw new IllegalArgumentException("parallelism must be positive: " + parallelism);
    if (attempts < 1) throw new IllegalArgumentException("attempts must be positive: " + attempts);
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be positive: " + timeout);
    }
    if (cacheBytes < 0) throw new IllegalArgumentException("negative cacheBytes: " + cacheBytes);
  }

  /** The same with another time limit for a request. */
  public StoreOptions withTimeout(Duration limit) {
    return new StoreOptions(tailGuess, parallelism, limit, attempts, cacheFolder, cacheBytes);
  }

  /** The same with so many attempts. */
  public StoreOptions withAttempts(int count) {
    return new StoreOptions(tailGuess, parallelism, timeout, count, cacheFolder, cacheBytes);
  }

  /** The same with another guess of the footer's size. */
  public StoreOptions withTailGuess(int bytes) {
    return new StoreOptions(bytes, parallelism, timeout, attempts, cacheFolder, cacheBytes);
  }

  /** The same with so many tiles read at once. */
  public StoreOptions withParallelism(int tiles) {
    return new StoreOptions(tailGuess, tiles, timeout, attempts, cacheFolder, cacheBytes);
  }

  /**
   * The same with a cache on disk.
   *
   * @param folder is made where it is not there
   * @param bytes it may take
   */
  public StoreOptions withCache(Path folder, long bytes) {
    return new StoreOptions(tailGuess, parallelism, timeout, attempts, folder.toString(), bytes);
  }

  /** The folder of the cache, or null. */
  @Nullable Path cache() {
    return cacheFolder == null ? null : Path.of(cacheFolder);
  }
}
