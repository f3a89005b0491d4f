package io.earthembed;

import io.earthembed.catalog.EmbeddingDataset;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileRef;
import io.earthembed.vector.ExactIndex;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Searches the Earth: joins a dataset's catalog, the model that made it, an index over its
 * embeddings and, where pixels are wanted, an imagery store. Safe for many threads; closing it
 * closes the model, the index and the store.
 */
public final class EarthExplorer implements AutoCloseable {
  private final TileCatalog catalog;
  private final EmbeddingModel model;
  private final EmbeddingIndex index;
  private final @Nullable ImageryStore imagery;

  private EarthExplorer(
      TileCatalog catalog,
      EmbeddingModel model,
      EmbeddingIndex index,
      @Nullable ImageryStore imagery) {
    this.catalog = catalog;
    this.model = model;
    this.index = index;
    this.imagery = imagery;
  }

  /**
   * Opens an explorer over a dataset with the exact index in pure Java.
   *
   * @param dataset embeddings that {@code model} made
   * @param model encodes the queries
   * @throws IllegalArgumentException if another model made the dataset
   */
  public static EarthExplorer open(EmbeddingDataset dataset, EmbeddingModel model) {
    return open(
        dataset, model, new ExactIndex(model.info().dimension(), ExactIndex.DEFAULT_METRIC), null);
  }

  /**
   * Opens an explorer over a dataset. An empty index is filled with the dataset's embeddings; one
   * that holds them already, such as a loaded one, is used as it is.
   *
   * @param dataset embeddings that {@code model} made
   * @param model encodes the queries
   * @param index empty, or of the dataset's size
   * @param imagery reads pixels, or null where none are wanted
   * @throws IllegalArgumentException if another model made the dataset, or the index is of another
   *     dataset
   */
  public static EarthExplorer open(
      EmbeddingDataset dataset,
      EmbeddingModel model,
      EmbeddingIndex index,
      @Nullable ImageryStore imagery) {
    if (!dataset.model().equals(model.info())) {
      throw new IllegalArgumentException(
          "the dataset was made by " + dataset.model() + ", not by " + model.info());
    }
    if (index.dimension() != model.info().dimension()) {
      throw new IllegalArgumentException(
          "the index is " + index.dimension() + "-d, the model " + model.info());
    }
    TileCatalog catalog = dataset.catalog();
    if (index.size() == 0) dataset.forEachBatch(index::add);
    if (index.size() != catalog.size()) {
      throw new IllegalArgumentException(
          "the index holds " + index.size() + " vectors, the dataset " + catalog.size());
    }
    return new EarthExplorer(catalog, model, index, imagery);
  }

  /** What is searched. */
  public TileCatalog catalog() {
    return catalog;
  }

  /** What encodes the queries. */
  public EmbeddingModel model() {
    return model;
  }

  /**
   * Searches.
   *
   * @throws IllegalArgumentException if the model has no tower for this kind of query, naming those
   *     it has
   * @throws IllegalStateException after {@link #close}
   */
  public SearchResult search(Query query, SearchOptions options) {
    Objects.requireNonNull(options, "options");
    long start = System.nanoTime();
    float[] embedding = encode(query);
    long encoded = System.nanoTime();
    OrdinalSet filter = catalog.select(options.filter());
    long filtered = System.nanoTime();
    Neighbors field = null;
    Neighbors best;
    if (options.scoreField()) {
      // One pass over the index answers both the ranked list and the map.
      field = index.searchAbove(embedding, options.minScore(), filter);
      best = field.top(options.k());
    } else {
      best = aboveMinimum(index.search(embedding, options.k(), filter), options.minScore());
    }
    long searched = System.nanoTime();
    return new SearchResult(
        query,
        model.info(),
        catalog,
        embedding,
        best,
        field,
        new SearchResult.Timings(
            Duration.ofNanos(encoded - start),
            Duration.ofNanos(filtered - encoded),
            Duration.ofNanos(searched - filtered)));
  }

  private static Neighbors aboveMinimum(Neighbors best, float minScore) {
    int n = best.size();
    while (n > 0 && best.score(n - 1) < minScore) n--;
    return best.top(n);
  }

  private float[] encode(Query query) {
    if (query instanceof Query.Text text) {
      return tower(model.text(), "text").encode(text.text());
    }
    if (query instanceof Query.Image image) return model.image().encode(image.image());
    if (query instanceof Query.Location location) {
      return tower(model.location(), "location").encode(location.point());
    }
    Query.Vector vector = (Query.Vector) query;
    if (vector.embedding().length != model.info().dimension()) {
      throw new IllegalArgumentException(
          "vector of length " + vector.embedding().length + " for " + model.info());
    }
    Vectors.of(vector.embedding()).requireFinite("vector");
    return vector.embedding();
  }

  private <T> Encoder<T> tower(Optional<Encoder<T>> tower, String kind) {
    return tower.orElseThrow(
        () ->
            new IllegalArgumentException(
                model.info() + " has no " + kind + " encoder; it answers " + model.queryKinds()));
  }

  /**
   * The pixels of a result's hits, read in parallel, in order of rank.
   *
   * @param parts which columns are read
   * @return one outcome for each hit
   * @throws IllegalArgumentException if a hit's record names no source
   * @throws IllegalStateException if the explorer was opened without an imagery store
   */
  public List<ImageryStore.Outcome> fetch(SearchResult result, TileParts parts) {
    if (imagery == null) throw new IllegalStateException("opened without an imagery store");
    List<TileRef> refs = new ArrayList<>();
    for (Hit hit : result.hits()) {
      TileRef source = hit.tile().source();
      if (source == null) throw new IllegalArgumentException(hit + " has no imagery source");
      refs.add(source);
    }
    return imagery.fetchAll(refs, parts);
  }

  @Override
  public void close() {
    index.close();
    model.close();
    if (imagery != null) imagery.close();
  }

  @Override
  public String toString() {
    return "EarthExplorer[" + catalog + ", " + model + "]";
  }
}
