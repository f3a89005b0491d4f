package io.earthembed.view;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The files of the interactive map, for servers of pages that show it: the modules that {@link
 * SimilarityMap#toHtml} holds too, Leaflet, and the lines of {@link NaturalEarth}. All of them lie
 * in one folder of the served page.
 */
public final class MapFiles {
  private static final List<String> MODULES = List.of("text.js", "dots.js", "earth-map.js");
  private static final List<String> LINES = List.of("land.bin", "borders.bin");

  private MapFiles() {}

  /**
   * Returns a file.
   *
   * @param name {@code earth-map.js}, which exports {@code EarthMap}, {@code dots.js} and {@code
   *     text.js}, which it or its users import, {@code leaflet.js}, {@code leaflet.css}, {@code
   *     land.bin} or {@code borders.bin}
   * @return empty if the name is another
   */
  public static Optional<byte[]> find(String name) {
    if (MODULES.contains(name)) return Optional.of(Resources.bytes("map/" + name));
    if (LINES.contains(name)) return Optional.of(Resources.bytes(name));
    return switch (name) {
      case "leaflet.js" -> Optional.of(utf8(Resources.leafletScript()));
      case "leaflet.css" -> Optional.of(utf8(Resources.leafletStyle()));
      default -> Optional.empty();
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the modules as one script, without their imports of each other. */
  static String script() {
    StringBuilder script = new StringBuilder();
    for (String name : MODULES) {
      script.append(Resources.text("map/" + name).replaceAll("(?m)^import .*$", ""));
    }
    return script.toString();
  }
}
