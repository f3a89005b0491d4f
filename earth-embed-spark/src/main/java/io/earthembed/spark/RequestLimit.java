package io.earthembed.spark;

import io.earthembed.internal.Checks;
import org.apache.spark.SparkContext;

/**
 * Divides the requests that a server allows among a job's tasks. The product of tasks and
 * connections never exceeds the limit, so it holds for any number of executors.
 *
 * @param tasks the most tasks of the job
 * @param connections the most requests of one task to one server at once
 */
record RequestLimit(int tasks, int connections) {
  /**
   * Returns the division of a limit for a job.
   *
   * @param requests the most requests of the whole job to one server at once
   */
  static RequestLimit of(int requests, SparkContext context) {
    boolean twice = context.conf().getBoolean("spark.speculation", false);
    int processors = context.conf().getInt("spark.task.cpus", 1);
    return of(requests, twice, Math.max(1, context.defaultParallelism() / processors));
  }

  /**
   * Returns the division of a limit.
   *
   * @param twice whether a task may run twice at once
   * @param atOnce number of tasks that run at once
   */
  static RequestLimit of(int requests, boolean twice, int atOnce) {
    Checks.positive("requests", requests);
    int allowed = twice ? requests / 2 : requests;
    if (allowed == 0) {
      throw new IllegalArgumentException(
          "requests is 1, but with spark.speculation a task may run twice");
    }
    int connections = Math.max(1, allowed / atOnce);
    return new RequestLimit(allowed / connections, connections);
  }
}
