package io.earthembed.solr;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.apache.solr.common.SolrInputDocument;
import org.jspecify.annotations.Nullable;

/**
 * An index in a collection of a SolrCloud, sharded and replicated there.
 *
 * <p>By default a search compares the query with every vector that passes the filter, on the
 * servers: O(n d) shared among the shards, in float32. {@link SolrOptions#withCandidates} asks
 * their graphs (HNSW) instead, which is approximate.
 *
 * <p>Scores of inner products are those of float32. For {@link Metric#L2} the vectors of the k
 * nearest and some 16 more come along, 4 d bytes each, and are compared again here in double
 * precision: what is returned, and in which order, is what {@link ExactIndex} returns. Where many
 * distances differ by less than the servers' rounding, some 1e-7 (1 + distance) (d + 8), all those
 * vectors come along. {@link #searchAbove} does not compare again; its scores are exact to some
 * 3e-7 (1 + distance), and nearer ones are ties.
 *
 * <p>A filter by ordinals goes to the servers with each search, as ranges or as a list of some 8
 * bytes an ordinal. What Solr can filter by itself costs nothing of that: see {@link #add(Vectors,
 * List)} and {@link #search(float[], int, String)}.
 *
 * <p>An addition claims the next ordinals, sends its vectors and then says, in one document, that
 * they count from now on. A process that dies half-way has added nothing. Of two that add at the
 * same time one is refused and has changed nothing; so is an index from before another's addition,
 * until it is opened again. An addition whose connection breaks at its very end may count all the
 * same, which opening the index again tells. This index knows its own additions, and those of
 * others that were there when it was opened.
 *
 * <p>A search that cannot reach each of the shards, or that compares fewer vectors than pass its
 * set of ordinals, fails with an {@link EarthEmbedException}; where a shard has another replica
 * that one is asked. Safe for many threads; searches go on during an addition. Closing it leaves
 * the collection where it is.
 */
public final class SolrIndex implements EmbeddingIndex {
  private final SolrOptions options;
  private final SolrCollection collection;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Object adding = new Object();
  private volatile Head head;
  private boolean closed;

  private SolrIndex(SolrOptions options, SolrCollection collection, Head head) {
    this.options = options;
    this.collection = collection;
    this.head = head;
  }

  /**
   * Makes a collection, and a configuration {@code earth-embed-1-DIMENSION-METRIC} that such
   * collections share, and opens an empty index in it.
   *
   * @param dimension length of a vector, at least 1
   * @param metric how scores are computed
   * @throws EarthEmbedException if the collection is there already, or the cluster refuses
   */
  public static SolrIndex create(SolrOptions options, int dimension, Metric metric) {
    if (dimension < 1) {
      throw new IllegalArgumentException("dimension must be positive: " + dimension);
    }
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

  /** No half-made collection is left under its name. */
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
   * Opens the index in a collection that {@link #create} made. Shards and replicas are as they were
   * made.
   *
   * @throws EarthEmbedException if the collection is not there, or is none of those
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
   * Makes a collection of a file that {@link #save}, or {@link ExactIndex#save}, wrote.
   *
   * @throws io.earthembed.common.CorruptDataException if the file is damaged
   * @throws EarthEmbedException if the collection is there already, or the cluster fails; whatever
   *     is wrong, no part of a collection is left
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

  /** How it was opened. */
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
    return whileOpen(() -> head.size());
  }

  @Override
  public IndexLabel label() {
    return whileOpen(() -> head.label());
  }

  /**
   * {@inheritDoc} It is kept in the collection.
   *
   * @throws EarthEmbedException if the cluster fails, or somebody else has changed the collection
   *     since this index was opened
   */
  @Override
  public void label(IndexLabel label) {
    whileOpen(
        () -> {
          synchronized (adding) {
            head = head.labelled(collection, label);
          }
          return null;
        });
  }

  @Override
  public void add(Vectors vectors) {
    add(vectors, List.of());
  }

  /**
   * Stores vectors with what is known of their tiles, so that Solr can filter by it: place, time,
   * cloud cover, grid cell and id. All or none are added.
   *
   * @param vectors as {@link EmbeddingIndex#add} takes them
   * @param tiles one for each vector, or none at all
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
    whileOpen(
        () -> {
          synchronized (adding) {
            if (vectors.rows() > 0) append(vectors, tiles);
          }
          return null;
        });
  }

  private void append(Vectors vectors, List<TileRecord> tiles) {
    String left = head.uncounted().isEmpty() ? null : head.additions();
    String addition = Long.toString(new SecureRandom().nextLong() >>> 1, Character.MAX_RADIX);
    head = head.begin(collection, addition);
    if (left != null) collection.delete(left);
    int batch = Math.min(1000, Search.rowsOfPage(dimension()));
    List<SolrInputDocument> documents = new ArrayList<>();
    for (long i = 0; i < vectors.rows(); i++) {
      float[] row = vectors.row(i);
      if (metric() == Metric.COSINE) row = Scores.normalized(row);
      SolrInputDocument document = Schema.vector(head.size() + i, addition, row);
      if (!tiles.isEmpty()) Schema.describe(document, tiles.get((int) i));
      documents.add(document);
      if (documents.size() == batch || i == vectors.rows() - 1) {
        collection.add(documents);
        documents.clear();
      }
    }
    // What is searched before it counts is left out by every search.
    collection.commit();
    head = head.end(collection, addition, vectors.rows());
  }

  @Override
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter) {
    requireDimension("queries", queries.dimension());
    requirePositive(k);
    queries.requireComparable("queries");
    return whileOpen(
        () -> {
          Search search = new Search(collection, head, filter);
          List<Neighbors> results = new ArrayList<>();
          for (long q = 0; q < queries.rows(); q++) {
            results.add(search.best(queries.row(q), k, options.candidates()));
          }
          return results;
        });
  }

  /**
   * The k best for one query of what passes a filter that Solr evaluates before it picks them.
   *
   * @param query length dimension, finite
   * @param k at least 1
   * @param filter in Solr's syntax, on the fields {@code centre}, {@code sensed} (milliseconds),
   *     {@code cloud_cover} (percent), {@code cell} and {@code tile_id}; {@link SolrFilters} makes
   *     some
   * @throws EarthEmbedException if Solr refuses the filter, or a shard cannot be reached
   */
  public Neighbors search(float[] query, int k, String filter) {
    requireDimension("query", query.length);
    requirePositive(k);
    Vectors.requireComparable("query", query);
    if (filter.isBlank()) throw new IllegalArgumentException("filter is blank");
    return whileOpen(
        () -> new Search(collection, head, filter).best(query, k, options.candidates()));
  }

  @Override
  public Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    requireDimension("query", query.length);
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
    Vectors.requireComparable("query", query);
    return whileOpen(() -> new Search(collection, head, filter).above(query, minScore));
  }

  @Override
  public void reconstruct(long ordinal, float[] into) {
    requireDimension("into", into.length);
    whileOpen(
        () -> {
          Head now = head;
          Objects.checkIndex(ordinal, now.size());
          new Search(collection, now, OrdinalSet.all()).vectors(ordinal, 1).get(0, into);
          return null;
        });
  }

  /**
   * Writes all vectors to a file of {@link ExactIndex}, which opens it without Solr. They are in
   * memory meanwhile. What is known of tiles is not in it.
   */
  @Override
  public void save(Path file) {
    whileOpen(
        () -> {
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
          return null;
        });
  }

  /** Removes the collection from the cluster, with all it holds, and closes this index. */
  public void drop() {
    whileOpen(
        () -> {
          collection.drop();
          return null;
        });
    close();
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) collection.close();
      closed = true;
    } finally {
      lock.writeLock().unlock();
    }
  }

  private <T extends @Nullable Object> T whileOpen(Supplier<T> call) {
    Lock open = lock.readLock();
    open.lock();
    try {
      if (closed) throw new IllegalStateException("the index is closed");
      return call.get();
    } finally {
      open.unlock();
    }
  }

  private static void requirePositive(int k) {
    if (k < 1) throw new IllegalArgumentException("k must be positive: " + k);
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
