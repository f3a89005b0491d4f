package io.earthembed.parquet;

import io.earthembed.common.CorruptDataException;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.parquet.internal.Footer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stores the origin of embeddings in the key-value metadata of their file. */
final class Origins {
  private static final String NAME = "earthembed.model.name";
  private static final String VERSION = "earthembed.model.version";
  private static final String DIMENSION = "earthembed.model.dimension";
  private static final String PREPARATION = "earthembed.preparation";
  private static final String CROPS = "earthembed.crops";
  private static final String SOURCE = "earthembed.source";

  private Origins() {}

  /** Returns the metadata of an origin, without its unknown texts. */
  static Map<String, String> metadata(EmbeddingOrigin origin) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(NAME, origin.model().name());
    metadata.put(VERSION, origin.model().version());
    metadata.put(DIMENSION, String.valueOf(origin.model().dimension()));
    metadata.put(PREPARATION, origin.preparation());
    metadata.put(CROPS, origin.crops());
    metadata.put(SOURCE, origin.source());
    metadata.values().removeIf(String::isEmpty);
    return metadata;
  }

  /** Returns the origin in a file's metadata, or null if it names no model. */
  static @Nullable EmbeddingOrigin of(Footer footer) {
    Map<String, String> metadata = footer.metadata();
    String name = metadata.get(NAME);
    String version = metadata.get(VERSION);
    String dimension = metadata.get(DIMENSION);
    if (name == null || version == null || dimension == null) return null;
    try {
      return new EmbeddingOrigin(
          new ModelInfo(name, version, Integer.parseInt(dimension)),
          metadata.getOrDefault(PREPARATION, ""),
          metadata.getOrDefault(CROPS, ""),
          metadata.getOrDefault(SOURCE, ""));
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(footer.name(), "a model that cannot be: " + e.getMessage(), e);
    }
  }
}
