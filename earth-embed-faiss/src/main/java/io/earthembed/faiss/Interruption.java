package io.earthembed.faiss;

import io.earthembed.faiss.internal.Faiss;
import java.util.HashSet;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;

/**
 * Ends native work of the calling thread when the thread is interrupted: FAISS checks a flag, which
 * one watching thread sets for all. The creating thread closes it.
 */
final class Interruption implements AutoCloseable {
  private static final long PERIOD_MILLIS = 50;

  /** The work in progress; also the lock of its members. */
  private static final Set<Interruption> RUNNING = new HashSet<>();

  private final Thread worker = Thread.currentThread();
  private final BytePointer flag = new BytePointer(1L).put((byte) 0);

  Interruption() {
    synchronized (RUNNING) {
      if (RUNNING.isEmpty()) {
        Thread watcher = new Thread(Interruption::watch, "faiss-interrupts");
        watcher.setDaemon(true);
        watcher.start();
      }
      RUNNING.add(this);
    }
    Faiss.interrupt_by(flag);
  }

  /** Sets the flags of interrupted threads until there is no more work. */
  private static void watch() {
    while (true) {
      synchronized (RUNNING) {
        if (RUNNING.isEmpty()) return;
        for (Interruption each : RUNNING) {
          if (each.worker.isInterrupted()) each.flag.put((byte) 1);
        }
        try {
          RUNNING.wait(PERIOD_MILLIS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  @Override
  public void close() {
    Faiss.interrupt_by((BytePointer) null);
    synchronized (RUNNING) {
      RUNNING.remove(this);
    }
    flag.deallocate();
  }
}
