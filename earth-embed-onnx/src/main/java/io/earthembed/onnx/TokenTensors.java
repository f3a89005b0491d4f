package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The inputs of a text network: token ids [n, tokens], and those of {@link #MASK}, {@link #TYPES}
 * and {@link #POSITIONS} that the network has. A sample is an int64 with its tokens without
 * padding, followed by the padded ids as int64.
 */
final class TokenTensors implements InputTensors {
  /** 1 for each token of the text, 0 for each that pads it. */
  static final String MASK = "attention_mask";

  /** The sentence of a pair that a token belongs to: always 0. */
  static final String TYPES = "token_type_ids";

  /** The position of each token, from 0. */
  static final String POSITIONS = "position_ids";

  private final String ids;

  /** The type of each input. */
  private final Map<String, OnnxJavaType> types = new HashMap<>();

  /** The tokens that the network takes, or -1 for any number. */
  private final int fixedTokens;

  /**
   * Reads what a network takes.
   *
   * @throws EarthEmbedException if it takes other inputs, naming them
   */
  TokenTensors(OnnxSession session, String ids) {
    this(session, ids, Set.of());
  }

  /**
   * @param others inputs that are made elsewhere
   */
  TokenTensors(OnnxSession session, String ids, Set<String> others) {
    this.ids = ids;
    TensorInfo main = session.requireInput(ids);
    for (String name : session.inputs().keySet()) {
      if (!others.contains(name)) types.put(name, type(session, name));
    }
    for (String name : types.keySet()) {
      if (!names(ids).contains(name))
        throw new EarthEmbedException(
            session.file()
                + ": the network also takes "
                + session.describeInput(name)
                + "; known are "
                + String.join(", ", ids, MASK, TYPES, POSITIONS));
    }
    this.fixedTokens = (int) main.getShape()[1];
  }

  /**
   * Returns the names that the inputs may have.
   *
   * @param ids the name of the token ids
   */
  static Set<String> names(String ids) {
    Set<String> names = new HashSet<>(Set.of(MASK, TYPES, POSITIONS));
    names.add(ids);
    return names;
  }

  private static OnnxJavaType type(OnnxSession session, String name) {
    TensorInfo tensor = session.requireInput(name);
    boolean integers = tensor.type == OnnxJavaType.INT64 || tensor.type == OnnxJavaType.INT32;
    if (!integers || tensor.getShape().length != 2) {
      throw new EarthEmbedException(
          session.file()
              + ": expected input "
              + name
              + " of int64 or int32 [n, tokens], found "
              + session.describeInput(name));
    }
    return tensor.type;
  }

  /** Returns the tokens that the network takes, or -1 if it takes any number. */
  int fixedTokens() {
    return fixedTokens;
  }

  /** Tells whether the network can ignore the tokens that pad a text. */
  boolean hasMask() {
    return types.containsKey(MASK);
  }

  @Override
  public int tokens(ByteBuffer samples, int count, int sample) {
    return (int) samples.getLong(samples.position() + samples.remaining() / count * sample);
  }

  @Override
  public Map<String, OnnxTensor> of(OrtEnvironment environment, ByteBuffer samples, int count)
      throws OrtException {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (Map.Entry<String, OnnxJavaType> input : types.entrySet()) {
        tensors.put(
            input.getKey(), tensor(environment, input.getKey(), input.getValue(), samples, count));
      }
      return tensors;
    } catch (OrtException | RuntimeException e) {
      tensors.values().forEach(OnnxTensor::close);
      throw e;
    }
  }

  private OnnxTensor tensor(
      OrtEnvironment environment, String name, OnnxJavaType type, ByteBuffer samples, int count)
      throws OrtException {
    int bytes = samples.remaining() / count;
    int length = bytes / Long.BYTES - 1;
    ByteBuffer values =
        ByteBuffer.allocateDirect(count * length * type.size).order(ByteOrder.nativeOrder());
    for (int sample = 0; sample < count; sample++) {
      int start = samples.position() + sample * bytes;
      // A text without tokens is one that pads it: attention to nothing has no meaning.
      long tokens = Math.max(1, samples.getLong(start));
      for (int i = 0; i < length; i++) {
        long value =
            switch (name) {
              case MASK -> i < tokens ? 1 : 0;
              case TYPES -> 0;
              case POSITIONS -> i;
              default -> samples.getLong(start + (1 + i) * Long.BYTES);
            };
        if (type == OnnxJavaType.INT32) values.putInt((int) value);
        else values.putLong(value);
      }
    }
    return OnnxTensor.createTensor(environment, values.flip(), new long[] {count, length}, type);
  }
}
