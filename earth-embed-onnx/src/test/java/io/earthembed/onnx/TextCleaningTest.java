package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** GoldenTextTest compares the repairs with open_clip's. */
class TextCleaningTest {
  @Test
  void doesWhatItsNameSays() {
    String text = "  A \u201CBig\u201D\tRiver_Delta,\u00A0isn\u2019t it?\n";
    assertEquals(text, TextCleaning.NONE.apply(text));
    assertEquals("A \"Big\" River_Delta, isn't it?", TextCleaning.WHITESPACE.apply(text));
    assertEquals("a \"big\" river_delta, isn't it?", TextCleaning.LOWER.apply(text));
    assertEquals("a big river delta isnt it", TextCleaning.CANONICALIZE.apply(text));
  }

  @Test
  void readsCharacterReferencesUnlessThereAreTags() {
    assertEquals("\u00E9 < \u20AC", TextCleaning.WHITESPACE.apply("&eacute; &amp;lt; &#128;"));
    assertEquals("this\u00ACthat", TextCleaning.WHITESPACE.apply("this&notthat"));
    assertEquals("&unknown; & &;", TextCleaning.WHITESPACE.apply("&unknown; & &;"));
    assertEquals("P\u00C9REZ", TextCleaning.WHITESPACE.apply("P&EACUTE;REZ"));
    assertEquals("\uFFFD", TextCleaning.WHITESPACE.apply("&#99999999999999999999;"));
  }

  @Test
  void repairsWidthsLigaturesAndControls() {
    assertEquals(
        "FULL fi dz",
        TextCleaning.WHITESPACE.apply("\uFF26\uFF35\uFF2C\uFF2C\u3000\uFB01\0 \u01F3"));
    assertEquals("red", TextCleaning.WHITESPACE.apply("\u001B[31mred\u001B[0m"));
    assertEquals("caf\u00E9", TextCleaning.WHITESPACE.apply("cafe\u0301"));
  }

  /** 250,000 nested references would take 250,000 rounds. */
  @Test
  void referencesWithinReferencesHaveALimit() {
    String nested = "&" + "amp;".repeat(250_000);
    String cleaned =
        assertTimeoutPreemptively(
            Duration.ofSeconds(60), () -> TextCleaning.WHITESPACE.apply(nested));
    assertTrue(cleaned.startsWith("&amp;") && cleaned.length() < nested.length());
    assertEquals("<", TextCleaning.WHITESPACE.apply("&" + "amp;".repeat(150) + "lt;"));
  }

  @Test
  void leavesNothingOfNothing() {
    for (TextCleaning cleaning : TextCleaning.values()) assertEquals("", cleaning.apply(""));
    assertEquals("", TextCleaning.CANONICALIZE.apply(" \t\u3000.,!?_ "));
  }
}
