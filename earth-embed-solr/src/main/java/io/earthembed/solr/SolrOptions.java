package io.earthembed.solr;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which collection of which cluster, and how it is used. Immutable and safe for many threads.
 *
 * @param urls base URLs of one or more nodes, for example {@code http://host:8983/solr}; the others
 *     are found by them
 * @param collection its name: letters, digits, {@code _}, {@code -} and {@code .}
 * @param shards parts that a new collection is divided into
 * @param replicas copies of each shard in a new collection
 * @param candidates 0 compares a query with every vector that passes the filter; from 1 on, each
 *     shard's graph (HNSW) is asked for so many, or for k where that is more
 * @param timeout of a request
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
   * One shard, one replica, every vector compared, a minute for a request.
   *
   * @param url of a node
   * @param collection its name
   */
  public static SolrOptions of(String url, String collection) {
    return new SolrOptions(List.of(url), collection, 1, 1, 0, Duration.ofMinutes(1));
  }

  /** The same with more nodes to begin with, in case one is down. */
  public SolrOptions withUrls(List<String> nodes) {
    return new SolrOptions(nodes, collection, shards, replicas, candidates, timeout);
  }

  /** The same for another collection. */
  public SolrOptions withCollection(String name) {
    return new SolrOptions(urls, name, shards, replicas, candidates, timeout);
  }

  /** The same with so many shards for a new collection. */
  public SolrOptions withShards(int count) {
    return new SolrOptions(urls, collection, count, replicas, candidates, timeout);
  }

  /** The same with so many copies of each shard for a new collection. */
  public SolrOptions withReplicas(int count) {
    return new SolrOptions(urls, collection, shards, count, candidates, timeout);
  }

  /** The same with so many candidates from each shard's graph; 0 compares every vector. */
  public SolrOptions withCandidates(int count) {
    return new SolrOptions(urls, collection, shards, replicas, count, timeout);
  }

  /** The same with another limit of a request's time. */
  public SolrOptions withTimeout(Duration limit) {
    return new SolrOptions(urls, collection, shards, replicas, candidates, limit);
  }
}
