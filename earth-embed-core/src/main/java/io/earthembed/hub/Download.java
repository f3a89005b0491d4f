package io.earthembed.hub;

import io.earthembed.base.http.ContentRange;
import io.earthembed.base.http.HttpReplies;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One file on its way: into {@code FILE.part}, which outlives a failure, with the server's entity
 * tag in {@code FILE.part.tag}, so that a rest is only ever added to the same file's beginning. Its
 * caller holds the lock on the file.
 */
final class Download {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int MOST_REDIRECTS = 8;

  /** What servers say that know no ranges, and might know the whole file. */
  private static final Set<Integer> NO_RANGES = Set.of(400, 405, 406, 412, 501);

  /** Bytes a second that a download must bring on average, beyond what its tries may take. */
  private static final long LEAST_RATE = 4 << 10;

  /** Redirects are followed by hand: the client would take the token along. */
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(20))
          .build();

  /** Closes connections that have gone silent; reading a body knows no time-out of its own. */
  private static final ScheduledExecutorService WATCH =
      Executors.newSingleThreadScheduledExecutor(daemons("earth-embed-hub-watch"));

  private static final ExecutorService SENDERS =
      Executors.newCachedThreadPool(daemons("earth-embed-hub"));

  private final Hub hub;
  private final int attempts;
  private final Duration patience;
  private final URI address;
  private final Path part;
  private final Path tag;
  private final String wanted;
  private final String task;
  private final ProgressListener progress;

  /** A reply has brought some of the file: what was there before is no longer all there is. */
  private boolean received;

  private final long began = System.nanoTime();

  /** Bytes that have come, those that were thrown away included. */
  private long brought;

  Download(
      Hub hub,
      int attempts,
      Duration patience,
      URI address,
      Path target,
      String wanted,
      String task,
      ProgressListener progress) {
    this.hub = hub;
    this.attempts = attempts;
    this.patience = patience;
    this.address = address;
    this.part = part(target);
    this.tag = target.resolveSibling(target.getFileName() + ".part.tag");
    this.wanted = wanted;
    this.task = task;
    this.progress = progress;
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private static Path part(Path target) {
    return target.resolveSibling(target.getFileName() + ".part");
  }

  /** Gives the finished part its name. */
  static void publish(Path target) throws IOException {
    Path part = part(target);
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(target.resolveSibling(target.getFileName() + ".part.tag"));
  }

  /** Brings the part to its end and returns its SHA-256. */
  String run() throws IOException {
    int fruitless = 0;
    long furthest = size();
    boolean again = false;
    while (true) {
      long before = size();
      Fault fault;
      try {
        Expected expected = once(before);
        String found = sha256(part);
        String sha256 = wanted.isEmpty() ? expected.sha256() : wanted;
        if (sha256.isEmpty() || sha256.equals(found)) return found;
        discard();
        // A part of long ago may not have been of this file; a fresh download must be.
        if (before == 0 || again) {
          throw new CorruptDataException(
              address.toString(), -1, "SHA-256 is " + found + ", expected " + sha256);
        }
        again = true;
        continue;
      } catch (Fault e) {
        fault = e;
      }
      if (!fault.passing) throw failure(fault, fruitless + 1);
      if (isTooSlow()) throw failure(tooSlow(), 1);
      // Farther than ever, that is: a part that is discarded and fetched again is no progress.
      fruitless = size() > furthest ? 0 : fruitless + 1;
      furthest = Math.max(furthest, size());
      if (fruitless >= attempts) throw failure(fault, fruitless);
      pause(fault.retryAfter != null ? fault.retryAfter : backOff(fruitless));
    }
  }

  /**
   * Whether others have waited long enough for the lock: a server that is never silent and brings
   * next to nothing would keep it for ever.
   */
  private boolean isTooSlow() {
    double most =
        2.0 * attempts * TimeUnit.NANOSECONDS.convert(patience) + 1e9 * brought / LEAST_RATE;
    return System.nanoTime() - began > most;
  }

  private Fault tooSlow() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    return Fault.lasting("too slow: " + brought + " bytes in " + seconds + " s");
  }

  private EarthEmbedException failure(Fault fault, int tries) {
    String message =
        address + (tries == 1 ? "" : ", " + tries + " attempts") + ": " + fault.getMessage();
    return fault.corrupt
        ? new CorruptDataException(address.toString(), -1, fault.getMessage(), fault)
        : new EarthEmbedException(message, fault);
  }

  private static Duration backOff(int fruitless) {
    long millis = 250L << Math.min(6, fruitless);
    return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
  }

  private void pause(Duration time) throws IOException {
    Duration pause = time.compareTo(patience) > 0 ? patience : time;
    try {
      TimeUnit.NANOSECONDS.sleep(TimeUnit.NANOSECONDS.convert(pause));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private long size() throws IOException {
    return Files.isRegularFile(part) ? Files.size(part) : 0;
  }

  private void discard() throws IOException {
    Files.deleteIfExists(part);
    Files.deleteIfExists(tag);
  }

  /** What the endpoint says of the file, -1 and empty where it says nothing. */
  private record Expected(long length, String sha256) {}

  /** One request, and as much of the file as it brings. */
  private Expected once(long have) throws IOException, Fault {
    String validator = Files.isRegularFile(tag) ? Files.readString(tag) : "";
    // Without an entity tag nothing but the SHA-256 could tell that the rest fits the beginning.
    boolean resume = have > 0 && (!validator.isEmpty() || !wanted.isEmpty());
    if (!resume) discard();
    URI at = address;
    Expected expected = new Expected(-1, "");
    for (int redirects = 0; ; redirects++) {
      HttpResponse<InputStream> response = send(at, resume ? have : 0, validator);
      try (InputStream body = response.body()) {
        if (hub.endpoint().isOrigin(at)) expected = told(response, expected);
        if (REDIRECTS.contains(response.statusCode())) {
          at = next(at, response, redirects);
          continue;
        }
        receive(response, body, resume ? have : 0, expected);
        return expected;
      }
    }
  }

  private HttpResponse<InputStream> send(URI at, long from, String validator)
      throws IOException, Fault {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at)
            .header("User-Agent", "earth-embed")
            .header("Accept-Encoding", "identity");
    hub.authorization(at).ifPresent(value -> request.header("Authorization", value));
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
      if (HttpReplies.isCondition(validator)) request.header("If-Range", validator);
    }
    // Waited for here: the request's own time limit is for the body too from JDK 26 on. And sent by
    // a thread of ours: the client's own way ends in one of the common pool, whose threads may all
    // wait for this download.
    Future<HttpResponse<InputStream>> reply =
        SENDERS.submit(
            () -> CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
    try {
      return reply.get(TimeUnit.NANOSECONDS.convert(patience), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      reply.cancel(true);
      throw interrupted(e);
    } catch (TimeoutException e) {
      reply.cancel(true);
      throw Fault.passing("no reply from " + at.getHost() + " within " + patience, e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      // The client refuses what it cannot ask for, and shows it.
      if (cause instanceof IllegalArgumentException) {
        throw Fault.lasting(at.getHost() + " cannot be asked");
      }
      throw Fault.passing("no reply from " + at.getHost() + ": " + HttpReplies.none(cause), cause);
    }
  }

  /** Hugging Face announces large files' length and SHA-256 before it redirects. */
  private static Expected told(HttpResponse<?> response, Expected before) {
    long length =
        response
            .headers()
            .firstValue("X-Linked-Size")
            .filter(value -> value.matches("\\d{1,18}"))
            .map(Long::parseLong)
            .orElse(before.length());
    String sha256 =
        response
            .headers()
            .firstValue("X-Linked-Etag")
            .map(value -> value.replace("W/", "").replace("\"", "").toLowerCase(Locale.ROOT))
            .filter(value -> value.matches("[0-9a-f]{64}"))
            .orElse(before.sha256());
    return new Expected(length, sha256);
  }

  private static URI next(URI at, HttpResponse<?> response, int redirects) throws Fault {
    String location =
        response
            .headers()
            .firstValue("Location")
            .orElseThrow(() -> Fault.lasting("redirected nowhere by " + at.getHost()));
    if (redirects == MOST_REDIRECTS) throw Fault.lasting("redirected " + redirects + " times");
    try {
      return HttpReplies.redirected(at, location);
    } catch (IOException e) {
      throw Fault.lasting(at.getHost() + " " + e.getMessage());
    }
  }

  private void receive(
      HttpResponse<InputStream> response, InputStream body, long have, Expected expected)
      throws IOException, Fault {
    int status = response.statusCode();
    if (status == 416) {
      if (isAll(response, have, expected)) return;
      discard();
      throw Fault.passing("HTTP 416: what was there is no beginning of the file", null);
    }
    if (have > 0 && NO_RANGES.contains(status)) {
      discard();
      throw Fault.passing("HTTP " + status + ": no rest can be asked for", null);
    }
    if (status != 200 && status != 206) throw refused(response);
    String encoding = HttpReplies.encoding(response.headers());
    if (encoding != null) throw Fault.lasting(HttpReplies.encoded(encoding));
    long from = 0;
    long total = response.headers().firstValueAsLong("Content-Length").orElse(-1);
    String version = HttpReplies.version(response.headers());
    if (status == 206) {
      ContentRange range = ContentRange.of(response.headers());
      // What comes from farther back is written over what is there; what is of another state of
      // the file, where the server did not look at If-Range or was not sent one, is not.
      String before = Files.isRegularFile(tag) ? Files.readString(tag) : null;
      if (range == null
          || !range.isPart()
          || range.first() > have
          || (have > 0 && HttpReplies.differ(before, version))
          || (have > 0 && wanted.isEmpty() && !isSame(before, version))) {
        discard();
        throw Fault.passing("answered with another range than was asked for", null);
      }
      from = range.first();
      total = range.length() < 0 ? range.last() + 1 : range.length();
    }
    if (HttpReplies.isStrong(version)) Files.writeString(tag, version);
    else if (status == 200) Files.deleteIfExists(tag);
    received = true;
    long end = copy(body, from, total);
    long length = expected.length() >= 0 ? expected.length() : total;
    String page =
        isPage() ? null : HttpReplies.page(start(), HttpReplies.isPage(response.headers()));
    if (page != null) {
      discard();
      throw Fault.lasting(page);
    }
    if (total >= 0 && end != total) {
      throw Fault.passing("ended after " + end + " of " + total + " bytes", null);
    }
    if (length >= 0 && end != length) {
      discard();
      throw Fault.corrupt("has " + end + " bytes, expected " + length);
    }
  }

  /** Whether the server has looked, or we can see, that a rest is of the file that is there. */
  private static boolean isSame(@Nullable String before, @Nullable String now) {
    if (before == null) return false;
    return HttpReplies.isCondition(before) || before.equals(now);
  }

  /** Whether a web page is what is wanted. */
  private boolean isPage() {
    String name = task.toLowerCase(Locale.ROOT);
    return name.endsWith(".html") || name.endsWith(".htm") || name.endsWith(".xhtml");
  }

  private byte[] start() throws IOException {
    try (InputStream file = Files.newInputStream(part)) {
      return file.readNBytes(HttpReplies.START);
    }
  }

  /**
   * Whether nothing is left to ask for: a process may have ended between the last byte and the
   * name.
   */
  private boolean isAll(HttpResponse<?> response, long have, Expected expected) throws IOException {
    ContentRange all = ContentRange.of(response.headers());
    if (have == 0 || all == null || all.isPart() || all.length() != have) return false;
    if (received) return false; // it has just said that there is more
    // Another file may be as long: its SHA-256 tells, where one is known.
    String version = String.valueOf(HttpReplies.version(response.headers()));
    return !wanted.isEmpty()
        || !expected.sha256().isEmpty()
        || (Files.isRegularFile(tag) && Files.readString(tag).equals(version));
  }

  private Fault refused(HttpResponse<?> response) {
    int status = response.statusCode();
    String problem =
        switch (status) {
          case 401, 403 -> "HTTP " + status + ": not allowed; it may need a token, or another one";
          case 404 -> "HTTP 404: no such repository, revision or file";
          case 204, 205 -> "HTTP " + status + ": an empty reply";
          default -> "HTTP " + status;
        };
    if (!HttpReplies.isPassing(status)) return Fault.lasting(problem);
    return new Fault(problem, null, true, false, HttpReplies.retryAfter(response.headers()));
  }

  /** Writes a body from an offset on, and returns where it ended. */
  private long copy(InputStream body, long from, long total) throws IOException, Fault {
    AtomicLong heard = new AtomicLong(System.nanoTime());
    long step = Math.max(1, Math.min(10_000, TimeUnit.MILLISECONDS.convert(patience) / 4));
    ScheduledFuture<?> watch =
        WATCH.scheduleWithFixedDelay(
            () -> closeIfSilent(body, heard), step, step, TimeUnit.MILLISECONDS);
    long at = from;
    try (FileChannel file =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.truncate(from).position(from);
      byte[] buffer = new byte[1 << 16];
      progress.update(task, at, total);
      while (true) {
        int count;
        try {
          count = body.read(buffer);
        } catch (IOException e) {
          if (Thread.currentThread().isInterrupted()) throw e;
          throw Fault.passing("cut after " + at + " bytes: " + HttpReplies.none(e), e);
        }
        if (count < 0) return at;
        heard.set(System.nanoTime());
        brought += count;
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
        while (bytes.hasRemaining()) at += file.write(bytes);
        progress.update(task, at, total);
        if (isTooSlow()) throw tooSlow();
      }
    } finally {
      watch.cancel(false);
    }
  }

  private void closeIfSilent(InputStream body, AtomicLong heard) {
    if (System.nanoTime() - heard.get() < TimeUnit.NANOSECONDS.convert(patience)) return;
    try {
      body.close();
    } catch (IOException e) {
      // The reader finds it closed, which is all that is wanted.
    }
  }

  static String sha256(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count; (count = in.read(buffer)) >= 0; ) digest.update(buffer, 0, count);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static InterruptedIOException interrupted(InterruptedException e) {
    InterruptedIOException interrupted = new InterruptedIOException("interrupted");
    interrupted.initCause(e);
    return interrupted;
  }

  /** Why one try did not bring the file. */
  private static final class Fault extends Exception {
    private static final long serialVersionUID = 1L;

    final boolean passing;
    final boolean corrupt;
    final transient @Nullable Duration retryAfter;

    Fault(
        String problem,
        @Nullable Throwable cause,
        boolean passing,
        boolean corrupt,
        @Nullable Duration retryAfter) {
      super(problem, cause);
      this.passing = passing;
      this.corrupt = corrupt;
      this.retryAfter = retryAfter;
    }

    static Fault passing(String problem, @Nullable Throwable cause) {
      return new Fault(problem, cause, true, false, null);
    }

    static Fault lasting(String problem) {
      return new Fault(problem, null, false, false, null);
    }

    static Fault corrupt(String problem) {
      return new Fault(problem, null, true, true, null);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}
