package io.earthembed.view;

import io.earthembed.common.EarthEmbedException;
import java.awt.Font;
import java.awt.font.FontRenderContext;

/** Returns the fonts of pictures; fails with a clear message if the machine has none. */
final class Fonts {
  private Fonts() {}

  /**
   * Returns a sans-serif font.
   *
   * @throws EarthEmbedException if Java finds no font, naming the packages to install
   */
  static Font sans(int style, float size) {
    try {
      Font font = new Font(Font.SANS_SERIF, style, 1).deriveFont(size);
      // Java looks for fonts only on first use, and then throws various exceptions and errors.
      font.getStringBounds("0", new FontRenderContext(null, true, true));
      return font;
    } catch (RuntimeException | InternalError | LinkageError e) {
      throw new EarthEmbedException(
          "Java finds no font ("
              + e
              + "). Install one: apt-get install"
              + " fontconfig fonts-dejavu-core",
          e);
    }
  }
}
