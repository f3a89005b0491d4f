package io.earthembed.view;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads resources from the class path. */
final class Resources {
  private static final String LEAFLET = "META-INF/resources/webjars/leaflet/1.9.4/dist/";

  private Resources() {}

  /**
   * Reads a file of this package.
   *
   * @throws IllegalStateException if it is missing
   */
  static byte[] bytes(String name) {
    return bytes(name, Resources.class.getResourceAsStream(name));
  }

  private static byte[] bytes(String name, @Nullable InputStream found) {
    try (InputStream in = found) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the class path or module path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  static String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  /**
   * Reads a file of Leaflet's jar through the class loader: a class of a named module finds files
   * of its own module only.
   */
  private static String leaflet(String name) {
    InputStream in = Resources.class.getClassLoader().getResourceAsStream(LEAFLET + name);
    return new String(bytes(LEAFLET + name, in), StandardCharsets.UTF_8);
  }

  /** Returns Leaflet's script, without its source map line, which would cause a request. */
  static String leafletScript() {
    return leaflet("leaflet.js").replaceAll("(?m)^//# sourceMappingURL=.*$", "");
  }

  /** Returns Leaflet's style, without the pictures, which this module's pages do not show. */
  static String leafletStyle() {
    return leaflet("leaflet.css").replaceAll("url\\([^)]*\\)", "none");
  }
}
