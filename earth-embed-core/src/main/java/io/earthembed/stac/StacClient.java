package io.earthembed.stac;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import io.earthembed.internal.Checks;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Searches a STAC API (version 1.0, Item Search). Anonymous: no token is sent. Failed requests are
 * repeated, as those of {@link io.earthembed.hub.Hub} are. Safe for many threads.
 */
public final class StacClient {
  private final URI api;
  private final StacReader reader;
  private volatile @Nullable SearchLinks links;

  /** The addresses of the search by method, null if there is none. */
  private record SearchLinks(@Nullable URI get, @Nullable URI post) {}

  private StacClient(URI api, StacReader reader) {
    this.api = api;
    this.reader = reader;
  }

  /**
   * Returns a client of an API. It sends no request before the first search.
   *
   * @param api http or https address of the API's landing page, such as {@code
   *     https://stac.earthgenome.org}
   */
  public static StacClient of(URI api) {
    return builder(api).build();
  }

  /** Returns a builder for a client of an API; see {@link #of}. */
  public static Builder builder(URI api) {
    return new Builder(api);
  }

  /** Returns the address of the API's landing page. */
  public URI api() {
    return api;
  }

  /**
   * Finds items, in the server's order. The stream requests a page when it needs one, so a short
   * stream costs little; it is for one thread. Items that the server sends twice come once.
   *
   * <p>While the stream is read, it throws a {@link CorruptDataException} naming the address if a
   * document is malformed, and an {@link EarthEmbedException} if a server fails for good, if links
   * to next pages form a circle or never bring an item, or if there are more items than the
   * search's limit.
   *
   * @throws CorruptDataException if the landing page is malformed
   * @throws EarthEmbedException if the landing page cannot be read, or names no search
   */
  public Stream<StacItem> search(StacSearch search) {
    SearchLinks at = links();
    // More servers understand lists and queries in a body than in an address.
    boolean post = at.post() != null;
    URI address = post ? at.post() : at.get();
    List<StacRequest> requests = new ArrayList<>();
    for (Map<String, Object> parameters : search.parameters()) {
      requests.add(StacRequest.search(Objects.requireNonNull(address), post, parameters));
    }
    StacPages pages = new StacPages(reader, requests, search.limit());
    int kind = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(pages, kind), false);
  }

  /**
   * Reads one item.
   *
   * @param address the http or https address of its document
   * @throws CorruptDataException if it is no item
   * @throws EarthEmbedException if it cannot be read
   */
  public StacItem item(URI address) {
    List<StacItem> items = items(address);
    if (items.size() == 1) return items.get(0);
    throw new CorruptDataException(
        Addresses.redacted(address), items.size() + " STAC items instead of one");
  }

  /**
   * Reads the items of one document, which is an item or an ItemCollection. Links to further pages
   * are not followed.
   *
   * @param address the http or https address of the document
   * @throws CorruptDataException if it is neither
   * @throws EarthEmbedException if it cannot be read
   */
  public List<StacItem> items(URI address) {
    requireWeb("address", address);
    JsonObject document = reader.read(StacRequest.get(address));
    return understood(
        address,
        "no STAC item",
        () -> {
          if (!document.has("features")) return List.of(StacJson.item(document, address, true));
          List<StacItem> items = new ArrayList<>();
          for (JsonElement feature : StacJson.array(document, "features")) {
            items.add(StacJson.item(feature, address, false));
          }
          return items;
        });
  }

  private interface Reading<T> {
    T read();
  }

  private static <T> T understood(URI address, String otherwise, Reading<T> reading) {
    try {
      return reading.read();
    } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
      throw new CorruptDataException(
          Addresses.redacted(address), otherwise + ": " + e.getMessage(), e);
    }
  }

  private SearchLinks links() {
    SearchLinks known = links;
    if (known != null) return known;
    JsonObject landing = reader.read(StacRequest.get(api));
    SearchLinks found = understood(api, "no STAC API", () -> searchLinks(landing));
    if (found.get() == null && found.post() == null) {
      throw new EarthEmbedException(
          Addresses.redacted(api)
              + " is no STAC API with a search: it has no link of relation search");
    }
    links = found;
    return found;
  }

  private SearchLinks searchLinks(JsonObject landing) {
    URI get = null;
    URI post = null;
    for (JsonObject link : StacJson.links(landing, "search")) {
      URI address = StacRequest.resolve(api, StacJson.text(link, "href"));
      String method = StacJson.optionalText(link, "method");
      if (method == null || method.equalsIgnoreCase("GET")) get = address;
      else if (method.equalsIgnoreCase("POST")) post = address;
    }
    return new SearchLinks(get, post);
  }

  private static void requireWeb(String name, URI address) {
    if (!Addresses.isWeb(address)) {
      throw new IllegalArgumentException(
          name + " must be an http or https address: " + Addresses.redacted(address));
    }
  }

  @Override
  public String toString() {
    return "StacClient[" + Addresses.redacted(api) + "]";
  }

  /** Builds clients. Not safe for several threads at once. */
  public static final class Builder {
    private final URI api;
    private int attempts = 5;
    private Duration timeout = Duration.ofSeconds(60);

    private Builder(URI api) {
      requireWeb("api", api);
      this.api = api;
    }

    /** Sets how many requests in a row may fail, at least 1 (default 5). */
    public Builder attempts(int count) {
      Checks.positive("attempts", count);
      attempts = count;
      return this;
    }

    /**
     * Sets how long a server may be silent, and the longest {@code Retry-After} that the client
     * waits for (default 60 s). A whole reply may take five times as long.
     */
    public Builder timeout(Duration limit) {
      Checks.positive("timeout", limit);
      timeout = limit;
      return this;
    }

    /** Returns the client. */
    public StacClient build() {
      return new StacClient(api, new StacReader(attempts, timeout));
    }
  }
}
