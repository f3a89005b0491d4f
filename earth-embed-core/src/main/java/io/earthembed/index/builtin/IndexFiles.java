package io.earthembed.index.builtin;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.IndexFormat;
import io.earthembed.index.PersistentIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Opens index files of any kind: {@link ExactIndex}, {@link ShardedIndex}, and each {@link
 * IndexFormat} that {@link ServiceLoader} finds. Safe for many threads.
 */
public final class IndexFiles {
  private IndexFiles() {}

  /**
   * Opens an index file of any kind.
   *
   * @throws EarthEmbedException if it cannot be read, or no available format recognises it
   */
  public static PersistentIndex open(Path file) {
    return open(file, 0);
  }

  /** Returns the format of a file, or null if no available format recognises it. */
  public static @Nullable IndexFormat format(Path file) {
    requireRegular(file);
    try {
      if (ExactIndexFile.FORMAT.recognizes(file)) return ExactIndexFile.FORMAT;
      for (IndexFormat format : found()) if (format.recognizes(file)) return format;
      return null;
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
  }

  /**
   * Returns the name of the artifact that reads an index (of a sharded index, its shards), to be
   * stored beside it. Empty if no available format recognises the file.
   */
  public static String module(Path file) {
    Path first = file;
    for (int depth = 0; depth < 4 && ShardManifest.isManifest(first); depth++) {
      first = ShardManifest.firstShard(first);
    }
    IndexFormat format = format(first);
    return format == null ? "" : format.module();
  }

  private static PersistentIndex open(Path file, int depth) {
    requireRegular(file);
    if (ShardManifest.isManifest(file)) {
      // Shards may be sharded themselves, but must not contain themselves.
      if (depth == 4) {
        throw new EarthEmbedException(file + ": shards within shards, more than 4 deep");
      }
      return ShardedIndex.load(file, shard -> open(shard, depth + 1));
    }
    IndexFormat format = format(file);
    if (format == null) {
      throw new EarthEmbedException(
          file
              + ": not an index of a kind that is on the class path or module path."
              + " Add the module that wrote it (FAISS's indexes: io.earthembed:earth-embed-faiss),"
              + " or open it with its own loader");
    }
    return format.read(file);
  }

  private static void requireRegular(Path file) {
    if (!Files.exists(file)) throw new EarthEmbedException(file + ": there is no such index");
    if (!Files.isRegularFile(file)) throw new EarthEmbedException(file + ": not a regular file");
  }

  /**
   * Returns the formats that the thread's class loader finds, then those that the API's own finds.
   */
  private static List<IndexFormat> found() {
    Map<Class<?>, IndexFormat> formats = new LinkedHashMap<>();
    List<ServiceLoader<IndexFormat>> loaders = new ArrayList<>();
    loaders.add(ServiceLoader.load(IndexFormat.class));
    loaders.add(ServiceLoader.load(IndexFormat.class, IndexFiles.class.getClassLoader()));
    try {
      for (ServiceLoader<IndexFormat> loader : loaders) {
        for (IndexFormat format : loader) formats.putIfAbsent(format.getClass(), format);
      }
    } catch (ServiceConfigurationError e) {
      throw new EarthEmbedException("the kinds of indexes cannot be listed: " + e.getMessage(), e);
    }
    return List.copyOf(formats.values());
  }
}
