package io.earthembed.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import org.junit.jupiter.api.Test;

class HttpRepliesTest {
  /** As the JDK's client throws them, without a word. */
  @Test
  void saysWhyThereIsNone() {
    assertEquals("host not found", HttpReplies.none(caused(new UnresolvedAddressException())));
    assertEquals("connection refused", HttpReplies.none(caused(new ClosedChannelException())));
    assertEquals("reset", HttpReplies.none(new IOException("reset")));
    assertEquals("no reply: IOException", HttpReplies.none(new IOException()));
  }

  private static Throwable caused(Exception cause) {
    ConnectException e = new ConnectException();
    e.initCause(cause);
    return e;
  }
}
