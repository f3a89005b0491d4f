package io.earthembed.index;

import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ServiceLoader;

/**
 * Reads one kind of index file. {@link ServiceLoader} finds the formats on the class path or the
 * module path. Implementations keep no state; several threads call them at once.
 */
public interface IndexFormat {
  /** Returns the artifact that reads such files, for messages: {@code earth-embed-faiss}. */
  String module();

  /**
   * Returns whether a file has this kind's magic number. {@link #read} checks that it is complete.
   *
   * @param file a regular file
   * @throws IOException if it cannot be read
   */
  boolean recognizes(Path file) throws IOException;

  /**
   * Opens an index. The file is mapped if this kind supports it.
   *
   * @param file a file that {@link #recognizes} accepts
   * @throws EarthEmbedException if it is damaged, or cannot be read
   */
  PersistentIndex read(Path file);
}
