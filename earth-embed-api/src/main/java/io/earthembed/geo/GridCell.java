package io.earthembed.geo;

import io.earthembed.internal.PlainText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A cell of the Major TOM grid, given by row and column. Row 0 starts at the equator; rows count
 * north and are negative to the south. Column 0 starts at the Greenwich meridian; columns count
 * east and are negative to the west. A name has the form {@code 433U_12R}: U or D for up or down, R
 * or L for right or left.
 *
 * @param row negative south of the equator
 * @param column negative west of Greenwich
 */
public record GridCell(int row, int column) {
  private static final Pattern NAME = Pattern.compile("(\\d{1,9})([UD])_(\\d{1,9})([RL])");

  /**
   * Parses a cell's name.
   *
   * @throws IllegalArgumentException if it does not have the form {@code 433U_12R}; {@code 0D} and
   *     {@code 0L} do not exist
   */
  public static GridCell parse(String name) {
    Matcher m = NAME.matcher(name);
    if (!m.matches())
      throw new IllegalArgumentException(
          "not a grid cell such as 433U_12R: " + PlainText.line(name));
    int row = Integer.parseInt(m.group(1));
    int column = Integer.parseInt(m.group(3));
    boolean down = m.group(2).equals("D");
    boolean left = m.group(4).equals("L");
    if ((down && row == 0) || (left && column == 0)) {
      throw new IllegalArgumentException("0D and 0L do not exist: " + PlainText.line(name));
    }
    return new GridCell(down ? -row : row, left ? -column : column);
  }

  /** Returns the name, for example {@code 922D_249L}. */
  public String name() {
    return Math.abs(row)
        + (row < 0 ? "D" : "U")
        + "_"
        + Math.abs(column)
        + (column < 0 ? "L" : "R");
  }

  @Override
  public String toString() {
    return name();
  }
}
