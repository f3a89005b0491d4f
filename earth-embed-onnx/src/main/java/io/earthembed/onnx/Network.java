package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network that makes one embedding of each sample. Its output is [n, dimension], with any further
 * axes of length 1, or [n, tokens, dimension] if a pooling is given; float32 or float16. Safe for
 * many threads. Its owner must not use it after close.
 */
final class Network implements AutoCloseable {
  private final OnnxSession session;
  private final InputTensors inputs;
  private final String output;
  private final @Nullable Pooling pooling;
  private final int dimension;
  private final OrtEnvironment environment;

  /** True if the output can be written into the caller's memory. */
  private final boolean direct;

  /** Samples of each run, or -1 for any number. */
  private final int fixedBatch;

  /**
   * Compares the network's output with the description.
   *
   * @param session closed with this network
   * @param output name of the output
   * @throws EarthEmbedException naming the file
   */
  Network(
      OnnxSession session,
      InputTensors inputs,
      String output,
      @Nullable Pooling pooling,
      int dimension) {
    this.session = session;
    this.inputs = inputs;
    this.output = output;
    this.pooling = pooling;
    this.dimension = dimension;
    this.environment = Sessions.environment();
    this.fixedBatch = session.fixedBatch();
    TensorInfo found = session.requireOutput(output);
    long[] shape = found.getShape();
    boolean isFloat = found.type == OnnxJavaType.FLOAT || found.type == OnnxJavaType.FLOAT16;
    if (!isFloat || !fits(shape)) {
      throw new EarthEmbedException(
          session.file()
              + ": expected output "
              + expected()
              + ", found "
              + session.describeOutput(output)
              + hint(shape));
    }
    this.direct = found.type == OnnxJavaType.FLOAT && shape.length == 2;
  }

  private String expected() {
    return output
        + " of float32 "
        + (pooling == null ? "[n, " + dimension + "]" : "[n, tokens, " + dimension + "]");
  }

  private String hint(long[] shape) {
    return pooling == null && shape.length == 3
        ? "; a vector per token needs a pooling: class-token, mean or last-token"
        : "";
  }

  /** Tells whether a shape can be that of the output; an axis of -1 fits any length. */
  private boolean fits(long[] shape) {
    if (pooling != null) return shape.length == 3 && isOr(shape[2], dimension);
    if (shape.length < 2) return false;
    // [n, dimension] or [n, 1, dimension] or [n, dimension, 1, 1]
    int main = 1;
    for (int i = 1; i < shape.length; i++) if (shape[i] != 1) main = i;
    for (int i = 1; i < shape.length; i++) {
      if (i != main && !isOr(shape[i], 1)) return false;
    }
    return isOr(shape[main], dimension);
  }

  private static boolean isOr(long axis, int length) {
    return axis == -1 || axis == length;
  }

  /** Returns the file's name, for messages. */
  String file() {
    return session.file();
  }

  int dimension() {
    return dimension;
  }

  /**
   * Returns the most samples of a run.
   *
   * @param wanted number of samples wanted
   */
  int batchSize(int wanted) {
    // The embeddings of a run with one sample depend on no other input.
    if (session.onnx().isDynamicallyQuantized()) return 1;
    return fixedBatch > 0 ? fixedBatch : wanted;
  }

  /**
   * Runs a batch.
   *
   * @param samples direct, native byte order; its remaining bytes are the samples, all of one size
   * @param count number of samples
   * @param embeddings direct; its remaining values are filled, count x dimension
   */
  void run(ByteBuffer samples, int count, FloatBuffer embeddings) {
    if (fixedBatch > 0 && count < fixedBatch) runPadded(samples, count, embeddings);
    else runAll(samples, count, embeddings);
  }

  /** Fills the batch of a network with a fixed batch size by repeating the first sample. */
  private void runPadded(ByteBuffer samples, int count, FloatBuffer embeddings) {
    int bytes = samples.remaining() / count;
    ByteBuffer all = ByteBuffer.allocateDirect(bytes * fixedBatch).order(ByteOrder.nativeOrder());
    all.put(samples.duplicate());
    while (all.hasRemaining()) all.put(samples.slice(samples.position(), bytes));
    FloatBuffer allEmbeddings =
        ByteBuffer.allocateDirect(fixedBatch * dimension * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    runAll(all.flip(), fixedBatch, allEmbeddings);
    embeddings.duplicate().put(allEmbeddings.slice(0, count * dimension));
  }

  private void runAll(ByteBuffer samples, int count, FloatBuffer embeddings) {
    Map<String, OnnxTensor> tensors = Map.of();
    try {
      tensors = inputs.of(environment, samples, count);
      if (direct) {
        try (OnnxTensor target =
                OnnxTensor.createTensor(environment, embeddings, new long[] {count, dimension});
            OrtSession.Result result = session.session().run(tensors, Map.of(output, target))) {
          // There is nothing to copy: the output tensor uses the caller's buffer.
        }
      } else {
        try (OrtSession.Result result = session.session().run(tensors, Set.of(output))) {
          take((OnnxTensor) result.get(0), samples, count, embeddings);
        }
      }
    } catch (OrtException e) {
      throw OrtMessages.failure(file(), e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private void take(OnnxTensor result, ByteBuffer samples, int count, FloatBuffer embeddings) {
    long[] shape = result.getInfo().getShape();
    if (shape[0] != count || !fits(shape)) {
      throw new EarthEmbedException(
          file()
              + ": expected output "
              + expected()
              + ", found "
              + Arrays.toString(shape)
              + hint(shape)
              + " for "
              + count
              + " inputs");
    }
    FloatBuffer values = result.getFloatBuffer(); // float16 is converted
    int start = embeddings.position();
    if (pooling == null) {
      embeddings.duplicate().put(values);
      return;
    }
    int tokens = Math.toIntExact(shape[1]);
    for (int i = 0; i < count; i++) {
      int used = Math.max(1, Math.min(tokens, inputs.tokens(samples, count, i)));
      pooling.apply(
          values, i * tokens * dimension, used, dimension, embeddings, start + i * dimension);
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
