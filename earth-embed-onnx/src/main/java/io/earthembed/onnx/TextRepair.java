package io.earthembed.onnx;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Repairs text as ftfy does for open_clip ({@code fix_text} of version 6.3 with its defaults),
 * except for mojibake: HTML entities, C1 controls as windows-1252, Latin ligatures, full and half
 * widths, curly quotation marks, line breaks, terminal escapes, control characters, and Unicode
 * form NFC. Each line is repaired repeatedly until it no longer changes.
 */
final class TextRepair {
  private static final Pattern TERMINAL_ESCAPE = Pattern.compile("\u001B\\[[\\p{Nd};]*[a-zA-Z]");
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  /** Longest piece in code points; longer lines are split, so that the rounds stay bounded. */
  private static final int MAX_PIECE = 1_000_000;

  /**
   * Most levels of nested references that are resolved. Each level takes a round, and a text of
   * nested references only would take minutes.
   */
  private static final int MAX_ROUNDS = 200;

  /** Latin ligatures and digraphs of one character, and the letters they stand for. */
  private static final Map<Character, String> LIGATURES =
      Map.ofEntries(
          Map.entry('\u0132', "IJ"),
          Map.entry('\u0133', "ij"),
          Map.entry('\u0149', "\u02BCn"),
          Map.entry('\u01F1', "DZ"),
          Map.entry('\u01F2', "Dz"),
          Map.entry('\u01F3', "dz"),
          Map.entry('\u01C4', "D\u017D"),
          Map.entry('\u01C5', "D\u017E"),
          Map.entry('\u01C6', "d\u017E"),
          Map.entry('\u01C7', "LJ"),
          Map.entry('\u01C8', "Lj"),
          Map.entry('\u01C9', "lj"),
          Map.entry('\u01CA', "NJ"),
          Map.entry('\u01CB', "Nj"),
          Map.entry('\u01CC', "nj"),
          Map.entry('\uFB00', "ff"),
          Map.entry('\uFB01', "fi"),
          Map.entry('\uFB02', "fl"),
          Map.entry('\uFB03', "ffi"),
          Map.entry('\uFB04', "ffl"),
          Map.entry('\uFB05', "\u017Ft"),
          Map.entry('\uFB06', "st"));

  private TextRepair() {}

  static String repair(String text) {
    StringBuilder result = new StringBuilder(text.length());
    boolean entities = true;
    for (int from = 0; from < text.length(); ) {
      int to = text.indexOf('\n', from) + 1;
      if (to == 0) to = text.length();
      if (text.codePointCount(from, to) > MAX_PIECE) to = text.offsetByCodePoints(from, MAX_PIECE);
      String line = text.substring(from, to);
      if (line.indexOf('<') >= 0)
        entities = false; // the text may be HTML: leave entities from here on
      result.append(repairLine(line, entities));
      from = to;
    }
    return result.toString();
  }

  private static String repairLine(String line, boolean entities) {
    String now = line;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      String before = now;
      if (entities) now = HtmlText.unescapeEntities(now);
      now = translate(now);
      now = now.replace("\r\n", "\n").replace('\r', '\n');
      if (now.indexOf('\u001B') >= 0) now = TERMINAL_ESCAPE.matcher(now).replaceAll("");
      now = removeControls(now);
      now = Normalizer.normalize(now, Normalizer.Form.NFC);
      if (now.equals(before)) break;
    }
    return now;
  }

  /** Replaces single characters. */
  private static String translate(String text) {
    StringBuilder result = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      String replacement = c < 0x80 ? null : replacement(c);
      if (replacement != null) {
        if (result == null) result = new StringBuilder(text.length() + 8).append(text, 0, i);
        result.append(replacement);
      } else if (result != null) {
        result.append(c);
      }
    }
    return result == null ? text : result.toString();
  }

  private static @Nullable String replacement(char c) {
    if (c <= 0x9F) return windows1252(c);
    if (c == 0x2BC || (c >= 0x2018 && c <= 0x201B)) return "'";
    if (c >= 0x201C && c <= 0x201F) return "\"";
    if (c == 0x2028 || c == 0x2029) return "\n";
    if (c == 0x3000) return " ";
    if (c >= 0xFF01 && c < 0xFFF0) {
      String wide = String.valueOf(c);
      String normal = Normalizer.normalize(wide, Normalizer.Form.NFKC);
      return normal.equals(wide) ? null : normal;
    }
    String letters = LIGATURES.get(c);
    // U+0149 contains U+02BC, a quotation mark that ftfy straightens in the same round.
    return letters == null ? null : letters.replace('\u02BC', '\'');
  }

  /**
   * Returns the character that a C1 control stands for, with curly quotation marks straightened.
   */
  private static @Nullable String windows1252(char c) {
    String text = new String(String.valueOf(c).getBytes(StandardCharsets.ISO_8859_1), WINDOWS_1252);
    if (text.equals("\uFFFD")) return c == 0x85 ? "\n" : null; // 5 codes are unassigned
    String straight = replacement(text.charAt(0));
    return straight == null ? text : straight;
  }

  /** Removes ASCII controls except white space, and deprecated or invisible ones of Unicode. */
  private static String removeControls(String text) {
    StringBuilder kept = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean control =
          c <= 0x08
              || c == 0x0B
              || (c >= 0x0E && c < 0x20)
              || c == 0x7F
              || (c >= 0x206A && c <= 0x206F)
              || c == 0xFEFF
              || (c >= 0xFFF9 && c <= 0xFFFC);
      if (control) {
        if (kept == null) kept = new StringBuilder(text.length()).append(text, 0, i);
      } else if (kept != null) {
        kept.append(c);
      }
    }
    return kept == null ? text : kept.toString();
  }
}
