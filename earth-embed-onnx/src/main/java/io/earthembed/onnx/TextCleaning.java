package io.earthembed.onnx;

import java.util.Locale;

/**
 * Ways to clean a text before it is tokenized. Names and meaning are those of open_clip's
 * tokenizers, whose models were trained on text cleaned in this way. All except {@link #NONE} first
 * repair the text: HTML entities, quotation marks, ligatures, widths, control characters, Unicode
 * form NFC.
 *
 * <p>One repair of open_clip is left out: text that was decoded with the wrong character set ("Ã©"
 * for "é") stays as it is.
 */
public enum TextCleaning {
  /** Leaves the text as it is: the tokenizer file describes all cleaning. */
  NONE {
    @Override
    String apply(String text) {
      return text;
    }
  },

  /** Repairs the text and replaces each run of white space by one space. */
  WHITESPACE {
    @Override
    String apply(String text) {
      return collapse(repair(text));
    }
  },

  /** Cleans like {@link #WHITESPACE} and converts to lower case, for CLIP. */
  LOWER {
    @Override
    String apply(String text) {
      return collapse(repair(text)).toLowerCase(Locale.ROOT);
    }
  },

  /** Cleans like {@link #LOWER} and removes ASCII punctuation, for SigLIP. */
  CANONICALIZE {
    @Override
    String apply(String text) {
      StringBuilder kept = new StringBuilder();
      String repaired = repair(text);
      for (int i = 0; i < repaired.length(); i++) {
        char c = repaired.charAt(i);
        if (c == '_') kept.append(' ');
        else if (!isAsciiPunctuation(c)) kept.append(c);
      }
      return collapse(kept.toString().toLowerCase(Locale.ROOT));
    }
  };

  /**
   * Cleans a text.
   *
   * @param text well-formed UTF-16
   */
  abstract String apply(String text);

  private static String repair(String text) {
    return HtmlText.unescape(HtmlText.unescape(TextRepair.repair(text)));
  }

  private static boolean isAsciiPunctuation(char c) {
    return c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
  }

  /** Replaces each run of white space by one space, and removes it at the ends. */
  private static String collapse(String text) {
    StringBuilder result = new StringBuilder(text.length());
    boolean pending = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isSpace(c)) {
        pending = result.length() > 0;
      } else {
        if (pending) result.append(' ');
        pending = false;
        result.append(c);
      }
    }
    return result.toString();
  }

  /**
   * Tells whether Python's {@code str.split} treats a character as white space: Unicode's
   * bidirectional types B, S and WS, and general category Zs. All of them lie in the basic plane.
   */
  private static boolean isSpace(char c) {
    return (c >= '\t' && c <= '\r')
        || (c >= 0x1C && c <= ' ')
        || c == 0x85
        || c == 0xA0
        || c == 0x1680
        || (c >= 0x2000 && c <= 0x200A)
        || c == 0x2028
        || c == 0x2029
        || c == 0x202F
        || c == 0x205F
        || c == 0x3000;
  }
}
