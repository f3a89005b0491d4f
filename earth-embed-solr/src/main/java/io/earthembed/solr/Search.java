package io.earthembed.solr;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.solr.common.SolrDocument;
import org.apache.solr.common.params.CommonParams;
import org.apache.solr.common.params.CursorMarkParams;
import org.apache.solr.common.params.ModifiableSolrParams;
import org.apache.solr.common.params.ShardParams;
import org.jspecify.annotations.Nullable;

/** Searches the vectors that counted at one time and that pass one filter. */
final class Search {
  /** The most hits of a reply. */
  private static final int PAGE = 50_000;

  /** The most bytes of vectors in a reply. */
  private static final int PAGE_BYTES = 4 << 20;

  /** The number of hits beyond k that are requested if scores are computed again. */
  private static final int SPARE = 16;

  private static final long UNKNOWN = -1;
  private static final Neighbors NOTHING = new Neighbors(new long[0], new float[0]);

  private final SolrCollection collection;
  private final Head head;
  private final ModifiableSolrParams filtered = new ModifiableSolrParams();

  /** The number of vectors that pass the filter, or {@link #UNKNOWN}. */
  private final long passing;

  /** Searches the vectors of a set of ordinals. */
  Search(SolrCollection collection, Head head, OrdinalSet set) {
    this(collection, head, set, null);
  }

  /**
   * Searches the vectors of a set of ordinals.
   *
   * @param own filter in Solr's syntax that passes exactly these, or null to send the ordinals
   */
  Search(SolrCollection collection, Head head, OrdinalSet set, @Nullable String own) {
    this.collection = collection;
    this.head = head;
    this.passing = set.count(head.size());
    if (passing == 0) return;
    head.filter(filtered);
    if (own == null) OrdinalFilter.add(filtered, set, head.size());
    else filtered.add(CommonParams.FQ, own);
  }

  /** Searches the vectors that pass a filter in Solr's syntax. */
  Search(SolrCollection collection, Head head, String filter) {
    this.collection = collection;
    this.head = head;
    this.passing = head.size() == 0 ? 0 : UNKNOWN;
    head.filter(filtered);
    filtered.add(CommonParams.FQ, filter);
  }

  /** Returns the k best, by comparing all vectors or by candidates from each shard's graph. */
  Neighbors best(float[] query, int k, int candidates) {
    long most = Math.min(k, most());
    if (most == 0) return NOTHING;
    Scores scores = new Scores(head.metric(), query);
    String asked =
        candidates == 0
            ? compareAll(scores)
            : "{!knn f=" + Schema.VECTOR + " topK=" + Math.max(most, candidates) + "}" + scores;
    ModifiableSolrParams params = asking(asked);
    boolean all = candidates == 0;
    return head.metric() == Metric.L2
        ? nearest(params, scores, query, (int) most, all)
        : read(params, scores, most, Float.NEGATIVE_INFINITY, all);
  }

  /** Returns all vectors that reach a score, by comparing all. */
  Neighbors above(float[] query, float minScore) {
    if (passing == 0 || minScore == Float.POSITIVE_INFINITY) return NOTHING;
    Scores scores = new Scores(head.metric(), query);
    ModifiableSolrParams params = asking(compareAll(scores));
    boolean all = minScore == Float.NEGATIVE_INFINITY;
    if (!all) params.add(CommonParams.FQ, atLeast(scores.atMost(minScore), scores));
    return read(params, scores, most(), minScore, all);
  }

  private long most() {
    return passing == UNKNOWN ? head.size() : passing;
  }

  /** Returns stored vectors by ordinals that count. */
  Vectors vectors(long from, int rows) {
    Vectors vectors = Vectors.allocate(rows, head.dimension());
    float[] row = new float[head.dimension()];
    ModifiableSolrParams params =
        asking(Schema.ORDINAL + ":[" + from + " TO " + (from + rows - 1) + "]");
    params.set(CommonParams.SORT, Schema.ORDINAL + " asc");
    params.set(CommonParams.FL, Schema.ORDINAL + "," + Schema.VALUES);
    params.set(CommonParams.ROWS, rows);
    long next = from;
    for (SolrDocument document : collection.query(params).hits()) {
      if (ordinal(document) != next) break;
      values(document, row);
      vectors.set(next++ - from, row);
    }
    if (next < from + rows) throw lacks(next);
    return vectors;
  }

  /** Returns stored vectors by ordinals that count, in the order of the ordinals. */
  Vectors vectors(long[] ordinals) {
    Vectors vectors = Vectors.allocate(ordinals.length, head.dimension());
    long[] wanted = Arrays.stream(ordinals).sorted().distinct().toArray();
    Map<Long, float[]> found = new TreeMap<>();
    int page = rowsOfPage(head.dimension());
    for (int from = 0; from < wanted.length; from += page) {
      long[] some = Arrays.copyOfRange(wanted, from, Math.min(wanted.length, from + page));
      String list = Arrays.stream(some).mapToObj(Long::toString).collect(Collectors.joining(","));
      ModifiableSolrParams params = asking("{!terms f=" + Schema.ORDINAL + "}" + list);
      params.set(CommonParams.FL, Schema.ORDINAL + "," + Schema.VALUES);
      params.set(CommonParams.ROWS, some.length);
      for (SolrDocument document : collection.query(params).hits()) {
        float[] row = new float[head.dimension()];
        values(document, row);
        found.put(ordinal(document), row);
      }
    }
    for (int i = 0; i < ordinals.length; i++) {
      float[] row = found.get(ordinals[i]);
      if (row == null) throw lacks(ordinals[i]);
      vectors.set(i, row);
    }
    return vectors;
  }

  /** Returns the number of vectors in a reply. */
  static int rowsOfPage(int dimension) {
    return Math.max(1, PAGE_BYTES / (4 * dimension));
  }

  private ModifiableSolrParams asking(String query) {
    ModifiableSolrParams params = new ModifiableSolrParams(filtered);
    params.set(CommonParams.Q, query);
    return params;
  }

  private static String compareAll(Scores scores) {
    return "{!func}" + similarity(scores);
  }

  private static String atLeast(double score, Scores scores) {
    return "{!frange cache=false l=" + score + "}" + similarity(scores);
  }

  private static String similarity(Scores scores) {
    return "vectorSimilarity(" + Schema.VECTOR + "," + scores + ")";
  }

  /**
   * Returns the nearest vectors by distances that are computed here from the vectors themselves,
   * because Lucene's 1 / (1 + d) separates small distances only to 1e-7. Vectors that rounding may
   * have excluded from the k nearest are requested too.
   */
  private Neighbors nearest(
      ModifiableSolrParams params, Scores scores, float[] query, int k, boolean all) {
    Map<Long, float[]> candidates = new TreeMap<>();
    float[] last = new float[2]; // Lucene's scores of the k-th and of the last hit
    Consumer<SolrDocument> keep =
        hit -> {
          float[] row = new float[head.dimension()];
          values(hit, row);
          candidates.put(ordinal(hit), row);
          last[1] = collection.field(hit, "score", Float.class);
          if (candidates.size() == k) last[0] = last[1];
        };
    int page = rowsOfPage(head.dimension());
    String fields = Schema.VALUES + "," + Schema.ORDINAL + ",score";
    forEach(params, fields, page, k + (long) SPARE, all, keep);
    // The rounding of two sums of n squares, in any order.
    double rounding = (head.dimension() + 8) * 0x1p-23;
    double surely = last[0] * (1 - rounding);
    if (all && candidates.size() == k + (long) SPARE && last[1] >= surely) {
      ModifiableSolrParams close = new ModifiableSolrParams(params);
      close.add(CommonParams.FQ, atLeast(surely, scores));
      forEach(close, fields, page, Long.MAX_VALUE, false, keep);
    }
    if (candidates.isEmpty()) return NOTHING;
    long[] ordinals = candidates.keySet().stream().mapToLong(Long::longValue).toArray();
    try (ExactIndex exact = new ExactIndex(head.dimension(), head.metric())) {
      exact.add(Vectors.of(candidates.values().toArray(float[][]::new)));
      Neighbors best = exact.search(query, k);
      long[] found = best.ordinals();
      for (int i = 0; i < found.length; i++) found[i] = ordinals[(int) found[i]];
      return new Neighbors(found, best.scores());
    }
  }

  /** Returns hits with the scores that the servers computed. */
  private Neighbors read(
      ModifiableSolrParams params, Scores scores, long most, float floor, boolean all) {
    Columns columns = new Columns((int) Math.min(most, PAGE));
    forEach(
        params,
        Schema.ORDINAL + ",score",
        PAGE,
        most,
        all,
        hit -> {
          float score = scores.of(collection.field(hit, "score", Float.class));
          if (score >= floor) columns.add(ordinal(hit), score);
        });
    return columns.sorted();
  }

  /**
   * Passes hits to a consumer page by page, best first and ties by ordinal.
   *
   * @param all whether every vector that passes the filter must have been compared
   */
  private void forEach(
      ModifiableSolrParams asked,
      String fields,
      int page,
      long most,
      boolean all,
      Consumer<SolrDocument> hits) {
    ModifiableSolrParams params = new ModifiableSolrParams(asked);
    boolean paged = most > page;
    String sort = "score desc," + Schema.ORDINAL + " asc";
    params.set(CommonParams.FL, fields);
    params.set(CommonParams.SORT, paged ? sort + "," + Schema.ID + " asc" : sort);
    params.set(ShardParams.DISTRIB_SINGLE_PASS, !paged);
    String mark = CursorMarkParams.CURSOR_MARK_START;
    for (long n = 0; n < most; ) {
      params.set(CommonParams.ROWS, Math.toIntExact(Math.min(most - n, page)));
      if (paged) params.set(CursorMarkParams.CURSOR_MARK_PARAM, mark);
      SolrCollection.Page found = collection.query(params);
      if (all && passing != UNKNOWN && found.hits().getNumFound() != passing) {
        throw new EarthEmbedException(
            collection
                + ": a search compared "
                + found.hits().getNumFound()
                + " vectors where "
                + passing
                + " pass the filter");
      }
      found.hits().forEach(hits);
      n += found.hits().size();
      if (!paged || found.hits().isEmpty() || mark.equals(found.mark())) return;
      mark = Objects.requireNonNull(found.mark());
    }
  }

  private long ordinal(SolrDocument document) {
    return collection.field(document, Schema.ORDINAL, Long.class);
  }

  private void values(SolrDocument document, float[] into) {
    if (!Schema.vector(document.get(Schema.VALUES), into)) throw lacks(ordinal(document));
  }

  private EarthEmbedException lacks(long ordinal) {
    return new EarthEmbedException(collection + ": lacks the vector of ordinal " + ordinal);
  }

  /** Collects ordinals and scores, best first. */
  private static final class Columns {
    private long[] ordinals;
    private float[] scores;
    private int n;

    Columns(int room) {
      ordinals = new long[room];
      scores = new float[room];
    }

    void add(long ordinal, float score) {
      if (n == ordinals.length) {
        ordinals = Arrays.copyOf(ordinals, 2 * n);
        scores = Arrays.copyOf(scores, 2 * n);
      }
      ordinals[n] = ordinal;
      scores[n++] = score;
    }

    /** Returns the hits sorted again, because two scores of Lucene may become one of the metric. */
    Neighbors sorted() {
      for (int from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && scores[to] == scores[from]; ) to++;
        Arrays.sort(ordinals, from, to);
      }
      return new Neighbors(Arrays.copyOf(ordinals, n), Arrays.copyOf(scores, n));
    }
  }
}
