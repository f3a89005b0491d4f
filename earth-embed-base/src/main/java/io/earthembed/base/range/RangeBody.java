package io.earthembed.base.range;

import io.earthembed.base.http.ContentRange;
import io.earthembed.base.http.HttpExchange;
import io.earthembed.base.http.HttpReplies;
import io.earthembed.internal.PlainText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one reply into a {@link ReceivedRange}, if its header announces those bytes: as
 * a range, as the only part of a multipart body, or within a small whole file. It does not read
 * other bodies, and aborts one with too many bytes.
 */
final class RangeBody {
  /** Bytes besides the range that a reply may have; a file of this size may arrive whole. */
  private static final int SPARE = 2 << 20;

  /** A remainder up to this size is read, so that the connection can be used again. */
  private static final int MOST_DRAINED = 64 << 10;

  private final HttpExchange reply;
  private final ReceivedRange received;
  private final Counters counters;
  private final Transport.Host host;

  /** Received bytes that must be read again. */
  private final Deque<ByteBuffer> pending = new ArrayDeque<>();

  private boolean taken;
  private boolean complete;
  private boolean changed;
  private boolean lasting;
  private @Nullable String problem;
  private long total = -1;

  RangeBody(HttpExchange reply, ReceivedRange received, Counters counters, Transport.Host host) {
    this.reply = reply;
    this.received = received;
    this.counters = counters;
    this.host = host;
  }

  /** Returns the reply, whose head remains readable. */
  HttpExchange reply() {
    return reply;
  }

  /** Returns whether the body contained bytes of the range. */
  boolean isTaken() {
    return taken;
  }

  /** Returns whether the body contained all bytes that its header announced. */
  boolean isComplete() {
    return taken && complete;
  }

  /** Returns whether the reply is of another version of the file. */
  boolean isChanged() {
    return changed;
  }

  /** Returns the problem of a reply that should have brought bytes, or null. */
  @Nullable String problem() {
    return problem;
  }

  /** Returns whether every further reply would have the same problem. */
  boolean isLasting() {
    return lasting;
  }

  /** Returns the length of the whole file, or -1 if the reply does not state it. */
  long total() {
    return total;
  }

  /** Reads the body as far as needed. */
  void read() throws IOException, InterruptedException {
    switch (reply.status()) {
      case 206 -> readRange();
      case 200 -> readWhole();
      case 416 -> {
        ContentRange none = ContentRange.of(reply.headers());
        if (none != null && !none.isPart()) total = none.length();
      }
      default -> {}
    }
  }

  private void fail(String why) {
    problem = why;
    taken = false;
  }

  private void failForGood(String why) {
    fail(why);
    lasting = true;
  }

  private boolean isEncoded() {
    String encoding = HttpReplies.encoding(reply.headers());
    if (encoding == null) return false;
    failForGood(HttpReplies.encoded(encoding));
    return true;
  }

  private @Nullable ByteBuffer next() throws IOException, InterruptedException {
    ByteBuffer again = pending.poll();
    if (again != null) return again;
    ByteBuffer bytes = reply.next();
    if (bytes != null) counters.bytesRead.add(bytes.remaining());
    return bytes;
  }

  private void readRange() throws IOException, InterruptedException {
    if (isEncoded()) return;
    ContentRange range = ContentRange.of(reply.headers());
    String type =
        reply.headers().firstValue("Content-Type").orElse("").strip().toLowerCase(Locale.ROOT);
    boolean several = type.startsWith("multipart/byteranges");
    if (range == null || !range.isPart()) {
      if (!several) {
        String said = PlainText.line(reply.headers().firstValue("Content-Range").orElse(""), 80);
        fail("a partial reply without a usable Content-Range: " + said);
        return;
      }
      PartHeader header = PartHeader.read(this::next);
      pending.addAll(header.rest());
      range = header.range();
      if (range == null) fail(header.problem());
    }
    if (range != null && accept(range)) transfer(range, several);
  }

  /** Returns whether a range continues the received bytes; stores the file's length and version. */
  private boolean accept(ContentRange range) {
    RangeRequest before = received.request();
    long known = before.version().length();
    total = range.length() >= 0 ? range.length() : known;
    // The last byte of a reply to a request for the file's end is the file's last byte.
    if (total < 0 && (before.isSuffix() || before.open())) total = range.last() + 1;
    String etag = HttpReplies.version(reply.headers());
    changed = (known >= 0 && total != known) || HttpReplies.differ(before.version().etag(), etag);
    if (changed) {
      fail("another state of the file");
      return false;
    }
    RangeRequest request = before.in(total, null);
    // Some servers send less than the suffix that was requested; it is the end of the file
    // nevertheless.
    boolean fewer = before.isSuffix() && range.first() > request.offset();
    if (fewer && range.last() == total - 1) request = request.shortenedTo(range.first());
    received.setRequest(request);
    long start = request.offset() + received.count();
    if (range.first() > start || range.last() < start || start - range.first() > SPARE) {
      String sent = range.first() + "-" + range.last();
      fail("another range was sent: " + sent + " for " + start + "-" + (request.end() - 1));
      return false;
    }
    received.learn(total, etag);
    return !request.open();
  }

  private void transfer(ContentRange range, boolean several)
      throws IOException, InterruptedException {
    RangeRequest request = received.request();
    long start = request.offset() + received.count();
    long skip = start - range.first();
    long wanted = Math.min(request.end(), range.last() + 1) - start;
    long announced = range.last() + 1 - range.first();
    long come = 0;
    long got = 0;
    taken = true;
    long began = System.nanoTime();
    for (ByteBuffer bytes; (bytes = next()) != null; ) {
      int before = (int) Math.min(bytes.remaining(), skip - Math.min(skip, come));
      int count = (int) Math.min(bytes.remaining() - before, wanted - got);
      come += bytes.remaining();
      received.take(bytes.position(bytes.position() + before), count);
      got += count;
      // A boundary follows the part.
      if (!several && come > announced) {
        received.clear(); // bytes of a server that miscounts cannot be trusted
        throw new IOException("the server sent more bytes than requested");
      }
      if (got == wanted && (several || announced - come > MOST_DRAINED)) {
        come = announced;
        break;
      }
    }
    complete = come >= announced;
    host.brought(got, System.nanoTime() - began);
  }

  private void readWhole() throws IOException, InterruptedException {
    if (isEncoded()) return;
    RangeRequest request = received.request();
    total = reply.headers().firstValueAsLong("Content-Length").orElse(-1);
    boolean page = HttpReplies.isPage(reply.headers());
    String etag = HttpReplies.version(reply.headers());
    changed = !page && HttpReplies.differ(request.version().etag(), etag);
    if (changed || request.open()) return;
    if (total > SPARE) {
      if (page) failForGood("the server sent a web page instead of the file");
      return;
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (ByteBuffer bytes; (bytes = next()) != null; ) {
      if (bytes.remaining() > SPARE - file.size()) {
        fail("the server ignores byte ranges; the whole file was not downloaded");
        return;
      }
      byte[] some = new byte[bytes.remaining()];
      bytes.get(some);
      file.writeBytes(some);
    }
    take(file.toByteArray(), page, etag);
  }

  private void take(byte[] file, boolean page, @Nullable String etag) {
    byte[] start = Arrays.copyOf(file, Math.min(file.length, HttpReplies.START));
    String instead = HttpReplies.page(start, page);
    if (instead != null || file.length == 0) {
      failForGood(instead != null ? instead : "the reply is empty");
      return;
    }
    long known = received.request().version().length();
    taken = true;
    changed = known >= 0 && file.length != known;
    if (changed) return;
    total = file.length;
    received.setRequest(received.request().in(total, null));
    long from = received.request().offset() + received.count();
    if (from + received.missing() > file.length) {
      failForGood("the file has " + file.length + " bytes");
      return;
    }
    received.learn(total, etag);
    received.take(ByteBuffer.wrap(file, (int) from, received.missing()), received.missing());
    complete = true;
  }
}
