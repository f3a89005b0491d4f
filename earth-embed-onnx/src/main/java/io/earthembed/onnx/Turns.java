package io.earthembed.onnx;

import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers run a network in turns, first come, first served; what is waiting when a turn begins
 * goes through together, as much of it as fits into a batch. A caller that meets nobody runs at
 * once over its own memory. Safe for many threads.
 */
final class Turns {
  /** Runs {@code count} samples and fills in their embeddings. */
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
  }

  private final Run network;
  private final int batchSize;
  private final int atOnce;
  private final Deque<Request> waiting = new ArrayDeque<>();
  private int running;

  /** Samples and embeddings of a shared run, kept for the next. */
  private @Nullable ByteBuffer spare;

  /**
   * @param batchSize samples that go through at once; a caller never brings more
   * @param atOnce turns that may overlap, at least 1
   */
  Turns(Run network, int batchSize, int atOnce) {
    this.network = network;
    this.batchSize = batchSize;
    this.atOnce = atOnce;
  }

  /**
   * Waits for a turn, however long, and returns when the embeddings are there.
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
    // Others who shared the run have the same cause, each in an exception of its own.
    if (together.isEmpty())
      throw new EarthEmbedException(String.valueOf(fault.getMessage()), fault);
    throw (RuntimeException) fault;
  }

  /** What the caller is to run, itself first; nothing if another has run it. */
  private List<Request> await(Request mine) {
    synchronized (this) {
      waiting.addLast(mine);
    }
    boolean interrupted = false;
    List<Request> together = begin(mine);
    while (together == null) {
      LockSupport.park(this);
      // A run takes its time and no longer; its memory is in use until then.
      interrupted |= Thread.interrupted();
      together = begin(mine);
    }
    if (interrupted) Thread.currentThread().interrupt();
    return together;
  }

  /** Begins a turn, if it is the caller's; null where it must go on waiting. */
  private synchronized @Nullable List<Request> begin(Request mine) {
    if (mine.done) return List.of();
    if (mine.taken || running == atOnce || waiting.peekFirst() != mine) return null;
    running++;
    List<Request> together = new ArrayList<>(1);
    int count = 0;
    for (Request next = waiting.peekFirst();
        next != null && (together.isEmpty() || count + next.count <= batchSize);
        next = waiting.peekFirst()) {
      next.taken = true;
      count += next.count;
      together.add(waiting.removeFirst());
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

  /** Each wakes only whom it concerns: waking all would cost more than a small network. */
  private void wakeFirst() {
    Request first = waiting.peekFirst();
    if (first != null && running < atOnce) LockSupport.unpark(first.caller);
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
