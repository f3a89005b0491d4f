package io.earthembed.solr;

import io.earthembed.EarthEmbedException;
import io.earthembed.EmbeddingIndex;
import io.earthembed.catalog.TileRecord;
import io.earthembed.vector.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.apache.solr.common.SolrDocument;
import org.apache.solr.common.SolrDocumentList;
import org.apache.solr.common.SolrInputDocument;
import org.apache.solr.common.params.CommonParams;
import org.apache.solr.common.params.CursorMarkParams;
import org.apache.solr.common.params.ModifiableSolrParams;
import org.apache.solr.common.params.ShardParams;
import org.jspecify.annotations.Nullable;

/**
 * An index in a collection of a SolrCloud, sharded and replicated there.
 *
 * <p>By default a search compares the query with every vector that passes the filter, on the
 * servers: O(n d) shared among the shards, in float32. {@link SolrOptions#withCandidates} asks
 * their graphs (HNSW) instead. Scores of inner products are those of float32; those of {@link
 * Metric#L2} are exact to some 4e-7 (1 + d)^2 of a squared distance d, which is how Lucene tells
 * them, and smaller differences are ties.
 *
 * <p>A filter by ordinals goes to the servers with each search, as ranges or as a list of some 8
 * bytes an ordinal. What Solr can filter by itself costs nothing of that: see {@link #add(Vectors,
 * List)} and {@link #search(float[], int, String)}.
 *
 * <p>An addition sends its vectors and then, in one document, how many count from now on: a process
 * that dies half-way has added nothing, and of two that add at the same time one is refused. This
 * index knows its own additions, and those of others that were there when it was opened.
 *
 * <p>A search that cannot reach each of the shards fails with an {@link EarthEmbedException}; where
 * a shard has another replica that one is asked. Safe for many threads; searches go on during an
 * addition. Closing it leaves the collection where it is.
 */
public final class SolrIndex implements EmbeddingIndex {
  /** Hits, or vectors, of a reply. */
  private static final int PAGE = 50_000;

  private static final Neighbors NOTHING = new Neighbors(new long[0], new float[0]);

  private final SolrOptions options;
  private final Collection collection;
  private final int dimension;
  private final Metric metric;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Object adding = new Object();
  private volatile Head head;
  private boolean closed;

  /** How many vectors count, and Solr's version of the document that says so. */
  private record Head(long size, long version) {}

  private SolrIndex(
      SolrOptions options, Collection collection, int dimension, Metric metric, Head head) {
    this.options = options;
    this.collection = collection;
    this.dimension = dimension;
    this.metric = metric;
    this.head = head;
  }

  /**
   * Makes a collection, and a configuration {@code earth-embed-DIMENSION-METRIC} that such
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
    Collection collection = new Collection(options);
    try {
      collection.create(dimension, metric);
      // 1 and above: only over that version; below 0: only where there is none.
      long version = collection.put(Schema.head(0, dimension, metric, -1));
      return new SolrIndex(options, collection, dimension, metric, new Head(0, version));
    } catch (RuntimeException e) {
      collection.close();
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
    Collection collection = new Collection(options);
    try {
      SolrDocument found = collection.get(Schema.HEAD);
      if (found == null)
        throw new EarthEmbedException(collection + ": not an index of earth-embed");
      return new SolrIndex(
          options,
          collection,
          collection.field(found, Schema.DIMENSION, Integer.class),
          Metric.valueOf(collection.field(found, Schema.METRIC, String.class)),
          new Head(
              collection.field(found, Schema.SIZE, Long.class),
              collection.field(found, Schema.VERSION, Long.class)));
    } catch (RuntimeException e) {
      collection.close();
      throw e;
    }
  }

  /**
   * Makes a collection of a file that {@link #save}, or {@link ExactIndex#save}, wrote.
   *
   * @throws io.earthembed.CorruptDataException if the file is damaged; nothing is made then
   */
  public static SolrIndex load(Path file, SolrOptions options) {
    try (ExactIndex exact = ExactIndex.load(file)) {
      SolrIndex index = create(options, exact.dimension(), exact.metric());
      try {
        int rows = Math.max(1, (64 << 20) / (4 * exact.dimension()));
        for (long from = 0; from < exact.size(); from += rows) {
          Vectors part = Vectors.allocate(Math.min(rows, exact.size() - from), exact.dimension());
          float[] row = new float[exact.dimension()];
          for (long i = 0; i < part.rows(); i++) {
            exact.reconstruct(from + i, row);
            part.set(i, row);
          }
          index.add(part);
        }
      } catch (RuntimeException e) {
        index.close();
        throw e;
      }
      return index;
    }
  }

  /** How it was opened. */
  public SolrOptions options() {
    return options;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public Metric metric() {
    return metric;
  }

  @Override
  public long size() {
    return whileOpen(() -> head.size);
  }

  @Override
  public void add(Vectors vectors) {
    add(vectors, List.of());
  }

  /**
   * Stores vectors with what is known of their tiles, so that Solr can filter by it: place, time,
   * cloud cover and grid cell. All or none are added.
   *
   * @param vectors as {@link EmbeddingIndex#add} takes them
   * @param tiles one for each vector, or none at all
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
            if (vectors.rows() > 0) head = append(head, vectors, tiles);
          }
          return null;
        });
  }

  private Head append(Head old, Vectors vectors, List<TileRecord> tiles) {
    int batch = Math.max(1, Math.min(1000, (4 << 20) / (4 * dimension)));
    List<SolrInputDocument> documents = new ArrayList<>();
    for (long i = 0; i < vectors.rows(); i++) {
      Vectors one = Vectors.of(vectors.row(i));
      if (metric == Metric.COSINE) one.normalize();
      SolrInputDocument document = Schema.vector(old.size + i, one.row(0));
      if (!tiles.isEmpty()) Schema.describe(document, tiles.get((int) i));
      documents.add(document);
      if (documents.size() == batch || i == vectors.rows() - 1) {
        collection.add(documents);
        documents.clear();
      }
    }
    // What is searched before it counts is left out by every search's range of ordinals.
    collection.commit();
    long size = old.size + vectors.rows();
    return new Head(size, collection.put(Schema.head(size, dimension, metric, old.version)));
  }

  @Override
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter) {
    requireDimension("queries", queries.dimension());
    requirePositive(k);
    queries.requireComparable("queries");
    return whileOpen(
        () -> {
          long size = head.size;
          long most = Math.min(k, filter.count(size));
          List<Neighbors> results = new ArrayList<>();
          for (long q = 0; q < queries.rows(); q++) {
            results.add(most == 0 ? NOTHING : best(queries.row(q), most, size, filter, null));
          }
          return results;
        });
  }

  /**
   * The k best for one query of what passes a filter that Solr evaluates.
   *
   * @param query length dimension, finite
   * @param k at least 1
   * @param filter in Solr's syntax, on the fields {@code centre}, {@code sensed} (milliseconds),
   *     {@code cloud_cover} (percent), {@code cell} and {@code tile_id}; {@link SolrFilters} makes
   *     some
   * @throws EarthEmbedException if Solr refuses the filter
   */
  public Neighbors search(float[] query, int k, String filter) {
    requireDimension("query", query.length);
    requirePositive(k);
    Vectors.requireComparable("query", query);
    if (filter.isBlank()) throw new IllegalArgumentException("filter is blank");
    return whileOpen(
        () -> {
          long size = head.size;
          return size == 0
              ? NOTHING
              : best(query, Math.min(k, size), size, OrdinalSet.all(), filter);
        });
  }

  private Neighbors best(
      float[] query, long most, long size, OrdinalSet set, @Nullable String filter) {
    Scores scores = new Scores(metric, query);
    ModifiableSolrParams params = new ModifiableSolrParams();
    String parser =
        options.candidates() == 0
            ? compareAll(scores)
            : "{!knn f=" + Schema.VECTOR + " topK=" + topK(most) + "}" + scores.text();
    params.set(CommonParams.Q, parser);
    OrdinalFilter.add(params, set, size);
    if (filter != null) params.add(CommonParams.FQ, filter);
    return read(params, scores, most, Float.NEGATIVE_INFINITY);
  }

  private long topK(long most) {
    return Math.max(most, options.candidates());
  }

  private static String compareAll(Scores scores) {
    return "{!func}" + similarity(scores);
  }

  private static String similarity(Scores scores) {
    return "vectorSimilarity(" + Schema.VECTOR + "," + scores.text() + ")";
  }

  @Override
  public Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    requireDimension("query", query.length);
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
    Vectors.requireComparable("query", query);
    return whileOpen(
        () -> {
          long size = head.size;
          long most = filter.count(size);
          if (most == 0 || minScore == Float.POSITIVE_INFINITY) return NOTHING;
          Scores scores = new Scores(metric, query);
          ModifiableSolrParams params = new ModifiableSolrParams();
          params.set(CommonParams.Q, compareAll(scores));
          OrdinalFilter.add(params, filter, size);
          if (minScore != Float.NEGATIVE_INFINITY) {
            params.add(
                CommonParams.FQ,
                "{!frange cache=false l=" + scores.atMost(minScore) + "}" + similarity(scores));
          }
          return read(params, scores, most, minScore);
        });
  }

  /** Reads hits, a page at a time, best first and ties by ordinal. */
  private Neighbors read(ModifiableSolrParams params, Scores scores, long most, float floor) {
    params.set(CommonParams.FL, Schema.ORDINAL + ",score");
    long[] ordinals = new long[(int) Math.min(most, PAGE)];
    float[] values = new float[ordinals.length];
    int n = 0;
    boolean paged = most > PAGE;
    String sort = "score desc," + Schema.ORDINAL + " asc";
    params.set(CommonParams.SORT, paged ? sort + "," + Schema.ID + " asc" : sort);
    params.set(ShardParams.DISTRIB_SINGLE_PASS, !paged);
    String mark = CursorMarkParams.CURSOR_MARK_START;
    while (true) {
      params.set(CommonParams.ROWS, Math.toIntExact(Math.min(most - n, PAGE)));
      if (paged) params.set(CursorMarkParams.CURSOR_MARK_PARAM, mark);
      Collection.Page page = collection.query(params);
      SolrDocumentList hits = page.hits();
      if (n + hits.size() > ordinals.length) {
        int room = (int) Math.min(most, Math.max(2L * ordinals.length, n + hits.size()));
        ordinals = Arrays.copyOf(ordinals, room);
        values = Arrays.copyOf(values, room);
      }
      for (SolrDocument hit : hits) {
        float score = scores.of(collection.field(hit, "score", Float.class));
        if (score < floor) continue;
        ordinals[n] = collection.field(hit, Schema.ORDINAL, Long.class);
        values[n++] = score;
      }
      if (!paged || n == most || hits.isEmpty() || mark.equals(page.mark())) break;
      mark = Objects.requireNonNull(page.mark());
    }
    return new Neighbors(Arrays.copyOf(ordinals, n), Arrays.copyOf(values, n));
  }

  @Override
  public void reconstruct(long ordinal, float[] into) {
    requireDimension("into", into.length);
    whileOpen(
        () -> {
          Objects.checkIndex(ordinal, head.size);
          SolrDocument found = collection.get(Long.toString(ordinal));
          if (found == null || !Schema.vector(found.get(Schema.VALUES), into)) {
            throw new EarthEmbedException(collection + ": lacks the vector of ordinal " + ordinal);
          }
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
          try (ExactIndex exact = new ExactIndex(dimension, metric)) {
            int rows = Math.max(1, (4 << 20) / (4 * dimension));
            for (long from = 0, size = head.size; from < size; from += rows) {
              exact.add(vectors(from, (int) Math.min(rows, size - from)));
            }
            exact.save(file);
          }
          return null;
        });
  }

  private Vectors vectors(long from, int rows) {
    ModifiableSolrParams params = new ModifiableSolrParams();
    params.set(CommonParams.Q, Schema.ORDINAL + ":[" + from + " TO " + (from + rows - 1) + "]");
    params.set(CommonParams.SORT, Schema.ORDINAL + " asc");
    params.set(CommonParams.FL, Schema.ORDINAL + "," + Schema.VALUES);
    params.set(CommonParams.ROWS, rows);
    SolrDocumentList found = collection.query(params).hits();
    Vectors vectors = Vectors.allocate(rows, dimension);
    float[] row = new float[dimension];
    for (int i = 0; i < rows; i++) {
      SolrDocument document = i < found.size() ? found.get(i) : null;
      if (document == null
          || collection.field(document, Schema.ORDINAL, Long.class) != from + i
          || !Schema.vector(document.get(Schema.VALUES), row)) {
        throw new EarthEmbedException(collection + ": lacks the vector of ordinal " + (from + i));
      }
      vectors.set(i, row);
    }
    return vectors;
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
    if (actual != dimension) {
      throw new IllegalArgumentException(
          name + " has dimension " + actual + ", the index " + dimension);
    }
  }

  @Override
  public String toString() {
    return "SolrIndex[" + collection + ", " + metric + ", " + dimension + "-d]";
  }
}
