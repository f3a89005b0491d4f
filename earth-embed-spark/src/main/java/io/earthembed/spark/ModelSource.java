package io.earthembed.spark;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.onnx.EncoderOptions;
import java.io.Serializable;

/**
 * Loads a model once on each executor, because a model cannot be sent over the network. A method
 * reference such as {@code DemoModel::load} suffices. Its files must have the same path on every
 * machine. Each executor has its own copy, which its tasks use from many threads at once.
 */
@FunctionalInterface
public interface ModelSource extends Serializable {
  /**
   * Loads the model.
   *
   * @param options the threads are the task's processors ({@code spark.task.cpus}); the device is
   *     the GPU that Spark assigned to the task, or the CPU if it assigned none
   * @return a model that the job closes
   */
  EmbeddingModel load(EncoderOptions options);
}
