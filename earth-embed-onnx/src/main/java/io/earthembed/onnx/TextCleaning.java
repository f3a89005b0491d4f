package io.earthembed.onnx;

import java.util.Locale;

/**
 * What is done to a text before a tokenizer sees it. The names and their meaning are those of
 * open_clip's tokenizers, whose models were trained on text so cleaned. All but {@link #NONE} first
 * repair the text: HTML entities, quotation marks, ligatures, widths, control characters, Unicode
 * form NFC.
 *
 * <p>One repair of theirs is left out: text that was once decoded with the wrong character set
 * ("Ã©" for "é") stays as it is.
 */
public enum TextCleaning {
  /** Nothing: the tokenizer file does it all. */
  NONE {
    @Override
    String apply(String text) {
      return text;
    }
  },

  /** Repairs, and turns each run of white space into one space. */
  WHITESPACE {
    @Override
    String apply(String text) {
      return collapse(repair(text));
    }
  },

  /** {@link #WHITESPACE} and lower case, as CLIP. */
  LOWER {
    @Override
    String apply(String text) {
      return collapse(repair(text)).toLowerCase(Locale.ROOT);
    }
  },

  /** {@link #WHITESPACE} and lower case without ASCII punctuation, as SigLIP. */
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
   * The cleaned text.
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

  /** One space for each run of white space, none at the ends. */
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
   * What Python's {@code str.split} takes for white space: Unicode's bidirectional types B, S and
   * WS, and general category Zs. No character outside the basic plane is among them.
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
