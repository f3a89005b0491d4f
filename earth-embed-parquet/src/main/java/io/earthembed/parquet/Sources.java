package io.earthembed.parquet;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import io.earthembed.parquet.internal.Counters;
import io.earthembed.parquet.internal.FileRanges;
import io.earthembed.parquet.internal.HttpRanges;
import io.earthembed.parquet.internal.RangeSource;
import io.earthembed.parquet.internal.Transport;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;

/** Opens files, near or far. Safe for many threads. */
final class Sources {
  /** For datasets and shards to be scanned: one transport for all, made when first wanted. */
  private static final class Direct {
    static final Sources SHARED =
        new Sources(StoreOptions.DEFAULT, ShardAccess.DIRECT, new Counters());
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

  /** A dataset or a shard to be scanned. */
  static RangeSource of(URI file) {
    return Direct.SHARED.open(file);
  }

  /**
   * A file.
   *
   * @throws IllegalArgumentException if it is neither here nor behind HTTP
   * @throws EarthEmbedException if it is a file and none may be read
   */
  RangeSource open(URI file) {
    if (Addresses.isFile(file)) {
      if (!access.allows(file)) {
        throw new EarthEmbedException(Addresses.shown(file) + ": files may not be read");
      }
      return new FileRanges(path(file), counters);
    }
    if (Addresses.isWeb(access.address(file))) return new HttpRanges(transport, file);
    throw new IllegalArgumentException("not an http, https or file URL: " + Addresses.shown(file));
  }

  /** A file of this machine: of a URL that says more, the JDK would show all or say little. */
  private static Path path(URI file) {
    String host = file.getRawAuthority();
    boolean here = host == null || host.equalsIgnoreCase("localhost");
    boolean plain =
        file.getRawQuery() == null && file.getRawFragment() == null && file.getPath() != null;
    if (!here || !plain || !file.getPath().startsWith("/")) {
      throw new IllegalArgumentException(
          "a file URL must be file:/path, without a host, a query or a fragment: "
              + Addresses.shown(file));
    }
    try {
      return Path.of(URI.create("file://" + file.getRawPath()));
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw new IllegalArgumentException("not a file's path: " + Addresses.shown(file), e);
    }
  }

  void close() {
    transport.close();
  }
}
