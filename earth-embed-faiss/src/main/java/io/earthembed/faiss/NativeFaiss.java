package io.earthembed.faiss;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.internal.Faiss;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the native library once: the AVX2 build if the processor has AVX2, FMA and F16C, otherwise
 * the generic one. The system property {@value #VARIANT_PROPERTY} ({@code avx2} or {@code generic})
 * overrides the choice.
 */
final class NativeFaiss {
  static final String VARIANT_PROPERTY = "earthembed.faiss.variant";

  private static final Logger LOG = LoggerFactory.getLogger(NativeFaiss.class);
  private static final String AVX2 = "-avx2";

  /** How long the end of the JVM waits for native work to stop. */
  private static final long PATIENCE_MILLIS = 20_000;

  private static final AtomicInteger WORKING = new AtomicInteger();

  private static @Nullable String loaded;

  /** The reason that loading failed; the JVM reports it only the first time. */
  private static @Nullable EarthEmbedException failed;

  private NativeFaiss() {}

  /**
   * Loads the library unless it is loaded.
   *
   * @return the variant in use, {@code avx2} or {@code generic}
   * @throws EarthEmbedException if the class path has no build for this machine
   */
  static synchronized String load() {
    if (loaded != null) return loaded;
    if (failed != null) throw new EarthEmbedException(failed.getMessage(), failed);
    String variant = System.getProperty(VARIANT_PROPERTY, hasAvx2() ? "avx2" : "generic");
    String extension = variant.equals("avx2") ? AVX2 : "";
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

  static boolean isAvailable() {
    try {
      load();
      return true;
    } catch (EarthEmbedException e) {
      LOG.debug("FAISS is not available", e);
      return false;
    }
  }

  private static String explain(String extension, Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) cause = cause.getCause();
    String platform = Loader.getPlatform();
    String file = resource(extension);
    return NativeFaiss.class.getClassLoader().getResource(file) == null
        ? "FAISS has no native library for "
            + platform
            + " on the class path: "
            + file
            + " is missing. Add earth-embed-faiss with the classifier linux-x86_64, or use"
            + " ExactIndex, which is pure Java."
        : "FAISS's native library "
            + file
            + " cannot be loaded: "
            + cause.getMessage()
            + ". ExactIndex, which is pure Java, works without it.";
  }

  private static String resource(String extension) {
    return "io/earthembed/faiss/internal/" + Loader.getPlatform() + extension + "/libjniFaiss.so";
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
    String resource = resource(extension);
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
