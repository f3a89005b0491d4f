package io.earthembed.hub;

import io.earthembed.base.http.ContentRange;
import io.earthembed.base.http.HttpExchange;
import io.earthembed.base.http.HttpReplies;
import io.earthembed.base.http.RetryPolicy;
import io.earthembed.common.ProgressListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a reply into a {@link PartFile}, if the reply begins the file or continues the part. */
final class PartWriter {
  /** Statuses of servers that support no ranges but may send the whole file. */
  private static final Set<Integer> NO_RANGES = Set.of(400, 405, 406, 412, 501);

  private final PartFile part;
  private final String wanted;
  private final String task;
  private final ProgressListener progress;
  private final DownloadPace pace;

  /** True if a reply has brought bytes of the file: then the earlier part was incomplete. */
  private boolean received;

  PartWriter(
      PartFile part, String wanted, String task, ProgressListener progress, DownloadPace pace) {
    this.part = part;
    this.wanted = wanted;
    this.task = task;
    this.progress = progress;
    this.pace = pace;
  }

  /**
   * Writes the body of a reply.
   *
   * @param reply to a request for the file from {@code size} on
   * @param size bytes of the part, 0 if the whole file was requested
   * @param announced what the endpoint announced about the file
   * @throws DownloadFault if the file is not complete after this reply
   */
  void write(HttpExchange reply, long size, AnnouncedFile announced)
      throws IOException, InterruptedException {
    int status = reply.status();
    if (status == 416) {
      if (isComplete(reply, size, announced)) return;
      part.discard();
      throw DownloadFault.retryable(
          "HTTP 416: the partial file does not match; restarting the download", null);
    }
    if (size > 0 && NO_RANGES.contains(status)) {
      part.discard();
      throw DownloadFault.retryable(
          "HTTP " + status + ": the server does not send the rest of a file", null);
    }
    if (status != 200 && status != 206) throw refused(reply);
    String encoding = HttpReplies.encoding(reply.headers());
    if (encoding != null) throw DownloadFault.lasting(HttpReplies.encoded(encoding));
    long from = 0;
    long total = reply.headers().firstValueAsLong("Content-Length").orElse(-1);
    String version = HttpReplies.version(reply.headers());
    if (status == 206) {
      ContentRange range = ContentRange.of(reply.headers());
      if (range == null || !continues(range, size, version)) {
        part.discard();
        throw DownloadFault.retryable("the server sent another range than requested", null);
      }
      from = range.first();
      total = range.length() < 0 ? range.last() + 1 : range.length();
    }
    part.setVersion(version, status == 200);
    received = true;
    long end = copy(reply, from, total);
    requireComplete(reply, end, total, announced);
  }

  /**
   * Returns whether a range of some version of the file may be written into the part. A range may
   * begin before the part's end and overwrites the bytes there. A range of another version is
   * refused; it arrives if the request had no If-Range, or the server ignored it.
   */
  private boolean continues(ContentRange range, long size, @Nullable String version)
      throws IOException {
    if (!range.isPart() || range.first() > size) return false;
    if (size == 0) return true;
    String before = part.version();
    return !HttpReplies.differ(before, version) && (!wanted.isEmpty() || isSame(before, version));
  }

  /** Returns whether the server has checked, or we can see, that both versions are equal. */
  private static boolean isSame(@Nullable String before, @Nullable String now) {
    if (before == null) return false;
    return HttpReplies.isCondition(before) || before.equals(now);
  }

  private void requireComplete(HttpExchange reply, long end, long total, AnnouncedFile announced)
      throws IOException {
    String page =
        wantsPage() ? null : HttpReplies.page(part.start(), HttpReplies.isPage(reply.headers()));
    if (page != null) {
      part.discard();
      throw DownloadFault.lasting(page);
    }
    if (total >= 0 && end != total) {
      throw DownloadFault.retryable("ended after " + end + " of " + total + " bytes", null);
    }
    long length = announced.length() >= 0 ? announced.length() : total;
    if (length >= 0 && end != length) {
      part.discard();
      throw DownloadFault.corrupt("has " + end + " bytes, expected " + length);
    }
  }

  private boolean wantsPage() {
    String name = task.toLowerCase(Locale.ROOT);
    return name.endsWith(".html") || name.endsWith(".htm") || name.endsWith(".xhtml");
  }

  /**
   * Returns whether the part is the whole file: a process may have ended after the last byte and
   * before the rename.
   */
  private boolean isComplete(HttpExchange reply, long size, AnnouncedFile announced)
      throws IOException {
    ContentRange all = ContentRange.of(reply.headers());
    if (size == 0 || all == null || all.isPart() || all.length() != size) return false;
    if (received) return false; // the server has just announced more
    // Another file may have this length; a known SHA-256 decides.
    return !wanted.isEmpty()
        || !announced.sha256().isEmpty()
        || String.valueOf(HttpReplies.version(reply.headers())).equals(part.version());
  }

  private static DownloadFault refused(HttpExchange reply) {
    int status = reply.status();
    String problem =
        switch (status) {
          case 401, 403 -> "HTTP " + status + ": not allowed; it may need a token, or another one";
          case 404 -> "HTTP 404: no such repository, revision or file";
          case 204, 205 -> "HTTP " + status + ": an empty reply";
          default -> "HTTP " + status;
        };
    return RetryPolicy.isRetryable(status)
        ? DownloadFault.busy(problem, RetryPolicy.retryAfter(reply.headers()))
        : DownloadFault.lasting(problem);
  }

  /** Writes a body from an offset on, and returns the offset of its end. */
  private long copy(HttpExchange reply, long from, long total)
      throws IOException, InterruptedException {
    long at = from;
    try (FileChannel file = part.openAt(from)) {
      progress.update(task, at, total);
      while (true) {
        ByteBuffer bytes;
        try {
          bytes = reply.next();
        } catch (IOException e) {
          throw DownloadFault.retryable("cut after " + at + " bytes: " + HttpReplies.none(e), e);
        }
        if (bytes == null) return at;
        pace.add(bytes.remaining());
        while (bytes.hasRemaining()) at += file.write(bytes);
        progress.update(task, at, total);
        pace.require();
      }
    }
  }
}
