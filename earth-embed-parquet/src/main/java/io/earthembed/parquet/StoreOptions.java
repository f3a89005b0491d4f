package io.earthembed.parquet;

import io.earthembed.internal.Checks;
import io.earthembed.internal.Settings;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Options of a store: how it reads shards. {@link #defaults} returns the defaults, a {@link
 * Builder} sets others, and {@link #toBuilder} changes some. Immutable and safe for many threads.
 */
public final class StoreOptions implements Serializable {
  private static final long serialVersionUID = 1;
  private static final StoreOptions DEFAULTS = builder().build();

  private final Values values;

  private static final class Values extends Settings<Values> implements Serializable {
    private static final long serialVersionUID = 1;

    int tailGuess = 2 << 20;
    int parallelism = 8;
    Duration timeout = Duration.ofSeconds(20);
    Duration deadline = Duration.ofMinutes(5);
    int attempts = 5;
    int connectionsPerHost = 16;

    /** Null for no cache. A string, because paths are not serializable. */
    @Nullable String cacheFolder;

    long cacheBytes;

    List<@Nullable Object> all() {
      return Arrays.asList(
          tailGuess,
          parallelism,
          timeout,
          deadline,
          attempts,
          connectionsPerHost,
          cacheFolder,
          cacheBytes);
    }
  }

  private StoreOptions(Values values) {
    this.values = values;
  }

  /** Returns the defaults, which {@link Builder} states. */
  public static StoreOptions defaults() {
    return DEFAULTS;
  }

  /** Returns a builder with the defaults. */
  public static Builder builder() {
    return new Builder(new Values());
  }

  /** Returns a builder with these settings. */
  public Builder toBuilder() {
    return new Builder(values.copy());
  }

  /** Returns the bytes of a file's end that are read at once. */
  public int tailGuess() {
    return values.tailGuess;
  }

  /** Returns the number of tiles read at once. */
  public int parallelism() {
    return values.parallelism;
  }

  /** Returns how long a server may be silent. */
  public Duration timeout() {
    return values.timeout;
  }

  /** Returns the time limit for one read with all its requests and pauses. */
  public Duration deadline() {
    return values.deadline;
  }

  /** Returns the largest number of attempts for a request. */
  public int attempts() {
    return values.attempts;
  }

  /** Returns the largest number of requests to one server at once. */
  public int connectionsPerHost() {
    return values.connectionsPerHost;
  }

  /** Returns the folder of the cache, if there is a cache. */
  public Optional<Path> cacheFolder() {
    return Optional.ofNullable(values.cacheFolder).map(Path::of);
  }

  /** Returns the bytes that the cache may take; 0 without a cache. */
  public long cacheBytes() {
    return values.cacheBytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StoreOptions that && values.all().equals(that.values.all());
  }

  @Override
  public int hashCode() {
    return values.all().hashCode();
  }

  @Override
  public String toString() {
    return "StoreOptions[tailGuess="
        + tailGuess()
        + ", parallelism="
        + parallelism()
        + ", timeout="
        + timeout()
        + ", deadline="
        + deadline()
        + ", attempts="
        + attempts()
        + ", connectionsPerHost="
        + connectionsPerHost()
        + ", cacheFolder="
        + values.cacheFolder
        + ", cacheBytes="
        + cacheBytes()
        + "]";
  }

  /** Builds options. Not safe for several threads at once. */
  public static final class Builder {
    private final Values values;

    private Builder(Values values) {
      this.values = values;
    }

    /**
     * Sets how many bytes of the end of a folder's first shard are read at once, so that they hold
     * the footer if possible. Shards of 500 tiles have footers of 1.0 to 1.4 MB. For the other
     * shards in the folder the store reads its largest footer so far and a third more.
     *
     * @param bytes at least 64 (default 2 MiB)
     */
    public Builder tailGuess(int bytes) {
      if (bytes < 64) throw new IllegalArgumentException("tailGuess below 64: " + bytes);
      values.tailGuess = bytes;
      return this;
    }

    /** Sets the number of tiles read at once, at least 1 (default 8). */
    public Builder parallelism(int tiles) {
      Checks.positive("parallelism", tiles);
      values.parallelism = tiles;
      return this;
    }

    /** Sets how long a server may be silent, before its reply and within it (default 20 s). */
    public Builder timeout(Duration limit) {
      Checks.positive("timeout", limit);
      values.timeout = limit;
      return this;
    }

    /** Sets the time limit for one read with all its requests and pauses (default 5 minutes). */
    public Builder deadline(Duration limit) {
      Checks.positive("deadline", limit);
      values.deadline = limit;
      return this;
    }

    /** Sets the largest number of attempts for a request, at least 1 (default 5). */
    public Builder attempts(int count) {
      Checks.positive("attempts", count);
      values.attempts = count;
      return this;
    }

    /**
     * Sets the largest number of requests to one server at once, at least 1 (default 16). If a
     * server's connections are slow, a large read uses up to four of them.
     */
    public Builder connectionsPerHost(int count) {
      Checks.positive("connectionsPerHost", count);
      values.connectionsPerHost = count;
      return this;
    }

    /**
     * Sets a cache on disk for footers and columns that were read over the network (default none).
     * Several processes may share it. It removes what was unused for longest first.
     *
     * @param folder created if it does not exist
     * @param bytes size limit of the cache, 0 or more
     */
    public Builder cache(Path folder, long bytes) {
      Checks.notNegative("cacheBytes", bytes);
      values.cacheFolder = folder.toString();
      values.cacheBytes = bytes;
      return this;
    }

    /** Returns the options. */
    public StoreOptions build() {
      return new StoreOptions(values.copy());
    }
  }
}
