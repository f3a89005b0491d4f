package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.collection.EmbeddingCollection;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.IndexFormat;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.index.PersistentIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.index.builtin.IndexFiles;
import io.earthembed.internal.Checks;
import io.earthembed.internal.PlainText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Searches the Earth: joins a dataset's catalog, the model that made it, an index over its
 * embeddings and, if pixels are wanted, an imagery store. Safe for many threads.
 *
 * <p>An explorer borrows its parts: several explorers may share a model, an index and a store. The
 * caller closes these after the explorers. Closing an explorer closes only the parts that it opened
 * itself, such as the index of a saved folder, unless {@link #owning} hands over the others.
 *
 * <p>The tiles of an explorer of an {@link EmbeddingCollection} change with the collection, and
 * {@link #replaceWith} replaces those of any explorer. A search that runs is not affected, and no
 * search fails because of a change.
 */
public final class EarthExplorer implements AutoCloseable {
  private volatile Searched searched;

  private EarthExplorer(Searched searched) {
    this.searched = searched;
  }

  /**
   * Opens an explorer over a dataset with the exact index in pure Java, which it owns.
   *
   * @param dataset embeddings that {@code model} made
   * @param model encodes the queries; borrowed
   * @throws IllegalArgumentException if another model made the dataset
   */
  public static EarthExplorer open(EmbeddingDataset dataset, EmbeddingModel model) {
    ExactIndex index = new ExactIndex(model.info().dimension(), ExactIndex.DEFAULT_METRIC);
    return open(dataset, model, index, null, true);
  }

  /**
   * Opens an explorer that reads no pixels.
   *
   * @param dataset embeddings that {@code model} made
   * @param model encodes the queries; borrowed
   * @param index an empty {@link MutableIndex}, or one of the dataset's size; borrowed
   * @throws IllegalArgumentException if another model made the dataset, or the index is of another
   *     dataset
   */
  public static EarthExplorer open(
      EmbeddingDataset dataset, EmbeddingModel model, EmbeddingIndex index) {
    return open(dataset, model, index, null, false);
  }

  /**
   * Opens an explorer over a dataset. The explorer fills an empty {@link MutableIndex} with the
   * dataset's embeddings and labels it. It uses an index that holds them already, such as a loaded
   * one, unchanged, and refuses one whose label names another model or other rows. It logs a
   * warning if several tiles have equal ids, or if the label of an index does not identify its
   * rows.
   *
   * @param dataset embeddings that {@code model} made
   * @param model encodes the queries; borrowed
   * @param index an empty {@link MutableIndex}, or one of the dataset's size; borrowed
   * @param imagery reads pixels; borrowed
   * @throws IllegalArgumentException if another model made the dataset, or the index is of another
   *     dataset
   */
  public static EarthExplorer open(
      EmbeddingDataset dataset, EmbeddingModel model, EmbeddingIndex index, ImageryStore imagery) {
    return open(dataset, model, index, Objects.requireNonNull(imagery, "imagery"), false);
  }

  private static EarthExplorer open(
      EmbeddingDataset dataset,
      EmbeddingModel model,
      EmbeddingIndex index,
      @Nullable ImageryStore imagery,
      boolean ownsIndex) {
    ModelMatch.require("the dataset", dataset.origin(), model);
    TileCatalog catalog = TileCatalog.of(dataset.catalog()).withAttribution(dataset.attribution());
    new IndexFilling(dataset, catalog, index).fillOrCheck(model.info());
    return new EarthExplorer(Searched.fixed(catalog, model, index, imagery, ownsIndex));
  }

  /**
   * Opens an explorer of a collection, without pixels; see {@link #open(EmbeddingCollection,
   * EmbeddingModel, ImageryStore)}.
   *
   * @param collection embeddings that {@code model} made; borrowed
   * @param model encodes the queries; borrowed
   */
  public static EarthExplorer open(EmbeddingCollection collection, EmbeddingModel model) {
    return openCollection(collection, model, null);
  }

  /**
   * Opens an explorer of a collection, which may change: each search uses the version that is
   * current when it begins, to its end.
   *
   * @param collection embeddings that {@code model} made; borrowed
   * @param model encodes the queries; borrowed
   * @param imagery reads pixels; borrowed
   * @throws IllegalArgumentException if another model made the embeddings
   */
  public static EarthExplorer open(
      EmbeddingCollection collection, EmbeddingModel model, ImageryStore imagery) {
    return openCollection(collection, model, Objects.requireNonNull(imagery, "imagery"));
  }

  private static EarthExplorer openCollection(
      EmbeddingCollection collection, EmbeddingModel model, @Nullable ImageryStore imagery) {
    ModelMatch.require("the collection", collection.origin(), model);
    return new EarthExplorer(Searched.of(collection, model, imagery));
  }

  /**
   * Opens a folder that {@link #save} wrote, without pixels; see {@link #open(Path, EmbeddingModel,
   * ImageryStore)}.
   *
   * @param folder the saved folder
   * @param model the model that made its embeddings; borrowed
   */
  public static EarthExplorer open(Path folder, EmbeddingModel model) {
    return openSaved(folder, model, EarthExplorer::ofAnyKind, null);
  }

  /**
   * Opens a folder that {@link #save} wrote, with any kind of index that an {@link IndexFormat}
   * reads; the index is mapped if its kind supports it.
   *
   * @param folder the saved folder
   * @param model the model that made its embeddings; borrowed
   * @param imagery reads pixels; borrowed
   * @throws IllegalArgumentException if another model made the embeddings, or the same with another
   *     preparation of pictures
   * @throws EarthEmbedException if something is missing or damaged, or the module that reads the
   *     index is neither on the class path nor on the module path
   */
  public static EarthExplorer open(Path folder, EmbeddingModel model, ImageryStore imagery) {
    return open(folder, model, EarthExplorer::ofAnyKind, imagery);
  }

  /**
   * Opens an index of any kind. If no format recognises the file, the manifest names its module.
   */
  private static EmbeddingIndex ofAnyKind(Path file) {
    try {
      return IndexFiles.open(file);
    } catch (CorruptDataException e) {
      throw e;
    } catch (EarthEmbedException e) {
      String module = SavedExplorer.read(Objects.requireNonNull(file.getParent())).module();
      if (module.isEmpty() || !IndexFiles.module(file).isEmpty()) throw e;
      throw new EarthEmbedException(
          file
              + ": this index is read by io.earthembed:"
              + module
              + ", which is neither on the class path nor on the module path: add it",
          e);
    }
  }

  /**
   * Opens a folder that {@link #save} wrote with the caller's loader, without pixels; see {@link
   * #open(Path, EmbeddingModel, Function, ImageryStore)}.
   *
   * @param folder the saved folder
   * @param model the model that made its embeddings; borrowed
   * @param loader reads the index, for example {@code FaissIndex::load}; the explorer owns what it
   *     returns
   */
  public static EarthExplorer open(
      Path folder, EmbeddingModel model, Function<? super Path, ? extends EmbeddingIndex> loader) {
    return openSaved(folder, model, loader, null);
  }

  /**
   * Opens a folder that {@link #save} wrote with the caller's loader, for example to read an index
   * into memory instead of mapping it.
   *
   * @param folder the saved folder
   * @param model the model that made its embeddings; borrowed
   * @param loader reads the index, for example {@code FaissIndex::load}; the explorer owns what it
   *     returns
   * @param imagery reads pixels; borrowed
   * @throws IllegalArgumentException if another model made the embeddings, or the same with another
   *     preparation of pictures
   * @throws EarthEmbedException if something is missing or damaged
   */
  public static EarthExplorer open(
      Path folder,
      EmbeddingModel model,
      Function<? super Path, ? extends EmbeddingIndex> loader,
      ImageryStore imagery) {
    return openSaved(folder, model, loader, Objects.requireNonNull(imagery, "imagery"));
  }

  private static EarthExplorer openSaved(
      Path folder,
      EmbeddingModel model,
      Function<? super Path, ? extends EmbeddingIndex> loader,
      @Nullable ImageryStore imagery) {
    SavedExplorer saved = SavedExplorer.read(folder);
    while (true) {
      try {
        return open(folder, saved, model, loader, imagery);
      } catch (EarthEmbedException e) {
        // Another save may have ended meanwhile and removed the files that this manifest named.
        SavedExplorer now = SavedExplorer.read(folder);
        if (now.equals(saved)) throw e;
        saved = now;
      }
    }
  }

  private static EarthExplorer open(
      Path folder,
      SavedExplorer saved,
      EmbeddingModel model,
      Function<? super Path, ? extends EmbeddingIndex> loader,
      @Nullable ImageryStore imagery) {
    ModelMatch.require(folder.toString(), saved.origin(), model);
    TileCatalog catalog =
        TileCatalog.open(folder.resolve(saved.catalog())).withAttribution(saved.attribution());
    Path file = folder.resolve(saved.index());
    if (!saved.rows().isEmpty() && !saved.rows().equals(catalog.fingerprint())) {
      throw new CorruptDataException(
          folder.resolve(saved.catalog()).toString(), "the catalog of another explorer");
    }
    EmbeddingIndex index = loader.apply(file);
    try {
      IndexLabel wanted = new IndexLabel(model.info().nameAndVersion(), "", catalog.fingerprint());
      if (index.size() != catalog.size()
          || index.ordinalEnd() != catalog.size()
          || index.dimension() != model.info().dimension()) {
        throw new IllegalArgumentException(
            index.size() + " vectors of dimension " + index.dimension());
      }
      index.label().requireFits(wanted);
    } catch (IllegalArgumentException e) {
      index.close();
      throw new CorruptDataException(
          file.toString(), "not the index of " + catalog + ": " + e.getMessage(), e);
    }
    return new EarthExplorer(Searched.fixed(catalog, model, index, imagery, true));
  }

  /**
   * Saves catalog, index and the model's identity to a folder, for {@link #open(Path,
   * EmbeddingModel, Function, ImageryStore)}. An earlier save in the folder remains complete until
   * the new files are, and is removed then; explorers that use it continue to work. Threads that
   * save to one folder wait for one another; processes must not save to it at the same time.
   *
   * @param folder created if it does not exist
   * @throws EarthEmbedException if it cannot be written
   * @throws IllegalStateException after {@link #close}, if vectors were added to the index or
   *     removed since the explorer was opened, or if the index is not a {@link PersistentIndex}
   */
  public void save(Path folder) {
    try (Searched.View now = view()) {
      save(folder, now.model(), now.catalog(), now.index());
    }
  }

  private static void save(
      Path folder, EmbeddingModel model, TileCatalog catalog, EmbeddingIndex index) {
    if (!(index instanceof PersistentIndex persistent)) {
      throw new IllegalStateException(
          "nothing was saved: " + index + " writes no file (it is not a PersistentIndex)");
    }
    IndexLabel label = index.label();
    IndexLabel wanted = new IndexLabel(model.info().nameAndVersion(), "", catalog.fingerprint());
    try {
      label.requireFits(wanted);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("nothing was saved: " + e.getMessage(), e);
    }
    if (label.rows().isEmpty() || label.model().isEmpty()) {
      persistent.label(new IndexLabel(wanted.model(), label.dataset(), wanted.rows()));
    }
    SavedExplorer.write(folder, model, catalog, persistent);
  }

  /**
   * Hands the model, the index or collection, and the store over to the explorer: {@link #close}
   * closes them too. Nothing else may use them afterwards.
   *
   * @return this explorer
   */
  public EarthExplorer owning() {
    searched.ownAll();
    return this;
  }

  /**
   * Replaces what this explorer searches by what another one does, such as the explorer of a newer
   * save. Searches that run keep the old tiles to their end, and later ones have the new; none
   * fails. Returns after the old searches have ended and the parts that this explorer owned are
   * closed. Both explorers may share a model or a store only if this one does not own it.
   *
   * @param next an explorer with the same model, handed over: its methods throw an {@link
   *     IllegalStateException} afterwards, except {@link #close}, which then has no effect
   * @throws IllegalArgumentException if its model is another
   * @throws IllegalStateException if one of both is closed
   */
  public void replaceWith(EarthExplorer next) {
    Searched old;
    synchronized (this) {
      if (next == this) throw new IllegalArgumentException("an explorer cannot replace itself");
      view().close(); // fails if the explorer is closed
      next.view().close();
      old = searched;
      if (!next.model().info().equals(old.model().info())) {
        throw new IllegalArgumentException(
            "the explorer is of "
                + old.model().info()
                + ", its replacement of "
                + next.model().info());
      }
      searched = next.handOver();
    }
    old.close();
  }

  /** Returns what this explorer searched and leaves it closed. */
  private synchronized Searched handOver() {
    Searched taken = searched;
    searched = taken.closedCopy();
    return taken;
  }

  /** Opens a view of the current parts, for one search. */
  private Searched.View view() {
    while (true) {
      Searched now = searched;
      try {
        return now.view();
      } catch (IllegalStateException e) {
        if (now == searched) throw e; // otherwise the parts were replaced meanwhile
      }
    }
  }

  /**
   * Returns the catalog of the searched tiles; of a collection, that of its current version.
   *
   * @throws IllegalStateException after {@link #close}
   */
  public TileCatalog catalog() {
    try (Searched.View now = view()) {
      return now.catalog();
    }
  }

  /** Returns the model that encodes queries. */
  public EmbeddingModel model() {
    return searched.model();
  }

  /**
   * Returns the explorer's embeddings as a dataset, for example to find changes between two
   * explorers. They are read back from the index: exactly if it keeps whole vectors, and normalised
   * if it ranks by cosine. If the explorer's tiles may change, take a snapshot of its collection
   * instead: a {@link io.earthembed.collection.Snapshot} is a dataset and stays as it is.
   */
  public EmbeddingDataset embeddings() {
    try (Searched.View now = view()) {
      return new IndexDataset(now.model().info(), now.catalog(), this::view);
    }
  }

  /** Returns the store that reads pixels; empty if the explorer was opened without one. */
  public Optional<ImageryStore> imagery() {
    return Optional.ofNullable(searched.imagery());
  }

  /**
   * Searches.
   *
   * @throws IllegalArgumentException naming the kinds of query that the model answers, if this is
   *     none of them or names another model
   * @throws IllegalStateException after {@link #close}
   */
  public SearchResult search(Query query, SearchOptions options) {
    return searchAll(List.of(query), options).get(0);
  }

  /**
   * Searches for many queries at once: each tower encodes all of them in one batch, the filter is
   * evaluated once, and the index is asked for all of them at once. The filter of a fusion is
   * evaluated separately, and a score field scores every tile for each query.
   *
   * @return one result per query, in order, each as if it were searched alone
   * @throws IllegalArgumentException as {@link #search}
   */
  public List<SearchResult> searchAll(List<? extends Query> queries, SearchOptions options) {
    Objects.requireNonNull(options, "options");
    try (Searched.View now = view()) {
      return searchAll(now, queries, options);
    }
  }

  private List<SearchResult> searchAll(
      Searched.View now, List<? extends Query> queries, SearchOptions options) {
    List<SearchResult> results = new ArrayList<>();
    List<Query> vectors = new ArrayList<>();
    for (Query query : queries) if (!(query instanceof Query.Fusion)) vectors.add(query);
    List<SearchResult> found = vectors.isEmpty() ? List.of() : searchVectors(now, vectors, options);
    int next = 0;
    for (Query query : queries) {
      results.add(
          query instanceof Query.Fusion fusion
              ? searchFusion(now, fusion, options)
              : found.get(next++));
    }
    return results;
  }

  private List<SearchResult> searchVectors(
      Searched.View now, List<? extends Query> queries, SearchOptions options) {
    long start = System.nanoTime();
    TileCatalog catalog = now.catalog();
    EmbeddingModel model = now.model();
    List<QueryEmbedding> embedded = QueryEncoder.encode(queries, model, now.index(), catalog);
    Duration encode = Duration.ofNanos(System.nanoTime() - start);
    RankedSearch search = new RankedSearch(now.index(), catalog, options);
    List<RankedSearch.Found> found =
        search.run(embedded.stream().map(QueryEmbedding::vector).toList());
    SearchResult.Timings timings = search.timings(encode);
    List<SearchResult> results = new ArrayList<>();
    for (int q = 0; q < queries.size(); q++) {
      QueryEmbedding one = embedded.get(q);
      results.add(
          new SearchResult(
              queries.get(q),
              List.of(model.info()),
              QueryEncoder.assumptions(queries.get(q), model),
              catalog,
              one.vector(),
              found.get(q).page(),
              options.offset(),
              search.passing(),
              search.undated(),
              found.get(q).scoreField(),
              found.get(q).scoreFieldError(),
              timings,
              ordinal -> explain(one, catalog, ordinal)));
    }
    return results;
  }

  /**
   * Learns a query from labeled examples without an original query; see {@link #learn(Query, List,
   * List)}. Rocchio's weights are {@link Query.Rocchio#EXAMPLES_ONLY}.
   *
   * @param good examples of what is wanted, mostly {@link Query#tile}; at least one
   * @param bad examples that the search should avoid; may be empty
   */
  public Query.Learned learn(List<? extends Query> good, List<? extends Query> bad) {
    try (Searched.View now = view()) {
      return learning(now).learn(null, good, bad);
    }
  }

  /**
   * Learns a query from labeled examples. With three good examples or more, it is the normal of the
   * decision boundary of a logistic regression; the original query then has no effect. 200
   * unlabeled tiles, drawn at random, count as weak bad examples, and both classes weigh equally.
   * With fewer good examples, it is the original query refined by Rocchio ({@link Query#refine}).
   * {@link Query.Learned#learner} tells which method was used. Equal examples over equal tiles give
   * equal queries.
   *
   * @param original the query that the examples refine
   * @param good examples of what is wanted, mostly {@link Query#tile}; at least one
   * @param bad examples that the search should avoid; may be empty
   * @return a query that searches as any other does, with all filters
   * @throws IllegalArgumentException if no example is good, an example is both good and bad or is a
   *     fusion, nothing distinguishes good from bad embeddings, or the index ranks by {@link
   *     io.earthembed.vector.Metric#L2} embeddings that do not have length 1
   */
  public Query.Learned learn(
      Query original, List<? extends Query> good, List<? extends Query> bad) {
    Objects.requireNonNull(original, "original");
    try (Searched.View now = view()) {
      return learning(now).learn(original, good, bad);
    }
  }

  /**
   * Suggests tiles to label next, whose labels would teach the query most: unlabeled tiles nearest
   * to the decision boundary that differ from one another. Scores all tiles that pass the filter.
   *
   * @param learned a query that this explorer learned
   * @param n how many, at least 1
   * @param filter the tiles that may be suggested
   * @return at most n hits, the nearest to the boundary first; their ranks are those of a search by
   *     the query
   */
  public List<Hit> suggest(Query.Learned learned, int n, TileFilter filter) {
    Checks.positive("n", n);
    SearchOptions options = SearchOptions.builder().filter(filter).build();
    try (Searched.View now = view()) {
      SearchResult ranked = searchVectors(now, List.of(learned), options).get(0);
      return learning(now).suggest(learned, ranked, n);
    }
  }

  /**
   * Finds outliers: the tiles that are farthest from their nearest neighbours. A hit's score is 1
   * minus the mean similarity to its nearest neighbours among the tiles that pass the filter, or
   * their mean squared distance if the index ranks by {@link io.earthembed.vector.Metric#L2}.
   * Searches the index once for each tile that passes: with an exact index the time grows with the
   * square of their number.
   *
   * @param neighbors how many nearest neighbours, at least 1; 10 is usual
   * @param options filter, page and limit the hits
   */
  public SearchResult outliers(int neighbors, SearchOptions options) {
    Checks.positive("neighbors", neighbors);
    try (Searched.View now = view()) {
      return new Outliers(now.model(), now.index(), now.catalog()).search(neighbors, options);
    }
  }

  /**
   * Divides tiles into clusters of similar embeddings by k-means. Needs earth-embed-faiss on the
   * class path or the module path.
   *
   * @param k number of clusters, at least 1 and at most the number of tiles that pass
   * @param filter the tiles, for example those of a region
   * @throws IllegalArgumentException if k is outside its range
   * @throws EarthEmbedException if no {@link io.earthembed.index.KMeans} is found
   */
  public Clusters clusters(int k, TileFilter filter) {
    try (Searched.View now = view()) {
      return Clusters.of(now.model().info(), now.catalog(), now.index(), k, filter);
    }
  }

  private static LabelLearning learning(Searched.View now) {
    return new LabelLearning(now.model(), now.index(), now.catalog());
  }

  /**
   * Explains a score.
   *
   * @param catalog the catalog that was searched
   * @param ordinal of the tile in it
   */
  private Explanation explain(QueryEmbedding query, TileCatalog catalog, long ordinal) {
    try (Searched.View now = view()) {
      long row = ordinal;
      if (now.catalog() != catalog) {
        String id = catalog.id(ordinal);
        row =
            now.catalog()
                .find(id)
                .orElseThrow(
                    () ->
                        new IllegalStateException(
                            "the tile " + PlainText.line(id) + " was removed after the search"));
      }
      float[] tile = new float[now.index().dimension()];
      now.index().reconstruct(row, tile);
      return query.explain(tile, now.index().metric());
    }
  }

  /** Returns the vectors of queries that are no fusions. */
  List<QueryEmbedding> encode(List<? extends Query> queries) {
    try (Searched.View now = view()) {
      return QueryEncoder.encode(queries, now.model(), now.index(), now.catalog());
    }
  }

  /**
   * Returns the score of every tile, by ordinal.
   *
   * @param catalog the catalog that the caller has
   * @throws IllegalStateException if the tiles have changed since
   */
  float[] scores(float[] vector, TileCatalog catalog) {
    try (Searched.View now = view()) {
      if (now.catalog() != catalog) {
        throw new IllegalStateException(
            "the tiles of " + this + " have changed since the comparison was made: make a new one");
      }
      return RankedSearch.scores(now.index(), catalog, vector);
    }
  }

  private static SearchResult searchFusion(
      Searched.View now, Query.Fusion fusion, SearchOptions options) {
    long start = System.nanoTime();
    TileCatalog catalog = now.catalog();
    EmbeddingModel model = now.model();
    List<Query> parts = fusion.parts().stream().map(Query.Part::query).toList();
    List<QueryEmbedding> embedded = QueryEncoder.encode(parts, model, now.index(), catalog);
    long encoded = System.nanoTime();
    List<float[]> scores = new ArrayList<>();
    for (QueryEmbedding part : embedded) {
      scores.add(RankedSearch.scores(now.index(), catalog, part.vector()));
    }
    long[] ordinals = new long[Math.toIntExact(catalog.size())];
    for (int i = 0; i < ordinals.length; i++) ordinals[i] = i;
    long searched = System.nanoTime();
    return FusedSearch.search(
        fusion,
        List.of(model.info()),
        QueryEncoder.assumptions(fusion, model),
        catalog,
        ordinals,
        scores,
        options,
        Duration.ofNanos(encoded - start),
        Duration.ofNanos(searched - encoded));
  }

  /**
   * Reads the pixels of a result's hits in parallel, and returns them in order of rank.
   *
   * @param parts the columns to read
   * @return one outcome per hit; a failure if the archive holds another tile there
   * @throws IllegalArgumentException if a hit's record names no source
   * @throws IllegalStateException if the explorer was opened without an imagery store
   */
  public List<ImageryStore.Outcome> fetch(SearchResult result, TileParts parts) {
    view().close(); // fails if the explorer is closed
    ImageryStore imagery = searched.imagery();
    if (imagery == null) throw new IllegalStateException("opened without an imagery store");
    List<TileRef> refs = new ArrayList<>();
    for (Hit hit : result.hits()) {
      TileRef source = hit.tile().source();
      if (source == null) throw new IllegalArgumentException(hit + " has no imagery source");
      refs.add(source);
    }
    List<ImageryStore.Outcome> outcomes = new ArrayList<>();
    for (ImageryStore.Outcome outcome : imagery.fetchAll(refs, parts)) {
      outcomes.add(outcome.requireSameAs(result.hits().get(outcomes.size()).tile()));
    }
    return outcomes;
  }

  /**
   * Ends the explorer: its methods throw {@link IllegalStateException} afterwards. Closes the parts
   * that it owns after calls that use them have ended. Closing twice is harmless.
   */
  @Override
  public void close() {
    Searched now;
    synchronized (this) {
      now = searched;
    }
    now.close();
  }

  @Override
  public String toString() {
    return "EarthExplorer[" + searched + "]";
  }
}
