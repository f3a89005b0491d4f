package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.Duplicates;
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
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Searches the Earth: joins a dataset's catalog, the model that made it, an index over its
 * embeddings and, where pixels are wanted, an imagery store. Safe for many threads; closing it
 * closes the model, the index and the store.
 */
public final class EarthExplorer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EarthExplorer.class);
  private static final Neighbors NOTHING = new Neighbors(new long[0], new float[0]);

  private final TileCatalog catalog;
  private final EmbeddingModel model;
  private final EmbeddingIndex index;
  private final @Nullable ImageryStore imagery;
  private volatile boolean closed;

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
        dataset, model, new ExactIndex(model.info().dimension(), ExactIndex.DEFAULT_METRIC));
  }

  /**
   * Opens an explorer that reads no pixels.
   *
   * @param dataset embeddings that {@code model} made
   * @param model encodes the queries
   * @param index an empty {@link MutableIndex}, or one of the dataset's size
   * @throws IllegalArgumentException if another model made the dataset, or the index is of another
   *     dataset
   */
  public static EarthExplorer open(
      EmbeddingDataset dataset, EmbeddingModel model, EmbeddingIndex index) {
    return open(dataset, model, index, null);
  }

  /**
   * Opens an explorer over a dataset. An empty {@link MutableIndex} is filled with the dataset's
   * embeddings, and labelled as theirs; one that holds them already, such as a loaded one, is used
   * as it is, unless its label says that it is of another model or of other rows. That several
   * tiles have one id, or that an index does not say which rows it holds, is logged as a warning.
   *
   * @param dataset embeddings that {@code model} made
   * @param model encodes the queries
   * @param index an empty {@link MutableIndex}, or one of the dataset's size
   * @param imagery reads pixels, or null where none are wanted
   * @throws IllegalArgumentException if another model made the dataset, or the index is of another
   *     dataset
   */
  public static EarthExplorer open(
      EmbeddingDataset dataset,
      EmbeddingModel model,
      EmbeddingIndex index,
      @Nullable ImageryStore imagery) {
    ModelMatch.require("the dataset", dataset.origin(), model);
    if (index.dimension() != model.info().dimension()) {
      throw new IllegalArgumentException(
          "the index is " + index.dimension() + "-d, the model " + model.info());
    }
    TileCatalog catalog = TileCatalog.of(dataset.catalog());
    IndexLabel wanted = IndexLabel.of(dataset);
    MutableIndex empty = index.ordinalEnd() == 0 && index instanceof MutableIndex m ? m : null;
    Lengths lengths = new Lengths();
    if (empty != null) {
      new IndexLabel(index.label().model(), "").requireFits(wanted);
      dataset.forEachBatch(
          batch -> {
            empty.add(batch);
            lengths.look(batch);
          });
    }
    if (index.size() != catalog.size()) {
      throw new IllegalArgumentException(
          "the index holds " + index.size() + " vectors, the dataset " + catalog.size());
    }
    if (index.ordinalEnd() != catalog.size()) {
      throw new IllegalArgumentException(
          "the index has had vectors removed: its ordinals end at "
              + index.ordinalEnd()
              + ", the dataset's rows at "
              + catalog.size());
    }
    if (empty != null) {
      // What somebody has called it stays.
      String called = index.label().dataset();
      empty.label(
          new IndexLabel(
              wanted.model(), called.isEmpty() ? wanted.dataset() : called, wanted.rows()));
      if (index.metric() == Metric.INNER_PRODUCT && lengths.isOther()) {
        LOG.warn(
            "{} has embeddings that are not of length 1, such as one of {}: scores are inner"
                + " products, which longer ones win, and not cosines. An index of Metric.COSINE"
                + " compares directions alone",
            dataset,
            lengths.other);
      }
    } else {
      index.label().requireFits(wanted);
      if (index.label().rows().isEmpty()) {
        if (RowSample.differs(dataset, index)) {
          throw new IllegalArgumentException(
              "the index holds other rows than the dataset "
                  + dataset
                  + ": the first of these have other vectors there. It does not say which it was"
                  + " filled with; fill one anew, and label it:"
                  + " index.label(IndexLabel.of(dataset))");
        }
        LOG.warn(
            "{} does not say which rows it holds: they are taken for those of {}, in their order."
                + " Label an index after filling it: index.label(IndexLabel.of(dataset))",
            index,
            dataset);
      }
    }
    Duplicates equal = catalog.equalIds();
    if (equal.repeated() > 0) {
      LOG.warn(
          "{}: {} tiles have the id of an earlier one, such as '{}': queries by such an id find the"
              + " first. TileCatalog.equalIds tells which",
          dataset,
          equal.repeated(),
          shown(catalog.id(equal.groups().get(0).first())));
    }
    return new EarthExplorer(catalog, model, index, imagery);
  }

  /** Whether vectors are of length 1, as far as a look at some of each batch tells. */
  private static final class Lengths {
    private static final int LOOKS = 64;

    /** What half precision and 8 bits a component leave of 1. */
    private static final double TOLERANCE = 0.02;

    private double other = 1;

    void look(Vectors batch) {
      float[] row = new float[batch.dimension()];
      for (long i = 0; i < batch.rows(); i += Math.max(1, batch.rows() / LOOKS)) {
        batch.get(i, row);
        double squares = 0;
        for (float v : row) squares += (double) v * v;
        double length = Math.sqrt(squares);
        if (length > 0 && Math.abs(length - 1) > Math.abs(other - 1)) other = length;
      }
    }

    boolean isOther() {
      return Math.abs(other - 1) > TOLERANCE;
    }
  }

  /** A text of a dataset as a log may show it. */
  private static String shown(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return plain.length() <= 100 ? plain : plain.substring(0, 100) + "…";
  }

  /**
   * Opens what {@link #save} wrote, without pixels; see {@link #open(Path, EmbeddingModel,
   * ImageryStore)}.
   *
   * @param folder where it was saved
   * @param model the model that made its embeddings
   */
  public static EarthExplorer open(Path folder, EmbeddingModel model) {
    return open(folder, model, (ImageryStore) null);
  }

  /**
   * Opens what {@link #save} wrote, with whichever kind of index it has: one of {@link
   * IndexFormat}, mapped where its kind can be.
   *
   * @param folder where it was saved
   * @param model the model that made its embeddings
   * @param imagery reads pixels, or null where none are wanted
   * @throws IllegalArgumentException if another model made the embeddings, or the same with another
   *     preparation of pictures
   * @throws EarthEmbedException if something is missing or damaged, or the module that reads the
   *     index is neither on the class path nor on the module path
   */
  public static EarthExplorer open(
      Path folder, EmbeddingModel model, @Nullable ImageryStore imagery) {
    return open(folder, model, EarthExplorer::ofAnyKind, imagery);
  }

  /** Where no kind of index recognises the file, the save still knows which module does. */
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
   * Opens what {@link #save} wrote with a loader of one's own, such as one that reads an index
   * which would be mapped.
   *
   * @param folder where it was saved
   * @param model the model that made its embeddings
   * @param loader reads the index, for example {@code FaissIndex::load}
   * @param imagery reads pixels, or null where none are wanted
   * @throws IllegalArgumentException if another model made the embeddings, or the same with another
   *     preparation of pictures
   * @throws EarthEmbedException if something is missing or damaged
   */
  public static EarthExplorer open(
      Path folder,
      EmbeddingModel model,
      Function<? super Path, ? extends EmbeddingIndex> loader,
      @Nullable ImageryStore imagery) {
    SavedExplorer saved = SavedExplorer.read(folder);
    while (true) {
      try {
        return open(folder, saved, model, loader, imagery);
      } catch (EarthEmbedException e) {
        // Another save may have ended meanwhile, and removed what this one named.
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
    TileCatalog catalog = TileCatalog.open(folder.resolve(saved.catalog()));
    Path file = folder.resolve(saved.index());
    if (!saved.rows().isEmpty() && !saved.rows().equals(catalog.fingerprint())) {
      throw new CorruptDataException(
          folder.resolve(saved.catalog()).toString(), -1, "the catalog of another explorer");
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
          file.toString(), -1, "not the index of " + catalog + ": " + e.getMessage(), e);
    }
    return new EarthExplorer(catalog, model, index, imagery);
  }

  /**
   * Saves catalog and index, with what the model is, to a folder, for {@link #open(Path,
   * EmbeddingModel, Function, ImageryStore)}. What was saved there before stays whole until the new
   * files are, and is removed then; one that is in use meanwhile may be used on. Threads that save
   * to one folder do so one after another; processes must not at the same time.
   *
   * @param folder made where it is not there
   * @throws EarthEmbedException if it cannot be written
   * @throws IllegalStateException after {@link #close}, if vectors were added to the index or
   *     removed since the explorer was opened, or if the index is not a {@link PersistentIndex}
   */
  public void save(Path folder) {
    requireOpen();
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
   * @throws IllegalArgumentException if the model cannot answer this kind of query, or the query is
   *     of another model, naming the kinds it answers
   * @throws IllegalStateException after {@link #close}
   */
  public SearchResult search(Query query, SearchOptions options) {
    return searchAll(List.of(query), options).get(0);
  }

  /**
   * Searches for many queries at once: each tower encodes all of them in one batch, the filter is
   * evaluated once, and the index is asked for all of them at once. A fusion's filter is evaluated
   * for itself, and a score field takes a look at every tile for each query.
   *
   * @return one result for each query, in order, the same as if each were searched alone
   * @throws IllegalArgumentException as {@link #search}
   */
  public List<SearchResult> searchAll(List<? extends Query> queries, SearchOptions options) {
    Objects.requireNonNull(options, "options");
    requireOpen();
    List<SearchResult> results = new ArrayList<>();
    List<Query> vectors = new ArrayList<>();
    for (Query query : queries) if (!(query instanceof Query.Fusion)) vectors.add(query);
    List<SearchResult> found = vectors.isEmpty() ? List.of() : searchVectors(vectors, options);
    int next = 0;
    for (Query query : queries) {
      results.add(
          query instanceof Query.Fusion fusion ? searchFusion(fusion, options) : found.get(next++));
    }
    return results;
  }

  private List<SearchResult> searchVectors(List<Query> queries, SearchOptions options) {
    long start = System.nanoTime();
    List<Embedded> embedded = encode(queries);
    long encoded = System.nanoTime();
    OrdinalSet filter = known(catalog.select(options.filter()));
    long passing = filter.count(catalog.size());
    long undated = catalog.undated(options.filter()).count(catalog.size());
    long filtered = System.nanoTime();
    int need = Ranker.need(options, passing);
    boolean listed = !options.scoreField() && need < Integer.MAX_VALUE;
    List<Neighbors> best = new ArrayList<>();
    if (listed) {
      Vectors all = Vectors.allocate(queries.size(), index.dimension());
      for (int q = 0; q < queries.size(); q++) all.set(q, embedded.get(q).vector());
      best = index.search(all, need, filter);
    } else {
      for (Embedded one : embedded) {
        // One pass over the index answers both the ranked list and the map.
        best.add(
            options.scoreField()
                ? index.searchAbove(one.vector(), options.scoreFieldAbove(), filter)
                : NOTHING);
      }
    }
    boolean whole = options.scoreField() && options.scoreFieldAbove() == Float.NEGATIVE_INFINITY;
    long searched = System.nanoTime();
    List<Ranker.Page> pages = new ArrayList<>();
    for (int q = 0; q < queries.size(); q++) {
      boolean complete = whole || (listed && best.get(q).size() < need);
      Ranking ranking =
          new Ranking.OfIndex(
              index, embedded.get(q).vector(), filter, passing, best.get(q), complete);
      pages.add(Ranker.page(ranking, options, catalog));
    }
    SearchResult.Timings timings = timings(start, encoded, filtered, searched, System.nanoTime());
    List<SearchResult> results = new ArrayList<>();
    for (int q = 0; q < queries.size(); q++) {
      Embedded one = embedded.get(q);
      results.add(
          new SearchResult(
              queries.get(q),
              List.of(model.info()),
              catalog,
              one.vector(),
              pages.get(q),
              options.skip(),
              passing,
              undated,
              options.scoreField() ? best.get(q) : null,
              timings,
              ordinal -> explain(one, ordinal)));
    }
    return results;
  }

  /** What somebody has added to the index behind the explorer is of no tile. */
  private OrdinalSet known(OrdinalSet filter) {
    if (!filter.isAll() || index.ordinalEnd() == catalog.size()) return filter;
    return OrdinalSet.ofBitmap(filter.toBitmap(catalog.size()));
  }

  static SearchResult.Timings timings(
      long start, long encoded, long filtered, long searched, long ranked) {
    return new SearchResult.Timings(
        Duration.ofNanos(encoded - start),
        Duration.ofNanos(filtered - encoded),
        Duration.ofNanos(searched - filtered),
        Duration.ofNanos(ranked - searched));
  }

  private Explanation explain(Embedded query, long ordinal) {
    float[] tile = new float[index.dimension()];
    index.reconstruct(ordinal, tile);
    return query.explain(tile, index.metric());
  }

  /** The vectors of queries that are no fusions. */
  List<Embedded> encode(List<? extends Query> queries) {
    return QueryEncoder.encode(queries, model, index, catalog);
  }

  /** The score of every tile. */
  float[] scores(float[] vector) {
    Neighbors field = index.searchAbove(vector, Float.NEGATIVE_INFINITY, known(OrdinalSet.all()));
    float[] scores = new float[Math.toIntExact(catalog.size())];
    for (int i = 0; i < field.size(); i++) scores[(int) field.ordinal(i)] = field.score(i);
    return scores;
  }

  private SearchResult searchFusion(Query.Fusion fusion, SearchOptions options) {
    long start = System.nanoTime();
    List<Query> parts = fusion.parts().stream().map(Query.Part::query).toList();
    List<Embedded> embedded = encode(parts);
    long encoded = System.nanoTime();
    List<float[]> scores = new ArrayList<>();
    for (Embedded part : embedded) scores.add(scores(part.vector()));
    long[] ordinals = new long[Math.toIntExact(catalog.size())];
    for (int i = 0; i < ordinals.length; i++) ordinals[i] = i;
    long searched = System.nanoTime();
    return FusedSearch.search(
        fusion,
        List.of(model.info()),
        catalog,
        ordinals,
        scores,
        options,
        Duration.ofNanos(encoded - start),
        Duration.ofNanos(searched - encoded));
  }

  /**
   * The pixels of a result's hits, read in parallel, in order of rank.
   *
   * @param parts which columns are read
   * @return one outcome for each hit; a failure where the archive holds another tile there
   * @throws IllegalArgumentException if a hit's record names no source
   * @throws IllegalStateException if the explorer was opened without an imagery store
   */
  public List<ImageryStore.Outcome> fetch(SearchResult result, TileParts parts) {
    requireOpen();
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

  /** Said here, as what is inside would say it of itself. */
  private void requireOpen() {
    if (closed) throw new IllegalStateException("the explorer is closed");
  }

  @Override
  public void close() {
    closed = true;
    index.close();
    model.close();
    if (imagery != null) imagery.close();
  }

  @Override
  public String toString() {
    return "EarthExplorer[" + catalog + ", " + model + "]";
  }
}
