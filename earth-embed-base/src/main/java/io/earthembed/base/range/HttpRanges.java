package io.earthembed.base.range;

import io.earthembed.base.file.Sha256;
import io.earthembed.base.http.HttpReplies;
import io.earthembed.base.range.RangeFetcher.Outcome;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import io.earthembed.internal.Addresses;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;

/**
 * A file behind HTTP, read by range requests only. It sends no HEAD requests, and aborts a reply
 * with far more bytes than the range after its header; a small file may arrive whole. If a server
 * does not support suffix ranges, it requests the file's length and bounded ranges. It divides a
 * range among several connections if these are slow. Safe for many threads.
 */
public final class HttpRanges implements RangeSource {
  /** Statuses with which servers answer a suffix range that support only other ranges. */
  private static final Set<Integer> NO_SUFFIX = Set.of(200, 400, 405, 406, 412, 416, 500, 501, 505);

  private final Transport transport;
  private final URI url;
  private final AddressCache addresses;
  private final RangeFetcher fetcher;

  /** Creates a source for the file at an address; sends nothing. */
  public HttpRanges(Transport transport, URI url) {
    this.transport = transport;
    this.url = url;
    this.addresses = new AddressCache(url, transport.address);
    this.fetcher = new RangeFetcher(transport, name(), addresses);
  }

  @Override
  public String name() {
    return Addresses.redacted(url);
  }

  @Override
  public String identity() {
    String query = url.getRawQuery();
    String name = Addresses.bare(url.toString());
    return query == null ? name : name + " ?" + Sha256.of(query);
  }

  @Override
  public Tail tail(int bytes) {
    for (int attempt = 1; ; attempt++) {
      try {
        return readTail(bytes);
      } catch (FileChangedException changed) {
        if (transport.retries.isExhausted(attempt)) {
          throw new EarthEmbedException(name() + " keeps changing while it is read", changed);
        }
      }
    }
  }

  private Tail readTail(int bytes) {
    Transport.Host host = transport.host(url);
    long total = -1;
    if (!host.noSuffix) {
      ReceivedRange received = new ReceivedRange(RangeRequest.suffix(bytes));
      Outcome outcome = fetcher.fetch(received);
      if (outcome.done()) return tail(received, outcome);
      if (!NO_SUFFIX.contains(outcome.status())) throw refused(-1, bytes, outcome);
      total = outcome.total();
      // Some servers refuse a suffix longer than the file, or of an empty file, but support others.
      boolean tooLong = outcome.status() == 416 && total >= 0;
      if (outcome.status() != 500 && !tooLong) host.noSuffix = true;
    }
    if (total < 0) total = fetchLength(bytes);
    if (total == 0) return new Tail(empty(), new FileVersion(0, null));
    int length = (int) Math.min(bytes, total);
    ReceivedRange received =
        new ReceivedRange(RangeRequest.range(total - length, length, new FileVersion(total, null)));
    Outcome outcome = fetcher.fetch(received);
    if (!outcome.done()) throw refused(-1, bytes, outcome);
    return tail(received, outcome);
  }

  private Tail tail(ReceivedRange received, Outcome outcome) {
    RangeRequest request = received.request();
    if (request.offset() == 0) {
      byte[] start = new byte[Math.min(HttpReplies.START, request.length())];
      received.bytes().get(start);
      String page = HttpReplies.page(start, false);
      if (page != null) {
        throw fetcher.failed(received, outcome.status(), outcome.attempts(), page, null);
      }
    }
    return new Tail(received.bytes(), request.version());
  }

  /** Requests the file's length from a server that does not send the file's end. */
  private long fetchLength(int bytes) {
    ReceivedRange first = new ReceivedRange(RangeRequest.range(0, 1, FileVersion.UNKNOWN));
    Outcome outcome = fetcher.fetch(first);
    if (first.request().version().length() < 0 && outcome.done()) {
      first = new ReceivedRange(RangeRequest.lengthOnly());
      outcome = fetcher.fetch(first);
    }
    long length = first.request().version().length();
    if (length >= 0) return length;
    if (outcome.status() == 416 && outcome.total() == 0) return 0;
    throw refused(-1, bytes, outcome);
  }

  private static ByteBuffer empty() {
    return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public ByteBuffer read(FileVersion version, long offset, int length) {
    if (length == 0) return empty();
    URI target = addresses.current();
    int count = target == null ? 1 : transport.host(target).pieces(length);
    int step = (length + count - 1) / count;
    List<ReceivedRange> pieces = new ArrayList<>();
    for (int from = 0; from < length; from += step) {
      int size = Math.min(step, length - from);
      pieces.add(new ReceivedRange(RangeRequest.range(offset + from, size, version)));
    }
    List<Future<?>> others = new ArrayList<>();
    for (ReceivedRange piece : pieces.subList(1, pieces.size())) {
      others.add(transport.threads.submit(() -> read(piece)));
    }
    try {
      read(pieces.get(0));
      for (Future<?> other : others) Tasks.await(other, "reading " + name());
      if (others.isEmpty()) return pieces.get(0).bytes();
      ByteBuffer all = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      for (ReceivedRange piece : pieces) all.put(piece.bytes());
      return all.flip();
    } finally {
      for (Future<?> other : others) other.cancel(true);
    }
  }

  private void read(ReceivedRange received) {
    RangeRequest request = received.request();
    Outcome outcome = fetcher.fetch(received);
    if (!outcome.done()) throw refused(request.offset(), request.length(), outcome);
  }

  private RangeReadException refused(long offset, int length, Outcome outcome) {
    String problem =
        switch (outcome.status()) {
          case 200 -> "the server ignores byte ranges; the whole file was not downloaded";
          case 204, 205 -> "an empty reply";
          case 206 -> "the server does not tell the file's length";
          case 401 -> "refused: no token, or not one of this file";
          case 403 -> "refused: no right to it, or a signed URL whose time is over";
          case 404 -> "not found";
          case 416 -> "refused: the server says that the range is not in the file";
          default -> "refused";
        };
    return new RangeReadException(
        name(), offset, length, outcome.status(), outcome.attempts(), problem, null);
  }
}
