package io.earthembed.spark;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.onnx.EncoderOptions;
import java.io.Serializable;

/**
 * Loads a model where it is used, once on each executor: a model itself cannot be sent. A method
 * reference will do, such as {@code DemoModel::load}. Files it reads are under the same path on
 * every machine. Each executor has a copy of its own, which its tasks ask at once: from many
 * threads.
 */
@FunctionalInterface
public interface ModelSource extends Serializable {
  /**
   * Loads the model.
   *
   * @param options as many threads as a task has processors ({@code spark.task.cpus}); the GPU that
   *     Spark assigned to the task, or the CPU where it assigned none
   * @return a model that the job closes
   */
  EmbeddingModel load(EncoderOptions options);
}
