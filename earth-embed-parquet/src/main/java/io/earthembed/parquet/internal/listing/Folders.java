package io.earthembed.parquet.internal.listing;

import io.earthembed.common.EarthEmbedException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The folders of a host that lists them to anybody. Safe for many threads. */
public interface Folders {
  /** The most pages of one folder: a listing with more counts as endless. */
  int MOST_PAGES = 20_000;

  /**
   * A file or a folder.
   *
   * @param path from the root of the folders; of a folder with a final slash
   * @param bytes length of a file, or -1 if unknown
   */
  record Entry(String path, long bytes) {
    /** Returns whether it is a folder. */
    public boolean isFolder() {
      return path.endsWith("/");
    }
  }

  /**
   * Returns the entries of a folder.
   *
   * @param folder path with a final slash, or empty for the root; or such a path followed by the
   *     beginning of names, if {@link #takesPrefixes}
   * @param deep whether to return the files of its folders, of theirs and so on, in place of its
   *     folders; a host that cannot do that returns the folders
   * @return empty if there is no such folder
   * @throws EarthEmbedException if it cannot be listed, or the listing has no end
   */
  List<Entry> list(String folder, boolean deep);

  /** Returns whether {@link #list} takes the beginning of names. */
  default boolean takesPrefixes() {
    return false;
  }

  /** Returns the address of a file. */
  URI address(String path);

  /** Returns a name of the folders for messages and caches, without secrets. */
  String name();

  /** Encodes a path for an address. */
  static String encode(String path) {
    return encodeAll(path).replace("%2F", "/").replace("%3D", "=");
  }

  /** Encodes a value in the query of an address. */
  static String encodeAll(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Returns the exception for a listing that goes on without end. */
  static EarthEmbedException endless(String name, String problem) {
    return new EarthEmbedException(name + ": the listing has no end: " + problem);
  }
}
