package io.earthembed.pipeline;

import io.earthembed.vector.Vectors;
import java.util.List;

/**
 * Where a pipeline puts embeddings, part by part. A part is complete or absent, never partial, so
 * that an interrupted run goes on with the first part that is missing. Used by one thread at a
 * time.
 */
public interface EmbeddingSink {
  /**
   * Whether a part is there already, complete, and made by the same model.
   *
   * @param part name of the part: letters, digits, dots, dashes and underscores
   * @throws io.earthembed.EarthEmbedException if it is there but made by another model
   */
  boolean contains(String part);

  /**
   * Writes a whole part.
   *
   * @param part its name
   * @param tiles what each embedding was made from
   * @param embeddings [tiles.size(), dimension] float32
   * @throws io.earthembed.EarthEmbedException if it cannot be written; nothing is left under its
   *     name then
   */
  void write(String part, List<EmbeddedTile> tiles, Vectors embeddings);
}
