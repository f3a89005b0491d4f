package io.earthembed;

import io.earthembed.base.table.HashSlots;
import io.earthembed.base.thread.Processors;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.Attribution;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import io.earthembed.internal.Checks;
import io.earthembed.internal.PlainText;
import io.earthembed.vector.Vectors;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The changes of grid cells between two times, which {@link ChangeSearch} computed. Cell i of
 * {@link #catalog} has {@link #change}(i). Immutable and safe for many threads.
 *
 * <p>Two kinds of artefacts are left out and counted: embeddings that several cells share, such as
 * those of black or empty tiles, and embeddings of zeros or of values that are not finite. A filter
 * on the cloud cover leaves out clouds.
 */
public final class Changes {
  /** The height of a row of Major TOM's grid of 10 km in degrees. */
  private static final double CORE_ROW = 180.0 / 2004;

  private final CellPairs pairs;
  private final TileCatalog catalog;
  private final float[] changes;
  private final long artifacts;
  private volatile float @Nullable [] support;

  private Changes(CellPairs pairs, TileCatalog catalog, float[] changes, long artifacts) {
    this.pairs = pairs;
    this.catalog = catalog;
    this.changes = changes;
    this.artifacts = artifacts;
  }

  /** Reads the embeddings of pairs and compares them. */
  static Changes of(CellPairs pairs) {
    float[] changes = new float[pairs.size()];
    long[][] hashes = new long[2][pairs.size()];
    pairs.forEach(
        (pair, earlier, later) -> {
          double earlierSquare = product(earlier, earlier);
          double laterSquare = product(later, later);
          double cosine = product(earlier, later) / Math.sqrt(earlierSquare * laterSquare);
          changes[pair] = Double.isFinite(cosine) ? (float) Math.max(0, 1 - cosine) : Float.NaN;
          hashes[0][pair] = hash(earlier, earlierSquare);
          hashes[1][pair] = hash(later, laterSquare);
        });
    long[][] repeated = {repeated(hashes[0]), repeated(hashes[1])};
    int[] kept =
        IntStream.range(0, changes.length)
            .filter(pair -> !Float.isNaN(changes[pair]))
            .filter(
                pair -> {
                  for (long[] shared : repeated) {
                    for (long[] own : hashes) {
                      if (Arrays.binarySearch(shared, own[pair]) >= 0) return false;
                    }
                  }
                  return true;
                })
            .toArray();
    CellPairs comparable = kept.length == changes.length ? pairs : pairs.keep(kept);
    float[] values = new float[kept.length];
    for (int i = 0; i < values.length; i++) values[i] = changes[kept[i]];
    return new Changes(comparable, tiles(comparable), values, changes.length - kept.length);
  }

  private static TileCatalog tiles(CellPairs pairs) {
    TileCatalog all = TileCatalog.of(pairs.later().catalog());
    TileCatalog catalog = all;
    if (pairs.size() < all.size()) {
      TileCatalog.Builder builder = TileCatalog.builder();
      for (int row : pairs.laterRows()) builder.add(all.record(row));
      catalog = builder.build();
    }
    return catalog.withAttribution(attribution(pairs));
  }

  private static Attribution attribution(CellPairs pairs) {
    Attribution later = pairs.later().attribution();
    return later.equals(Attribution.NONE) ? pairs.earlier().attribution() : later;
  }

  private static double product(float[] a, float[] b) {
    // Four sums, so that additions do not wait for one another.
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      sum0 += (double) a[i] * b[i];
      sum1 += (double) a[i + 1] * b[i + 1];
      sum2 += (double) a[i + 2] * b[i + 2];
      sum3 += (double) a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) sum0 += (double) a[i] * b[i];
    return sum0 + sum1 + sum2 + sum3;
  }

  /**
   * Returns a hash of an embedding: of its length and of its first components. Different embeddings
   * that agree in both do not occur in practice.
   */
  private static long hash(float[] row, double square) {
    long hash = Double.doubleToLongBits(square) * 0xFF51AFD7ED558CCDL;
    for (int i = 0; i < Math.min(32, row.length); i++) {
      hash = (hash ^ Float.floatToRawIntBits(row[i] + 0f)) * 0xC4CEB9FE1A85EC53L;
      hash ^= hash >>> 32;
    }
    return hash;
  }

  /** Returns the values that occur more than once, ascending. */
  private static long[] repeated(long[] values) {
    long[] sorted = values.clone();
    Processors.sort(sorted);
    int n = 0;
    for (int i = 1; i < sorted.length; i++) {
      boolean again = sorted[i] == sorted[i - 1];
      if (again && (n == 0 || sorted[n - 1] != sorted[i])) sorted[n++] = sorted[i];
    }
    return Arrays.copyOf(sorted, n);
  }

  /** Returns the later tiles of the compared cells, in the order of their dataset. */
  public TileCatalog catalog() {
    return catalog;
  }

  /** Returns how many cells were compared. */
  public int size() {
    return changes.length;
  }

  /** Returns how many cells were left out because an embedding is an artefact. */
  public long artifacts() {
    return artifacts;
  }

  /**
   * Returns the change of a cell: 1 minus the cosine of its embeddings, in [0, 2].
   *
   * @param ordinal in [0, {@link #size})
   */
  public float change(int ordinal) {
    return changes[ordinal];
  }

  /**
   * Returns the row of a cell's later tile in its dataset.
   *
   * @param ordinal in [0, {@link #size})
   */
  public long laterRow(int ordinal) {
    return pairs.laterRows()[ordinal];
  }

  /**
   * Returns the row of a cell's earlier tile in its dataset.
   *
   * @param ordinal in [0, {@link #size})
   */
  public long earlierRow(int ordinal) {
    return pairs.earlierRows()[ordinal];
  }

  /**
   * Returns the earlier tile of a cell.
   *
   * @param ordinal in [0, {@link #size})
   */
  public TileRecord before(int ordinal) {
    return pairs.earlier().catalog().record(pairs.earlierRows()[ordinal]);
  }

  /**
   * Returns the mean change of the compared cells around a cell, eight at most, or NaN if there is
   * none. A change of the land often reaches neighbours; an artefact of one tile does not.
   *
   * @param ordinal in [0, {@link #size})
   */
  public float support(int ordinal) {
    float[] known = support;
    if (known == null) {
      known = computeSupport();
      support = known;
    }
    return known[ordinal];
  }

  private float[] computeSupport() {
    HashSlots slots = HashSlots.allocate(size());
    for (int i = 0; i < size(); i++) slots.put(CellPairs.hash(catalog.cell(i)), i);
    double rowHeight = rowHeight();
    float[] means = new float[size()];
    for (int i = 0; i < means.length; i++) {
      GridCell cell = catalog.cell(i);
      double sum = 0;
      int count = 0;
      for (int row = cell.row() - 1; row <= cell.row() + 1; row++) {
        // Rows nearer to a pole have fewer columns: those of equal longitude have other numbers.
        double fewer =
            Math.cos(Math.toRadians(row * rowHeight))
                / Math.cos(Math.toRadians(cell.row() * rowHeight));
        int middle = (int) Math.floor((cell.column() + 0.5) * fewer);
        for (int column = middle - 1; column <= middle + 1; column++) {
          GridCell neighbor = new GridCell(row, column);
          if (neighbor.equals(cell)) continue;
          int at =
              slots.find(CellPairs.hash(neighbor), other -> catalog.cell(other).equals(neighbor));
          if (at < 0) continue;
          sum += changes[at];
          count++;
        }
      }
      means[i] = count == 0 ? Float.NaN : (float) (sum / count);
    }
    return means;
  }

  /** Returns the height of a row of the grid in degrees, measured at the tile nearest to a pole. */
  private double rowHeight() {
    int farthest = -1;
    for (int i = 0; i < size(); i++) {
      if (!catalog.hasCenter(i)) continue;
      if (farthest < 0
          || Math.abs(catalog.cell(i).row()) > Math.abs(catalog.cell(farthest).row())) {
        farthest = i;
      }
    }
    return farthest < 0
        ? CORE_ROW
        : Math.abs(catalog.latitude(farthest) / (catalog.cell(farthest).row() + 0.5));
  }

  /**
   * Returns the cells that changed most, as hits of their later tiles; a hit's score is its change.
   * The options filter, page and limit them as in any search; {@link
   * SearchOptions.Builder#minScore} sets the least change. The result can be mapped and exported.
   */
  public SearchResult search(SearchOptions options) {
    return SearchResult.ofScores("change", pairs.later().model(), catalog, changes, options);
  }

  /**
   * Returns the cells that changed most, without those whose neighbours did not change.
   *
   * @param minSupport the least {@link #support} of a hit, 0 or more; cells without compared
   *     neighbours are left out
   */
  public SearchResult search(SearchOptions options, double minSupport) {
    Checks.notNegative("minSupport", minSupport);
    float[] scores = changes.clone();
    for (int i = 0; i < scores.length; i++) {
      if (!(support(i) >= minSupport)) scores[i] = Float.NaN;
    }
    return SearchResult.ofScores("change", pairs.later().model(), catalog, scores, options);
  }

  /**
   * Returns the changes most like that of one cell, as hits of their later tiles. A hit's score is
   * the cosine of the two {@linkplain #differences differences} of embeddings, so 1 for the cell
   * itself and less than 0 for opposite changes. Cells whose embeddings did not change are left
   * out. Reads both datasets again and holds no differences in memory.
   *
   * @param id the cell's later tile
   * @param options filter, page and limit the hits
   * @throws IllegalArgumentException if no compared cell has this later tile, or its embedding did
   *     not change
   */
  public SearchResult like(String id, SearchOptions options) {
    OptionalLong cell = catalog.find(id);
    if (cell.isEmpty()) {
      throw new IllegalArgumentException(
          "no compared cell has the later tile " + PlainText.line(id) + " in " + this);
    }
    float[] wanted = new float[pairs.later().model().dimension()];
    pairs
        .keep(new int[] {(int) cell.getAsLong()})
        .forEach((pair, earlier, later) -> difference(earlier, later, wanted));
    double length = length(wanted);
    if (!(length > 0)) {
      throw new IllegalArgumentException("the tile " + PlainText.line(id) + " did not change");
    }
    float[] scores = new float[size()];
    pairs.forEach(
        (pair, earlier, later) -> {
          float[] difference = new float[later.length];
          difference(earlier, later, difference);
          double cosine = product(difference, wanted) / (length(difference) * length);
          scores[pair] = (float) cosine; // not a number if there is no difference
        });
    String title = "change like " + PlainText.line(id);
    return SearchResult.ofScores(title, pairs.later().model(), catalog, scores, options);
  }

  /** Computes the difference of two embeddings, each scaled to length 1. */
  private static void difference(float[] earlier, float[] later, float[] into) {
    double earlierLength = length(earlier);
    double laterLength = length(later);
    for (int i = 0; i < into.length; i++) {
      into[i] = (float) (later[i] / laterLength - earlier[i] / earlierLength);
    }
  }

  /**
   * Returns the differences of the cells' embeddings, later minus earlier, normalised, as a dataset
   * over {@link #catalog}. An explorer of it finds changes of one kind: {@code Query.tile(id)}
   * finds changes like that of a cell, {@code Query.text("a town").minus(Query.text("a forest"))}
   * finds forests that became towns. Reads both datasets again, and holds the differences in
   * memory: 4 bytes x dimension x cells.
   */
  public EmbeddingDataset differences() {
    Vectors vectors = Vectors.allocate(size(), pairs.later().model().dimension());
    pairs.forEach(
        (pair, earlier, later) -> {
          float[] difference = new float[later.length];
          difference(earlier, later, difference);
          vectors.set(pair, difference);
        });
    vectors.normalize();
    return new Differences(pairs.later().model(), catalog, vectors);
  }

  private static double length(float[] vector) {
    return Math.sqrt(product(vector, vector));
  }

  private record Differences(ModelInfo model, TileCatalog catalog, Vectors vectors)
      implements EmbeddingDataset {
    @Override
    public Attribution attribution() {
      return catalog.attribution();
    }

    @Override
    public String name() {
      return "differences of " + vectors.rows() + " cells";
    }

    @Override
    public void forEachBatch(Consumer<Vectors> batches) {
      batches.accept(vectors);
    }
  }

  @Override
  public String toString() {
    return "Changes[" + size() + " cells, " + artifacts + " artefacts left out]";
  }
}
