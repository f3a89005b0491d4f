package io.earthembed.solr;

import io.earthembed.internal.Addresses;
import io.earthembed.internal.Checks;
import io.earthembed.internal.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The collection of a cluster, and options for its use. {@link #of} returns the defaults, a {@link
 * Builder} sets others, and {@link #toBuilder} changes some. Immutable and safe for many threads.
 */
public final class SolrOptions {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  private final Values values;

  private static final class Values extends Settings<Values> {
    List<String> urls = List.of();
    String collection = "";
    int shards = 1;
    int replicas = 1;
    int candidates;
    Duration timeout = Duration.ofMinutes(1);

    List<Object> all() {
      return List.of(urls, collection, shards, replicas, candidates, timeout);
    }
  }

  private SolrOptions(Values values) {
    this.values = values;
  }

  /**
   * Returns options with the defaults, which {@link Builder} states.
   *
   * @param url URL of a node, see {@link Builder#urls}
   * @param collection name of the collection, see {@link Builder#collection}
   */
  public static SolrOptions of(String url, String collection) {
    return builder(url, collection).build();
  }

  /**
   * Returns options with the defaults, for nodes of which some may be down.
   *
   * @param urls URLs of several nodes, see {@link Builder#urls}
   * @param collection name of the collection, see {@link Builder#collection}
   */
  public static SolrOptions of(List<String> urls, String collection) {
    return builder(urls, collection).build();
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param urls URLs of several nodes, see {@link Builder#urls}
   * @param collection name of the collection, see {@link Builder#collection}
   */
  public static Builder builder(List<String> urls, String collection) {
    return new Builder(new Values()).urls(urls).collection(collection);
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param url URL of a node, see {@link Builder#urls}
   * @param collection name of the collection, see {@link Builder#collection}
   */
  public static Builder builder(String url, String collection) {
    return builder(List.of(url), collection);
  }

  /** Returns a builder with these settings. */
  public Builder toBuilder() {
    return new Builder(values.copy());
  }

  /** Returns the URLs of the nodes to contact first. */
  public List<String> urls() {
    return values.urls;
  }

  /** Returns the name of the collection. */
  public String collection() {
    return values.collection;
  }

  /** Returns the number of shards of a new collection. */
  public int shards() {
    return values.shards;
  }

  /** Returns the number of copies of each shard in a new collection. */
  public int replicas() {
    return values.replicas;
  }

  /** Returns the number of candidates from each shard's graph; 0 compares every vector. */
  public int candidates() {
    return values.candidates;
  }

  /** Returns the longest time for a request. */
  public Duration timeout() {
    return values.timeout;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SolrOptions that && values.all().equals(that.values.all());
  }

  @Override
  public int hashCode() {
    return values.all().hashCode();
  }

  /** Describes the options without user info in the URLs, which may be a password. */
  @Override
  public String toString() {
    return "SolrOptions[urls="
        + urls().stream().map(Addresses::redacted).toList()
        + ", collection="
        + collection()
        + ", shards="
        + shards()
        + ", replicas="
        + replicas()
        + ", candidates="
        + candidates()
        + ", timeout="
        + timeout()
        + "]";
  }

  /** Builds options. Not safe for several threads at once. */
  public static final class Builder {
    private final Values values;

    private Builder(Values values) {
      this.values = values;
    }

    /**
     * Sets the base URLs of the nodes to contact first, at least one, for example {@code
     * http://host:8983/solr}. The first that answers names the cluster's other nodes. With one URL,
     * an index cannot be opened while that node is down.
     */
    public Builder urls(List<String> urls) {
      List<String> copy = List.copyOf(urls);
      if (copy.isEmpty()) throw new IllegalArgumentException("urls is empty");
      for (String url : copy) requireUrl(url);
      values.urls = copy;
      return this;
    }

    private static void requireUrl(String url) {
      URI uri;
      try {
        uri = URI.create(url);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("urls: not a URL: " + Addresses.redacted(url));
      }
      if (uri.getHost() == null || !String.valueOf(uri.getScheme()).matches("https?")) {
        throw new IllegalArgumentException(
            "urls: not an http or https URL: " + Addresses.redacted(url));
      }
    }

    /**
     * Sets the name of the collection.
     *
     * @param name letters, digits, {@code _}, {@code -} and {@code .}; the first is a letter, a
     *     digit or {@code _}
     */
    public Builder collection(String name) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("not the name of a collection: " + name);
      }
      values.collection = name;
      return this;
    }

    /** Sets the number of shards of a new collection, at least 1 (default 1). */
    public Builder shards(int count) {
      Checks.positive("shards", count);
      values.shards = count;
      return this;
    }

    /** Sets the number of copies of each shard in a new collection, at least 1 (default 1). */
    public Builder replicas(int count) {
      Checks.positive("replicas", count);
      values.replicas = count;
      return this;
    }

    /**
     * Sets the number of candidates from each shard's graph (HNSW), at least k; 0 compares a query
     * with every vector that passes the filter (default 0). The graph was slower for 20,000 vectors
     * (36 ms, comparing 19 ms), about equal for 200,000, and faster for 1,000,000 of 16 components
     * (200 ms, comparing 500 ms and more). It may miss some of the best.
     */
    public Builder candidates(int count) {
      Checks.notNegative("candidates", count);
      values.candidates = count;
      return this;
    }

    /** Sets the longest time for a request (default one minute). */
    public Builder timeout(Duration limit) {
      Checks.positive("timeout", limit);
      values.timeout = limit;
      return this;
    }

    /** Returns the options. */
    public SolrOptions build() {
      return new SolrOptions(values.copy());
    }
  }
}
