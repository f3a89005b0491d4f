package io.earthembed.web;

import java.time.Duration;

/** Receives measurements of a server. Many threads call it at once; it must not block. */
public interface ServerMetrics {
  /** Measures nothing. */
  ServerMetrics NONE = new ServerMetrics() {};

  /**
   * A request was answered.
   *
   * @param route its method and template, such as {@code POST /api/search}
   * @param status the status of its answer
   * @param time from its arrival to its answer
   */
  default void request(String route, int status, Duration time) {}

  /**
   * A stage of a search ended.
   *
   * @param explorer name of the explorer
   * @param stage wait, encode, filter, search, rank or field
   * @param time how long it took
   */
  default void stage(String explorer, String stage, Duration time) {}

  /**
   * Kept data were asked for.
   *
   * @param cache pictures, images or fields
   * @param hit whether they were there
   */
  default void lookup(String cache, boolean hit) {}

  /**
   * A request began or ended to wait for its turn.
   *
   * @param queue searches or fetches
   * @param waiting how many wait now
   */
  default void waiting(String queue, int waiting) {}
}
