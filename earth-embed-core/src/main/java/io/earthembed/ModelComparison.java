package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares several models over the same tiles: sends one query to all of them and joins their hits
 * by tile, or fuses their scores into one ranking. Grid cell and product identify a tile; ids may
 * differ between datasets. Every tile needs a product and a cell. If several rows of a dataset have
 * the same cell and product, as crops of a tile or chips smaller than a cell have, they count as
 * one tile: their best score counts, and a query by tile takes the row nearest to that tile. If an
 * explorer's tiles change, fusions throw an {@link IllegalStateException}: make a new comparison.
 * Safe for many threads. Closes no explorer.
 *
 * <p>Datasets of one model, such as two years, are joined by grid cell alone, because their
 * products differ. {@link ChangeSearch} finds what changed between them.
 */
public final class ModelComparison {
  private final List<EarthExplorer> explorers;

  /** Each explorer's catalog when the comparison was made. */
  private final List<TileCatalog> catalogs;

  /** For each explorer, the shared tile of each of its rows, or -1. */
  private final List<int[]> sharedOf;

  /** Each shared tile's first row in the first explorer's catalog, ascending. */
  private final long[] shared;

  private ModelComparison(
      List<EarthExplorer> explorers,
      List<TileCatalog> catalogs,
      List<int[]> sharedOf,
      long[] shared) {
    this.explorers = explorers;
    this.catalogs = catalogs;
    this.sharedOf = sharedOf;
    this.shared = shared;
  }

  private record TileKey(GridCell cell, @Nullable String product) {
    static TileKey of(TileCatalog catalog, long ordinal, boolean byCell) {
      String product = byCell ? "" : catalog.productId(ordinal);
      if (product == null || !catalog.hasCell(ordinal)) {
        throw new IllegalArgumentException(
            "tile "
                + catalog.id(ordinal)
                + (product == null ? " has no product" : " has no grid cell")
                + ", and tiles of several models are joined by cell and product");
      }
      return new TileKey(catalog.cell(ordinal), product);
    }
  }

  /**
   * Creates a comparison.
   *
   * @param explorers at least two different ones; those whose models have equal names must have one
   *     model
   * @throws IllegalArgumentException if there are fewer, different models have equal names, or a
   *     tile's cell or product is unknown
   */
  public static ModelComparison of(EarthExplorer... explorers) {
    List<EarthExplorer> all = List.of(explorers);
    if (all.size() < 2) throw new IllegalArgumentException("fewer than two explorers: " + all);
    if (all.stream().distinct().count() < all.size()) {
      throw new IllegalArgumentException("an explorer is given twice: " + all);
    }
    long names = all.stream().map(ModelComparison::name).distinct().count();
    long models = all.stream().map(explorer -> explorer.model().info()).distinct().count();
    if (names < models) throw new IllegalArgumentException("two models of one name: " + all);
    boolean byCell = models < all.size();

    // Counts the explorers that have each tile; a tile that all have is shared.
    Map<TileKey, Integer> counts = new HashMap<>();
    List<TileCatalog> catalogs = all.stream().map(EarthExplorer::catalog).toList();
    for (int e = 0; e < all.size(); e++) {
      TileCatalog catalog = catalogs.get(e);
      for (long i = 0; i < catalog.size(); i++) {
        TileKey key = TileKey.of(catalog, i, byCell);
        if (e == 0) counts.put(key, 1);
        else if (counts.getOrDefault(key, 0) == e) counts.put(key, e + 1);
      }
    }
    Map<TileKey, Integer> numbers = new HashMap<>();
    TileCatalog first = catalogs.get(0);
    long[] rows = new long[(int) first.size()];
    for (long i = 0; i < first.size(); i++) {
      TileKey key = TileKey.of(first, i, byCell);
      if (counts.getOrDefault(key, 0) == all.size() && !numbers.containsKey(key)) {
        rows[numbers.size()] = i;
        numbers.put(key, numbers.size());
      }
    }
    List<int[]> sharedOf = new ArrayList<>();
    for (TileCatalog catalog : catalogs) {
      int[] of = new int[(int) catalog.size()];
      for (int i = 0; i < of.length; i++) {
        of[i] = numbers.getOrDefault(TileKey.of(catalog, i, byCell), -1);
      }
      sharedOf.add(of);
    }
    return new ModelComparison(all, catalogs, sharedOf, Arrays.copyOf(rows, numbers.size()));
  }

  private static String name(EarthExplorer explorer) {
    return explorer.model().info().name();
  }

  /** Returns the explorers, in the given order. */
  public List<EarthExplorer> explorers() {
    return explorers;
  }

  /** Returns how many tiles all models have. */
  public long sharedTiles() {
    return shared.length;
  }

  /**
   * Sends a query to every model, each over all of its own tiles. A {@link Query#tile} may name a
   * tile of any of the datasets.
   *
   * @param query no fusion
   * @throws IllegalArgumentException if a model cannot answer it, naming the kinds it answers
   */
  public Comparison compare(Query query, SearchOptions options) {
    List<SearchResult> results = new ArrayList<>();
    for (EarthExplorer explorer : explorers) {
      results.add(explorer.search(translate(query, explorer), options));
    }
    return new Comparison(query, results);
  }

  /**
   * Fuses the scores of several models over the tiles that all of them have. The model that a part
   * names ({@link Query#by}) answers it; if it names none, the first model whose encoders can. The
   * result has the first explorer's ordinals.
   *
   * @throws IllegalArgumentException if no model can answer a part, naming the kinds that each
   *     answers
   */
  public SearchResult search(Query.Fusion fusion, SearchOptions options) {
    long start = System.nanoTime();
    List<EarthExplorer> by = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    Set<String> assumptions = new LinkedHashSet<>();
    for (Query.Part part : fusion.parts()) {
      EarthExplorer explorer = answering(part.query());
      by.add(explorer);
      assumptions.addAll(QueryEncoder.assumptions(part.query(), explorer.model()));
      vectors.add(explorer.encode(List.of(translate(part.query(), explorer))).get(0).vector());
    }
    long encoded = System.nanoTime();
    List<float[]> scores = new ArrayList<>();
    for (int p = 0; p < by.size(); p++) {
      scores.add(sharedScores(by.get(p), by.get(p).scores(vectors.get(p), catalog(by.get(p)))));
    }
    long searched = System.nanoTime();
    return FusedSearch.search(
        fusion,
        by.stream().map(e -> e.model().info()).distinct().toList(),
        List.copyOf(assumptions),
        catalogs.get(0),
        shared,
        scores,
        options,
        Duration.ofNanos(encoded - start),
        Duration.ofNanos(searched - encoded));
  }

  private TileCatalog catalog(EarthExplorer explorer) {
    return catalogs.get(explorers.indexOf(explorer));
  }

  /** Returns the best score of each shared tile's rows. */
  private float[] sharedScores(EarthExplorer explorer, float[] scores) {
    int[] of = sharedOf.get(explorers.indexOf(explorer));
    float[] best = new float[shared.length];
    Arrays.fill(best, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < of.length; i++) {
      if (of[i] >= 0) best[of[i]] = Math.max(best[of[i]], scores[i]);
    }
    return best;
  }

  private EarthExplorer answering(Query query) {
    if (query instanceof Query.By by) {
      for (EarthExplorer explorer : explorers) {
        if (name(explorer).equals(by.model())) return explorer;
      }
    } else {
      for (Leniency leniency : Leniency.values()) {
        for (EarthExplorer explorer : explorers) {
          if (answers(explorer, query, leniency)) return explorer;
        }
      }
    }
    StringBuilder kinds = new StringBuilder();
    for (EarthExplorer explorer : explorers) {
      kinds
          .append("; ")
          .append(explorer.model().info())
          .append(" answers ")
          .append(QueryEncoder.kinds(explorer.model()));
    }
    throw new IllegalArgumentException("no one model answers " + query.describe() + kinds);
  }

  private enum Leniency {
    NONE,
    /** A place is answered by its nearest tile if no model has a location tower. */
    NEAREST_TILE,
    /** A tile that no dataset has goes to an explorer whose error says so. */
    ANY_TILE
  }

  /** Returns whether a model answers all of a query. */
  private boolean answers(EarthExplorer explorer, Query query, Leniency leniency) {
    EmbeddingModel model = explorer.model();
    if (query instanceof Query.Text) return model.text().isPresent();
    if (query instanceof Query.ImageText) return model.imageText().isPresent();
    if (query instanceof Query.Location) {
      return leniency != Leniency.NONE || model.location().isPresent();
    }
    if (query instanceof Query.Tile) {
      return leniency == Leniency.ANY_TILE
          || (translate(query, explorer) instanceof Query.Tile tile
              && catalog(explorer).find(tile.id()).isPresent());
    }
    if (query instanceof Query.Vector vector) {
      return vector.model() == null
          ? vector.embedding().length == model.info().dimension()
          : vector.model().equals(model.info());
    }
    if (query instanceof Query.Learned learned) return learned.model().equals(model.info());
    if (query instanceof Query.By by) return by.model().equals(model.info().name());
    if (query instanceof Query.Sum sum) {
      return sum.parts().stream().allMatch(part -> answers(explorer, part.query(), leniency));
    }
    return true;
  }

  /** Returns the query with the tile ids of an explorer's dataset. */
  private Query translate(Query query, EarthExplorer to) {
    if (query instanceof Query.Tile tile) {
      if (catalog(to).find(tile.id()).isPresent()) return tile;
      for (int e = 0; e < explorers.size(); e++) {
        OptionalLong row = catalogs.get(e).find(tile.id());
        if (row.isEmpty()) continue;
        int number = sharedOf.get(e)[(int) row.getAsLong()];
        if (number < 0) continue;
        return Query.tile(catalog(to).id(nearest(explorers.get(e), row.getAsLong(), number, to)));
      }
      return tile;
    }
    if (query instanceof Query.By by) return new Query.By(by.model(), translate(by.query(), to));
    if (query instanceof Query.Sum sum) {
      return new Query.Sum(
          sum.parts().stream()
              .map(part -> translate(part.query(), to).weighted(part.weight()))
              .toList());
    }
    return query;
  }

  /** Returns the row of a shared tile whose centre is nearest to another row's, else the first. */
  private int nearest(EarthExplorer from, long row, int number, EarthExplorer to) {
    int[] of = sharedOf.get(explorers.indexOf(to));
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < of.length; i++) {
      if (of[i] != number) continue;
      boolean placed = catalog(from).hasCenter(row) && catalog(to).hasCenter(i);
      double meters =
          placed
              ? catalog(from).center(row).distanceTo(catalog(to).center(i))
              : Double.POSITIVE_INFINITY;
      if (best < 0 || meters < least) {
        best = i;
        least = meters;
      }
    }
    return best;
  }

  @Override
  public String toString() {
    return "ModelComparison["
        + explorers.stream().map(ModelComparison::name).toList()
        + ", "
        + shared.length
        + " shared tiles]";
  }

  /**
   * The results of several models for one query.
   *
   * @param query the query
   * @param results one per model, in the order of the explorers
   */
  public record Comparison(Query query, List<SearchResult> results) {
    /** Copies its argument. */
    public Comparison {
      results = List.copyOf(results);
    }

    /**
     * Returns the hits of all models, joined by tile, in the order of each tile's best rank in any
     * model, then of the models.
     */
    public List<Row> rows() {
      long models = results.stream().map(SearchResult::model).distinct().count();
      boolean byCell = models < results.size();
      Map<TileKey, @Nullable Hit[]> tiles = new LinkedHashMap<>();
      int most = results.stream().mapToInt(r -> r.hits().size()).max().orElse(0);
      for (int i = 0; i < most; i++) {
        for (int m = 0; m < results.size(); m++) {
          List<Hit> hits = results.get(m).hits();
          if (i >= hits.size()) continue;
          Hit hit = hits.get(i);
          TileKey key = new TileKey(hit.tile().cell(), byCell ? "" : hit.tile().productId());
          @Nullable Hit[] row = tiles.computeIfAbsent(key, k -> new Hit[results.size()]);
          // The best crop of a tile comes first.
          if (row[m] == null) row[m] = hit;
        }
      }
      List<Row> rows = new ArrayList<>();
      for (@Nullable Hit[] hits : tiles.values()) {
        rows.add(new Row(Collections.unmodifiableList(Arrays.asList(hits))));
      }
      return rows;
    }
  }

  /**
   * A tile that at least one model found.
   *
   * @param hits one per model, or null if the tile is not among that model's hits
   */
  public record Row(List<@Nullable Hit> hits) {
    /** Returns the tile's record, from the first model that found it. */
    public TileRecord tile() {
      for (Hit hit : hits) if (hit != null) return hit.tile();
      throw new IllegalStateException("no model found this tile");
    }
  }
}
