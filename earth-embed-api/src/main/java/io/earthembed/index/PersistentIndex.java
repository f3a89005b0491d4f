package io.earthembed.index;

import io.earthembed.common.EarthEmbedException;
import java.nio.file.Path;

/**
 * An index that writes itself to a file, with its label. The kind of index decides whether the
 * opened file is mapped or read. Safe for many threads. The contract suite {@code
 * PersistentIndexContract} of earth-embed-testkit tests these requirements.
 */
public interface PersistentIndex extends EmbeddingIndex {
  /**
   * Writes the index to a file, beside it first and then renamed, so that no partial file is ever
   * left under that name.
   *
   * @throws EarthEmbedException if it cannot be written
   * @throws IllegalStateException after {@link #close}
   */
  void save(Path file);

  /**
   * Sets the label of the vectors; {@link #save} keeps it. The file that an index was opened from
   * does not change.
   */
  void label(IndexLabel label);
}
