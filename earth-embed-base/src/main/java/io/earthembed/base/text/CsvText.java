package io.earthembed.base.text;

/**
 * Protects texts in tables that a spreadsheet may open. A spreadsheet treats a cell that begins
 * with {@code =}, {@code +}, {@code -} or {@code @} as a formula, which may run programs or send
 * data. Programs differ in the character that divides cells: a comma, a semicolon, a tab, a line's
 * end.
 */
public final class CsvText {
  /** Includes full-width and small forms, which some spreadsheets treat alike. */
  private static final String SIGNS =
      "=+-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B\u2212\u207A\u207B\u207C";

  private static final String DIVIDERS = ",;|\t\n\u000B\f\r\u0085\u2028\u2029";

  private static final String QUOTES = "\"'`\u2018\u2019\u201C\u201D\u00AB\u00BB";

  private CsvText() {}

  /**
   * Puts an apostrophe before each sign that could begin a formula: at the beginning, and after any
   * character that may divide cells, even with blanks and quotes between them. A text that begins
   * with a tab or a line's end gets one at its beginning too.
   *
   * @return the unchanged text if there is no such sign
   */
  public static String withoutFormulas(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    boolean beginning = true;
    if (!text.isEmpty() && "\t\n\r".indexOf(text.charAt(0)) >= 0) out.append('\'');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (DIVIDERS.indexOf(c) >= 0) {
        beginning = true;
      } else if (SIGNS.indexOf(c) >= 0) {
        if (beginning) out.append('\'');
        beginning = false;
      } else if (!isPassedOver(c)) {
        beginning = false;
      }
      out.append(c);
    }
    return out.length() == text.length() ? text : out.toString();
  }

  /** Returns whether a spreadsheet may strip a character before it interprets a cell. */
  private static boolean isPassedOver(char c) {
    return switch (Character.getType(c)) {
      case Character.SPACE_SEPARATOR,
          Character.CONTROL,
          Character.FORMAT,
          Character.NON_SPACING_MARK,
          Character.UNASSIGNED ->
          true;
      default -> QUOTES.indexOf(c) >= 0;
    };
  }

  /**
   * Returns a field of a comma-separated file (RFC 4180): {@link #withoutFormulas}, quoted if
   * necessary.
   */
  public static String field(String text) {
    String safe = withoutFormulas(text);
    boolean quote = safe.chars().anyMatch(c -> c == '"' || DIVIDERS.indexOf(c) >= 0);
    return quote ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
