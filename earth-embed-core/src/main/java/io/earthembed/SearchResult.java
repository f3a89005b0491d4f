package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.Attribution;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.Neighbors;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The result of a search. Hits are stored in columns ({@link #neighbors}, {@link #percentile}, the
 * catalog's), and {@link #hits} makes an object only for a hit that is read, so a result may have a
 * million hits. Immutable and safe for many threads.
 */
public final class SearchResult {
  private final Query query;
  private final List<ModelInfo> models;
  private final List<String> assumptions;
  private final TileCatalog catalog;
  private final float @Nullable [] embedding;
  private final Ranker.Page page;
  private final int skipped;
  private final long searched;
  private final long undated;
  private final @Nullable Neighbors scoreField;
  private final float scoreFieldError;
  private final Timings timings;
  private final Explainer explainer;

  /** Explains a hit's score. */
  interface Explainer {
    Explanation explain(long ordinal);
  }

  SearchResult(
      Query query,
      List<ModelInfo> models,
      List<String> assumptions,
      TileCatalog catalog,
      float @Nullable [] embedding,
      Ranker.Page page,
      int skipped,
      long searched,
      long undated,
      @Nullable Neighbors scoreField,
      float scoreFieldError,
      Timings timings,
      Explainer explainer) {
    this.query = query;
    this.models = List.copyOf(models);
    this.assumptions = List.copyOf(assumptions);
    this.catalog = catalog;
    this.embedding = embedding;
    this.page = page;
    this.skipped = skipped;
    this.searched = searched;
    this.undated = undated;
    this.scoreField = scoreField;
    this.scoreFieldError = scoreFieldError;
    this.timings = timings;
    this.explainer = explainer;
  }

  /**
   * Ranks tiles by scores that were computed elsewhere, for example to map and export them. The
   * options apply as in a search.
   *
   * @param title what the scores are, for titles, for example "change"
   * @param model the model of the embeddings from which they were computed
   * @param catalog the tiles
   * @param scores one per tile, larger is better; NaN leaves a tile out
   * @throws IllegalArgumentException if there are not as many scores as tiles
   */
  public static SearchResult ofScores(
      String title, ModelInfo model, TileCatalog catalog, float[] scores, SearchOptions options) {
    if (scores.length != catalog.size()) {
      throw new IllegalArgumentException(scores.length + " scores for " + catalog);
    }
    Query query = new Query.Scored(title);
    int n = 0;
    long[] ordinals = new long[scores.length];
    float[] known = new float[scores.length];
    for (int i = 0; i < scores.length; i++) {
      if (Float.isNaN(scores[i])) continue;
      ordinals[n] = i;
      known[n++] = scores[i];
    }
    float[] values = Arrays.copyOf(known, n);
    Explainer explainer =
        ordinal ->
            new Explanation(
                List.of(
                    new Explanation.Share(query, 1, scores[(int) ordinal], scores[(int) ordinal])),
                0);
    return FusedSearch.rank(
        query,
        List.of(model),
        List.of(),
        catalog,
        Arrays.copyOf(ordinals, n),
        values,
        options,
        Duration.ZERO,
        Duration.ZERO,
        explainer);
  }

  /** Returns the query. */
  public Query query() {
    return query;
  }

  /** Returns the model that encoded the query, or the first of several. */
  public ModelInfo model() {
    return models.get(0);
  }

  /**
   * Returns the models that encoded the query: one, or for a fusion each that encoded a part,
   * without repetition.
   */
  public List<ModelInfo> models() {
    return models;
  }

  /**
   * Returns what the models assumed of the query's pictures because it is unknown ({@link
   * io.earthembed.encoder.Encoder#assumptions}), such as the time of a picture; empty if nothing.
   */
  public List<String> assumptions() {
    return assumptions;
  }

  /** Returns the catalog of the ordinals. */
  public TileCatalog catalog() {
    return catalog;
  }

  /**
   * Returns the license and the attribution that the publisher of the dataset asks for, which
   * exports and maps of this result carry; {@link Attribution#NONE} if they are unknown.
   */
  public Attribution attribution() {
    return catalog.attribution();
  }

  /**
   * Returns a copy of the query's embedding.
   *
   * @throws IllegalStateException if the query has none: a fusion, or {@link #ofScores}
   */
  public float[] embedding() {
    if (embedding == null) throw new IllegalStateException("the query has scores, not a vector");
    return embedding.clone();
  }

  /**
   * Returns the query's embedding as a query, which needs no encoding.
   *
   * @throws IllegalStateException if the query has none: a fusion, or {@link #ofScores}
   */
  public Query asQuery() {
    return Query.vector(embedding(), model());
  }

  /**
   * Returns the query, moved towards the liked hits and away from the disliked.
   *
   * @param liked hits of this or another search of the same dataset
   * @param disliked hits of this or another search of the same dataset
   */
  public Query refine(List<Hit> liked, List<Hit> disliked) {
    return query.refine(tiles(liked), tiles(disliked));
  }

  private static List<Query> tiles(List<Hit> hits) {
    return hits.stream().map(hit -> Query.tile(hit.tile().id())).toList();
  }

  /** Returns the hits as ordinals and scores, best first. */
  public Neighbors neighbors() {
    return page.neighbors();
  }

  /** Returns how many tiles passed the filter. */
  public long searched() {
    return searched;
  }

  /**
   * Returns how many tiles failed the filter only because their time is unknown. They may or may
   * not be of the period.
   */
  public long undated() {
    return undated;
  }

  /**
   * Returns the percentage of the filtered tiles that do not rank before a hit, in (0, 100]: 100
   * for the best.
   *
   * @param hit position in this result, from 0
   */
  public double percentile(int hit) {
    return 100.0 * (searched - page.positions()[hit]) / searched;
  }

  /** Returns the hits, best first. The list makes a hit each time it is read. */
  public List<Hit> hits() {
    return new Hits();
  }

  private final class Hits extends AbstractList<Hit> implements RandomAccess {
    @Override
    public Hit get(int i) {
      Objects.checkIndex(i, size());
      long ordinal = neighbors().ordinal(i);
      return new Hit(
          skipped + i + 1, ordinal, neighbors().score(i), percentile(i), catalog.record(ordinal));
    }

    @Override
    public int size() {
      return neighbors().size();
    }
  }

  /**
   * Explains a hit's score by the shares of the query's parts. A fusion keeps the scores of its
   * parts; other queries read the hit's vector from the index again. If the explorer's tiles have
   * changed since the search, that is the vector that the tile of this id has now.
   *
   * @param hit of this result
   * @throws IllegalStateException if the explorer is closed or no longer has the tile, unless the
   *     query is a fusion
   */
  public Explanation explain(Hit hit) {
    return explainer.explain(hit.ordinal());
  }

  /**
   * Returns the scores of all tiles that passed the filter and reach {@link
   * SearchOptions#scoreFieldAbove}, best first. Empty unless the options asked for them.
   */
  public Optional<Neighbors> scoreField() {
    return Optional.ofNullable(scoreField);
  }

  /**
   * Returns the most by which a score of {@link #scoreField} differs from the exact one: 0, unless
   * the options let the index {@linkplain SearchOptions.Builder#estimatedScoreField estimate} it.
   */
  public float scoreFieldError() {
    return scoreFieldError;
  }

  /** Returns how long the search took. */
  public Timings timings() {
    return timings;
  }

  @Override
  public String toString() {
    return "SearchResult["
        + query.describe()
        + ": "
        + neighbors().size()
        + " hits of "
        + catalog.size()
        + " tiles"
        + (undated == 0 ? "" : ", " + undated + " without a date left out")
        + (neighbors().size() == 0 ? "" : ", best " + neighbors().score(0))
        + "]";
  }

  /**
   * The durations of a search's stages; of the whole batch if there were several queries.
   *
   * @param encode from the query to its embedding
   * @param filter evaluating the filter on the catalog
   * @param search in the index
   * @param rank choosing the hits: thresholds, distances, pages
   */
  public record Timings(Duration encode, Duration filter, Duration search, Duration rank) {
    /** Returns the sum of all stages. */
    public Duration total() {
      return encode.plus(filter).plus(search).plus(rank);
    }
  }
}
