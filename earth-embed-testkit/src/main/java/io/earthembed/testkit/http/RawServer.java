package io.earthembed.testkit.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server on the loopback interface. It sends the bytes that a test provides, valid HTTP or not,
 * and closes the connection. Safe for many threads.
 */
public final class RawServer implements Closeable {
  /** Writes a reply to a request. Many threads call it at once, one per connection. */
  public interface Handler {
    /**
     * Answers one request.
     *
     * @param request the request
     * @param reply receives header and body; the connection is closed afterward
     * @throws IOException if the client has gone
     * @throws InterruptedException if the server is closed during the reply
     */
    void answer(Request request, OutputStream reply) throws IOException, InterruptedException;
  }

  /**
   * * A request.
   *
   * @param method method, such as GET
   * @param path path with its query
   * @param headers headers by name in lower case
   */
  public record Request(String method, String path, Map<String, String> headers) {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

    /** Returns a header's value, or empty. */
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }

    /** Returns whether the request is for a file's last bytes. */
    public boolean isSuffix() {
      return header("range").startsWith("bytes=-");
    }

    /**
     * Returns the first requested byte and the byte after the last.
     *
     * @param length bytes of the file
     */
    public int[] range(int length) {
      Matcher m = RANGE.matcher(header("range"));
      if (!m.matches()) return new int[] {0, length};
      if (m.group(1).isEmpty()) {
        return new int[] {Math.max(0, length - Integer.parseInt(m.group(2))), length};
      }
      int to = m.group(2).isEmpty() ? length : Integer.parseInt(m.group(2)) + 1;
      return new int[] {Integer.parseInt(m.group(1)), Math.min(length, to)};
    }
  }

  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final ServerSocket socket;
  private final Handler handler;

  private RawServer(ServerSocket socket, Handler handler) {
    this.socket = socket;
    this.handler = handler;
  }

  /** Starts a server on a free port of 127.0.0.1. */
  public static RawServer start(Handler handler) {
    try {
      RawServer server =
          new RawServer(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), handler);
      server.run(server::accept);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("no server", e);
    }
  }

  /** Returns the URL of a path, which has no leading slash. */
  public URI url(String path) {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/" + path);
  }

  /** Returns the requests so far, in order of arrival. */
  public List<Request> requests() {
    return requests;
  }

  private void run(Runnable work) {
    Thread thread = new Thread(work, "raw-server");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        run(() -> answer(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(Socket connection) {
    try (connection) {
      Request request = read(connection.getInputStream());
      if (request == null) return;
      requests.add(request);
      handler.answer(request, connection.getOutputStream());
      connection.getOutputStream().flush();
    } catch (IOException e) {
      // The client disconnected, as some tests intend.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      threads.remove(Thread.currentThread());
    }
  }

  private static @org.jspecify.annotations.Nullable Request read(InputStream in)
      throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) return null;
      head.append((char) c);
    }
    List<String> lines = head.toString().lines().toList();
    String[] first = lines.get(0).split(" ", 3);
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon < 0) continue;
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new Request(first[0], first[1], headers);
  }

  /**
   * Writes a status line, headers and the final empty line.
   *
   * @param status status, such as {@code 206 Partial Content}
   * @param headers lines such as {@code ETag: "x"}; {@code Connection: close} is added
   */
  public static void head(OutputStream reply, String status, String... headers) throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\nConnection: close\r\n");
    for (String header : headers) head.append(header).append("\r\n");
    reply.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Stops at once. */
  @Override
  public void close() throws IOException {
    socket.close();
    for (Thread thread : threads) thread.interrupt();
  }
}
