package io.earthembed.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.earthembed.common.EarthEmbedException;
import java.util.Map;

/**
 * An ONNX file that ONNX Runtime has opened, with its inputs and outputs.
 *
 * @param file the file's name, for messages
 * @param onnx the file's own description
 */
record OnnxSession(
    String file,
    OnnxFile onnx,
    OrtSession session,
    Map<String, NodeInfo> inputs,
    Map<String, NodeInfo> outputs)
    implements AutoCloseable {

  /**
   * Opens a file.
   *
   * @throws EarthEmbedException naming the file
   */
  static OnnxSession open(ModelFiles files, String name, EncoderOptions options) {
    String file = files.describe(name);
    byte[] content = files.contentWithoutPath(name);
    OnnxFile onnx = content == null ? files.inspect(name) : files.inspect(name, content);
    OrtSession session = Sessions.open(files, name, content, onnx, options);
    try {
      return new OnnxSession(file, onnx, session, session.getInputInfo(), session.getOutputInfo());
    } catch (OrtException e) {
      EarthEmbedException failure = OrtMessages.failure(file, e);
      try {
        session.close();
      } catch (OrtException closing) {
        failure.addSuppressed(closing);
      }
      throw failure;
    }
  }

  /** Returns an input, which must be a tensor. */
  TensorInfo requireInput(String name) {
    return require("input", inputs, name);
  }

  /** Returns an output, which must be a tensor. */
  TensorInfo requireOutput(String name) {
    return require("output", outputs, name);
  }

  private TensorInfo require(String kind, Map<String, NodeInfo> nodes, String name) {
    NodeInfo node = nodes.get(name);
    if (node == null) {
      throw new EarthEmbedException(
          file + ": expected one " + kind + " named " + name + ", found " + nodes.keySet());
    }
    if (node.getInfo() instanceof TensorInfo tensor && tensor.getShape().length > 0) return tensor;
    throw new EarthEmbedException(file + ": " + kind + " " + name + " is not a tensor with axes");
  }

  String describeInput(String name) {
    NodeInfo node = inputs.get(name);
    return node == null ? name : name + " of " + OrtMessages.describe(node);
  }

  String describeOutput(String name) {
    NodeInfo node = outputs.get(name);
    return node == null ? name : name + " of " + OrtMessages.describe(node);
  }

  /** Returns the samples that each run must have, or -1 if a run takes any number. */
  int fixedBatch() {
    int fixed = -1;
    for (String name : inputs.keySet()) {
      fixed = Math.max(fixed, (int) requireInput(name).getShape()[0]);
    }
    return fixed;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw OrtMessages.failure(file, e);
    }
  }
}
