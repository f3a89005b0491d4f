package io.earthembed.raster;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.base.range.HttpRanges;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.range.Transport;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Opens local and remote rasters, and keeps the headers of the last ones. Safe for many threads.
 */
final class RasterFiles {
  /** How many headers are kept. */
  private static final int MOST_OPEN = 256;

  private static final int CONNECTIONS_OF_A_HOST = 16;
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  private final Transport transport;
  private final Counters counters;
  private final Predicate<URI> allowed;

  private final Map<URI, Cog> open = // guarded by itself
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<URI, Cog> eldest) {
          return size() > MOST_OPEN;
        }
      };

  /**
   * Creates an opener.
   *
   * @param timeout how long a server may be silent
   * @param attempts the most times that a request is sent
   * @param hosts the only hosts that may be read from, and no files; null for all and files
   */
  RasterFiles(Duration timeout, int attempts, @Nullable Set<String> hosts, Counters counters) {
    this.counters = counters;
    Set<String> known =
        hosts == null ? null : hosts.stream().map(Addresses::host).collect(Collectors.toSet());
    allowed =
        address ->
            known == null
                || (Addresses.isWeb(address) && known.contains(Addresses.host(address.getHost())));
    transport =
        new Transport(
            timeout,
            DEADLINE,
            attempts,
            CONNECTIONS_OF_A_HOST,
            address -> address,
            address -> Optional.empty(),
            allowed,
            counters);
  }

  /** Returns whether an address may be read. */
  boolean allows(URI address) {
    return allowed.test(address);
  }

  /**
   * Opens a GeoTIFF, or returns the open one.
   *
   * @throws IllegalArgumentException if its URL is neither a file's nor HTTP
   */
  Cog cog(URI address) {
    synchronized (open) {
      Cog known = open.get(address);
      if (known != null) {
        counters.footerHits.increment();
        return known;
      }
    }
    Cog cog = new Cog(source(address), threads(), counters);
    synchronized (open) {
      open.put(address, cog);
    }
    return cog;
  }

  /** Drops the header of a file that has changed. */
  void forget(URI address) {
    synchronized (open) {
      open.remove(address);
    }
  }

  /**
   * Returns a file.
   *
   * @throws IllegalArgumentException if its URL is neither a file's nor HTTP
   */
  RangeSource source(URI address) {
    if (Addresses.isFile(address)) {
      if (!allows(address)) {
        throw new EarthEmbedException(Addresses.redacted(address) + ": files may not be read");
      }
      return new FileRanges(FileRanges.path(address), counters);
    }
    if (Addresses.isWeb(address)) return new HttpRanges(transport, address);
    throw new IllegalArgumentException(
        "not an http, https or file URL: " + Addresses.redacted(address));
  }

  /** Returns the threads for all blocking reads. */
  ExecutorService threads() {
    return transport.threads();
  }

  /** Ends all reads. */
  void close() {
    transport.close();
  }
}
