package io.earthembed.solr;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import io.earthembed.vector.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.solr.client.solrj.SolrRequest;
import org.apache.solr.client.solrj.SolrServerException;
import org.apache.solr.client.solrj.impl.CloudHttp2SolrClient;
import org.apache.solr.client.solrj.impl.Http2SolrClient;
import org.apache.solr.client.solrj.request.CollectionAdminRequest;
import org.apache.solr.client.solrj.request.ConfigSetAdminRequest;
import org.apache.solr.client.solrj.request.UpdateRequest;
import org.apache.solr.client.solrj.response.QueryResponse;
import org.apache.solr.client.solrj.response.UpdateResponse;
import org.apache.solr.client.solrj.response.json.BucketBasedJsonFacet;
import org.apache.solr.client.solrj.response.json.BucketJsonFacet;
import org.apache.solr.common.SolrDocument;
import org.apache.solr.common.SolrDocumentList;
import org.apache.solr.common.SolrException;
import org.apache.solr.common.SolrInputDocument;
import org.apache.solr.common.cloud.DocCollection;
import org.apache.solr.common.params.CommonParams;
import org.apache.solr.common.params.ModifiableSolrParams;
import org.apache.solr.common.params.ShardParams;
import org.apache.solr.common.params.UpdateParams;
import org.apache.solr.common.util.NamedList;
import org.jspecify.annotations.Nullable;

/**
 * Accesses a collection of a cluster through SolrJ. Every failure raises an {@link
 * EarthEmbedException}.
 */
final class SolrCollection implements AutoCloseable {
  /** The most ordinals of a document. */
  private static final int MAX_PASSING = 10_000;

  private final SolrOptions options;
  private final String name;
  private final CloudHttp2SolrClient client;

  SolrCollection(SolrOptions options) {
    this.options = options;
    this.name = options.collection();
    long millis = options.timeout().toMillis();
    this.client =
        new CloudHttp2SolrClient.Builder(options.urls())
            .withInternalClientBuilder(
                new Http2SolrClient.Builder()
                    .withConnectionTimeout(millis, TimeUnit.MILLISECONDS)
                    .withIdleTimeout(millis, TimeUnit.MILLISECONDS)
                    .withRequestTimeout(millis, TimeUnit.MILLISECONDS))
            .build();
  }

  /** Hits, and the mark of the next page. */
  record Page(SolrDocumentList hits, @Nullable String mark) {}

  private interface Call<T> {
    T run() throws SolrServerException, IOException;
  }

  private <T> T call(String what, Call<T> call) {
    try {
      return call.run();
    } catch (SolrServerException | IOException | SolrException e) {
      Throwable cause = innermost(e);
      throw new EarthEmbedException(
          this
              + ": "
              + what
              + " failed: "
              + (isConflict(cause)
                  ? "somebody else has added to it since it was opened; open it again"
                  : cause),
          e);
    }
  }

  private static Throwable innermost(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) cause = cause.getCause();
    return cause;
  }

  private static boolean isConflict(Throwable e) {
    return e instanceof SolrException solr && solr.code() == SolrException.ErrorCode.CONFLICT.code;
  }

  void create(int dimension, Metric metric) {
    call("making the collection", () -> create(configuration(dimension, metric)));
  }

  private boolean create(String configuration) throws SolrServerException, IOException {
    NamedList<Object> reply =
        client.request(
            CollectionAdminRequest.createCollection(
                name, configuration, options.shards(), options.replicas()));
    if (reply.get("failure") != null) {
      throw new EarthEmbedException(this + ": not made: " + reply.get("failure"));
    }
    return true;
  }

  /** Sends the configuration unless the cluster has it, and returns its name. */
  private String configuration(int dimension, Metric metric)
      throws SolrServerException, IOException {
    String configuration = Schema.configuration(dimension, metric);
    if (has(configuration)) return configuration;
    Path zip = Schema.zip(dimension, metric);
    try {
      ConfigSetAdminRequest.Upload upload = new ConfigSetAdminRequest.Upload();
      upload.setConfigSetName(configuration);
      upload.setUploadFile(zip.toFile(), "application/zip");
      upload.process(client);
    } catch (SolrException e) {
      // Another client may just have sent an equal configuration.
      if (!has(configuration)) throw e;
    } finally {
      Files.delete(zip);
    }
    return configuration;
  }

  private boolean has(String configuration) throws SolrServerException, IOException {
    return new ConfigSetAdminRequest.List().process(client).getConfigSets().contains(configuration);
  }

  void drop() {
    call(
        "removing the collection",
        () -> CollectionAdminRequest.deleteCollection(name).process(client));
  }

  void add(List<SolrInputDocument> documents) {
    call("an addition", () -> client.add(name, documents));
  }

  /** Returns whether documents may have all fields of {@link Schema}. */
  boolean isCurrent() {
    return call("reading", () -> Schema.isCurrent(state().getConfigName()));
  }

  private DocCollection state() throws IOException {
    return client.getClusterStateProvider().getCollection(name);
  }

  /**
   * Stores a filter's ordinals in each shard, because a join does not leave its shard, and removes
   * filters that were stored more than two days ago.
   *
   * @param filter the filter's name
   * @param words bitmap of its ordinals
   */
  void store(String filter, long[] words) {
    delete(Schema.STORED + ":[* TO NOW-2DAYS]");
    List<Long> part = new ArrayList<>();
    int parts = 0;
    for (long i = OrdinalFilter.next(words, 0, true); i < 64L * words.length; ) {
      part.add(i);
      i = OrdinalFilter.next(words, i + 1, true);
      if (part.size() < MAX_PASSING && i < 64L * words.length) continue;
      String id = filter + "-" + parts++;
      List<String> ids = call("storing a filter", () -> idsOfShards(id));
      add(ids.stream().map(each -> Schema.filter(each, filter, part)).toList());
      part.clear();
    }
    commit();
  }

  /** Returns an id of a document for each shard; a shard has the ids whose hash it is given. */
  private List<String> idsOfShards(String beginning) throws IOException {
    DocCollection state = state();
    Map<String, String> ids = new TreeMap<>();
    for (int i = 0; ids.size() < state.getActiveSlices().size(); i++) {
      String id = beginning + "-" + i;
      ids.putIfAbsent(state.getRouter().getTargetSlice(id, null, null, null, state).getName(), id);
    }
    return List.copyOf(ids.values());
  }

  /** Removes the documents that a query finds. */
  void delete(String query) {
    call("an addition", () -> client.deleteByQuery(name, query));
  }

  /** Makes additions visible to searches. They are already on disk, in the servers' logs. */
  void commit() {
    call("an addition", () -> client.commit(name, true, true, true));
  }

  /** Stores one document if its version is still the one given; returns its new version. */
  long put(SolrInputDocument document) {
    return call(
        "an addition",
        () -> {
          UpdateRequest request = new UpdateRequest();
          request.add(document);
          request.setParam(UpdateParams.VERSIONS, "true");
          UpdateResponse response = request.process(client, name);
          NamedList<?> added = (NamedList<?>) response.getResponse().get("adds");
          return (Long) added.getVal(0);
        });
  }

  /** Returns a document as last stored, committed or not; null if there is none. */
  @Nullable SolrDocument get(String id) {
    return call("reading", () -> client.getById(name, id));
  }

  /** Returns a field of a document that {@link Schema} requires. */
  <T> T field(SolrDocument document, String field, Class<T> type) {
    Object value = document.get(field);
    if (!type.isInstance(value)) {
      throw new EarthEmbedException(
          this + ": not an index of earth-embed, its " + field + " is " + value);
    }
    return type.cast(value);
  }

  /** Returns a summary of the ordinals that count and pass a filter. */
  OwnFilters.Summary summary(Head head, String filter) {
    ModifiableSolrParams params = new ModifiableSolrParams();
    params.set(CommonParams.Q, "*:*");
    head.filter(params);
    params.add(CommonParams.FQ, filter);
    params.set(CommonParams.ROWS, 0);
    long width = OwnFilters.Summary.width(head.size());
    params.set(
        "json.facet",
        String.format(
            Locale.ROOT,
            "{ranges: {type: range, field: %1$s, start: 0, end: %2$d, gap: %3$d,"
                + " facet: {sum: 'sum(%1$s)'}}}",
            Schema.ORDINAL,
            width * OwnFilters.Summary.BUCKETS,
            width));
    OwnFilters.Summary summary = OwnFilters.Summary.of(new long[0], head.size());
    BucketBasedJsonFacet ranges =
        answer(params).getJsonFacetingResponse().getBucketBasedFacets("ranges");
    if (ranges == null) return summary; // nothing passes
    for (BucketJsonFacet bucket : ranges.getBuckets()) {
      int i = (int) (((Number) bucket.getVal()).longValue() / width);
      summary.counts()[i] = bucket.getCount();
      if (bucket.getStatValue("sum") instanceof Number sum) summary.sums()[i] = sum.doubleValue();
    }
    return summary;
  }

  Page query(ModifiableSolrParams params) {
    QueryResponse response = answer(params);
    return new Page(response.getResults(), response.getNextCursorMark());
  }

  /** Returns what all shards answer. */
  private QueryResponse answer(ModifiableSolrParams params) {
    // Requires an answer from all shards.
    params.set(ShardParams.SHARDS_TOLERANT, false);
    // Keeps filters out of the servers' logs; a million ordinals would take 8 MB.
    params.set(CommonParams.LOG_PARAMS_LIST, CommonParams.ROWS + "," + CommonParams.SORT);
    QueryResponse response =
        call("a search", () -> client.query(name, params, SolrRequest.METHOD.POST));
    if (Boolean.TRUE.equals(response.getHeader().getBooleanArg("partialResults"))) {
      throw new EarthEmbedException(this + ": a search found a part of the results only");
    }
    return response;
  }

  @Override
  public void close() {
    call(
        "closing",
        () -> {
          client.close();
          return true;
        });
  }

  @Override
  public String toString() {
    return options.urls().stream()
        .map(Addresses::redacted)
        .collect(Collectors.joining(", ", name + " of ", ""));
  }
}
