package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.KMeans;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.IntStream;

/**
 * Tiles in clusters of similar embeddings, which {@link EarthExplorer#clusters} found by k-means.
 * Cluster 0 has the most tiles. Immutable and safe for many threads.
 */
public final class Clusters {
  /** FAISS's k-means uses at most this many vectors per centroid. */
  private static final int SAMPLE = 256;

  private static final long SEED = 20261130;

  private final ModelInfo model;
  private final TileCatalog catalog;

  /** The cluster of each tile, or -1. */
  private final int[] clusters;

  private final float[] scores;
  private final List<float[]> centroids;
  private final long[] sizes;

  private Clusters(
      ModelInfo model,
      TileCatalog catalog,
      int[] clusters,
      float[] scores,
      List<float[]> centroids,
      long[] sizes) {
    this.model = model;
    this.catalog = catalog;
    this.clusters = clusters;
    this.scores = scores;
    this.centroids = centroids;
    this.sizes = sizes;
  }

  /** Returns whether a {@link KMeans}, such as that of earth-embed-faiss, can be loaded. */
  public static boolean isAvailable() {
    return kMeans().isPresent();
  }

  /** Finds the clusters of the tiles that pass a filter. */
  static Clusters of(
      ModelInfo model, TileCatalog catalog, EmbeddingIndex index, int k, TileFilter filter) {
    OrdinalSet set = OrdinalSet.ofBitmap(catalog.select(filter).toBitmap(catalog.size()));
    long passing = set.count(catalog.size());
    if (k < 1 || k > passing) {
      throw new IllegalArgumentException(
          "k is outside [1, " + passing + "], the number of tiles: " + k);
    }
    boolean spherical = index.metric() != Metric.L2;
    Vectors sample = sample(index, set, passing, (long) SAMPLE * k);
    if (spherical) sample.normalize();
    KMeans kMeans =
        kMeans()
            .orElseThrow(
                () ->
                    new EarthEmbedException(
                        "clusters need io.earthembed:earth-embed-faiss, which is neither on the"
                            + " class path nor on the module path: add it"));
    Vectors centroids = kMeans.centroids(sample, k, spherical);
    int[] clusters = new int[Math.toIntExact(catalog.size())];
    float[] scores = new float[clusters.length];
    Arrays.fill(clusters, -1);
    for (int c = 0; c < k; c++) {
      Neighbors found = index.searchAbove(centroids.row(c), Float.NEGATIVE_INFINITY, set);
      for (int i = 0; i < found.size(); i++) {
        int row = (int) found.ordinal(i);
        if (clusters[row] >= 0 && scores[row] >= found.score(i)) continue;
        clusters[row] = c;
        scores[row] = found.score(i);
      }
    }
    return sorted(model, catalog, clusters, scores, centroids);
  }

  /** Loads one that the calling thread's class loader sees, or else the library's. */
  private static Optional<KMeans> kMeans() {
    return ServiceLoader.load(KMeans.class)
        .findFirst()
        .or(() -> ServiceLoader.load(KMeans.class, KMeans.class.getClassLoader()).findFirst());
  }

  /** Returns the vectors of the passing tiles, or of as many at random. */
  private static Vectors sample(EmbeddingIndex index, OrdinalSet set, long passing, long most) {
    Vectors sample = Vectors.allocate(Math.min(passing, most), index.dimension());
    Random random = new Random(SEED);
    float[] vector = new float[index.dimension()];
    long left = passing;
    long next = 0;
    for (long row = 0; next < sample.rows(); row++) {
      if (!set.contains(row)) continue;
      // Each of the rows left is drawn with equal probability (D. Knuth's algorithm S).
      if (random.nextDouble() * left-- >= sample.rows() - next) continue;
      index.reconstruct(row, vector);
      sample.set(next++, vector);
    }
    return sample;
  }

  /** Numbers the clusters by size and drops empty ones. */
  private static Clusters sorted(
      ModelInfo model, TileCatalog catalog, int[] clusters, float[] scores, Vectors centroids) {
    long[] counts = new long[Math.toIntExact(centroids.rows())];
    for (int cluster : clusters) if (cluster >= 0) counts[cluster]++;
    int[] order =
        IntStream.range(0, counts.length)
            .boxed()
            .filter(c -> counts[c] > 0)
            .sorted((a, b) -> Long.compare(counts[b], counts[a]))
            .mapToInt(c -> c)
            .toArray();
    int[] numbers = new int[counts.length];
    for (int i = 0; i < order.length; i++) numbers[order[i]] = i;
    for (int i = 0; i < clusters.length; i++) {
      if (clusters[i] >= 0) clusters[i] = numbers[clusters[i]];
    }
    return new Clusters(
        model,
        catalog,
        clusters,
        scores,
        Arrays.stream(order).mapToObj(centroids::row).toList(),
        Arrays.stream(order).mapToLong(c -> counts[c]).toArray());
  }

  /** Returns the number of clusters; fewer than asked for if some were empty. */
  public int size() {
    return sizes.length;
  }

  /**
   * Returns the number of tiles of a cluster.
   *
   * @param cluster in [0, {@link #size})
   */
  public long tiles(int cluster) {
    return sizes[cluster];
  }

  /**
   * Returns the cluster of a tile, or -1 if the tile did not pass the filter.
   *
   * @param ordinal a row of {@link #catalog}
   */
  public int cluster(long ordinal) {
    return clusters[Math.toIntExact(ordinal)];
  }

  /** Returns the catalog of the tiles. */
  public TileCatalog catalog() {
    return catalog;
  }

  /**
   * Returns a cluster's centroid as a query, which finds similar tiles anywhere.
   *
   * @param cluster in [0, {@link #size})
   */
  public Query query(int cluster) {
    return Query.vector(centroids.get(cluster), model);
  }

  /**
   * Returns the tiles of a cluster, the most typical first: a hit's score is its similarity to the
   * centroid by the index's metric.
   *
   * @param cluster in [0, {@link #size})
   */
  public SearchResult search(int cluster, SearchOptions options) {
    Objects.checkIndex(cluster, size());
    float[] own = new float[clusters.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = clusters[i] == cluster ? scores[i] : Float.NaN;
    }
    String title = "cluster " + cluster + " of " + size();
    return SearchResult.ofScores(title, model, catalog, own, options);
  }

  /** Returns {@link #numbers(SearchOptions)} of all tiles, with a score field for a map. */
  public SearchResult numbers() {
    return numbers(SearchOptions.builder().scoreField().build());
  }

  /**
   * Returns the tiles with the number of their cluster as score; a map of the score field colours
   * clusters.
   */
  public SearchResult numbers(SearchOptions options) {
    float[] numbers = new float[clusters.length];
    for (int i = 0; i < numbers.length; i++) numbers[i] = clusters[i] < 0 ? Float.NaN : clusters[i];
    return SearchResult.ofScores(size() + " clusters", model, catalog, numbers, options);
  }

  @Override
  public String toString() {
    return "Clusters" + Arrays.toString(sizes);
  }
}
