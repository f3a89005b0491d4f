package io.earthembed.base.text;

import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a comma-separated table (RFC 4180). Lines end with CRLF, LF or CR; a quoted field may
 * contain commas, line ends and doubled quotes. Empty lines are left out. Safe for many threads.
 */
public final class CsvRows {
  private final String text;
  private int at;
  private int line = 1;

  private CsvRows(String text) {
    this.text = text;
  }

  /**
   * A row.
   *
   * @param line the line on which it begins, from 1
   * @param fields its fields without their quotes
   */
  public record Row(int line, List<String> fields) {}

  /**
   * Reads a table.
   *
   * @throws IllegalArgumentException naming the line, if a quoted field does not end, or more
   *     follows its end than a comma
   */
  public static List<Row> read(String text) {
    CsvRows rows = new CsvRows(text.startsWith("\uFEFF") ? text.substring(1) : text);
    List<Row> all = new ArrayList<>();
    while (rows.at < rows.text.length()) {
      int line = rows.line;
      List<String> fields = rows.row();
      if (fields.size() > 1 || !fields.get(0).isBlank()) all.add(new Row(line, fields));
    }
    return all;
  }

  private List<String> row() {
    List<String> fields = new ArrayList<>();
    fields.add(field());
    while (at < text.length() && text.charAt(at) == ',') {
      at++;
      fields.add(field());
    }
    if (at < text.length()) {
      boolean both = text.startsWith("\r\n", at);
      at += both ? 2 : 1;
      line++;
    }
    return List.copyOf(fields);
  }

  private String field() {
    if (at == text.length() || text.charAt(at) != '"') {
      int start = at;
      while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) at++;
      return text.substring(start, at);
    }
    int start = line;
    StringBuilder field = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        boolean doubled = at + 1 < text.length() && text.charAt(at + 1) == '"';
        if (!doubled) {
          at++;
          if (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
            throw new IllegalArgumentException(
                "line " + line + ": text follows the closing quote of a field");
          }
          return field.toString();
        }
        at++;
      } else if (c == '\n' || c == '\r' && !text.startsWith("\r\n", at)) {
        line++;
      }
      field.append(c);
    }
    throw new IllegalArgumentException("line " + start + ": a quoted field does not end");
  }
}
