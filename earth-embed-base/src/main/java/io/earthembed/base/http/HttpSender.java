package io.earthembed.base.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over HTTP/1.1. It does not follow redirects; {@link Redirects} does. Safe for many
 * threads.
 */
public final class HttpSender {
  private final ExecutorService threads;
  private final Duration connectTimeout;

  /** Created at the first request, because it has a thread and open files. */
  private @Nullable HttpClient client;

  /**
   * Creates a sender.
   *
   * @param threads sends requests, one thread for each. The client's asynchronous calls would end
   *     on a thread of the common pool, and all of those may be waiting for the reply.
   * @param connectTimeout how long establishing a connection may take
   */
  public HttpSender(ExecutorService threads, Duration connectTimeout) {
    this.threads = threads;
    this.connectTimeout = connectTimeout;
  }

  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              // One connection per request: none fails with another, as with HTTP/2's GOAWAY.
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(connectTimeout)
              .build();
    }
    return client;
  }

  /** Returns a request for a file without any encoding. */
  public static HttpRequest.Builder request(URI address) throws LastingHttpException {
    try {
      return HttpRequest.newBuilder(address).header("Accept-Encoding", "identity");
    } catch (IllegalArgumentException e) {
      throw cannotBeSent(address);
    }
  }

  /**
   * Sends one request and waits for the head of its reply. The JDK's own time limit is not used: it
   * covers the head alone up to JDK 25, and the body too from JDK 26 on.
   *
   * @param idle how long the server may be silent, in head or body
   * @param deadline when the whole reply must have arrived
   * @return the reply, which the caller closes
   * @throws HttpTimeoutException if the head does not arrive in time
   * @throws LastingHttpException if the client refuses the request
   * @throws IOException if the connection fails
   */
  public HttpExchange send(HttpRequest request, Duration idle, Deadline deadline)
      throws IOException, InterruptedException {
    BodyQueue body = new BodyQueue(threads);
    boolean answered = false;
    Future<HttpResponse<BodyQueue>> reply =
        threads.submit(() -> client().send(request, info -> body.after(info.headers())));
    try {
      long wait = Math.min(Deadline.nanos(idle), deadline.left());
      HttpResponse<BodyQueue> head = reply.get(Math.max(0, wait), TimeUnit.NANOSECONDS);
      answered = true;
      return new HttpExchange(request.uri(), head, idle, deadline);
    } catch (TimeoutException e) {
      throw HttpExchange.timeout(idle, deadline);
    } catch (ExecutionException e) {
      throw failure(e, request.uri());
    } finally {
      if (!answered) {
        reply.cancel(true);
        body.cancel();
      }
    }
  }

  private static IOException failure(ExecutionException e, URI address) {
    rethrowError(e);
    if (e.getCause() instanceof IOException known) return known;
    return cannotBeSent(address);
  }

  /**
   * Throws the Error in a chain of causes: the client wraps an OutOfMemoryError in an IOException.
   */
  static void rethrowError(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof Error known) throw known;
    }
  }

  /** The client's own message would show the address. */
  private static LastingHttpException cannotBeSent(URI address) {
    return new LastingHttpException(address.getHost() + " cannot be asked");
  }
}
