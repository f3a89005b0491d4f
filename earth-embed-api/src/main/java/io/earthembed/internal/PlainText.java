package io.earthembed.internal;

import org.jspecify.annotations.Nullable;

/**
 * Texts of servers, datasets and files, made fit for messages, logs and terminals: a control
 * character could move a terminal's cursor or forge a line of a log, a formatting character turn
 * the direction of what follows.
 */
public final class PlainText {
  /** Characters of a name, a cell or a header in a message (200). */
  public static final int SHORT = 200;

  /** Characters of a whole message (4,000). */
  private static final int MESSAGE = 4_000;

  /** Causes of causes that are looked at; a chain may be a ring. */
  private static final int DEPTH = 30;

  private PlainText() {}

  /** One line of at most {@link #SHORT} characters; see {@link #line(String, int)}. */
  public static String line(String text) {
    return line(text, SHORT);
  }

  /**
   * One line without control and formatting characters, the cut marked with "…".
   *
   * @param text as it came
   * @param max characters at the most, 1 or more
   */
  public static String line(String text, int max) {
    StringBuilder out = new StringBuilder();
    int length = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (Character.getType(c)) {
        case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> c = ' ';
        case Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> {
          continue;
        }
        default -> {}
      }
      if (length == max) {
        out.setLength(out.offsetByCodePoints(out.length(), -1));
        return out.append('…').toString();
      }
      out.appendCodePoint(c);
      length++;
    }
    return out.toString().strip();
  }

  /** A message of an exception: one line, and no more of it than somebody would read. */
  public static String message(String text) {
    return line(text, MESSAGE);
  }

  /**
   * What a stack trace may show as a cause: the same if its messages are plain, and otherwise a
   * copy whose are.
   */
  public static @Nullable Throwable cause(@Nullable Throwable cause) {
    int depth = 0;
    for (Throwable t = cause; t != null && depth < DEPTH; t = t.getCause(), depth++) {
      if (!isPlain(t)) return copy(cause, 0);
    }
    return cause;
  }

  private static boolean isPlain(Throwable t) {
    String text = String.valueOf(t);
    return message(text).equals(text.strip());
  }

  private static @Nullable Throwable copy(@Nullable Throwable t, int depth) {
    if (t == null || depth == DEPTH) return null;
    Exception copy = new Exception(message(t.toString()), copy(t.getCause(), depth + 1));
    copy.setStackTrace(t.getStackTrace());
    return copy;
  }
}
