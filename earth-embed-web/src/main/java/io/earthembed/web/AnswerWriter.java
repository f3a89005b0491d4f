package io.earthembed.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Writes long answers. A client that reads slowly keeps no thread waiting, if the container permits
 * that.
 */
final class AnswerWriter implements WriteListener {
  private static final int CHUNK = 1 << 16;

  /** The server's idle time-out and least rate end slow clients earlier. */
  private static final long TIMEOUT_MILLIS = 3_600_000;

  private final AsyncContext context;
  private final ServletOutputStream out;
  private final InputStream content;
  private final byte[] chunk = new byte[CHUNK];

  private AnswerWriter(AsyncContext context, ServletOutputStream out, InputStream content) {
    this.context = context;
    this.out = out;
    this.content = content;
  }

  /**
   * Writes an answer, or begins to: it may go on after the servlet has returned.
   *
   * @param content closed at the end
   * @param length its number of bytes
   */
  static void write(
      HttpServletRequest request, HttpServletResponse response, InputStream content, long length)
      throws IOException {
    if (length > CHUNK && request.isAsyncSupported()) {
      AsyncContext context = request.startAsync();
      context.setTimeout(TIMEOUT_MILLIS);
      ServletOutputStream out = response.getOutputStream();
      out.setWriteListener(new AnswerWriter(context, out, content));
      return;
    }
    try (content) {
      OutputStream out = response.getOutputStream();
      content.transferTo(out);
    }
  }

  @Override
  public void onWritePossible() throws IOException {
    while (out.isReady()) {
      int n = content.read(chunk);
      if (n < 0) {
        end();
        return;
      }
      out.write(chunk, 0, n);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end(); // the client is gone
  }

  private void end() {
    try {
      content.close();
    } catch (IOException e) {
      // Everything that could be sent has been.
    }
    context.complete();
  }
}
