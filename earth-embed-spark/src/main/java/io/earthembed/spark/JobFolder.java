package io.earthembed.spark;

import io.earthembed.internal.Addresses;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The folder of a job's files: on a file system that all machines share, or behind one of Hadoop's
 * file systems, such as {@code s3a://bucket/folder}. File names are relative to it, with slashes.
 *
 * <p>A file is made in the {@link #staging} folder and then {@linkplain #publish published}:
 * readers see it complete or not at all. Errors are {@link
 * io.earthembed.common.EarthEmbedException}s that name the file.
 *
 * <p>Safe for many threads if they publish different files. Closing removes local copies.
 */
sealed interface JobFolder extends AutoCloseable permits LocalFolder, HadoopFolder {
  /**
   * Returns a folder, which need not exist.
   *
   * @param address a file URL, or one of a scheme that Hadoop is configured for
   */
  static JobFolder of(URI address) {
    return Addresses.isFile(address) ? new LocalFolder(Path.of(address)) : HadoopFolder.of(address);
  }

  /**
   * Returns the address of a file.
   *
   * @param name its name; empty for the folder itself
   */
  URI address(String name);

  /** Returns the local folder to make files in. */
  Path staging();

  /**
   * Makes a complete file of the staging folder visible; an older one of this name is replaced.
   *
   * @return its length
   */
  long publish(String name);

  /** Returns a local file with a file's bytes, which the caller must not change. */
  Path fetch(String name);

  /** Opens a file for reading. */
  InputStream open(String name) throws IOException;

  /** Returns whether a file exists. */
  boolean exists(String name);

  /**
   * Returns the names of the files directly in a subfolder; none if it does not exist.
   *
   * @param subfolder its name; empty for this folder
   */
  List<String> names(String subfolder);

  /**
   * A file in a listing.
   *
   * @param length its bytes
   * @param modified time of its last change, in milliseconds since 1970
   */
  record Listed(long length, long modified) {}

  /** Returns all files, also in subfolders, by name; none if the folder does not exist. */
  SortedMap<String, Listed> files();

  /** Returns the names and lengths of all files, also in subfolders. */
  default SortedMap<String, Long> lengths() {
    SortedMap<String, Long> lengths = new TreeMap<>();
    files().forEach((name, file) -> lengths.put(name, file.length()));
    return lengths;
  }

  /** Removes a file if it exists. */
  void delete(String name);

  @Override
  void close();
}
