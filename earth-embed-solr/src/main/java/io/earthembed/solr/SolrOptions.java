package io.earthembed.solr;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The collection of a cluster, and options for its use. Immutable and safe for many threads.
 *
 * @param urls base URLs of one or more nodes, for example {@code http://host:8983/solr}; they name
 *     the other nodes
 * @param collection name of the collection: letters, digits, {@code _}, {@code -} and {@code .}
 * @param shards number of shards of a new collection (default 1)
 * @param replicas copies of each shard in a new collection (default 1)
 * @param candidates number of candidates from each shard's graph (HNSW), at least k; 0 compares a
 *     query with every vector that passes the filter (default 0)
 * @param timeout longest time for a request (default one minute)
 */
public record SolrOptions(
    List<String> urls,
    String collection,
    int shards,
    int replicas,
    int candidates,
    Duration timeout) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  /** Checks its arguments. */
  public SolrOptions {
    urls = List.copyOf(urls);
    if (urls.isEmpty()) throw new IllegalArgumentException("urls is empty");
    for (String url : urls) requireUrl(url);
    if (!NAME.matcher(collection).matches()) {
      throw new IllegalArgumentException("not the name of a collection: " + collection);
    }
    if (shards < 1) throw new IllegalArgumentException("shards must be positive: " + shards);
    if (replicas < 1) throw new IllegalArgumentException("replicas must be positive: " + replicas);
    if (candidates < 0) {
      throw new IllegalArgumentException("candidates must not be negative: " + candidates);
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be positive: " + timeout);
    }
  }

  private static void requireUrl(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("urls: not a URL: " + url, e);
    }
    if (uri.getHost() == null || !String.valueOf(uri.getScheme()).matches("https?")) {
      throw new IllegalArgumentException("urls: not an http or https URL: " + url);
    }
  }

  /**
   * Returns options with one shard, one replica, comparison of every vector, and one minute per
   * request.
   *
   * @param url URL of a node
   * @param collection name of the collection
   */
  public static SolrOptions of(String url, String collection) {
    return new SolrOptions(List.of(url), collection, 1, 1, 0, Duration.ofMinutes(1));
  }

  /** Sets the nodes to contact first; with several, one may be down. */
  public SolrOptions withUrls(List<String> nodes) {
    return new SolrOptions(nodes, collection, shards, replicas, candidates, timeout);
  }

  /** Sets the collection. */
  public SolrOptions withCollection(String name) {
    return new SolrOptions(urls, name, shards, replicas, candidates, timeout);
  }

  /** Sets the number of shards of a new collection (default 1). */
  public SolrOptions withShards(int count) {
    return new SolrOptions(urls, collection, count, replicas, candidates, timeout);
  }

  /** Sets the number of copies of each shard in a new collection (default 1). */
  public SolrOptions withReplicas(int count) {
    return new SolrOptions(urls, collection, shards, count, candidates, timeout);
  }

  /** Sets the number of candidates from each shard's graph; 0 compares every vector (default 0). */
  public SolrOptions withCandidates(int count) {
    return new SolrOptions(urls, collection, shards, replicas, count, timeout);
  }

  /** Sets the longest time for a request (default one minute). */
  public SolrOptions withTimeout(Duration limit) {
    return new SolrOptions(urls, collection, shards, replicas, candidates, limit);
  }
}
