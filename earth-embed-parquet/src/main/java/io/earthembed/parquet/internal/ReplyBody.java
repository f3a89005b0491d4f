package io.earthembed.parquet.internal;

import io.earthembed.base.http.ContentRange;
import io.earthembed.base.http.HttpReplies;
import io.earthembed.internal.PlainText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts the body of a reply where it is wanted, if its header says that it holds that: as a range,
 * as the only part of several, or in the midst of a small whole file. Otherwise, and at the first
 * byte too many, the connection is cut.
 */
final class ReplyBody implements HttpResponse.BodySubscriber<ReplyBody> {
  /**
   * Bytes that are not wanted and that a reply may have all the same: a file of this size is taken
   * whole where a server knows no ranges.
   */
  static final int SPARE = 2 << 20;

  /** Less is read to its end, so that the connection can be used again. */
  private static final int TO_BE_DRAINED = 64 << 10;

  private static final int LONGEST_PART_HEADER = 8 << 10;
  private static final Pattern PART_HEADER = Pattern.compile("(?s)(.*?)\r?\n\r?\n");
  private static final Pattern PART_RANGE =
      Pattern.compile("(?im)^content-range\\s*:\\s*([^\r\n]*)");

  private enum Form {
    /** Is cut off at its header. */
    NONE,
    RANGE,
    /** A range with a header of its own in the body, which has not come yet. */
    PART,
    WHOLE
  }

  private final Wanted wanted;
  private final Counters counters;
  private final Transport.Host host;
  private final int exchange;
  private final HttpHeaders headers;
  private final CompletableFuture<ReplyBody> done = new CompletableFuture<>();
  private volatile Flow.@Nullable Subscription subscription;
  private long began;

  // What follows is guarded by wanted, until the body is done.
  private Form form = Form.NONE;

  /** Beginning of a body that must be looked into, before any of it can be taken. */
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();

  /** Bytes before those that are wanted, those that are, and all that were announced. */
  private long skip;

  private long take;
  private long announced;
  private long come;
  private long taken;
  private final boolean several;

  /** What is wrong with a reply that should have brought bytes, or null. */
  @Nullable String problem;

  /** Another try would bring no better. */
  boolean lasting;

  /** Bytes of the whole file, or -1 where the reply does not say. */
  long total = -1;

  ReplyBody(
      HttpResponse.ResponseInfo info,
      Wanted wanted,
      int exchange,
      Counters counters,
      Transport.Host host) {
    this.wanted = wanted;
    this.exchange = exchange;
    this.counters = counters;
    this.host = host;
    headers = info.headers();
    String type = headers.firstValue("Content-Type").orElse("").strip().toLowerCase(Locale.ROOT);
    several = type.startsWith("multipart/byteranges");
    synchronized (wanted) {
      if (wanted.isNow(exchange)) wanted.changed = false; // as another reply may have had it
      if (!wanted.isNow(exchange)) problem = "late";
      else if (info.statusCode() == 206) beginRange();
      else if (info.statusCode() == 200) beginWhole();
      else if (info.statusCode() == 416) {
        ContentRange none = ContentRange.of(headers);
        if (none != null && !none.isPart()) total = none.length();
      }
    }
  }

  /** Whether the reply has brought what it announced. */
  boolean isComplete() {
    return form != Form.NONE && problem == null && come >= announced;
  }

  /** Whether anything of the body is wanted. */
  boolean isTaken() {
    return form != Form.NONE;
  }

  private boolean isEncoded() {
    String encoding = HttpReplies.encoding(headers);
    if (encoding == null) return false;
    fail(HttpReplies.encoded(encoding));
    lasting = true;
    return true;
  }

  private void fail(String why) {
    problem = why;
    form = Form.NONE;
  }

  private void beginRange() {
    if (isEncoded()) return;
    ContentRange range = ContentRange.of(headers);
    if (range != null && range.isPart()) {
      form = Form.RANGE;
      begin(range);
    } else if (several) {
      form = Form.PART;
    } else {
      String said = PlainText.line(headers.firstValue("Content-Range").orElse(""), 80);
      fail("a partial reply without a usable Content-Range: " + said);
    }
  }

  private void begin(ContentRange range) {
    total = range.length() >= 0 ? range.length() : wanted.total;
    // What ends a file that is asked for to its end ends the file.
    if (total < 0 && (wanted.isSuffix() || wanted.open)) total = range.last() + 1;
    String version = HttpReplies.version(headers);
    wanted.changed =
        (wanted.total >= 0 && total != wanted.total) || HttpReplies.differ(wanted.version, version);
    if (wanted.changed) {
      fail("another state of the file");
      return;
    }
    boolean suffix = wanted.isSuffix();
    if (total >= 0) wanted.settle(total);
    // Some servers give less than the end that was asked for; it is the end all the same.
    if (suffix && range.first() > wanted.offset && range.last() == total - 1) {
      wanted.length = (int) (total - range.first());
      wanted.offset = range.first();
    }
    long start = wanted.offset + wanted.had();
    long end = wanted.offset + wanted.length;
    if (range.first() > start || range.last() < start || start - range.first() > SPARE) {
      fail(
          "another range was sent: "
              + range.first()
              + "-"
              + range.last()
              + " for "
              + start
              + "-"
              + (end - 1));
      return;
    }
    skip = start - range.first();
    take = Math.min(end, range.last() + 1) - start;
    announced = range.last() + 1 - range.first();
    if (wanted.version == null) wanted.version = version;
    if (wanted.open) form = Form.NONE;
  }

  private void beginWhole() {
    if (isEncoded()) return;
    long length = headers.firstValueAsLong("Content-Length").orElse(-1);
    total = length;
    boolean page = HttpReplies.isPage(headers);
    wanted.changed = !page && HttpReplies.differ(wanted.version, HttpReplies.version(headers));
    if (wanted.changed || wanted.open) return;
    if (length > SPARE) {
      if (page) {
        problem = "the server sent a web page instead of the file";
        lasting = true;
      }
      return;
    }
    form = Form.WHOLE;
    announced = Math.max(0, length);
  }

  /** Hangs up where the body has not come; harmless where it has. */
  void abandon() {
    Flow.Subscription s = subscription;
    if (s != null && !done.isDone()) s.cancel();
  }

  @Override
  public CompletionStage<ReplyBody> getBody() {
    return done;
  }

  @Override
  public void onSubscribe(Flow.Subscription s) {
    subscription = s;
    began = System.nanoTime();
    if (form != Form.NONE) {
      s.request(Long.MAX_VALUE);
    } else {
      s.cancel();
      done.complete(this);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> items) {
    try {
      synchronized (wanted) {
        for (ByteBuffer item : items) {
          if (done.isDone() || !wanted.isNow(exchange)) return;
          counters.bytesRead.add(item.remaining());
          wanted.hear(item.remaining());
          accept(item);
        }
      }
    } catch (RuntimeException | Error e) {
      // Memory that is short, above all: the client would lose it, and the reader wait.
      abandon();
      done.completeExceptionally(e);
    }
  }

  private void accept(ByteBuffer item) {
    if (form == Form.WHOLE) {
      hold(item, SPARE);
      come = held.size();
      if (item.hasRemaining()) {
        fail("the server ignores byte ranges; the whole file was not downloaded");
        finish();
      }
      return;
    }
    if (form == Form.PART) {
      hold(item, LONGEST_PART_HEADER);
      beginPart();
      if (form == Form.PART) {
        if (!item.hasRemaining()) return;
        fail("a part whose header does not end");
      }
      if (form == Form.NONE) {
        finish();
        return;
      }
    }
    takeOf(item);
    // After a part its boundary follows.
    if (!several && come > announced) {
      wanted.clear(); // one that cannot count is not believed
      abandon();
      done.completeExceptionally(new IOException("more bytes came than were asked for"));
    } else if (taken == take && (several || announced - come > TO_BE_DRAINED)) {
      finish();
    }
  }

  private void hold(ByteBuffer item, int most) {
    byte[] some = new byte[Math.min(item.remaining(), most - held.size())];
    item.get(some);
    held.writeBytes(some);
  }

  /** Looks for the header of the first part, and takes what came after it. */
  private void beginPart() {
    Matcher header = PART_HEADER.matcher(held.toString(StandardCharsets.ISO_8859_1));
    int from = 0;
    while (header.find()) {
      Matcher value = PART_RANGE.matcher(header.group(1));
      from = header.end();
      if (!value.find()) {
        // An empty line may stand before the first boundary.
        if (header.group(1).isBlank()) continue;
        fail("a part without Content-Range");
        return;
      }
      ContentRange range = ContentRange.parse(value.group(1));
      if (range == null || !range.isPart()) {
        fail("a part without a usable Content-Range");
        return;
      }
      form = Form.RANGE;
      begin(range);
      if (form == Form.NONE) return;
      takeOf(ByteBuffer.wrap(held.toByteArray(), from, held.size() - from));
      return;
    }
  }

  private void takeOf(ByteBuffer item) {
    int before = (int) Math.min(item.remaining(), skip - Math.min(skip, come));
    int count = (int) Math.min(item.remaining() - before, take - taken);
    come += item.remaining();
    item.position(item.position() + before);
    wanted.take(item, count);
    taken += count;
  }

  /** Ends a body of which nothing more is wanted. */
  private void finish() {
    if (problem == null) come = Math.max(come, announced);
    if (form == Form.RANGE) brought();
    abandon();
    done.complete(this);
  }

  private void brought() {
    host.brought(taken, System.nanoTime() - began);
  }

  @Override
  public void onError(Throwable error) {
    done.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    try {
      synchronized (wanted) {
        if (wanted.isNow(exchange)) {
          if (form == Form.PART) fail("a part whose header does not end");
          if (form == Form.RANGE) brought();
          if (form == Form.WHOLE) takeOfWhole();
        }
      }
      done.complete(this);
    } catch (RuntimeException | Error e) {
      done.completeExceptionally(e);
    }
  }

  private void takeOfWhole() {
    byte[] file = held.toByteArray();
    String page =
        HttpReplies.page(
            Arrays.copyOf(file, Math.min(file.length, HttpReplies.START)),
            HttpReplies.isPage(headers));
    if (page != null || file.length == 0) {
      fail(page != null ? page : "the reply is empty");
      lasting = true;
      return;
    }
    wanted.changed = wanted.total >= 0 && file.length != wanted.total;
    if (wanted.changed) return;
    total = file.length;
    wanted.settle(total);
    long start = wanted.offset + wanted.had();
    if (start + wanted.missing() > file.length) {
      fail("the file has " + file.length + " bytes");
      lasting = true;
      return;
    }
    if (wanted.version == null) wanted.version = HttpReplies.version(headers);
    wanted.take(ByteBuffer.wrap(file, (int) start, wanted.missing()), wanted.missing());
  }
}
