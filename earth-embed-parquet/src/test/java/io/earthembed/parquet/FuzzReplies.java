package io.earthembed.parquet;

import io.earthembed.testkit.http.RawServer;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * A server that sends the fuzzer's bytes as replies, one after another, and then repeats the last
 * one. Every redirect leads to this server; no other is contacted.
 */
final class FuzzReplies {
  /** Between two replies. */
  static final String NEXT = "\n%%%\n";

  private static final Pattern LOCATION = Pattern.compile("(?im)location[^\n]*");

  private static final AtomicReference<List<byte[]>> REPLIES = new AtomicReference<>(List.of());
  private static final AtomicInteger AT = new AtomicInteger();

  static final RawServer SERVER =
      RawServer.start(
          (request, reply) -> {
            List<byte[]> replies = Objects.requireNonNull(REPLIES.get());
            send(reply, replies.get(Math.min(AT.getAndIncrement(), replies.size() - 1)));
          });

  private FuzzReplies() {}

  private static void send(OutputStream out, byte[] reply) throws java.io.IOException {
    out.write(reply);
    out.flush();
  }

  /** Sets the bytes of later replies. */
  static void set(byte[] data) {
    String text = new String(data, StandardCharsets.ISO_8859_1);
    List<byte[]> replies = new ArrayList<>();
    for (String reply : text.split(NEXT, -1)) {
      int body = reply.indexOf("\r\n\r\n");
      String head = body < 0 ? reply : reply.substring(0, body);
      String safe = LOCATION.matcher(head).replaceAll("Location: /again\r");
      replies.add((safe + reply.substring(head.length())).getBytes(StandardCharsets.ISO_8859_1));
    }
    AT.set(0);
    REPLIES.set(replies);
  }
}
