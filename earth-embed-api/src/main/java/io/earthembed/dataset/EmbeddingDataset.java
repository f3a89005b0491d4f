package io.earthembed.dataset;

import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.Vectors;
import java.util.function.Consumer;

/**
 * Embeddings at rest, and what they are embeddings of. Row i of the vectors is ordinal i of the
 * catalog. Safe for many threads.
 */
public interface EmbeddingDataset {
  /** The model that made the embeddings. */
  ModelInfo model();

  /** How they were made, as far as the dataset tells. */
  default EmbeddingOrigin origin() {
    return EmbeddingOrigin.of(model());
  }

  /** What it is called, for messages: the folder it lies in, for example. May be empty. */
  default String name() {
    return origin().source();
  }

  /** Returns the tiles, in memory: record i describes embedding i. */
  TileRecords catalog();

  /**
   * Streams the embeddings, in order of ordinals, a batch at a time: what an index is filled with.
   * A batch may be used until the consumer returns.
   *
   * @param batches takes [n, dimension] float32 batches, each as stored (L2-normalised if its
   *     model's are)
   * @throws io.earthembed.common.EarthEmbedException if the data cannot be read or are damaged
   */
  void forEachBatch(Consumer<Vectors> batches);

  /**
   * Which embeddings are equal, as those of black or empty tiles are. Reads all of them, and takes
   * 24 bytes of memory for each. Numbers are compared, so that 0 and -0 are equal; of two rows that
   * are not equal a pair in some 1e38 counts as equal.
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
