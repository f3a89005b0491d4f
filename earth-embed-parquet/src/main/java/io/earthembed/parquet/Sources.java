package io.earthembed.parquet;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.base.range.HttpRanges;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.range.Transport;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;

/** Opens local and remote files. Safe for many threads. */
final class Sources {
  /** One transport for all datasets and scanned shards, created at its first use. */
  private static final class Direct {
    static final Sources SHARED =
        new Sources(StoreOptions.defaults(), ShardAccess.DIRECT, new Counters());
  }

  private final Transport transport;
  private final ShardAccess access;
  private final Counters counters;

  Sources(StoreOptions options, ShardAccess access, Counters counters) {
    this.access = access;
    this.counters = counters;
    transport =
        new Transport(
            options.timeout(),
            options.deadline(),
            options.attempts(),
            options.connectionsPerHost(),
            access::address,
            access::authorization,
            access::allows,
            counters);
  }

  /** Opens a dataset, or a shard to scan. */
  static RangeSource of(URI file) {
    return Direct.SHARED.open(file);
  }

  /**
   * Opens a file.
   *
   * @throws IllegalArgumentException if its URL is neither a file's nor HTTP
   * @throws EarthEmbedException if it is a local file and the access allows none
   */
  RangeSource open(URI file) {
    if (Addresses.isFile(file)) {
      if (!access.allows(file)) {
        throw new EarthEmbedException(Addresses.redacted(file) + ": files may not be read");
      }
      return new FileRanges(path(file), counters);
    }
    if (Addresses.isWeb(access.address(file))) return new HttpRanges(transport, file);
    throw new IllegalArgumentException(
        "not an http, https or file URL: " + Addresses.redacted(file));
  }

  /**
   * Returns the path of a local file. For a URL with other parts, the JDK's error would show all of
   * it or explain little.
   */
  private static Path path(URI file) {
    String host = file.getRawAuthority();
    boolean here = host == null || host.equalsIgnoreCase("localhost");
    boolean plain =
        file.getRawQuery() == null && file.getRawFragment() == null && file.getPath() != null;
    if (!here || !plain || !file.getPath().startsWith("/")) {
      throw new IllegalArgumentException(
          "a file URL must be file:/path, without a host, a query or a fragment: "
              + Addresses.redacted(file));
    }
    try {
      return Path.of(URI.create("file://" + file.getRawPath()));
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw new IllegalArgumentException("not a file's path: " + Addresses.redacted(file), e);
    }
  }

  /** Returns the threads for all blocking reads, which {@link #close} ends. */
  ExecutorService threads() {
    return transport.threads();
  }

  /** Ends all reads. */
  void close() {
    transport.close();
  }
}
