package io.earthembed.hub;

import io.earthembed.base.http.Deadline;
import io.earthembed.base.http.HttpExchange;
import io.earthembed.base.http.HttpReplies;
import io.earthembed.base.http.HttpSender;
import io.earthembed.base.http.LastingHttpException;
import io.earthembed.base.http.Redirects;
import io.earthembed.base.http.RetryPolicy;
import io.earthembed.base.thread.DaemonThreads;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Downloads one file into its {@link PartFile}. The caller holds the lock on the file. */
final class Download {
  private static final HttpSender SENDER =
      new HttpSender(
          Executors.newCachedThreadPool(DaemonThreads.named("earth-embed-hub")),
          Duration.ofSeconds(20));

  private final Hub hub;
  private final RetryPolicy retries;
  private final Duration patience;
  private final URI address;
  private final String wanted;
  private final PartFile part;
  private final PartWriter writer;
  private final DownloadPace pace;

  private AnnouncedFile announced = AnnouncedFile.UNKNOWN;

  /**
   * Creates a download.
   *
   * @param attempts requests in a row that may bring nothing
   * @param patience how long a server may be silent, and how long a Retry-After is obeyed
   * @param wanted the SHA-256 in hexadecimal, or empty if it is unknown
   * @param task the file's name for the listener
   */
  Download(
      Hub hub,
      int attempts,
      Duration patience,
      URI address,
      PartFile part,
      String wanted,
      String task,
      ProgressListener progress) {
    this.hub = hub;
    this.retries = new RetryPolicy(attempts);
    this.patience = patience;
    this.address = address;
    this.part = part;
    this.wanted = wanted;
    this.pace = new DownloadPace(attempts, patience);
    this.writer = new PartWriter(part, wanted, task, progress, pace);
  }

  /** Completes the part and returns its SHA-256. */
  String run() throws IOException {
    try {
      return download();
    } catch (InterruptedException e) {
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private String download() throws IOException, InterruptedException {
    int failures = 0;
    long furthest = part.size();
    boolean again = false;
    while (true) {
      long before = part.size();
      DownloadFault fault;
      try {
        request(before);
        String found = part.sha256();
        String sha256 = wanted.isEmpty() ? announced.sha256() : wanted;
        if (sha256.isEmpty() || sha256.equals(found)) return found;
        part.discard();
        // An old part may belong to another file, so a wrong SHA-256 is final only after a fresh
        // download.
        if (before == 0 || again) {
          throw new CorruptDataException(
              address.toString(), "SHA-256 is " + found + ", expected " + sha256);
        }
        again = true;
        continue;
      } catch (DownloadFault e) {
        fault = e;
      }
      if (!fault.isRetryable()) throw failure(fault, failures + 1);
      try {
        pace.require();
      } catch (DownloadFault slow) {
        throw failure(slow, 1);
      }
      // Only a longer part than ever before is progress; fetching it again after a discard is not.
      failures = part.size() > furthest ? 0 : failures + 1;
      furthest = Math.max(furthest, part.size());
      if (retries.isExhausted(failures)) throw failure(fault, failures);
      Duration asked = fault.retryAfter();
      Duration pause = asked != null ? asked : retries.pause(failures);
      RetryPolicy.sleep(pause.compareTo(patience) > 0 ? patience : pause);
    }
  }

  private EarthEmbedException failure(DownloadFault fault, int tries) {
    if (fault.isCorrupt()) {
      return new CorruptDataException(address.toString(), fault.getMessage(), fault);
    }
    String attempts = tries == 1 ? "" : ", " + tries + " attempts";
    return new EarthEmbedException(address + attempts + ": " + fault.getMessage(), fault);
  }

  /** Sends one request, and writes the bytes of the file that it brings. */
  private void request(long size) throws IOException, InterruptedException {
    String version = part.version();
    // Without a version, only the SHA-256 could show that the rest fits the beginning.
    boolean resume = size > 0 && ((version != null && !version.isEmpty()) || !wanted.isEmpty());
    if (!resume) part.discard();
    long from = resume ? size : 0;
    announced = AnnouncedFile.UNKNOWN;
    try (HttpExchange reply = Redirects.follow(address, at -> send(at, from, version))) {
      writer.write(reply, from, announced);
    } catch (LastingHttpException e) {
      throw DownloadFault.lasting(String.valueOf(e.getMessage()));
    }
  }

  private HttpExchange send(URI at, long from, @Nullable String version)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(hub, at);
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
      if (version != null && HttpReplies.isCondition(version)) {
        request.header("If-Range", version);
      }
    }
    HttpExchange reply = send(at, request, patience);
    if (hub.endpoint().isOrigin(at)) announced = announced.with(reply.headers());
    return reply;
  }

  private static HttpRequest.Builder request(Hub hub, URI at) throws LastingHttpException {
    HttpRequest.Builder request = HttpSender.request(at).header("User-Agent", "earth-embed");
    hub.authorization(at).ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private static HttpExchange send(URI at, HttpRequest.Builder request, Duration patience)
      throws IOException, InterruptedException {
    try {
      return SENDER.send(request.build(), patience, Deadline.none());
    } catch (LastingHttpException e) {
      throw e;
    } catch (IOException e) {
      throw DownloadFault.retryable(
          "no reply from " + at.getHost() + ": " + HttpReplies.none(e), e);
    }
  }

  /**
   * Asks whether a file exists, by a request for its first byte.
   *
   * @throws EarthEmbedException naming the address, if the answer is neither yes nor 404
   */
  static boolean exists(Hub hub, URI address) throws IOException {
    RetryPolicy retries = new RetryPolicy(hub.attempts());
    try {
      for (int failures = 1; ; failures++) {
        String problem;
        try (HttpExchange reply =
            Redirects.follow(
                address,
                at -> send(at, request(hub, at).header("Range", "bytes=0-0"), hub.timeout()))) {
          int status = reply.status();
          // 416: the file is empty.
          if (status == 200 || status == 206 || status == 416) return true;
          if (status == 404) return false;
          problem = "HTTP " + status;
          if (!RetryPolicy.isRetryable(status))
            throw new EarthEmbedException(address + ": " + problem);
        } catch (DownloadFault e) {
          problem = e.getMessage();
        }
        if (retries.isExhausted(failures)) {
          throw new EarthEmbedException(address + ", " + failures + " attempts: " + problem);
        }
        RetryPolicy.sleep(retries.pause(failures));
      }
    } catch (LastingHttpException e) {
      throw new EarthEmbedException(address + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }
}
