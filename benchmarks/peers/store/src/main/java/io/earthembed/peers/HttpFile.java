package io.earthembed.peers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;

/**
 * A file behind HTTP, read by ranges. Each read is a request, except in the end of the file, which
 * is kept.
 */
final class HttpFile {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final int TAIL = 2 << 20;

  private final URI url;
  private byte[] tail = {};
  private long length;

  HttpFile(URI url) {
    this.url = url;
  }

  private HttpResponse<byte[]> get(String range) throws IOException {
    try {
      return CLIENT.send(
          HttpRequest.newBuilder(url).header("Range", range).build(),
          HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  void open() throws IOException {
    HttpResponse<byte[]> end = get("bytes=-" + TAIL);
    tail = end.body();
    String range = end.headers().firstValue("Content-Range").orElseThrow();
    length = Long.parseLong(range.substring(range.indexOf('/') + 1));
  }

  long length() {
    return length;
  }

  ByteBuffer read(long offset, int bytes) throws IOException {
    long inTail = offset - (length - tail.length);
    if (tail.length > 0 && inTail >= 0) return ByteBuffer.wrap(tail, (int) inTail, bytes).slice();
    return ByteBuffer.wrap(get("bytes=" + offset + "-" + (offset + bytes - 1)).body());
  }
}
