package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.Neighbors;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * What a search found. Hits are kept in columns, {@link #neighbors}, {@link #percentile} and the
 * catalog's, and made into objects only where they are asked for, so that a million of them are no
 * burden. Immutable and safe for many threads.
 */
public final class SearchResult {
  private final Query query;
  private final List<ModelInfo> models;
  private final TileCatalog catalog;
  private final float @Nullable [] embedding;
  private final Ranker.Page page;
  private final int skipped;
  private final long searched;
  private final long undated;
  private final @Nullable Neighbors scoreField;
  private final Timings timings;
  private final Explainer explainer;

  /** Says what a hit's score is made of. */
  interface Explainer {
    Explanation explain(long ordinal);
  }

  SearchResult(
      Query query,
      List<ModelInfo> models,
      TileCatalog catalog,
      float @Nullable [] embedding,
      Ranker.Page page,
      int skipped,
      long searched,
      long undated,
      @Nullable Neighbors scoreField,
      Timings timings,
      Explainer explainer) {
    this.query = query;
    this.models = List.copyOf(models);
    this.catalog = catalog;
    this.embedding = embedding;
    this.page = page;
    this.skipped = skipped;
    this.searched = searched;
    this.undated = undated;
    this.scoreField = scoreField;
    this.timings = timings;
    this.explainer = explainer;
  }

  /** What was asked. */
  public Query query() {
    return query;
  }

  /** The model that encoded the query; the first where several had a part in it. */
  public ModelInfo model() {
    return models.get(0);
  }

  /**
   * The models that had a part in the query: one, or for a fusion each that answered one of its
   * parts, once.
   */
  public List<ModelInfo> models() {
    return models;
  }

  /** What the ordinals mean. */
  public TileCatalog catalog() {
    return catalog;
  }

  /**
   * A copy of the query's embedding.
   *
   * @throws IllegalStateException if the query was a fusion, which has none
   */
  public float[] embedding() {
    if (embedding == null) throw new IllegalStateException("a fusion has no vector");
    return embedding.clone();
  }

  /**
   * The query's embedding as a query, which is not encoded again.
   *
   * @throws IllegalStateException if the query was a fusion, which has none
   */
  public Query asQuery() {
    return Query.vector(embedding(), model());
  }

  /**
   * The same query, moved by what was liked and what was not.
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

  /** The hits as ordinals and scores, best first. */
  public Neighbors neighbors() {
    return page.neighbors();
  }

  /** How many tiles passed the filter. */
  public long searched() {
    return searched;
  }

  /**
   * How many tiles a filter by time left out, and nothing else did, because it is not known when
   * they were sensed: they may be of the period, or not.
   */
  public long undated() {
    return undated;
  }

  /**
   * Which part of the tiles that passed the filter comes no earlier in the order of scores than a
   * hit, in (0, 100]: 100 for the best.
   *
   * @param hit 0 for the first hit of this result
   */
  public double percentile(int hit) {
    return 100.0 * (searched - page.positions()[hit]) / searched;
  }

  /** The hits, best first; each is made when it is asked for. */
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
   * What a hit's score is made of: each query part's share.
   *
   * @param hit of this result
   * @throws IllegalStateException if the explorer that made this result is closed
   */
  public Explanation explain(Hit hit) {
    return explainer.explain(hit.ordinal());
  }

  /**
   * The scores of all tiles that passed the filter, or of those that reach the score that the
   * options named, best first, where the options asked for them.
   */
  public Optional<Neighbors> scoreField() {
    return Optional.ofNullable(scoreField);
  }

  /** How long it took. */
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
   * How long the stages of a search took; in a batch, those of the whole batch.
   *
   * @param encode from the query to its embedding
   * @param filter evaluating the filter on the catalog
   * @param search in the index
   * @param rank choosing the hits: thresholds, distances, pages
   */
  public record Timings(Duration encode, Duration filter, Duration search, Duration rank) {
    /** All stages together. */
    public Duration total() {
      return encode.plus(filter).plus(search).plus(rank);
    }
  }
}
