package io.earthembed.internal;

import org.jspecify.annotations.Nullable;

/**
 * Makes texts of servers, datasets and files safe for messages, logs and terminals. A control
 * character could move a terminal's cursor or forge a log line; a formatting character could
 * reverse the direction of the text after it.
 */
public final class PlainText {
  /** The most characters of a name, a cell or a header in a message. */
  public static final int SHORT = 200;

  /** The most characters of a whole message. */
  private static final int MESSAGE = 4_000;

  /** The most causes that are followed, because a chain may be a ring. */
  private static final int DEPTH = 30;

  private PlainText() {}

  /** Returns one line of at most {@link #SHORT} characters; see {@link #line(String, int)}. */
  public static String line(String text) {
    return line(text, SHORT);
  }

  /**
   * Returns one line without control and formatting characters; "…" marks a cut.
   *
   * @param text the original text
   * @param max the most characters, 1 or more
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

  /** Returns the message of an exception as one line of limited length. */
  public static String message(String text) {
    return line(text, MESSAGE);
  }

  /**
   * Returns a cause that a stack trace may show: the cause itself if its messages are plain,
   * otherwise a copy with plain messages.
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
