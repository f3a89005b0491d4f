package io.earthembed.web;

import io.earthembed.view.MapFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The files of the page and of its map, which lie in jars. Safe for many threads. */
final class StaticFiles {
  private static final String MAP = "/map/";

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "json", "application/json",
          "svg", "image/svg+xml",
          "png", "image/png",
          "woff2", "font/woff2",
          "bin", "application/octet-stream");

  private final Map<String, Optional<byte[]>> read = new ConcurrentHashMap<>();

  /** A file of the page. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Page(String type, byte[] bytes) {}

  /**
   * Returns a file.
   *
   * @param path such as {@code /app.js}; {@code /} is {@code /index.html}
   * @return null if there is none
   */
  @Nullable Page find(String path) {
    String file = path.equals("/") ? "/index.html" : path;
    // No dot at the beginning of a part: nothing leads out of the folder.
    if (!file.matches("(/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,4}") || file.length() > 200) return null;
    String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
    if (type == null) return null;
    Optional<byte[]> bytes = read.get(file);
    if (bytes == null) {
      bytes =
          file.startsWith(MAP) ? MapFiles.find(file.substring(MAP.length())) : read("page" + file);
      // Only what exists is remembered: its number is limited.
      if (bytes.isPresent()) read.put(file, bytes);
    }
    return bytes.isEmpty() ? null : new Page(type, bytes.get());
  }

  /** Returns the API's description. */
  static byte[] openApi() {
    return read("openapi.yaml").orElseThrow();
  }

  private static Optional<byte[]> read(String resource) {
    try (InputStream in = StaticFiles.class.getResourceAsStream(resource)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(resource + " cannot be read from the jar", e);
    }
  }
}
