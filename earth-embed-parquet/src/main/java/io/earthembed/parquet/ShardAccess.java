package io.earthembed.parquet;

import io.earthembed.hub.Hub;
import io.earthembed.internal.Addresses;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides from which address and with which authorisation a shard is read: converts the URL in a
 * catalog to the current address, such as a mirror's or a signed one. Must be safe for many
 * threads.
 */
public interface ShardAccess {
  /** Reads shards from their own URLs, without any token. */
  ShardAccess DIRECT =
      new ShardAccess() {
        @Override
        public URI address(URI shard) {
          return shard;
        }

        @Override
        public Optional<String> authorization(URI address) {
          return Optional.empty();
        }
      };

  /**
   * Returns an access that reads shards of Hugging Face and ModelScope from a hub's endpoint with
   * its token, which is sent to no other host. It reads all other shards from their own URLs.
   */
  static ShardAccess of(Hub hub) {
    return new ShardAccess() {
      @Override
      public URI address(URI shard) {
        return URI.create(hub.endpoint().rewrite(shard.toString()));
      }

      @Override
      public Optional<String> authorization(URI address) {
        return hub.authorization(address);
      }
    };
  }

  /**
   * Returns this access, restricted to some hosts, also after redirects, and without files. Use it
   * for datasets of others: a catalog may name files of this machine and servers of its network,
   * and a store reads them.
   *
   * @param hosts names or addresses as in URLs, without a port, in any spelling; the address that a
   *     name resolves to is not checked
   */
  default ShardAccess onlyFrom(Set<String> hosts) {
    Set<String> small = hosts.stream().map(Addresses::host).collect(Collectors.toUnmodifiableSet());
    ShardAccess all = this;
    return new ShardAccess() {
      @Override
      public URI address(URI shard) {
        return all.address(shard);
      }

      @Override
      public Optional<String> authorization(URI address) {
        return all.authorization(address);
      }

      @Override
      public boolean allows(URI address) {
        // Files are refused, even if their URLs name a host.
        return Addresses.isWeb(address)
            && small.contains(Addresses.host(address.getHost()))
            && all.allows(address);
      }
    };
  }

  /**
   * Returns whether an address may be read (default true). Called for every address before it is
   * requested, also after a redirect, and for files.
   *
   * @param address the address to request
   */
  default boolean allows(URI address) {
    return true;
  }

  /**
   * Returns the current address of a shard. Called at the first read of a shard, and again when the
   * address was refused, as signed ones are after they expire.
   *
   * @param shard its URL in the catalog
   * @return an http or https address
   */
  URI address(URI shard);

  /**
   * Returns the Authorization header of a request. Called for each request, also after a redirect.
   *
   * @param address the address to request
   * @return the whole value, or empty
   */
  Optional<String> authorization(URI address);
}
