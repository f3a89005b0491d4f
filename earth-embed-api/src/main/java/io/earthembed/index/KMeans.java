package io.earthembed.index;

import io.earthembed.vector.Vectors;
import java.util.ServiceLoader;

/**
 * Finds the centroids of clusters by k-means. {@link ServiceLoader} finds an implementation on the
 * class path or the module path; earth-embed-faiss has one. Implementations keep no state; several
 * threads call them at once.
 */
public interface KMeans {
  /**
   * Finds centroids. Equal arguments give equal centroids on one machine.
   *
   * @param vectors [n, dimension] float32, finite; at most 1 GiB
   * @param k number of clusters, in [1, n]
   * @param spherical true assigns vectors by inner product, with centroids of length 1, as for
   *     cosines, or of zeros if all vectors of a cluster are; false by Euclidean distance
   * @return [k, dimension] centroids
   * @throws IllegalArgumentException if an argument is outside its range
   */
  Vectors centroids(Vectors vectors, int k, boolean spherical);
}
