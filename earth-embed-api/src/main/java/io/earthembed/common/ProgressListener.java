package io.earthembed.common;

/** Told how far long work has come. Called from one thread at a time; must return quickly. */
@FunctionalInterface
public interface ProgressListener {
  /** Hears nothing. */
  ProgressListener NONE = (task, done, total) -> {};

  /**
   * Some of the work is done.
   *
   * @param task what is being done, a few words, the same for every call of one piece of work
   * @param done units finished so far
   * @param total units in all, or -1 where unknown
   */
  void update(String task, long done, long total);
}
