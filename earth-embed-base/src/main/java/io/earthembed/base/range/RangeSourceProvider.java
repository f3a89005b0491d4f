package io.earthembed.base.range;

import java.net.URI;

/**
 * Opens files of URLs other than file, http and https. {@link java.util.ServiceLoader} finds an
 * implementation on the class path. Must be safe for many threads.
 */
public interface RangeSourceProvider {
  /**
   * Opens a file; its first read may find that it does not exist.
   *
   * @param file its URL
   * @param counters to which the reads are added
   * @throws io.earthembed.common.EarthEmbedException if URLs of this scheme cannot be read here
   */
  RangeSource open(URI file, Counters counters);
}
