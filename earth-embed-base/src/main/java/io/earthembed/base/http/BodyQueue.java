package io.earthembed.base.http;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands the body of a reply from the client's threads to the one thread that pulls it.
 *
 * <p>Requesting more bytes from the JDK's client may run its parser on the requesting thread. The
 * parser of chunked bodies loops forever on a chunk that claims 2^31 bytes or more (JDK 17 to 25).
 * Therefore another thread requests chunked bodies, and the pulling thread still ends in time.
 */
final class BodyQueue implements HttpResponse.BodySubscriber<BodyQueue> {
  /** Lists of buffers that may wait for the reader. */
  private static final int AHEAD = 8;

  private final CompletableFuture<BodyQueue> subscribed = new CompletableFuture<>();

  /** Has room for all requested buffers and for the end, so adding never fails. */
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(AHEAD + 2);

  private final Executor threads;
  private Flow.@Nullable Subscription subscription;
  private boolean cancelled;
  private volatile boolean chunked;

  // Used by the reading thread alone.
  private final Queue<ByteBuffer> buffers = new ArrayDeque<>();
  private boolean requested;
  private boolean ended;

  /** Bytes from the client, or the end of the body, which may be a failure. */
  private record Event(List<ByteBuffer> bytes, boolean last, @Nullable Throwable failure) {}

  /** Bytes for the reader, a failure, or neither at the end of the body. */
  record Signal(@Nullable ByteBuffer bytes, @Nullable Throwable failure) {}

  /**
   * Creates a queue.
   *
   * @param threads requests chunked bodies
   */
  BodyQueue(Executor threads) {
    this.threads = threads;
  }

  /** Returns this as the subscriber of the body that follows a head. */
  BodyQueue after(HttpHeaders head) {
    chunked = head.firstValue("Transfer-Encoding").isPresent();
    return this;
  }

  @Override
  public CompletionStage<BodyQueue> getBody() {
    return subscribed;
  }

  @Override
  public void onSubscribe(Flow.Subscription s) {
    boolean unwanted;
    synchronized (this) {
      subscription = s;
      unwanted = cancelled;
    }
    if (unwanted) s.cancel();
    subscribed.complete(this);
  }

  @Override
  public void onNext(List<ByteBuffer> items) {
    events.add(new Event(items, false, null));
  }

  @Override
  public void onError(Throwable failure) {
    subscribed.completeExceptionally(failure);
    events.offer(new Event(List.of(), true, failure));
  }

  @Override
  public void onComplete() {
    subscribed.complete(this);
    events.offer(new Event(List.of(), true, null));
  }

  /** Waits for the next bytes or the end, and returns null if neither comes in time. */
  @Nullable Signal next(long nanos) throws InterruptedException {
    if (!requested) request(AHEAD);
    requested = true;
    while (!ended) {
      ByteBuffer bytes = buffers.poll();
      if (bytes != null && bytes.hasRemaining()) return new Signal(bytes, null);
      if (bytes != null) continue;
      Event event = events.poll(nanos, TimeUnit.NANOSECONDS);
      if (event == null) return null;
      buffers.addAll(event.bytes());
      ended = event.last();
      if (event.failure() != null) return new Signal(null, event.failure());
      if (!ended) request(1);
    }
    return new Signal(null, null);
  }

  private void request(int lists) {
    Flow.Subscription source = source();
    if (source == null) return;
    if (chunked) {
      threads.execute(() -> source.request(lists));
    } else {
      source.request(lists);
    }
  }

  private synchronized Flow.@Nullable Subscription source() {
    return subscription;
  }

  /** Closes the connection unless the body has ended. */
  void cancel() {
    Flow.Subscription source;
    synchronized (this) {
      cancelled = true;
      source = subscription;
    }
    if (source != null) source.cancel();
  }
}
