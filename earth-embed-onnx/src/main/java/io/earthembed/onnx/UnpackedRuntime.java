package io.earthembed.onnx;

import ai.onnxruntime.OrtEnvironment;
import io.earthembed.base.file.AtomicFile;
import io.earthembed.hub.Hub;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.jar.JarEntry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacks ONNX Runtime's native libraries once, into the folder {@code natives} of the hub's cache.
 * ONNX Runtime itself unpacks them at each start. Each content has a folder of its own, named by
 * checksums; a file gets its name when it is complete, so any number of processes may start at
 * once. If anything is in the way, such as a home that cannot be written, ONNX Runtime unpacks them
 * as it always does.
 */
final class UnpackedRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(UnpackedRuntime.class);
  private static final List<String> LIBRARIES =
      List.of("libonnxruntime.so", "libonnxruntime4j_jni.so");

  /** Names the folder from which ONNX Runtime loads its libraries. */
  private static final String FOLDER_PROPERTY = "onnxruntime.native.path";

  private UnpackedRuntime() {}

  /** Lets ONNX Runtime load unpacked libraries, unless the user has said from where it loads. */
  static void use() {
    boolean chosen =
        System.getProperties().stringPropertyNames().stream()
            .anyMatch(name -> name.startsWith("onnxruntime.native."));
    if (chosen) return;
    try {
      Path folder = unpack(Hub.fromEnvironment().cache().resolve("natives"));
      if (folder != null) System.setProperty(FOLDER_PROPERTY, folder.toString());
    } catch (IOException | RuntimeException e) {
      LOG.debug("ONNX Runtime unpacks its libraries itself", e);
    }
  }

  /**
   * Unpacks the libraries unless they are there.
   *
   * @param cache the parent of their folder
   * @return their folder; null if this platform's libraries are not in a jar, are built for CUDA,
   *     whose libraries ONNX Runtime looks for beside its own, or if others could have written them
   * @throws IOException if they cannot be written
   */
  static @Nullable Path unpack(Path cache) throws IOException {
    String platform = platform();
    if (platform == null || resource(platform, "libonnxruntime_providers_shared.so") != null) {
      return null;
    }
    StringBuilder name = new StringBuilder("onnxruntime-" + platform);
    long[] sizes = new long[LIBRARIES.size()];
    for (int i = 0; i < sizes.length; i++) {
      URL url = resource(platform, LIBRARIES.get(i));
      if (url == null || !(url.openConnection() instanceof JarURLConnection jar)) return null;
      JarEntry entry = jar.getJarEntry();
      sizes[i] = entry.getSize();
      name.append(String.format(Locale.ROOT, "-%08x", entry.getCrc()));
    }
    Path folder = cache.toAbsolutePath().resolve(name.toString());
    Files.createDirectories(folder);
    if (!isOurs(folder)) return null;
    for (int i = 0; i < sizes.length; i++) {
      Path file = folder.resolve(LIBRARIES.get(i));
      if (!Files.isRegularFile(file) || Files.size(file) != sizes[i]) {
        unpack(platform, LIBRARIES.get(i), file);
      }
      // Not executable, although it was made so: its file system allows no programs.
      if (!isOurs(file) || !Files.isExecutable(file)) return null;
    }
    return folder;
  }

  private static void unpack(String platform, String library, Path file) throws IOException {
    try (InputStream packed =
            OrtEnvironment.class.getClassLoader().getResourceAsStream(path(platform, library));
        AtomicFile atomic = AtomicFile.create(file)) {
      if (packed == null) throw new IOException("no " + library);
      Files.copy(packed, atomic.path(), StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(
          atomic.path(),
          Set.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));
      atomic.commit();
    }
  }

  /** Returns whether only this user can change a file: it becomes code of this process. */
  private static boolean isOurs(Path file) throws IOException {
    PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
    return attributes.owner().getName().equals(System.getProperty("user.name"))
        && !attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
        && !attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
  }

  private static @Nullable URL resource(String platform, String library) {
    return OrtEnvironment.class.getClassLoader().getResource(path(platform, library));
  }

  private static String path(String platform, String library) {
    return "ai/onnxruntime/native/" + platform + "/" + library;
  }

  /** Returns ONNX Runtime's name of this platform; null unless it is Linux. */
  private static @Nullable String platform() {
    if (!System.getProperty("os.name", "").equals("Linux")) return null;
    return switch (System.getProperty("os.arch", "")) {
      case "amd64", "x86_64" -> "linux-x64";
      case "aarch64" -> "linux-aarch64";
      default -> null;
    };
  }
}
