package io.earthembed.onnx;

import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Combines requests of concurrent callers into shared runs of a network. Callers are served in
 * order of arrival. A run takes the first waiting request and those behind it whose samples have
 * the same size, as many as fit into a batch. A caller that is alone runs at once, over its own
 * memory. Safe for many threads.
 */
final class RequestBatcher {
  /** Runs {@code count} samples and writes their embeddings. */
  interface Run {
    void run(ByteBuffer samples, int count, FloatBuffer embeddings);
  }

  private static final class Request {
    final ByteBuffer samples;
    final int count;
    final FloatBuffer embeddings;
    final Thread caller = Thread.currentThread();
    boolean taken;
    boolean done;
    @Nullable Throwable fault;

    Request(ByteBuffer samples, int count, FloatBuffer embeddings) {
      this.samples = samples;
      this.count = count;
      this.embeddings = embeddings;
    }

    int sampleBytes() {
      return samples.remaining() / count;
    }
  }

  private final Run network;
  private final int batchSize;
  private final int maxConcurrentRuns;
  private final Deque<Request> waiting = new ArrayDeque<>();
  private int running;

  /** Memory for samples and embeddings of a shared run, kept for the next run. */
  private @Nullable ByteBuffer spare;

  /**
   * @param batchSize most samples in one run; no request has more
   * @param maxConcurrentRuns runs that may overlap, at least 1
   */
  RequestBatcher(Run network, int batchSize, int maxConcurrentRuns) {
    this.network = network;
    this.batchSize = batchSize;
    this.maxConcurrentRuns = maxConcurrentRuns;
  }

  /**
   * Waits until the samples can run, however long that takes, and returns when their embeddings are
   * written.
   *
   * @param samples direct; its remaining bytes are the samples
   * @param embeddings direct; its remaining values are filled
   */
  void run(ByteBuffer samples, int count, FloatBuffer embeddings) {
    Request mine = new Request(samples, count, embeddings);
    List<Request> together = await(mine);
    if (!together.isEmpty()) {
      Throwable fault = null;
      try {
        if (together.size() == 1) network.run(samples, count, embeddings);
        else runTogether(together);
      } catch (RuntimeException | Error e) {
        fault = e;
      }
      finish(together, fault);
    }
    Throwable fault = mine.fault;
    if (fault == null) return;
    if (fault instanceof Error error) throw error;
    // The callers that shared the run throw exceptions of their own, all with the same cause.
    if (together.isEmpty())
      throw new EarthEmbedException(String.valueOf(fault.getMessage()), fault);
    throw (RuntimeException) fault;
  }

  /**
   * Returns the requests that the caller must run, its own first; none if another caller ran it.
   */
  private List<Request> await(Request mine) {
    synchronized (this) {
      waiting.addLast(mine);
    }
    boolean interrupted = false;
    List<Request> together = begin(mine);
    while (together == null) {
      LockSupport.park(this);
      // An interrupt cannot end the wait: the run uses the caller's memory until it is done.
      interrupted |= Thread.interrupted();
      together = begin(mine);
    }
    if (interrupted) Thread.currentThread().interrupt();
    return together;
  }

  /** Begins a run if the caller is next; returns null if it must go on waiting. */
  private synchronized @Nullable List<Request> begin(Request mine) {
    if (mine.done) return List.of();
    if (mine.taken || running == maxConcurrentRuns || waiting.peekFirst() != mine) return null;
    running++;
    List<Request> together = new ArrayList<>(1);
    int count = 0;
    for (Iterator<Request> all = waiting.iterator(); all.hasNext() && count < batchSize; ) {
      Request next = all.next();
      boolean first = together.isEmpty();
      if (!first && next.sampleBytes() != mine.sampleBytes()) continue;
      if (!first && count + next.count > batchSize) break;
      next.taken = true;
      count += next.count;
      together.add(next);
      all.remove();
    }
    wakeFirst();
    return together;
  }

  private synchronized void finish(List<Request> together, @Nullable Throwable fault) {
    running--;
    wakeFirst();
    for (Request request : together) {
      request.done = true;
      request.fault = fault;
      LockSupport.unpark(request.caller);
    }
  }

  /** Wakes the next caller only: waking all would take longer than a run of a small network. */
  private void wakeFirst() {
    Request first = waiting.peekFirst();
    if (first != null && running < maxConcurrentRuns) LockSupport.unpark(first.caller);
  }

  private void runTogether(List<Request> together) {
    int count = 0;
    int sampleBytes = 0;
    int values = 0;
    for (Request request : together) {
      count += request.count;
      sampleBytes += request.samples.remaining();
      values += request.embeddings.remaining();
    }
    ByteBuffer memory = take(sampleBytes + values * Float.BYTES);
    ByteBuffer samples = memory.slice(0, sampleBytes).order(ByteOrder.nativeOrder());
    FloatBuffer embeddings =
        memory
            .slice(sampleBytes, values * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (Request request : together) samples.put(request.samples.duplicate());
    network.run(samples.flip(), count, embeddings);
    int at = 0;
    for (Request request : together) {
      int length = request.embeddings.remaining();
      request.embeddings.duplicate().put(embeddings.slice(at, length));
      at += length;
    }
    synchronized (this) {
      spare = memory;
    }
  }

  private synchronized ByteBuffer take(int bytes) {
    ByteBuffer memory = spare;
    spare = null;
    return memory != null && memory.capacity() >= bytes
        ? memory.clear()
        : ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
