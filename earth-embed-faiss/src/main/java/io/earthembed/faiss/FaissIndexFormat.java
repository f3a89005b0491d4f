package io.earthembed.faiss;

import io.earthembed.index.IndexFormat;
import io.earthembed.index.PersistentIndex;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Files that {@link FaissIndex#save} wrote; {@link FaissIndex#open} maps them. {@link IndexFormat}
 * finds it by itself. Immutable and safe for many threads.
 */
public final class FaissIndexFormat implements IndexFormat {
  /** For the service loader. */
  public FaissIndexFormat() {}

  @Override
  public String module() {
    return "earth-embed-faiss";
  }

  @Override
  public boolean recognizes(Path file) throws IOException {
    return IndexFile.hasTrailer(file);
  }

  @Override
  public PersistentIndex read(Path file) {
    return FaissIndex.open(file);
  }
}
