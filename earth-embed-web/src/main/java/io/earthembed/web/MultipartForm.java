package io.earthembed.web;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the file in a form of a browser (RFC 7578) that is in memory. The parts of a servlet would
 * go through files on disk, and need the application's configuration.
 */
final class MultipartForm {
  private static final Pattern BOUNDARY =
      Pattern.compile(
          ";\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70}))", Pattern.CASE_INSENSITIVE);

  /** The most bytes of a part's headers. */
  private static final int MAX_HEADERS = 8 << 10;

  private MultipartForm() {}

  /**
   * Returns the content of the form's first part.
   *
   * @param contentType of the form; names the boundary
   * @throws IllegalArgumentException if the form is damaged or has no part
   */
  static byte[] file(byte[] form, String contentType) {
    Matcher matcher = BOUNDARY.matcher(contentType);
    if (!matcher.find()) throw new IllegalArgumentException("the form names no boundary");
    String boundary = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    byte[] delimiter = ("--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    int first = find(form, delimiter, 0, form.length);
    int headers = first + delimiter.length;
    if (first < 0 || !isAt(form, headers, '\r', '\n')) {
      throw new IllegalArgumentException("the form has no part");
    }
    int limit = Math.min(form.length, headers + MAX_HEADERS);
    int blank = find(form, new byte[] {'\r', '\n', '\r', '\n'}, headers, limit);
    if (blank < 0) throw new IllegalArgumentException("the headers of the form's part do not end");
    byte[] ending = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    int end = find(form, ending, blank + 4, form.length);
    if (end < 0) throw new IllegalArgumentException("the form's part does not end");
    return Arrays.copyOfRange(form, blank + 4, end);
  }

  private static boolean isAt(byte[] bytes, int at, char first, char second) {
    return at + 1 < bytes.length && bytes[at] == first && bytes[at + 1] == second;
  }

  private static int find(byte[] bytes, byte[] wanted, int from, int to) {
    for (int i = from; i + wanted.length <= to; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) return i;
    }
    return -1;
  }
}
