package io.earthembed.dataset;

import io.earthembed.vector.Vectors;
import java.util.List;
import java.util.Set;

/**
 * Where a pipeline puts embeddings, part by part. A part is complete or absent, never partial, so
 * that an interrupted run goes on with the parts that are missing. One thread writes while another
 * asks what is there.
 */
public interface EmbeddingSink {
  /** Names of the parts that are there, complete. */
  Set<String> parts();

  /**
   * Fails unless a part that is there was made in this way.
   *
   * @param part its name
   * @param origin how it should have been made; where its tiles came from does not matter
   * @throws io.earthembed.common.EarthEmbedException if it was made otherwise, or cannot be read
   */
  void require(String part, EmbeddingOrigin origin);

  /**
   * Ids of the embeddings in some parts, so that none of them is made twice.
   *
   * @param parts some of {@link #parts}
   * @param origin how they should have been made; what a part does not tell is taken to agree
   * @throws io.earthembed.common.EarthEmbedException if one was made otherwise, or cannot be read
   */
  Set<String> ids(Set<String> parts, EmbeddingOrigin origin);

  /**
   * Keeps a list of the tiles that a part lacks, replacing an earlier one; called before the part
   * is written, so that a part that is there has its list.
   *
   * @param part its name
   * @param failures the tiles and the reasons; empty to have no list
   */
  void recordFailures(String part, List<FailedTile> failures);

  /**
   * Writes a whole part.
   *
   * @param part its name: a letter or digit, then letters, digits, dots, dashes and underscores
   * @param origin how it was made
   * @param tiles what each embedding was made from; none where every tile failed
   * @param embeddings [tiles.size(), dimension] float32
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written; nothing is left under
   *     its name then
   */
  void write(String part, EmbeddingOrigin origin, List<EmbeddedTile> tiles, Vectors embeddings);
}
