package io.earthembed.solr;

import io.earthembed.base.thread.Lifetime;
import io.earthembed.catalog.FilteringIndex;
import io.earthembed.catalog.TileFilter;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.index.PersistentIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.internal.Checks;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.solr.common.SolrInputDocument;

/**
 * An index in a SolrCloud collection, which is sharded and replicated there.
 *
 * <p>By default the servers compare a query with every vector that passes the filter, in float32:
 * O(n d), divided among the shards. {@link SolrOptions.Builder#candidates} searches their graphs
 * (HNSW) instead, which is approximate.
 *
 * <p>Scores of inner products have float32 precision. For {@link Metric#L2} the servers also send
 * the vectors of the k nearest and about 16 more, 4 d bytes each. The client compares them again in
 * double precision, so results and order equal those of {@link ExactIndex}. If many distances
 * differ by less than the servers' rounding, about 1e-7 (1 + distance) (d + 8), the servers send
 * all those vectors. {@link #searchAbove} does not compare again; its scores are exact to about
 * 3e-7 (1 + distance), and scores closer than that are ties.
 *
 * <p>A search sends a filter by ordinals to the servers, as ranges or as a list of about 8 bytes
 * per ordinal. A list that comes a second time is stored in the collection, and further searches
 * name it; an index stores up to 64 lists a day, which are removed after two days when another is
 * stored. If tiles were added with their records, see {@link #add(Vectors, List)}, an explorer's
 * filters by place, time, cloud cover, cell, id and attribute are sent as text instead. Solr
 * evaluates and caches both. {@link #search(float[], int, String)} takes such a text.
 *
 * <p>An addition claims the next ordinals, sends its vectors, and then marks them as valid in one
 * document. A process that dies before that has added nothing. Of two concurrent additions one is
 * refused and changes nothing. An index that was opened before another's addition is refused too,
 * until it is opened again. If the connection breaks at the very end, the addition may still count;
 * open the index again to find out. This index knows its own additions and those that were complete
 * when it was opened.
 *
 * <p>A search fails with an {@link EarthEmbedException} if it cannot reach all shards, or if it
 * compares fewer vectors than its set of ordinals contains. If a shard has another replica, that
 * one is used. Safe for many threads; searches continue during an addition. Closing the index keeps
 * the collection.
 */
public final class SolrIndex implements FilteringIndex, MutableIndex, PersistentIndex {
  private final SolrOptions options;
  private final SolrCollection collection;
  private final OwnFilters ownFilters;
  private final Lifetime lifetime;
  private final Object adding = new Object();

  /** A filter of which only the ordinals are known. */
  private static final TileFilter NOT_SAID = (catalog, ordinal) -> true;

  private volatile Head head;

  private SolrIndex(SolrOptions options, SolrCollection collection, Head head) {
    this.options = options;
    this.collection = collection;
    this.ownFilters = new OwnFilters(collection);
    this.lifetime = Lifetime.of("the index", collection::close);
    this.head = head;
  }

  /**
   * Creates a collection and opens an empty index in it. Collections of equal dimension and metric
   * share a configuration {@code earth-embed-2-DIMENSION-METRIC}, which is created if necessary.
   *
   * @param dimension length of a vector, at least 1
   * @param metric how scores are computed
   * @throws EarthEmbedException if the collection already exists, or the cluster refuses
   */
  public static SolrIndex create(SolrOptions options, int dimension, Metric metric) {
    Checks.positive("dimension", dimension);
    SolrCollection collection = new SolrCollection(options);
    try {
      collection.create(dimension, metric);
      return orDropped(
          collection,
          () -> new SolrIndex(options, collection, Head.create(collection, dimension, metric)));
    } catch (RuntimeException e) {
      collection.close();
      throw e;
    }
  }

  /**
   * Runs a step, and drops the collection if the step fails, so that no incomplete collection
   * remains.
   */
  private static SolrIndex orDropped(SolrCollection collection, Supplier<SolrIndex> rest) {
    try {
      return rest.get();
    } catch (RuntimeException e) {
      try {
        collection.drop();
      } catch (EarthEmbedException notDropped) {
        e.addSuppressed(notDropped);
      }
      throw e;
    }
  }

  /**
   * Opens the index in a collection that {@link #create} made. Shards and replicas keep their
   * numbers.
   *
   * @throws EarthEmbedException if the collection does not exist, or {@link #create} did not make
   *     it
   */
  public static SolrIndex open(SolrOptions options) {
    SolrCollection collection = new SolrCollection(options);
    try {
      return new SolrIndex(options, collection, Head.read(collection));
    } catch (RuntimeException e) {
      collection.close();
      throw e;
    }
  }

  /**
   * Creates a collection from a file that {@link #save} or {@link ExactIndex#save} wrote.
   *
   * @throws io.earthembed.common.CorruptDataException if the file is damaged
   * @throws EarthEmbedException if the collection already exists, or the cluster fails. After an
   *     error no part of a collection remains
   */
  public static SolrIndex load(Path file, SolrOptions options) {
    try (ExactIndex exact = ExactIndex.load(file)) {
      SolrIndex index = create(options, exact.dimension(), exact.metric());
      try {
        return orDropped(index.collection, () -> index.filled(exact));
      } catch (RuntimeException e) {
        index.close();
        throw e;
      }
    }
  }

  private SolrIndex filled(ExactIndex exact) {
    int rows = Math.max(1, (64 << 20) / Math.max(1, (int) Math.min(64 << 20, 4L * dimension())));
    float[] row = new float[dimension()];
    for (long from = 0; from < exact.size(); from += rows) {
      Vectors part = Vectors.allocate(Math.min(rows, exact.size() - from), dimension());
      for (long i = 0; i < part.rows(); i++) {
        exact.reconstruct(from + i, row);
        part.set(i, row);
      }
      add(part);
    }
    if (!exact.label().equals(IndexLabel.NONE)) label(exact.label());
    return this;
  }

  /** Returns the options with which this index was opened. */
  public SolrOptions options() {
    return options;
  }

  @Override
  public int dimension() {
    return head.dimension();
  }

  @Override
  public Metric metric() {
    return head.metric();
  }

  @Override
  public long size() {
    try (Lifetime.Scope open = lifetime.use()) {
      return head.size();
    }
  }

  @Override
  public IndexLabel label() {
    try (Lifetime.Scope open = lifetime.use()) {
      return head.label();
    }
  }

  /**
   * {@inheritDoc} It is kept in the collection.
   *
   * @throws EarthEmbedException if the cluster fails, or somebody else has changed the collection
   *     since this index was opened
   */
  @Override
  public void label(IndexLabel label) {
    try (Lifetime.Scope open = lifetime.use()) {
      synchronized (adding) {
        head = head.labeled(collection, label);
      }
    }
  }

  @Override
  public void add(Vectors vectors) {
    add(vectors, List.of());
  }

  /**
   * Stores vectors with the records of their tiles, so that Solr can filter by place, time, cloud
   * cover, grid cell, id and attribute. All or none are added. Attributes are stored if their names
   * have only letters, digits and underscores, and in collections of this version; texts, up to
   * 10,922 characters.
   *
   * @param vectors as {@link MutableIndex#add} takes them
   * @param tiles one record per vector, or an empty list
   * @throws EarthEmbedException if a shard cannot be reached, or somebody else has added to the
   *     collection since this index was opened
   */
  public void add(Vectors vectors, List<TileRecord> tiles) {
    requireDimension("vectors", vectors.dimension());
    vectors.requireComparable("vectors");
    if (!tiles.isEmpty() && tiles.size() != vectors.rows()) {
      throw new IllegalArgumentException(
          tiles.size() + " tiles for " + vectors.rows() + " vectors");
    }
    try (Lifetime.Scope open = lifetime.use()) {
      synchronized (adding) {
        if (vectors.rows() > 0) append(vectors, tiles);
      }
    }
  }

  private void append(Vectors vectors, List<TileRecord> tiles) {
    String left = head.uncounted().isEmpty() ? null : head.additions();
    String addition = Long.toString(new SecureRandom().nextLong() >>> 1, Character.MAX_RADIX);
    head = head.begin(collection, addition);
    if (left != null) collection.delete(left);
    boolean attributes = collection.isCurrent();
    int batch = Math.min(1000, Search.rowsOfPage(dimension()));
    List<SolrInputDocument> documents = new ArrayList<>();
    for (long i = 0; i < vectors.rows(); i++) {
      float[] row = vectors.row(i);
      if (metric() == Metric.COSINE) row = Scores.normalized(row);
      SolrInputDocument document = Schema.vector(head.size() + i, addition, row);
      if (!tiles.isEmpty()) {
        TileRecord tile = tiles.get((int) i);
        Schema.describe(document, tile);
        if (attributes) Schema.describe(document, tile.attributes());
      }
      documents.add(document);
      if (documents.size() == batch || i == vectors.rows() - 1) {
        collection.add(documents);
        documents.clear();
      }
    }
    // Every search leaves out vectors that do not count yet.
    collection.commit();
    head = head.end(collection, addition, vectors.rows());
  }

  @Override
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter) {
    return search(queries, k, NOT_SAID, filter);
  }

  /**
   * {@inheritDoc} Solr evaluates filters by box, distance, time, cloud cover, grid cell, id and
   * attribute, and their combinations, if the tiles were added with their records and these pass
   * the same ordinals as the explorer's. For other filters the ordinals are sent, and stored in the
   * collection if they come a second time or for several queries.
   */
  @Override
  public List<Neighbors> search(Vectors queries, int k, TileFilter filter, OrdinalSet passing) {
    requireDimension("queries", queries.dimension());
    requirePositive(k);
    queries.requireComparable("queries");
    try (Lifetime.Scope open = lifetime.use()) {
      Search search = search(filter, passing, queries.rows() > 1);
      List<Neighbors> results = new ArrayList<>();
      for (long q = 0; q < queries.rows(); q++) {
        results.add(search.best(queries.row(q), k, options.candidates()));
      }
      return results;
    }
  }

  /**
   * Returns the k best for one query among the vectors that pass a filter. Solr evaluates the
   * filter before it selects them.
   *
   * @param query length dimension, finite
   * @param k at least 1
   * @param filter in Solr's syntax, on the fields {@code centre}, {@code sensed} (milliseconds),
   *     {@code cloud_cover} (percent), {@code cell} and {@code tile_id}, and on attributes, such as
   *     {@code text_NAME}; {@link SolrFilters} makes common filters
   * @throws EarthEmbedException if Solr refuses the filter, or a shard cannot be reached
   */
  public Neighbors search(float[] query, int k, String filter) {
    requireDimension("query", query.length);
    requirePositive(k);
    Vectors.requireComparable("query", query);
    if (filter.isBlank()) throw new IllegalArgumentException("filter is blank");
    try (Lifetime.Scope open = lifetime.use()) {
      return new Search(collection, head, filter).best(query, k, options.candidates());
    }
  }

  private Search search(TileFilter filter, OrdinalSet passing, boolean again) {
    Head now = head;
    return new Search(collection, now, passing, ownFilters.find(filter, passing, now, again));
  }

  @Override
  public Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    return searchAbove(query, minScore, NOT_SAID, filter);
  }

  /**
   * {@inheritDoc} Solr evaluates filters as {@link #search(Vectors, int, TileFilter, OrdinalSet)}
   * says.
   */
  @Override
  public Neighbors searchAbove(
      float[] query, float minScore, TileFilter filter, OrdinalSet passing) {
    requireDimension("query", query.length);
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
    Vectors.requireComparable("query", query);
    try (Lifetime.Scope open = lifetime.use()) {
      return search(filter, passing, false).above(query, minScore);
    }
  }

  @Override
  public void reconstruct(long ordinal, float[] into) {
    requireDimension("into", into.length);
    try (Lifetime.Scope open = lifetime.use()) {
      Head now = head;
      Objects.checkIndex(ordinal, now.size());
      new Search(collection, now, OrdinalSet.all()).vectors(ordinal, 1).get(0, into);
    }
  }

  /** {@inheritDoc} Solr is asked once for each 4 MiB of vectors. */
  @Override
  public Vectors reconstruct(long[] ordinals) {
    try (Lifetime.Scope open = lifetime.use()) {
      Head now = head;
      for (long ordinal : ordinals) Objects.checkIndex(ordinal, now.size());
      return new Search(collection, now, OrdinalSet.all()).vectors(ordinals);
    }
  }

  /**
   * Writes all vectors to a file of {@link ExactIndex}, which opens it without Solr. They are in
   * memory meanwhile. {@inheritDoc} The file does not contain the tiles' properties.
   */
  @Override
  public void save(Path file) {
    try (Lifetime.Scope open = lifetime.use()) {
      Head now = head;
      Search search = new Search(collection, now, OrdinalSet.all());
      try (ExactIndex exact = new ExactIndex(dimension(), metric())) {
        int rows = Search.rowsOfPage(dimension());
        for (long from = 0; from < now.size(); from += rows) {
          exact.add(search.vectors(from, (int) Math.min(rows, now.size() - from)));
        }
        exact.label(now.label());
        exact.save(file);
      }
    }
  }

  /** Deletes the collection and its vectors from the cluster, and closes this index. */
  public void drop() {
    try (Lifetime.Scope open = lifetime.use()) {
      collection.drop();
    }
    close();
  }

  @Override
  public void close() {
    lifetime.close();
  }

  private static void requirePositive(int k) {
    Checks.positive("k", k);
  }

  private void requireDimension(String name, int actual) {
    if (actual != dimension()) {
      throw new IllegalArgumentException(
          name + " has dimension " + actual + ", the index " + dimension());
    }
  }

  @Override
  public String toString() {
    return "SolrIndex[" + collection + ", " + metric() + ", " + dimension() + "-d]";
  }
}
