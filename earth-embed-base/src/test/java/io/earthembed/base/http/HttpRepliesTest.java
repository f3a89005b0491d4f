package io.earthembed.base.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.PlainText;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.http.HttpHeaders;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HttpRepliesTest {
  /** The JDK's client throws these without a message. */
  @Test
  void saysWhyThereIsNone() {
    assertEquals("host not found", HttpReplies.none(caused(new UnresolvedAddressException())));
    assertEquals("connection refused", HttpReplies.none(caused(new ClosedChannelException())));
    assertEquals("reset", HttpReplies.none(new IOException("reset")));
    assertEquals("no reply: IOException", HttpReplies.none(new IOException()));
  }

  private static HttpHeaders headers(String... pairs) {
    Map<String, List<String>> map = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) map.put(pairs[i], List.of(pairs[i + 1]));
    return HttpHeaders.of(map, (name, value) -> true);
  }

  @Test
  void readsContentRangeAsServersSpellIt() {
    for (String value :
        List.of(
            "bytes 2-5/9", "Bytes 2-5/9", "bytes=2-5/9", "BYTES: 2 - 5 / 9", " bytes\t2-5/9 ")) {
      assertEquals(new ContentRange(2, 5, 9), ContentRange.parse(value), value);
    }
    assertEquals(new ContentRange(0, 0, -1), ContentRange.parse("bytes 0-0/*"));
    assertEquals(new ContentRange(-1, -1, 0), ContentRange.parse("bytes */0"));
    for (String value :
        List.of(
            "",
            "bytes",
            "bytes */*",
            "bytes 5-2/9",
            "bytes 0-9/9",
            "items 0-1/2",
            "bytes 0-/9",
            "bytes 0-1/99999999999999999999",
            "bytes -1-2/3",
            "bytes 0-1/2, bytes 0-1/2")) {
      assertNull(ContentRange.parse(value), value);
    }
  }

  @Test
  void tellsStatesOfAFileApart() {
    String then = "Tue, 05 Mar 2024 10:00:00 GMT";
    String now = "Tue, 05 Mar 2024 10:00:01 GMT";
    assertEquals("\"a\"", HttpReplies.version(headers("ETag", "\"a\"", "Last-Modified", then)));
    assertEquals(then, HttpReplies.version(headers("Last-Modified", then, "Date", now)));
    // In the second of the change another may follow.
    assertNull(HttpReplies.version(headers("Last-Modified", then, "Date", then)));
    assertNull(HttpReplies.version(headers("Last-Modified", then)));
    assertEquals("W/\"a\"", HttpReplies.version(headers("etag", "w/\"a\"")));
    assertEquals(
        then, HttpReplies.version(headers("ETag", "W/\"a\"", "Last-Modified", then, "Date", now)));

    assertTrue(HttpReplies.differ("\"a\"", "\"b\""));
    assertTrue(HttpReplies.differ("W/\"a\"", "\"b\""));
    assertTrue(HttpReplies.differ(then, now));
    assertFalse(HttpReplies.differ("W/\"a\"", "\"a\""));
    assertFalse(HttpReplies.differ("\"a\"", then));
    assertFalse(HttpReplies.differ(null, "\"a\""));

    for (String value : List.of("\"a\"", "\"\"", then)) assertTrue(HttpReplies.isCondition(value));
    for (String value : List.of("W/\"a\"", "a", "\"a\nb\"", "\"\u00e4\"", "\"")) {
      assertFalse(HttpReplies.isCondition(value), value);
    }
    assertTrue(HttpReplies.isStrong("a"));
    assertFalse(HttpReplies.isStrong("W/\"a\""));
    assertFalse(HttpReplies.isStrong(null));
  }

  @Test
  void tellsPagesFromFiles() {
    for (String page :
        List.of("<!DOCTYPE html>", "\u00ef\u00bb\u00bf\r\n <HTML>", "<?xml?><html xmlns='x'>")) {
      byte[] bytes = page.getBytes(StandardCharsets.ISO_8859_1);
      assertEquals(
          "the server sent a web page instead of the file", HttpReplies.page(bytes, false), page);
    }
    byte[] login = "<p>Log in".getBytes(StandardCharsets.UTF_8);
    assertNull(HttpReplies.page(login, false));
    assertEquals("the server sent a login page instead of the file", HttpReplies.page(login, true));
    for (String file : List.of("", "PAR1", "{\"html\": 1}", "<?xml?><svg/>", "# <html>")) {
      assertNull(HttpReplies.page(file.getBytes(StandardCharsets.UTF_8), file.equals("PAR1")));
    }
  }

  @Test
  void namesEncodings() {
    assertNull(HttpReplies.encoding(headers()));
    assertNull(HttpReplies.encoding(headers("Content-Encoding", "Identity")));
    assertEquals("gzip", HttpReplies.encoding(headers("content-encoding", "gzip")));
  }

  /** Nothing of what a server says moves a cursor or forges a line, in a cause neither. */
  @Test
  void whatOthersSayIsPlain() {
    String hostile = "a\u001b[2J\nERROR forged\u202e\u200b\r\u0007\u009b31m\u2028";
    String plain = "a [2J ERROR forged   31m";
    assertEquals(plain, PlainText.line(hostile));
    assertEquals("a\u2026", PlainText.line("abc", 2));
    assertEquals("\ud83c\udf0d\u2026", PlainText.line("\ud83c\udf0d\ud83c\udf0d\ud83c\udf0d", 2));
    IllegalStateException inner = new IllegalStateException(hostile);
    EarthEmbedException e = new EarthEmbedException(hostile, new IOException("outer", inner));
    assertEquals(plain, e.getMessage());
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    for (String line : trace.toString().split("\n")) {
      assertTrue(line.replace("\t", "").chars().noneMatch(Character::isISOControl), line);
      assertFalse(line.startsWith("ERROR"), line);
    }
    assertTrue(trace.toString().contains("IllegalStateException: " + plain), trace.toString());
    IOException clean = new IOException("as it is", new IOException());
    assertSame(clean, new EarthEmbedException("x", clean).getCause());
    assertTrue(new EarthEmbedException("x".repeat(100_000)).getMessage().length() <= 4_000);
  }

  private static Throwable caused(Exception cause) {
    ConnectException e = new ConnectException();
    e.initCause(cause);
    return e;
  }
}
