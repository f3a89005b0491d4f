package io.earthembed.base.http;

import io.earthembed.base.thread.DaemonThreads;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;

/**
 * Reads small documents whole, such as listings, anonymously and with retries. Safe for many
 * threads.
 */
public final class HttpDocuments {
  /** The most bytes of a document. */
  private static final int MOST = 64 << 20;

  private static final HttpSender SENDER =
      new HttpSender(
          Executors.newCachedThreadPool(DaemonThreads.numbered("earth-embed-document-")),
          Duration.ofSeconds(10));

  private final Duration silence;
  private final RetryPolicy retries;

  /**
   * Creates a reader.
   *
   * @param silence how long a server may be silent; a document may take ten times as long
   * @param attempts the most times that a request is sent
   */
  public HttpDocuments(Duration silence, int attempts) {
    this.silence = silence;
    this.retries = new RetryPolicy(attempts);
  }

  /**
   * A document.
   *
   * @param address the address that sent it, after redirects
   * @param headers the headers of the reply
   * @param text the body, read as UTF-8
   */
  public record Document(URI address, HttpHeaders headers, String text) {}

  /** Thrown if a server answers with another status than 200. */
  public static final class StatusException extends EarthEmbedException {
    private static final long serialVersionUID = 1L;

    private final int status;

    StatusException(URI address, int status) {
      super(Addresses.redacted(address) + ": the server answers with status " + status);
      this.status = status;
    }

    /** Returns the status of the last reply. */
    public int status() {
      return status;
    }
  }

  /**
   * Reads a document.
   *
   * @throws StatusException if the server answers with another status than 200
   * @throws EarthEmbedException naming the address, if it cannot be read or has more than 64 MiB
   */
  public Document get(URI address) {
    Deadline deadline = Deadline.in(silence.multipliedBy(10));
    for (int attempt = 1; ; attempt++) {
      try (HttpExchange reply =
          Redirects.follow(address, at -> SENDER.send(request(at), silence, deadline))) {
        int status = reply.status();
        if (status == 200) return document(address, reply);
        if (!RetryPolicy.isRetryable(status) || retries.isExhausted(attempt)) {
          throw new StatusException(address, status);
        }
        Duration asked = RetryPolicy.retryAfter(reply.headers());
        pause(asked == null ? retries.pause(attempt) : asked, deadline, address);
      } catch (LastingHttpException e) {
        throw failed(address, e);
      } catch (IOException e) {
        if (retries.isExhausted(attempt)) throw failed(address, e);
        pause(retries.pause(attempt), deadline, address);
      } catch (InterruptedException e) {
        throw interrupted(address, e);
      }
    }
  }

  private static void pause(Duration pause, Deadline deadline, URI address) {
    if (deadline.left() < Deadline.nanos(pause)) {
      throw new EarthEmbedException(
          Addresses.redacted(address) + ": no reply within " + deadline.limit());
    }
    try {
      RetryPolicy.sleep(pause);
    } catch (InterruptedException e) {
      throw interrupted(address, e);
    }
  }

  private static EarthEmbedException interrupted(URI address, InterruptedException e) {
    return Tasks.interrupted(Addresses.redacted(address) + ": interrupted while reading", e);
  }

  private static EarthEmbedException failed(URI address, IOException e) {
    return new EarthEmbedException(Addresses.redacted(address) + ": " + HttpReplies.none(e), e);
  }

  private static HttpRequest request(URI address) throws LastingHttpException {
    return HttpSender.request(address).build();
  }

  private static Document document(URI address, HttpExchange reply)
      throws IOException, InterruptedException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (ByteBuffer next = reply.next(); next != null; next = reply.next()) {
      byte[] bytes = new byte[next.remaining()];
      next.get(bytes);
      body.write(bytes, 0, bytes.length);
      if (body.size() > MOST) {
        throw new EarthEmbedException(
            Addresses.redacted(address) + " has more than " + MOST + " bytes");
      }
    }
    return new Document(reply.address(), reply.headers(), body.toString(StandardCharsets.UTF_8));
  }
}
