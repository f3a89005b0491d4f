package io.earthembed.hub;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A loopback server whose replies a test defines, including false lengths. */
final class HubServer implements Closeable {
  /** A request: the path and the headers, with names in lower case. */
  record Request(String path, Map<String, String> headers) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /**
   * A reply.
   *
   * @param sent how much of the body is sent before the connection is cut
   * @param silence milliseconds to wait before that cut
   * @param pause milliseconds after each byte of the body if it is sent byte by byte, else 0
   */
  record Reply(
      int status, Map<String, String> headers, byte[] body, int sent, int silence, int pause) {
    static Reply of(int status, byte[] body) {
      return new Reply(status, Map.of(), body, body.length, 0, 0);
    }

    Reply with(String name, String value) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Reply(status, more, body, sent, silence, pause);
    }

    Reply cutAfter(int bytes) {
      return new Reply(status, headers, body, bytes, silence, pause);
    }

    Reply silentFor(int millis) {
      return new Reply(status, headers, body, sent, millis, pause);
    }

    Reply dripping(int millis) {
      return new Reply(status, headers, body, sent, silence, millis);
    }
  }

  final List<Request> requests = new CopyOnWriteArrayList<>();
  private final ServerSocket socket;
  private final Function<Request, Reply> script;

  HubServer(Function<Request, Reply> script) throws IOException {
    this.script = script;
    this.socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    daemon(this::accept);
  }

  /** Returns a reply that supports ranges and has an entity tag. */
  static Reply file(Request request, byte[] content, String tag) {
    String range = request.header("range");
    String condition = request.header("if-range");
    if (range.isEmpty() || !(condition.isEmpty() || condition.equals(tag))) {
      return Reply.of(200, content).with("ETag", tag);
    }
    int from = Integer.parseInt(range.replaceAll("\\D", ""));
    if (from >= content.length) {
      return Reply.of(416, new byte[0])
          .with("ETag", tag)
          .with("Content-Range", "bytes */" + content.length);
    }
    byte[] rest = java.util.Arrays.copyOfRange(content, from, content.length);
    return Reply.of(206, rest)
        .with("ETag", tag)
        .with("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
  }

  String base() {
    return base("127.0.0.1");
  }

  String base(String host) {
    return "http://" + host + ":" + socket.getLocalPort();
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "hub-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        daemon(() -> answer(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(Socket connection) {
    try (connection) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
      String first = in.readLine();
      if (first == null) return;
      Map<String, String> headers = new LinkedHashMap<>();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      Request request = new Request(first.split(" ")[1], headers);
      requests.add(request);
      Reply reply = script.apply(request);
      StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status() + " Said\r\n");
      Map<String, String> out = new LinkedHashMap<>();
      out.put("Content-Length", String.valueOf(reply.body().length));
      out.put("Connection", "close");
      out.putAll(reply.headers());
      out.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
      OutputStream stream = connection.getOutputStream();
      stream.write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      for (int i = 0; reply.pause() > 0 && i < reply.sent(); i++) {
        stream.write(reply.body(), i, 1);
        stream.flush();
        Thread.sleep(reply.pause());
      }
      if (reply.pause() == 0) stream.write(reply.body(), 0, reply.sent());
      stream.flush();
      if (reply.silence() > 0) Thread.sleep(reply.silence());
    } catch (IOException e) {
      // The client went away, which some tests want.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
