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
 * Loads the native library once: the AVX2 build where the processor has AVX2, FMA and F16C, the
 * generic one elsewhere. The system property {@value #VARIANT_PROPERTY} ({@code avx2} or {@code
 * generic}) overrides the choice.
 */
final class NativeFaiss {
  static final String VARIANT_PROPERTY = "earthembed.faiss.variant";

  private static final Logger LOG = LoggerFactory.getLogger(NativeFaiss.class);
  private static final String AVX2 = "-avx2";

  /** How long the end of the JVM waits for native work to notice that it is to stop. */
  private static final long PATIENCE_MILLIS = 20_000;

  private static final AtomicInteger WORKING = new AtomicInteger();

  private static @Nullable String loaded;

  /** Why it could not be loaded: the JVM tells that once, and then only that it failed before. */
  private static @Nullable EarthEmbedException failed;

  private NativeFaiss() {}

  /**
   * Loads the library, if that has not been done.
   *
   * @return the variant in use, {@code avx2} or {@code generic}
   * @throws EarthEmbedException if there is no build of it for this machine on the class path
   */
  static synchronized String load() {
    if (loaded != null) return loaded;
    if (failed != null) throw new EarthEmbedException(failed.getMessage(), failed);
    String variant = System.getProperty(VARIANT_PROPERTY, hasAvx2() ? "avx2" : "generic");
    String extension = variant.equals("avx2") ? AVX2 : "";
    try {
      // FAISS's library needs OpenBLAS's, and finds it where it is loaded already.
      Loader.load(openblas.class);
      removeStale(extension);
      if (!extension.isEmpty()) Loader.loadProperties().put("platform.extension", extension);
      Loader.load(Faiss.class);
    } catch (LinkageError | RuntimeException e) {
      failed =
          new EarthEmbedException(
              "FAISS has no native library for "
                  + Loader.getPlatform()
                  + " on the class path (earth-embed-faiss with classifier linux-x86_64): "
                  + e.getMessage(),
              e);
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

  /** What FAISS says of a failure. */
  static String reason(RuntimeException failure) {
    return String.valueOf(failure.getMessage());
  }

  /** Native work begins; what it calls must not be going on when the JVM ends. */
  static void enter() {
    WORKING.incrementAndGet();
  }

  /** Native work has ended. */
  static void leave() {
    WORKING.decrementAndGet();
  }

  /**
   * Ends what is being computed. At the process's exit OpenBLAS waits for its threads, and was seen
   * to wait for ever where one of them was in the middle of training.
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
   * JavaCPP unpacks a library into a cache under the name of its jar, and takes it from there the
   * next time if size and time are those in the jar. Builds of one version may agree in both, so
   * that a library of another build would be loaded: that one is removed.
   */
  private static void removeStale(String extension) {
    String resource =
        "io/earthembed/faiss/internal/" + Loader.getPlatform() + extension + "/libjniFaiss.so";
    // It is in a jar of its own, which is another module on the module path.
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
