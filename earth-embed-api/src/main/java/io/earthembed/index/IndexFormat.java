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
  /** The artifact that reads such files, for messages: {@code earth-embed-faiss}. */
  String module();

  /**
   * Whether a file is of this kind, by its magic number. Whether it is whole is told by {@link
   * #read}.
   *
   * @param file a regular file
   * @throws IOException if it cannot be read
   */
  boolean recognizes(Path file) throws IOException;

  /**
   * Opens an index, mapped where its kind can be.
   *
   * @param file one that {@link #recognizes} takes
   * @throws EarthEmbedException if it is damaged, or cannot be read
   */
  PersistentIndex read(Path file);
}
