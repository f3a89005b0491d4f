package io.earthembed.parquet;

import io.earthembed.hub.Hub;
import java.net.URI;
import java.util.Optional;

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
