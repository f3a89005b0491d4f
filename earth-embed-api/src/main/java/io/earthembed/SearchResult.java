package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.vector.Neighbors;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a search found. Immutable and safe for many threads. */
public final class SearchResult {
  private final Query query;
  private final ModelInfo model;
  private final TileCatalog catalog;
  private final float[] embedding;
  private final Neighbors neighbors;
  private final @Nullable Neighbors scoreField;
  private final Timings timings;

  SearchResult(
      Query query,
      ModelInfo model,
      TileCatalog catalog,
      float[] embedding,
      Neighbors neighbors,
      @Nullable Neighbors scoreField,
      Timings timings) {
    this.query = query;
    this.model = model;
    this.catalog = catalog;
    this.embedding = embedding;
    this.neighbors = neighbors;
    this.scoreField = scoreField;
    this.timings = timings;
  }

  /** What was asked. */
  public Query query() {
    return query;
  }

  /** The model that encoded the query. */
  public ModelInfo model() {
    return model;
  }

  /** What the ordinals mean. */
  public TileCatalog catalog() {
    return catalog;
  }

  /** A copy of the query's embedding, for reuse with {@link Query#vector}. */
  public float[] embedding() {
    return embedding.clone();
  }

  /** The hits as ordinals and scores, best first. */
  public Neighbors neighbors() {
    return neighbors;
  }

  /** The hits, best first; each is made when it is asked for. */
  public List<Hit> hits() {
    return new AbstractList<>() {
      @Override
      public Hit get(int i) {
        long ordinal = neighbors.ordinal(i);
        return new Hit(i + 1, ordinal, neighbors.score(i), catalog.record(ordinal));
      }

      @Override
      public int size() {
        return neighbors.size();
      }
    };
  }

  /** The score of every tile that passed the filter, best first, where the options asked for it. */
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
        + neighbors.size()
        + " hits of "
        + catalog.size()
        + " tiles"
        + (neighbors.size() == 0 ? "" : ", best " + neighbors.score(0))
        + "]";
  }

  /**
   * How long the stages of a search took.
   *
   * @param encode from the query to its embedding
   * @param filter evaluating the filter on the catalog
   * @param search in the index
   */
  public record Timings(Duration encode, Duration filter, Duration search) {
    /** All stages together. */
    public Duration total() {
      return encode.plus(filter).plus(search);
    }
  }
}
