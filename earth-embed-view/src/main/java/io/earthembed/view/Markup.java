package io.earthembed.view;

/** Text made fit for the text and the attributes of HTML, SVG and KML. */
final class Markup {
  private Markup() {}

  /** One line of at most so many characters ({@link Text#line}), escaped. */
  static String line(String text, int max) {
    return escape(Text.line(text, max));
  }

  /** Escaped, and without what XML 1.0 does not allow even so. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> {
                  boolean allowed =
                      c == '\t'
                          || c == '\n'
                          || c == '\r'
                          || (c >= 0x20 && c < 0xD800)
                          || (c >= 0xE000 && c < 0xFFFE)
                          || c >= 0x10000;
                  if (allowed) out.appendCodePoint(c);
                  else out.append('\uFFFD');
                }
              }
            });
    return out.toString();
  }
}
