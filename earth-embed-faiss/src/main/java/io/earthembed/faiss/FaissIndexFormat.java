package io.earthembed.faiss;

import io.earthembed.index.IndexFormat;
import io.earthembed.index.PersistentIndex;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads files that {@link FaissIndex#save} wrote, by {@link FaissIndex#open}, which maps them. The
 * service loader finds this format. Immutable and safe for many threads.
 */
public final class FaissIndexFormat implements IndexFormat {
  /** Creates the format; the service loader calls this. */
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
