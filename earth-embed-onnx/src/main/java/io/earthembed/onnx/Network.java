package io.earthembed.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * An open ONNX file with one input and one output [n, dimension]. Safe for many threads. Its owner
 * must not use it after close.
 */
final class Network implements AutoCloseable {
  private final String file;
  private final Preparation.Tensor input;
  private final String output;
  private final int dimension;
  private final OrtEnvironment environment;
  private final OrtSession session;

  private Network(
      String file,
      Preparation.Tensor input,
      String output,
      int dimension,
      OrtEnvironment environment,
      OrtSession session) {
    this.file = file;
    this.input = input;
    this.output = output;
    this.dimension = dimension;
    this.environment = environment;
    this.session = session;
  }

  /**
   * Opens a file and compares its input and output with the description.
   *
   * @throws EarthEmbedException naming the file
   */
  static Network open(
      ModelFiles files,
      ModelDescription.Network description,
      Preparation.Tensor input,
      int dimension,
      EncoderOptions options) {
    String name = description.file();
    String file = files.describe(name);
    OrtEnvironment environment = environment();
    OrtSession session = Sessions.open(files, name, environment, options);
    Network network =
        new Network(file, input, description.output(), dimension, environment, session);
    try {
      network.checkNode("input", session.getInputInfo(), input.name(), input.type(), input.shape());
      network.checkNode(
          "output",
          session.getOutputInfo(),
          description.output(),
          OnnxJavaType.FLOAT,
          List.of((long) dimension));
      return network;
    } catch (OrtException e) {
      network.close();
      throw new EarthEmbedException(file + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** Returns the environment, of which ONNX Runtime allows one in a virtual machine. */
  private static OrtEnvironment environment() {
    try {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      environment.setTelemetry(false);
      return environment;
    } catch (LinkageError | OrtException | RuntimeException e) {
      throw new EarthEmbedException("ONNX Runtime does not load on this machine", e);
    }
  }

  /**
   * Fails unless there is exactly one node, with this name, type and shape. An axis of -1 takes any
   * length; the first axis must be -1.
   */
  private void checkNode(
      String kind,
      Map<String, NodeInfo> nodes,
      String name,
      OnnxJavaType type,
      List<Long> sampleShape) {
    NodeInfo node = nodes.get(name);
    if (node == null || nodes.size() != 1) {
      throw new EarthEmbedException(
          file + ": expected one " + kind + " named " + name + ", found " + nodes.keySet());
    }
    boolean fits = false;
    if (node.getInfo() instanceof TensorInfo tensor && tensor.type == type) {
      long[] shape = tensor.getShape();
      fits = shape.length == sampleShape.size() + 1 && shape[0] == -1;
      for (int i = 1; fits && i < shape.length; i++) {
        fits = shape[i] == -1 || shape[i] == sampleShape.get(i - 1);
      }
    }
    if (!fits) {
      throw new EarthEmbedException(
          file
              + ": expected "
              + kind
              + " "
              + name
              + " of "
              + type
              + " [n, "
              + sampleShape
              + "], found "
              + node.getInfo());
    }
  }

  /** Returns the file's name, for messages. */
  String file() {
    return file;
  }

  /**
   * Runs a batch.
   *
   * @param samples direct, native byte order; its remaining bytes are the samples
   * @param count number of samples
   * @param embeddings direct; its remaining values are filled, count x dimension
   */
  void run(ByteBuffer samples, int count, FloatBuffer embeddings) {
    try (OnnxTensor in =
            OnnxTensor.createTensor(environment, samples, input.batchShape(count), input.type());
        OnnxTensor out =
            OnnxTensor.createTensor(environment, embeddings, new long[] {count, dimension});
        OrtSession.Result result = session.run(Map.of(input.name(), in), Map.of(output, out))) {
      // There is nothing to copy: the output tensor uses the caller's buffer.
    } catch (OrtException e) {
      throw new EarthEmbedException(file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new EarthEmbedException(file + ": " + e.getMessage(), e);
    }
  }
}
