package io.earthembed.onnx;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Resolves character references of HTML ("&amp;amp;", "&amp;#38;") in text, in the two ways that
 * open_clip does. The names are those of the HTML standard (section "Named character references"),
 * kept in {@code html-entities.txt}: a name, a tab, its code points.
 */
final class HtmlText {
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");
  private static final Pattern REFERENCE =
      Pattern.compile("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)");
  private static final Pattern CLOSED = Pattern.compile("&#?[0-9A-Za-z]{1,24};");

  private HtmlText() {}

  /** Named references, most with their semicolon; HTML allows a few without one. */
  private static final class Names {
    static final Map<String, String> ALL = read();

    private static Map<String, String> read() {
      Map<String, String> names = new HashMap<>();
      try (InputStream file = HtmlText.class.getResourceAsStream("html-entities.txt")) {
        if (file == null) throw new IllegalStateException("html-entities.txt is not in the jar");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          int tab = line.indexOf('\t');
          StringBuilder text = new StringBuilder();
          for (String point : line.substring(tab + 1).split(" ", -1)) {
            text.appendCodePoint(Integer.parseInt(point, 16));
          }
          names.put(line.substring(0, tab), text.toString());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return names;
    }
  }

  /** Names in capitals that ftfy resolves though HTML does not define them. */
  private static final class Capitals {
    static final Map<String, String> ALL = derive();

    private static Map<String, String> derive() {
      Map<String, String> capitals = new HashMap<>();
      Names.ALL.forEach(
          (name, text) -> {
            if (!name.endsWith(";") || !name.equals(name.toLowerCase(Locale.ROOT))) return;
            String capital = name.toUpperCase(Locale.ROOT);
            String reference = "&" + capital;
            if (unescape(reference).equals(reference)) {
              capitals.put(capital, text.toUpperCase(Locale.ROOT));
            }
          });
      return capitals;
    }
  }

  /** Resolves all references, like Python's {@code html.unescape} and browsers. */
  static String unescape(String text) {
    return replace(text, REFERENCE, reference -> resolve(reference.group(1)));
  }

  /**
   * Resolves only references that end in a semicolon and are unambiguous, like ftfy's {@code
   * unescape_html}.
   */
  static String unescapeEntities(String text) {
    return replace(
        text,
        CLOSED,
        reference -> {
          String whole = reference.group();
          if (whole.charAt(1) == '#') {
            String plain = unescape(whole);
            return plain.indexOf(';') >= 0 ? whole : plain;
          }
          String name = whole.substring(1);
          String plain = Names.ALL.get(name);
          if (plain == null) plain = Capitals.ALL.get(name);
          return plain == null ? whole : plain;
        });
  }

  private static String replace(
      String text, Pattern pattern, Function<MatchResult, String> replacement) {
    if (text.indexOf('&') < 0) return text;
    Matcher matcher = pattern.matcher(text);
    return matcher.replaceAll(match -> Matcher.quoteReplacement(replacement.apply(match)));
  }

  private static String resolve(String reference) {
    if (reference.charAt(0) == '#') return character(reference);
    String whole = Names.ALL.get(reference);
    if (whole != null) return whole;
    for (int end = reference.length() - 1; end > 1; end--) { // the longest name that it begins with
      String text = Names.ALL.get(reference.substring(0, end));
      if (text != null) return text + reference.substring(end);
    }
    return "&" + reference;
  }

  private static String character(String reference) {
    boolean hex = Character.toLowerCase(reference.charAt(1)) == 'x';
    int end = reference.endsWith(";") ? reference.length() - 1 : reference.length();
    int point = number(reference.substring(hex ? 2 : 1, end), hex ? 16 : 10);
    String replaced = replaced(point);
    if (replaced != null) return replaced;
    return isDropped(point) ? "" : Character.toString(point);
  }

  /** Parses digits; stops at the first value beyond Unicode. */
  private static int number(String digits, int radix) {
    int value = 0;
    for (int i = 0; i < digits.length() && value <= Character.MAX_CODE_POINT; i++) {
      value = value * radix + Character.digit(digits.charAt(i), radix);
    }
    return value;
  }

  /** Returns the HTML standard's replacement for a code point, or null if it has none. */
  private static @Nullable String replaced(int point) {
    if (point == 0 || point > Character.MAX_CODE_POINT || (point >= 0xD800 && point <= 0xDFFF)) {
      return "\uFFFD";
    }
    if (point < 0x80 || point > 0x9F) return null;
    String text = new String(new byte[] {(byte) point}, WINDOWS_1252);
    return text.equals("\uFFFD") ? Character.toString(point) : text;
  }

  /** Tells whether a code point is a control or a noncharacter. */
  private static boolean isDropped(int point) {
    return (point >= 0x1 && point <= 0x8)
        || point == 0xB
        || (point >= 0xE && point <= 0x1F)
        || point == 0x7F
        || (point >= 0xFDD0 && point <= 0xFDEF)
        || (point & 0xFFFE) == 0xFFFE;
  }
}
