package io.earthembed.parquet;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.base.range.HttpRanges;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.range.RangeSourceProvider;
import io.earthembed.base.range.Transport;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import java.net.URI;
import java.util.ServiceLoader;
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
   * Opens a file: a local one, one behind HTTP, or one that a provider on the class path opens.
   *
   * @throws IllegalArgumentException if its URL has another scheme, and there is no provider
   * @throws EarthEmbedException if the access does not allow it, or the provider cannot read it
   */
  RangeSource open(URI file) {
    if (!Addresses.isFile(file) && Addresses.isWeb(access.address(file))) {
      return new HttpRanges(transport, file);
    }
    RangeSourceProvider provider = Addresses.isFile(file) ? null : provider(file);
    if (!access.allows(file)) {
      throw new EarthEmbedException(Addresses.redacted(file) + ": files may not be read");
    }
    return provider == null
        ? new FileRanges(FileRanges.path(file), counters)
        : provider.open(file, counters);
  }

  private static RangeSourceProvider provider(URI file) {
    String scheme = file.getScheme();
    boolean web = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
    // The provider is beside our classes, but not always in the class loader of the thread.
    return ServiceLoader.load(RangeSourceProvider.class, Sources.class.getClassLoader())
        .findFirst()
        .filter(provider -> scheme != null && !web)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "not an http, https or file URL: " + Addresses.redacted(file)));
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
