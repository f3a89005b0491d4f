package io.earthembed.base.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "=1+1#'=1+1",
        "+1#'+1",
        "-1#'-1",
        "@SUM(A1)#'@SUM(A1)",
        "x;=cmd#x;'=cmd",
        "x,=cmd#x,'=cmd",
        "x|@cmd#x|'@cmd",
        "  =cmd#  '=cmd",
        "\"=cmd#\"'=cmd",
        "x; \"+cmd#x; \"'+cmd",
        "\u00A0=cmd#\u00A0'=cmd",
        "\uFEFF=cmd#\uFEFF'=cmd",
        "\u200B\u202E-cmd#\u200B\u202E'-cmd",
        "\uFF1Dcmd#'\uFF1Dcmd",
        "x;\uFF0Bcmd#x;'\uFF0Bcmd",
        "x;\uFF0Dcmd#x;'\uFF0Dcmd",
        "x;\uFF20cmd#x;'\uFF20cmd",
        "==#'==",
        ";;=#;;'=",
        "a=b;c-d;e@f#a=b;c-d;e@f"
      })
  void disarms(String text, String safe) {
    assertEquals(safe, CsvText.withoutFormulas(text));
  }

  @Test
  void disarmsBehindTabsAndLines() {
    assertEquals("x\t'=cmd", CsvText.withoutFormulas("x\t=cmd"));
    assertEquals("x\r\n'=cmd", CsvText.withoutFormulas("x\r\n=cmd"));
    assertEquals("x\u2028'@cmd", CsvText.withoutFormulas("x\u2028@cmd"));
    assertEquals("'\t'=cmd", CsvText.withoutFormulas("\t=cmd"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "S2A_MSIL2A_20221115T161819", "922D_249L", "https://a.b/c-d?e=f&g=+h"})
  void leavesOthersAsTheyAre(String text) {
    assertSame(text, CsvText.withoutFormulas(text));
    assertEquals(text, CsvText.field(text));
  }

  @Test
  void quotes() {
    assertEquals("\"a,b\"", CsvText.field("a,b"));
    assertEquals("\"a\"\"b\"", CsvText.field("a\"b"));
    assertEquals("\"a\r\nb\"", CsvText.field("a\r\nb"));
    assertEquals("\"a;'=b\"", CsvText.field("a;=b"));
  }
}
