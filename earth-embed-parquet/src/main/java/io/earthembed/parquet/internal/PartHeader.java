package io.earthembed.parquet.internal;

import io.earthembed.base.http.ContentRange;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the header of the first part of a multipart/byteranges body (RFC 9110, 14.6). */
final class PartHeader {
  private static final int MAX_LENGTH = 8 << 10;
  private static final Pattern HEADER = Pattern.compile("(?s)(.*?)\r?\n\r?\n");
  private static final Pattern RANGE = Pattern.compile("(?im)^content-range\\s*:\\s*([^\r\n]*)");

  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private int end = -1;
  private @Nullable ContentRange range;
  private @Nullable String problem;

  /** Takes bytes until the header is complete or too long; the rest stays in the buffer. */
  void add(ByteBuffer bytes) {
    byte[] some = new byte[Math.min(bytes.remaining(), MAX_LENGTH - held.size())];
    bytes.get(some);
    held.writeBytes(some);
    Matcher header = HEADER.matcher(held.toString(StandardCharsets.ISO_8859_1));
    while (header.find()) {
      Matcher value = RANGE.matcher(header.group(1));
      boolean found = value.find();
      // An empty line may stand before the first boundary.
      if (!found && header.group(1).isBlank()) continue;
      end = header.end();
      range = found ? ContentRange.parse(value.group(1)) : null;
      if (range != null && !range.isPart()) range = null;
      if (!found) problem = "a part without Content-Range";
      else if (range == null) problem = "a part without a usable Content-Range";
      return;
    }
  }

  boolean isComplete() {
    return end >= 0;
  }

  /** Returns the part's range, or null if the header has a problem. */
  @Nullable ContentRange range() {
    return range;
  }

  /** Returns what is wrong with the header, or null. */
  @Nullable String problem() {
    return problem;
  }

  /** Returns the bytes that were taken and stand behind the header. */
  ByteBuffer rest() {
    return ByteBuffer.wrap(held.toByteArray(), end, held.size() - end);
  }
}
