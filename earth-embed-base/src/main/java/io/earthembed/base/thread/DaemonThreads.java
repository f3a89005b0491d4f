package io.earthembed.base.thread;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes threads that do not keep the JVM alive. */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** Returns a factory of daemon threads that all have one name. */
  public static ThreadFactory named(String name) {
    return work -> thread(work, name);
  }

  /** Returns a factory of daemon threads whose names end in a number from 1 on. */
  public static ThreadFactory numbered(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return work -> thread(work, prefix + number.incrementAndGet());
  }

  private static Thread thread(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
