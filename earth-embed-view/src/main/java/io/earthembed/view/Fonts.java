package io.earthembed.view;

import io.earthembed.common.EarthEmbedException;
import java.awt.Font;
import java.awt.font.FontRenderContext;

/** The one typeface of our pictures, and a plain word where the machine has none. */
final class Fonts {
  private Fonts() {}

  /**
   * A sans-serif font.
   *
   * @throws EarthEmbedException if Java finds no font, naming the packages to install
   */
  static Font sans(int style, float size) {
    try {
      Font font = new Font(Font.SANS_SERIF, style, 1).deriveFont(size);
      // Java looks for fonts only when it has to draw, and then fails in ways of its own.
      font.getStringBounds("0", new FontRenderContext(null, true, true));
      return font;
    } catch (RuntimeException | InternalError | LinkageError e) {
      throw new EarthEmbedException(
          "Java finds no font to write with ("
              + e
              + "). Install one: apt-get install"
              + " fontconfig fonts-dejavu-core",
          e);
    }
  }
}
