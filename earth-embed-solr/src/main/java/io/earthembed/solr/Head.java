package io.earthembed.solr;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.IndexLabel;
import io.earthembed.vector.Metric;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.solr.common.SolrDocument;
import org.apache.solr.common.SolrInputDocument;
import org.apache.solr.common.params.CommonParams;
import org.apache.solr.common.params.ModifiableSolrParams;

/**
 * The document that describes a collection and decides which of its vectors count: those with an
 * ordinal below its size, except vectors of unfinished additions.
 *
 * <p>An addition stores the document when it begins and again when it ends, but only if the version
 * has not changed since it was read. Of two concurrent additions one is therefore refused before it
 * sends a vector. An addition that another has overtaken can neither end nor affect the other's
 * vectors, because a vector's id names its addition.
 *
 * @param label description of the vectors
 * @param uncounted names of unfinished additions
 * @param version Solr's version of the document
 */
record Head(
    long size,
    int dimension,
    Metric metric,
    IndexLabel label,
    List<String> uncounted,
    long version) {
  /** The version that means: store only if the document does not exist. */
  private static final long NEW = -1;

  Head {
    uncounted = List.copyOf(uncounted);
  }

  /** Creates the document of a new collection. */
  static Head create(SolrCollection collection, int dimension, Metric metric) {
    return new Head(0, dimension, metric, IndexLabel.NONE, List.of(), NEW).put(collection);
  }

  static Head read(SolrCollection collection) {
    SolrDocument found = collection.get(Schema.HEAD);
    if (found == null) throw new EarthEmbedException(collection + ": not an index of earth-embed");
    List<String> uncounted = new ArrayList<>();
    if (found.getFieldValues(Schema.UNCOUNTED) != null) {
      for (Object name : found.getFieldValues(Schema.UNCOUNTED)) uncounted.add(name.toString());
    }
    return new Head(
        collection.field(found, Schema.SIZE, Long.class),
        collection.field(found, Schema.DIMENSION, Integer.class),
        Metric.valueOf(collection.field(found, Schema.METRIC, String.class)),
        label(found),
        uncounted,
        collection.field(found, Schema.VERSION, Long.class));
  }

  private static IndexLabel label(SolrDocument found) {
    // Collections of earlier versions have no label.
    if (!(found.get(Schema.VALUES) instanceof byte[] text)) return IndexLabel.NONE;
    return IndexLabel.parse(new String(text, StandardCharsets.UTF_8));
  }

  /** Stores the document with another label. */
  Head labeled(SolrCollection collection, IndexLabel other) {
    return new Head(size, dimension, metric, other, uncounted, version).put(collection);
  }

  /** Stores the document with one more unfinished addition. */
  Head begin(SolrCollection collection, String addition) {
    List<String> more = new ArrayList<>(uncounted);
    more.add(addition);
    return new Head(size, dimension, metric, label, more, version).put(collection);
  }

  /** Stores the document so that an addition counts from now on. */
  Head end(SolrCollection collection, String addition, long vectors) {
    List<String> fewer = new ArrayList<>(uncounted);
    fewer.remove(addition);
    return new Head(size + vectors, dimension, metric, label, fewer, version).put(collection);
  }

  private Head put(SolrCollection collection) {
    SolrInputDocument document = new SolrInputDocument();
    document.addField(Schema.ID, Schema.HEAD);
    document.addField(Schema.SIZE, size);
    document.addField(Schema.DIMENSION, dimension);
    document.addField(Schema.METRIC, metric.name());
    document.addField(Schema.VALUES, label.text().getBytes(StandardCharsets.UTF_8));
    for (String addition : uncounted) document.addField(Schema.UNCOUNTED, addition);
    document.addField(Schema.VERSION, version);
    return new Head(size, dimension, metric, label, uncounted, collection.put(document));
  }

  /**
   * Adds the filters for vectors that count. Solr caches both, because they are equal for all
   * searches.
   */
  void filter(ModifiableSolrParams params) {
    params.add(CommonParams.FQ, Schema.ORDINAL + ":[0 TO " + (size - 1) + "]");
    if (uncounted.isEmpty()) return;
    params.add(CommonParams.FQ, "{!bool must='*:*' must_not=$uncounted}");
    params.set("uncounted", additions());
  }

  /** Returns the query for the vectors of unfinished additions. */
  String additions() {
    return "{!terms f=" + Schema.ADDITION + "}" + String.join(",", uncounted);
  }
}
