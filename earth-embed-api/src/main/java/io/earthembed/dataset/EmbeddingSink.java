package io.earthembed.dataset;

import io.earthembed.vector.Vectors;
import java.util.List;
import java.util.Set;

/**
 * Receives the embeddings of a pipeline, part by part. A part is complete or absent, never partial,
 * so that an interrupted run can resume with the missing parts. One thread may write while another
 * calls the other methods.
 */
public interface EmbeddingSink {
  /** Returns the names of the complete parts. */
  Set<String> parts();

  /**
   * Fails unless a complete part has this origin.
   *
   * @param part its name
   * @param origin expected origin; its source is not compared
   * @throws io.earthembed.common.EarthEmbedException if the origin differs, or the part cannot be
   *     read
   */
  void require(String part, EmbeddingOrigin origin);

  /**
   * Returns the ids of the embeddings in some parts, so that the pipeline makes none twice.
   *
   * @param parts some of {@link #parts}
   * @param origin expected origin; texts that a part does not record count as equal
   * @throws io.earthembed.common.EarthEmbedException if a part's origin differs, or a part cannot
   *     be read
   */
  Set<String> ids(Set<String> parts, EmbeddingOrigin origin);

  /**
   * Stores the list of the tiles that a part lacks and replaces an earlier list. The pipeline calls
   * this before it writes the part, so that every complete part has its list.
   *
   * @param part its name
   * @param failures the tiles and the reasons; an empty list removes an earlier one
   */
  void recordFailures(String part, List<FailedTile> failures);

  /**
   * Writes a whole part.
   *
   * @param part its name: a letter or digit, then letters, digits, dots, dashes and underscores
   * @param origin origin of the embeddings
   * @param tiles the tile of each embedding; empty if every tile failed
   * @param embeddings [tiles.size(), dimension] float32
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written; then no file remains
   *     under its name
   */
  void write(String part, EmbeddingOrigin origin, List<EmbeddedTile> tiles, Vectors embeddings);
}
