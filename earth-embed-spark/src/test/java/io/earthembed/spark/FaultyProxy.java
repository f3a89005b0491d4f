package io.earthembed.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Forwards connections to a server on loopback. It fails some of them: their first request is
 * answered with status 503, they are cut after some bytes in either direction, or they wait.
 */
final class FaultyProxy implements AutoCloseable {
  private static final byte[] BUSY =
      ("HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger failed = new AtomicInteger();
  private final int target;
  private Random random = new Random(0);
  private volatile double share;

  FaultyProxy(int target) throws IOException {
    this.target = target;
    threads.execute(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  /** Sets the share of the connections that fail (default 0). */
  synchronized void fail(double some, long seed) {
    share = some;
    random = new Random(seed);
  }

  /** Returns the number of connections that failed. */
  int failed() {
    return failed.get();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        // closed
      }
    }
  }

  /** Returns 0 to 2 for a fault, and -1 for none. */
  private synchronized int fault() {
    return random.nextDouble() < share ? random.nextInt(3) : -1;
  }

  private synchronized int bytes() {
    return random.nextInt(20_000);
  }

  private void serve(Socket client) {
    int fault = fault();
    if (fault >= 0) failed.incrementAndGet();
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      if (fault == 0) {
        readHead(client.getInputStream());
        client.getOutputStream().write(BUSY);
        return;
      }
      if (fault == 1) Thread.sleep(700);
      int most = fault == 2 ? bytes() : Integer.MAX_VALUE;
      threads.execute(() -> forward(client, server, most));
      forward(server, client, most);
    } catch (IOException e) {
      // The client or the server is gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Copies bytes until the end or a number of bytes; then closes both sockets. */
  private static void forward(Socket from, Socket to, int most) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16_384];
      for (int left = most; left > 0; ) {
        int n = in.read(buffer, 0, Math.min(left, buffer.length));
        if (n < 0) return;
        out.write(buffer, 0, n);
        if (most < Integer.MAX_VALUE) left -= n;
      }
    } catch (IOException e) {
      // The other direction has ended.
    }
  }

  private static void readHead(InputStream in) throws IOException {
    int seen = 0;
    for (int b = in.read(); b >= 0 && seen < 4; b = in.read()) {
      seen = b == (seen % 2 == 0 ? '\r' : '\n') ? seen + 1 : 0;
      if (seen == 4) return;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
  }
}
