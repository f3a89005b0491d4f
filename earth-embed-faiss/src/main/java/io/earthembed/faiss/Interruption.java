package io.earthembed.faiss;

import io.earthembed.faiss.internal.Faiss;
import java.util.HashSet;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;

/**
 * Lets native work of the calling thread end when the thread is interrupted: FAISS looks at a flag,
 * which one watching thread sets for all. Closed by the thread that made it.
 */
final class Interruption implements AutoCloseable {
  private static final long PERIOD_MILLIS = 50;

  /** What is being worked on; also the lock of its members. */
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

  /** Passes interruptions on until there is no more work. */
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
