package io.earthembed.faiss;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.index.KMeans;
import io.earthembed.vector.Vectors;

/**
 * FAISS's k-means: 25 rounds of Lloyd's algorithm from vectors drawn at random, on at most 256
 * vectors per centroid. Safe for many threads.
 */
public final class FaissKMeans implements KMeans {
  private static final int SEED = 1234;

  /** Creates it; the service loader calls this. */
  public FaissKMeans() {}

  /**
   * {@inheritDoc}
   *
   * @throws EarthEmbedException if the native library cannot be loaded, or the calling thread is
   *     interrupted
   */
  @Override
  public Vectors centroids(Vectors vectors, int k, boolean spherical) {
    if (vectors.chunkCount() != 1) {
      throw new IllegalArgumentException("vectors is empty or larger than 1 GiB: " + vectors);
    }
    if (k < 1 || k > vectors.rows()) {
      throw new IllegalArgumentException("k is outside [1, " + vectors.rows() + "]: " + k);
    }
    vectors.requireComparable("vectors");
    NativeFaiss.load();
    Vectors centroids = Vectors.allocate(k, vectors.dimension());
    if (centroids.chunkCount() != 1) {
      throw new IllegalArgumentException("centroids are larger than 1 GiB: " + centroids);
    }
    NativeFaiss.enter();
    try (Interruption interruption = new Interruption()) {
      Faiss.set_threads(Runtime.getRuntime().availableProcessors());
      Faiss.k_means(
          vectors.dimension(),
          vectors.rows(),
          vectors.chunk(0),
          k,
          SEED,
          spherical,
          centroids.chunk(0));
    } catch (RuntimeException e) {
      throw new EarthEmbedException(
          Thread.currentThread().isInterrupted()
              ? "interrupted in k-means"
              : "FAISS failed in k-means: " + NativeFaiss.reason(e),
          e);
    } finally {
      NativeFaiss.leave();
    }
    // FAISS returns the vectors themselves if there are no more than centroids.
    if (spherical) centroids.normalize();
    return centroids;
  }
}
