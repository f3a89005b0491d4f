package io.earthembed.faiss;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks FAISS's factory strings before FAISS sees them: its parser recurses for every level and
 * every character, and divides by numbers of parts.
 */
final class FactoryString {
  private static final int MOST_CHARACTERS = 200;
  private static final int MOST_LEVELS = 4;

  /** The most bits of a code's part; FAISS makes a table of 2 to that power. */
  private static final int MOST_BITS = 24;

  private static final Pattern ZERO = Pattern.compile("(?<![0-9.])0+(?![0-9.])");

  /** Matches the last of several numbers that are joined by x, except those of a lattice. */
  private static final Pattern BITS = Pattern.compile("(?<!ZnLattice\\d{1,9})x(\\d+)(?!\\d|x)");

  private FactoryString() {}

  /**
   * Fails if a description exceeds the limits.
   *
   * @throws IllegalArgumentException saying why
   */
  static void require(String description) {
    if (description.length() > MOST_CHARACTERS) {
      throw new IllegalArgumentException(
          "description has " + description.length() + " characters, at most " + MOST_CHARACTERS);
    }
    int level = 0;
    for (int i = 0; i < description.length(); i++) {
      char c = description.charAt(i);
      if (c < ' ' || c > '~') refuse(description, "a character that FAISS has no use for");
      if (c == '(' && ++level > MOST_LEVELS) refuse(description, "too many levels of parentheses");
      if (c == ')') level--;
    }
    if (ZERO.matcher(description).find()) refuse(description, "a number in it is 0");
    Matcher bits = BITS.matcher(description);
    while (bits.find()) {
      String number = bits.group(1);
      if (number.length() > 2 || Integer.parseInt(number) > MOST_BITS) {
        refuse(description, "codes of " + number + " bits; " + MOST_BITS + " at most");
      }
    }
  }

  private static void refuse(String description, String why) {
    throw new IllegalArgumentException("description '" + description + "': " + why);
  }
}
