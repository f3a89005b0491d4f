package io.earthembed.common;

/** Follows the progress of long work. One thread at a time calls it; it must return quickly. */
@FunctionalInterface
public interface ProgressListener {
  /** Ignores all progress. */
  ProgressListener NONE = (task, done, total) -> {};

  /**
   * Reports that some of the work is done.
   *
   * @param task names the work in a few words; equal for all calls of one piece of work
   * @param done finished units
   * @param total all units, or -1 if unknown
   */
  void update(String task, long done, long total);
}
