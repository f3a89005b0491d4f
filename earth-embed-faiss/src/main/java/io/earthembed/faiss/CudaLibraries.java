package io.earthembed.faiss;

import io.earthembed.common.EarthEmbedException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * Loads NVIDIA's libraries, which the CUDA build of FAISS needs and earth-embed does not bring: the
 * CUDA runtime and cuBLAS. They are looked for in the folders that the system property {@value
 * #FOLDERS_PROPERTY} names, then where the system's loader looks (such as {@code LD_LIBRARY_PATH}),
 * then in the toolkit's own folder.
 */
final class CudaLibraries {
  static final String FOLDERS_PROPERTY = "earthembed.cuda.libraries";

  private static final Path TOOLKIT = Path.of("/usr/local/cuda/lib64");

  private CudaLibraries() {}

  /**
   * Loads the libraries that a resource names, one on each line, so that the one that needs them
   * finds them.
   *
   * @return null, or what is missing
   */
  static @Nullable String load(String resource) {
    try {
      // dlopen is JavaCPP's.
      Loader.load(Loader.class);
      for (String name : names(resource)) {
        String missing = open(name);
        if (missing != null) return missing;
      }
      return null;
    } catch (LinkageError e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static List<String> names(String resource) {
    try (InputStream in = CudaLibraries.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) throw new EarthEmbedException(resource + " is not on the class path");
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new EarthEmbedException(resource + " cannot be read", e);
    }
  }

  /** Opens a library; returns null, or the system's message. */
  private static @Nullable String open(String name) {
    String folders = System.getProperty(FOLDERS_PROPERTY, "");
    for (String folder : folders.split(File.pathSeparator)) {
      Path file = Path.of(folder, name);
      if (!folder.isEmpty() && Files.exists(file)) return opened(file.toString());
    }
    String missing = opened(name);
    Path file = TOOLKIT.resolve(name);
    return missing != null && Files.exists(file) ? opened(file.toString()) : missing;
  }

  private static @Nullable String opened(String file) {
    try {
      Loader.loadGlobal(file);
      return null;
    } catch (UnsatisfiedLinkError e) {
      return String.valueOf(e.getMessage());
    }
  }
}
