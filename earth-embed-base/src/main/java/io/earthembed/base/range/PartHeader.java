package io.earthembed.base.range;

import io.earthembed.base.http.ContentRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header of the first part of a multipart/byteranges body (RFC 9110, 14.6).
 *
 * @param range the part's range, or null if there is a problem
 * @param problem the fault of the header, or empty
 * @param rest the received bytes after the header
 */
record PartHeader(@Nullable ContentRange range, String problem, List<ByteBuffer> rest) {
  private static final int MAX_LENGTH = 8 << 10;
  private static final Pattern HEADER = Pattern.compile("(?s)(.*?)\r?\n\r?\n");
  private static final Pattern RANGE = Pattern.compile("(?im)^content-range\\s*:\\s*([^\r\n]*)");

  /** Supplies the body. */
  interface Body {
    /** Returns the next bytes, or null at the end. */
    @Nullable ByteBuffer next() throws IOException, InterruptedException;
  }

  /** Reads a body up to the first byte of its first part. */
  static PartHeader read(Body body) throws IOException, InterruptedException {
    ByteArrayOutputStream held = new ByteArrayOutputStream();
    for (ByteBuffer bytes; (bytes = body.next()) != null; ) {
      byte[] some = new byte[Math.min(bytes.remaining(), MAX_LENGTH - held.size())];
      bytes.get(some);
      held.writeBytes(some);
      Matcher header = HEADER.matcher(held.toString(StandardCharsets.ISO_8859_1));
      while (header.find()) {
        // An empty line may precede the first boundary.
        if (header.group(1).isBlank()) continue;
        ByteBuffer begun =
            ByteBuffer.wrap(held.toByteArray(), header.end(), held.size() - header.end());
        return of(header.group(1), List.of(begun, bytes));
      }
      if (bytes.hasRemaining()) break;
    }
    return new PartHeader(null, "a part whose header does not end", List.of());
  }

  private static PartHeader of(String lines, List<ByteBuffer> rest) {
    Matcher value = RANGE.matcher(lines);
    if (!value.find()) return new PartHeader(null, "a part without Content-Range", rest);
    ContentRange range = ContentRange.parse(value.group(1));
    return range != null && range.isPart()
        ? new PartHeader(range, "", rest)
        : new PartHeader(null, "a part without a usable Content-Range", rest);
  }
}
