package io.earthembed.parquet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.testkit.fuzz.Fuzzer;
import io.earthembed.testkit.process.ChildJvm;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Fuzzes hostile servers: only our own exceptions are allowed, within limits of memory and time.
 */
class ReplyFuzzTest {
  private static final String BODY = "0123456789".repeat(40);

  private static String reply(String status, String headers, String body) {
    return "HTTP/1.1 " + status + "\r\n" + headers + "\r\n\r\n" + body;
  }

  private static String part(String headers, int from, int to, String length) {
    String all =
        ("Content-Range: bytes " + from + "-" + (to - 1) + "/" + length)
            + ("\r\nContent-Length: " + (to - from) + "\r\n" + headers);
    return reply("206 Partial Content", all, BODY.substring(from, to));
  }

  private static Fuzzer seeded(Class<?> target, Map<String, String> seeds) {
    Fuzzer fuzzer = Fuzzer.of(target).maxBytes(4_000).memory(200, 100, 1_500);
    seeds.forEach((name, text) -> fuzzer.seed(name, text.getBytes(ISO_8859_1)));
    for (String word :
        new String[] {
          FuzzReplies.NEXT,
          "Content-Range: ",
          "bytes ",
          "*/",
          "Content-Encoding: gzip",
          "ETag: ",
          "W/",
          "Transfer-Encoding: chunked",
          "Retry-After: ",
          "Location: ",
          "HTTP/1.1 200 OK",
          "HTTP/1.1 206 P",
          "HTTP/1.1 416 N",
          "Last-Modified: Tue, 05 Mar 2024 10:00:00 GMT",
          "Date: Wed, 06 Mar 2024 10:00:00 GMT",
          "multipart/byteranges",
          "Content-Length: "
        }) {
      fuzzer.word(word.getBytes(ISO_8859_1));
    }
    return fuzzer;
  }

  @Test
  void ranges() {
    Map<String, String> seeds = new LinkedHashMap<>();
    String end = part("ETag: \"a\"", 0, 400, "400");
    String middle = part("ETag: \"a\"", 190, 290, "400");
    seeds.put("usual", end + FuzzReplies.NEXT + middle);
    seeds.put("whole", reply("200 OK", "Content-Length: 400", BODY));
    seeds.put(
        "chunked",
        reply("200 OK", "Transfer-Encoding: chunked", "190\r\n" + BODY + "\r\n0\r\n\r\n"));
    String no = reply("501 No", "Content-Length: 0", "");
    String one = part("ETag: W/\"a\"", 0, 1, "400");
    seeds.put("bounded", String.join(FuzzReplies.NEXT, no, one, end, middle));
    seeds.put("star", String.join(FuzzReplies.NEXT, no, part("", 0, 1, "*"), end, middle));
    seeds.put("range", reply("416 No", "Content-Range: bytes */400", "") + FuzzReplies.NEXT + end);
    seeds.put("redirect", reply("302 Found", "Location: /x", "") + FuzzReplies.NEXT + end);
    String several = "--x\r\nContent-Range: bytes 0-399/400\r\n\r\n" + BODY + "\r\n--x--\r\n";
    seeds.put(
        "several",
        reply(
            "206 P",
            "Content-Type: multipart/byteranges; boundary=x\r\nContent-Length: " + several.length(),
            several));
    seeds.put("page", reply("200 OK", "Content-Type: text/html\r\nContent-Length: 6", "<html>"));
    seeds.put("gzip", part("Content-Encoding: gzip", 0, 400, "400"));
    seeds.put("busy", reply("503 Busy", "Retry-After: 0", ""));
    seeded(RangeReplyFuzz.class, seeds).runs(300).fuzz();
  }

  /** The JDK's parser never ends here; the reader must, in a process of its own. */
  @Test
  void endsAChunkOf2To31BytesInTime() throws Exception {
    String body = "1\r\n0\r\n90123456\r\n" + BODY;
    byte[] reply = reply("200 OK", "Transfer-Encoding: chunked", body).getBytes(ISO_8859_1);
    String input = Base64.getEncoder().encodeToString(reply);
    ChildJvm.Outcome outcome =
        ChildJvm.withMemory(100, 100, 0)
            .withPatience(Duration.ofMinutes(1))
            .run(RangeReplyFuzz.class, input);
    assertEquals(0, outcome.exitCode(), outcome.output());
  }

  @Test
  void hub() {
    Map<String, String> seeds = new LinkedHashMap<>();
    String whole = reply("200 OK", "Content-Length: 400\r\nETag: \"v1\"", BODY);
    seeds.put("usual", whole);
    seeds.put("rest", part("ETag: \"v1\"", 10, 400, "400"));
    seeds.put("rest of a changed", part("ETag: \"v2\"", 10, 400, "400") + FuzzReplies.NEXT + whole);
    seeds.put("all", reply("416 No", "Content-Range: bytes */10\r\nETag: \"v1\"", ""));
    seeds.put(
        "announced",
        reply(
                "302 Found",
                "X-Linked-Size: 400\r\nX-Linked-Etag: \"" + "0".repeat(64) + "\"\r\nLocation: /y",
                "")
            + FuzzReplies.NEXT
            + whole);
    seeds.put(
        "chunked",
        reply("200 OK", "Transfer-Encoding: chunked", "190\r\n" + BODY + "\r\n0\r\n\r\n"));
    seeds.put("page", reply("200 OK", "Content-Type: text/html\r\nContent-Length: 6", "<html>"));
    seeds.put("busy", reply("429 Busy", "Retry-After: 0", ""));
    seeded(HubReplyFuzz.class, seeds).runs(250).fuzz();
  }
}
