package io.earthembed.view;

/** Escapes text for the content and the attributes of HTML, SVG and KML. */
final class Markup {
  private Markup() {}

  /** Returns one escaped line of at most {@code max} characters, see {@link Text#line}. */
  static String line(String text, int max) {
    return escape(Text.line(text, max));
  }

  /** Escapes a text, and replaces characters that XML 1.0 does not allow. */
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
