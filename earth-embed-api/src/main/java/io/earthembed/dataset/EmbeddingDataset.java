package io.earthembed.dataset;

import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.QuantizedVectors;
import io.earthembed.vector.Vectors;
import java.util.function.Consumer;

/**
 * Stored embeddings and the tiles they belong to. Row i of the vectors is ordinal i of the catalog.
 * Safe for many threads.
 */
public interface EmbeddingDataset {
  /**
   * Returns a dataset of vectors in memory.
   *
   * @param catalog the tiles, for example a {@code TileCatalog}
   * @param vectors [catalog.size(), model.dimension()] float32; row i belongs to tile i; not copied
   * @param model the model that made the vectors
   * @throws IllegalArgumentException if the numbers of tiles and vectors, or the dimensions of
   *     vectors and model differ
   */
  static EmbeddingDataset of(TileRecords catalog, Vectors vectors, ModelInfo model) {
    return new MemoryDataset(model, catalog, vectors);
  }

  /** Returns the model that made the embeddings. */
  ModelInfo model();

  /** Returns the origin of the embeddings, as far as the dataset records it. */
  default EmbeddingOrigin origin() {
    return EmbeddingOrigin.of(model());
  }

  /**
   * Returns the license and the attribution that the publisher asks for; {@link Attribution#NONE}
   * if they are unknown.
   */
  default Attribution attribution() {
    return Attribution.NONE;
  }

  /** Returns a name for messages, for example the dataset's folder. May be empty. */
  default String name() {
    return origin().source();
  }

  /** Returns the tiles, in memory: record i describes embedding i. */
  TileRecords catalog();

  /**
   * Streams the embeddings in order of ordinals, batch by batch, for example to fill an index. A
   * batch is valid until the consumer returns.
   *
   * @param batches receives [n, dimension] float32 batches, as stored (L2-normalised if the model's
   *     embeddings are)
   * @throws io.earthembed.common.EarthEmbedException if the data cannot be read or are damaged
   */
  void forEachBatch(Consumer<Vectors> batches);

  /**
   * Streams the embeddings as {@link #forEachBatch} does, but in the integers or bits in which they
   * are stored. An index of 8-bit or binary vectors is filled by this without a detour over floats.
   *
   * @param batches receives [n, dimension] batches
   * @return false, without a batch, if the embeddings are not stored in 8 bits or one bit a
   *     component (default)
   * @throws io.earthembed.common.EarthEmbedException if the data cannot be read or are damaged
   */
  default boolean forEachQuantizedBatch(Consumer<QuantizedVectors> batches) {
    return false;
  }

  /**
   * Finds equal embeddings, such as those of black or empty tiles. Reads all embeddings and uses 24
   * bytes of memory for each. The comparison is numeric, so 0 equals -0; about one in 1e38 pairs of
   * different rows counts as equal.
   */
  default Duplicates equalEmbeddings() {
    Duplicates.Finder finder = new Duplicates.Finder(catalog().size());
    forEachBatch(
        batch -> {
          float[] row = new float[batch.dimension()];
          for (long i = 0; i < batch.rows(); i++) {
            batch.get(i, row);
            finder.add(row);
          }
        });
    return finder.find();
  }
}
