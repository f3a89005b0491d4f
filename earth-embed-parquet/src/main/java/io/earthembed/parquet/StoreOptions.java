package io.earthembed.parquet;

import java.io.Serializable;
import java.time.Duration;

/**
 * How shards are read.
 *
 * @param tailGuess bytes of a dataset's first shard's end that are read at once, in the hope that
 *     the footer lies in them; real shards of 500 tiles have footers of 1.0 to 1.4 MB. Of the other
 *     shards in the same folder as much is read as its largest footer so far and a third more
 * @param parallelism tiles read at once
 * @param timeout for one request with its body
 * @param attempts how often a request is sent at the most
 */
public record StoreOptions(int tailGuess, int parallelism, Duration timeout, int attempts)
    implements Serializable {
  /** 2 MiB, 8 tiles at once, 60 s, 5 attempts. */
  public static final StoreOptions DEFAULT =
      new StoreOptions(2 << 20, 8, Duration.ofSeconds(60), 5);

  /** Checks its arguments. */
  public StoreOptions {
    if (tailGuess < 64) throw new IllegalArgumentException("tailGuess below 64: " + tailGuess);
    if (parallelism < 1)
      throw new IllegalArgumentException("parallelism must be positive: " + parallelism);
    if (attempts < 1) throw new IllegalArgumentException("attempts must be positive: " + attempts);
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be positive: " + timeout);
    }
  }

  /** The same with another time limit for a request. */
  public StoreOptions withTimeout(Duration limit) {
    return new StoreOptions(tailGuess, parallelism, limit, attempts);
  }

  /** The same with so many attempts. */
  public StoreOptions withAttempts(int count) {
    return new StoreOptions(tailGuess, parallelism, timeout, count);
  }

  /** The same with another guess of the footer's size. */
  public StoreOptions withTailGuess(int bytes) {
    return new StoreOptions(bytes, parallelism, timeout, attempts);
  }
}
