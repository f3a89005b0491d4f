package io.earthembed.web;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** An answer of server-sent events. For one thread. */
final class EventStream {
  private final OutputStream out;

  /** Begins the answer. */
  EventStream(Exchange exchange) throws IOException {
    exchange.response.setContentType("text/event-stream");
    exchange.response.setCharacterEncoding("utf-8");
    exchange.response.setHeader("Cache-Control", "no-store");
    // A proxy of nginx would hold the events back.
    exchange.response.setHeader("X-Accel-Buffering", "no");
    out = exchange.response.getOutputStream();
    exchange.response.flushBuffer();
  }

  /**
   * Sends an event.
   *
   * @return false if the client is gone
   */
  boolean send(String name, JsonObject data) {
    return write("event: " + name + "\ndata: " + data + "\n\n");
  }

  /** Returns whether the client still listens, which only a write tells. */
  boolean isOpen() {
    return write(": \n\n");
  }

  private boolean write(String text) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
      return true;
    } catch (IOException e) {
      return false; // the client is gone
    }
  }
}
