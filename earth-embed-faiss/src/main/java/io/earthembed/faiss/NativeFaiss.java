package io.earthembed.faiss;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.internal.Faiss;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the native library once. If the processor has AVX2, FMA and F16C, it is the CUDA build if
 * the class path has one and {@link CudaLibraries} finds what it needs, or else the AVX2 build if
 * there is one. Otherwise it is the generic one. The system property {@value #VARIANT_PROPERTY}
 * ({@code cuda}, {@code avx2} or {@code generic}) overrides the choice.
 */
final class NativeFaiss {
  static final String VARIANT_PROPERTY = "earthembed.faiss.variant";

  private static final Logger LOG = LoggerFactory.getLogger(NativeFaiss.class);
  private static final String GENERIC = "generic";
  private static final String AVX2 = "avx2";
  private static final String CUDA = "cuda";

  /** The platforms that a release has builds for. */
  private static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-arm64", "windows-x86_64", "macosx-arm64");

  /** How long the end of the JVM waits for native work to stop. */
  private static final long PATIENCE_MILLIS = 20_000;

  private static final AtomicInteger WORKING = new AtomicInteger();

  private static @Nullable String loaded;

  /** The part that searches on a GPU lack; null if the CUDA build is loaded. */
  private static @Nullable String missingForGpus;

  /** The reason that loading failed; the JVM reports it only the first time. */
  private static @Nullable EarthEmbedException failed;

  private NativeFaiss() {}

  /**
   * Loads the library unless it is loaded.
   *
   * @return the variant in use: {@code cuda}, {@code avx2} or {@code generic}
   * @throws EarthEmbedException if the class path has no build for this machine
   */
  static synchronized String load() {
    if (loaded != null) return loaded;
    if (failed != null) throw new EarthEmbedException(failed.getMessage(), failed);
    String variant = choose();
    String extension = extension(variant);
    try {
      // FAISS's library needs OpenBLAS, and finds it once it is loaded.
      Loader.load(openblas.class);
      removeStale(extension);
      if (!extension.isEmpty()) Loader.loadProperties().put("platform.extension", extension);
      Loader.load(Faiss.class);
    } catch (LinkageError | RuntimeException e) {
      failed = new EarthEmbedException(explain(extension, e), e);
      throw failed;
    } finally {
      Loader.loadProperties().remove("platform.extension");
    }
    Faiss.watch_interrupts();
    LOG.debug("FAISS {} loaded", variant);
    loaded = variant;
    Runtime.getRuntime().addShutdownHook(new Thread(NativeFaiss::stop, "faiss-stop"));
    return variant;
  }

  /** Returns the variant to load, after the libraries that it needs of CUDA. */
  private static String choose() {
    String wanted = System.getProperty(VARIANT_PROPERTY, "");
    boolean automatic = wanted.isEmpty();
    if (wanted.equals(CUDA) || (automatic && hasAvx2())) {
      missingForGpus = prepareCuda(!automatic);
      if (missingForGpus == null) return CUDA;
    } else {
      missingForGpus =
          "FAISS's build without GPUs is in use, which "
              + VARIANT_PROPERTY
              + " or this processor asks for";
    }
    if (!automatic && !wanted.equals(CUDA)) return wanted.equals(AVX2) ? AVX2 : GENERIC;
    return isPresent(library(extension(AVX2))) && hasAvx2() ? AVX2 : GENERIC;
  }

  /** Loads the libraries of CUDA. Returns null, or what is missing. */
  private static @Nullable String prepareCuda(boolean expected) {
    String library = library(extension(CUDA));
    if (!isPresent(library)) {
      String missing =
          "FAISS runs on the CPU only: its build for GPUs, earth-embed-faiss with the classifier "
              + "linux-x86_64-cuda, is not on the class path";
      if (expected) LOG.warn("{}", missing);
      return missing;
    }
    String missing =
        CudaLibraries.load(library.substring(0, library.lastIndexOf('/')) + "/needed.txt");
    if (missing == null) return null;
    missing =
        "FAISS runs on the CPU only: its build for GPUs needs a library of CUDA: "
            + missing
            + ". Install it, or name its folder by the system property "
            + CudaLibraries.FOLDERS_PROPERTY;
    LOG.warn("{}", missing);
    return missing;
  }

  /** Returns what is missing for searches on a GPU, or null if FAISS's build has them. */
  static synchronized @Nullable String missingForGpus() {
    load();
    return missingForGpus;
  }

  static boolean isAvailable() {
    try {
      load();
      return true;
    } catch (EarthEmbedException e) {
      LOG.debug("FAISS is not available", e);
      return false;
    }
  }

  /** Says what is missing or the innermost cause, which file was wanted, and what to do. */
  private static String explain(String extension, Throwable failure) {
    String platform = Loader.getPlatform();
    String instead = ", or use ExactIndex, which is pure Java";
    String faiss = library(extension);
    if (!isPresent(faiss)) {
      return "FAISS has no native library for "
          + platform
          + " on the class path: "
          + faiss
          + " is missing. "
          + (PLATFORMS.contains(platform)
              ? "Add earth-embed-faiss with the classifier " + platform
              : "There are builds for " + String.join(", ", PLATFORMS))
          + instead
          + ".";
    }
    for (String needed : List.of("openblas", "javacpp")) {
      String file =
          "org/bytedeco/" + needed + "/" + platform + "/" + System.mapLibraryName("jni" + needed);
      if (!isPresent(file)) {
        return "FAISS's native library needs "
            + needed
            + " for "
            + platform
            + ": "
            + file
            + " is not on the class path. Add org.bytedeco:"
            + needed
            + " with the classifier "
            + platform
            + instead
            + ".";
      }
    }
    Throwable cause = failure;
    while (cause.getCause() != null) cause = cause.getCause();
    return "FAISS's native library "
        + faiss
        + " cannot be loaded: "
        + cause.getMessage()
        + ". Install what it names"
        + instead
        + ".";
  }

  private static boolean isPresent(String resource) {
    return NativeFaiss.class.getClassLoader().getResource(resource) != null;
  }

  /** Returns JavaCPP's name of a variant: what it adds to the name of the platform. */
  private static String extension(String variant) {
    return variant.equals(GENERIC) ? "" : "-" + variant;
  }

  private static String library(String extension) {
    return "io/earthembed/faiss/internal/"
        + Loader.getPlatform()
        + extension
        + "/"
        + System.mapLibraryName("jniFaiss");
  }

  /** Returns FAISS's message about a failure. */
  static String reason(RuntimeException failure) {
    return String.valueOf(failure.getMessage());
  }

  /** Marks the begin of native work, which must not be running when the JVM ends. */
  static void enter() {
    WORKING.incrementAndGet();
  }

  /** Marks the end of native work. */
  static void leave() {
    WORKING.decrementAndGet();
  }

  /**
   * Ends all computations. When the process exits, OpenBLAS waits for its threads; it was seen to
   * wait forever if one of them was training.
   */
  private static void stop() {
    long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    Faiss.interrupt_all();
    while (WORKING.get() > 0 && System.nanoTime() < deadline) {
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /**
   * Removes a library of another build from JavaCPP's cache. JavaCPP unpacks a library into its
   * cache under the name of its jar, and uses it again if size and time equal those in the jar. Two
   * builds of one version may agree in both.
   */
  private static void removeStale(String extension) {
    String resource = library(extension);
    // The library is in its own jar, which is another module on the module path.
    URL url = NativeFaiss.class.getClassLoader().getResource(resource);
    try {
      if (url == null || !(url.openConnection() instanceof JarURLConnection jar)) return;
      Path name = Path.of(jar.getJarFile().getName()).getFileName();
      Path cached = Loader.getCacheDir().toPath().resolve(name).resolve(jar.getEntryName());
      if (!Files.exists(cached)) return;
      CRC32 crc = new CRC32();
      crc.update(Files.readAllBytes(cached));
      if (crc.getValue() != jar.getJarEntry().getCrc()) Files.deleteIfExists(cached);
    } catch (IOException e) {
      LOG.debug("The cached library cannot be compared with {}", url, e);
    }
  }

  /**
   * Returns whether the processor has what the AVX2 build needs. Only Linux on x86-64 has such a
   * build, so Linux is asked; an emulator may show the flags of the machine that it runs on.
   */
  private static boolean hasAvx2() {
    Path cpuinfo = Path.of("/proc/cpuinfo");
    try {
      for (String line : Files.readAllLines(cpuinfo)) {
        if (line.startsWith("flags")) {
          return Arrays.asList(line.split("\\s+"))
              .containsAll(Arrays.asList("avx2", "fma", "f16c"));
        }
      }
    } catch (IOException e) {
      LOG.debug("{} cannot be read; the generic build is used", cpuinfo, e);
    }
    return false;
  }
}
