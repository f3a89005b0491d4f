package io.earthembed.view;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What this module reads from the class path. */
final class Resources {
  private static final String LEAFLET = "/META-INF/resources/webjars/leaflet/1.9.4/dist/";

  private Resources() {}

  /**
   * A file beside this class, or anywhere where its name starts with a slash.
   *
   * @throws IllegalStateException if it is missing
   */
  static byte[] bytes(String name) {
    try (InputStream in = Resources.class.getResourceAsStream(name)) {
      if (in == null) throw new IllegalStateException(name + " is missing from the class path");
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  static String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  /** The map library's script, of its package. Its line about a source map would be a request. */
  static String leafletScript() {
    return text(LEAFLET + "leaflet.js").replaceAll("(?m)^//# sourceMappingURL=.*$", "");
  }

  /** The map library's style, without the pictures that this module's pages do not show. */
  static String leafletStyle() {
    return text(LEAFLET + "leaflet.css").replaceAll("url\\([^)]*\\)", "none");
  }
}
