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
 * @param timeout how long a server may be silent, before its reply and within it
 * @param deadline for one read with all its requests and the pauses between them
 * @param attempts how often a request is sent at the most
 * @param connectionsPerHost requests to one server at once; where its connections are slow, a large
 *     read is divided among up to four
 * @param cacheFolder where footers and columns that were read over the network are kept, or null
 *     for nowhere; several processes may share it
 * @param cacheBytes bytes that the cache may take; what was not used for longest goes first
 */
public record StoreOptions(
    int tailGuess,
    int parallelism,
    Duration timeout,
    Duration deadline,
    int attempts,
    int connectionsPerHost,
    @Nullable String cacheFolder,
    long cacheBytes)
    implements Serializable {
  /** 2 MiB, 8 tiles at once, 20 s and 5 minutes, 5 attempts, 16 connections, no cache. */
  public static final StoreOptions DEFAULT =
      new StoreOptions(2 << 20, 8, Duration.ofSeconds(20), Duration.ofMinutes(5), 5, 16, null, 0);

  /** Checks its arguments. */
  public StoreOptions {
    if (tailGuess < 64) throw new IllegalArgumentException("tailGuess below 64: " + tailGuess);
    if (parallelism < 1)
      throw new IllegalArgumentException("parallelism must be positive: " + parallelism);
    if (attempts < 1) throw new IllegalArgumentException("attempts must be positive: " + attempts);
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be positive: " + timeout);
    }
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("deadline must be positive: " + deadline);
    }
    if (connectionsPerHost < 1) {
      throw new IllegalArgumentException(
          "connectionsPerHost must be positive: " + connectionsPerHost);
    }
    if (cacheBytes < 0) throw new IllegalArgumentException("negative cacheBytes: " + cacheBytes);
  }

  /** The same with another guess of the footer's size. */
  public StoreOptions withTailGuess(int bytes) {
    return new StoreOptions(
        bytes,
        parallelism,
        timeout,
        deadline,
        attempts,
        connectionsPerHost,
        cacheFolder,
        cacheBytes);
  }

  /** The same with so many tiles read at once. */
  public StoreOptions withParallelism(int tiles) {
    return new StoreOptions(
        tailGuess, tiles, timeout, deadline, attempts, connectionsPerHost, cacheFolder, cacheBytes);
  }

  /** The same with another limit of a server's silence. */
  public StoreOptions withTimeout(Duration limit) {
    return new StoreOptions(
        tailGuess,
        parallelism,
        limit,
        deadline,
        attempts,
        connectionsPerHost,
        cacheFolder,
        cacheBytes);
  }

  /** The same with another time limit for a whole read. */
  public StoreOptions withDeadline(Duration limit) {
    return new StoreOptions(
        tailGuess,
        parallelism,
        timeout,
        limit,
        attempts,
        connectionsPerHost,
        cacheFolder,
        cacheBytes);
  }

  /** The same with so many attempts. */
  public StoreOptions withAttempts(int count) {
    return new StoreOptions(
        tailGuess,
        parallelism,
        timeout,
        deadline,
        count,
        connectionsPerHost,
        cacheFolder,
        cacheBytes);
  }

  /** The same with so many requests to one server at once. */
  public StoreOptions withConnectionsPerHost(int count) {
    return new StoreOptions(
        tailGuess, parallelism, timeout, deadline, attempts, count, cacheFolder, cacheBytes);
  }

  /**
   * The same with a cache on disk.
   *
   * @param folder is made where it is not there
   * @param bytes it may take
   */
  public StoreOptions withCache(Path folder, long bytes) {
    return new StoreOptions(
        tailGuess,
        parallelism,
        timeout,
        deadline,
        attempts,
        connectionsPerHost,
        folder.toString(),
        bytes);
  }

  /** The folder of the cache, or null. */
  @Nullable Path cache() {
    return cacheFolder == null ? null : Path.of(cacheFolder);
  }
}
