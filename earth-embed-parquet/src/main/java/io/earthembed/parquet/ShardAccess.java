package io.earthembed.parquet;

import io.earthembed.hub.Hub;
import io.earthembed.internal.Addresses;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where shards are read from, and with which right: turns the URL that a catalog names into the
 * address that answers today, such as a mirror's or a signed one. Must be safe for many threads.
 */
public interface ShardAccess {
  /** Reads shards where their URLs say, without any token. */
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
   * Reads shards of Hugging Face and ModelScope at a hub's endpoint with its token, which is sent
   * there and to no other host; all other shards where their URLs say.
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
   * The same, held to some servers. A catalog is written by whoever made the dataset, and a store
   * reads what it names: files of this machine and servers of this network too. This one reads from
   * these hosts only, redirects included, and no files.
   *
   * @param hosts names or addresses as they stand in URLs, without a port, in any spelling; what a
   *     name resolves to is not looked at
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
        // No file, whatever host its URL names.
        return Addresses.isWeb(address)
            && small.contains(Addresses.host(address.getHost()))
            && all.allows(address);
      }
    };
  }

  /**
   * Whether something may be read; asked of every address before it is, those after a redirect
   * included, and of files. All may, unless this is overridden.
   *
   * @param address what is about to be asked
   */
  default boolean allows(URI address) {
    return true;
  }

  /**
   * Where to read a shard now. Called when a shard is read first, and again whenever the address
   * was refused, as signed ones are once their time is over.
   *
   * @param shard as the catalog names it
   * @return an http or https address
   */
  URI address(URI shard);

  /**
   * The Authorization header of a request, asked for each one, those after a redirect included.
   *
   * @param address what is about to be asked
   * @return the whole value, or nothing
   */
  Optional<String> authorization(URI address);
}
