package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.platform.Fp16Conversions;
import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The inputs of a picture or location network. A sample is the values of its inputs, one input
 * after another; float32 values are rounded to float16 if the network takes that. If there is only
 * one input, it is not copied.
 */
final class ValueTensors implements InputTensors {
  /**
   * An input of the network.
   *
   * @param name its name
   * @param type type of its values in a sample
   * @param shape shape of one sample
   */
  record Part(String name, OnnxJavaType type, List<Long> shape) {
    /** Returns the bytes of one sample. */
    int bytes() {
      long values = 1;
      for (long side : shape) values *= side;
      return Math.toIntExact(values * type.size);
    }

    private long[] shape(int count) {
      long[] whole = new long[shape.size() + 1];
      whole[0] = count;
      for (int i = 0; i < shape.size(); i++) whole[i + 1] = shape.get(i);
      return whole;
    }
  }

  private final List<Part> parts;

  /** The type that the network takes, for each part. */
  private final List<OnnxJavaType> types = new ArrayList<>();

  private final int sampleBytes;

  /**
   * Compares the network's inputs with what they will get.
   *
   * @param parts the inputs in the order of their values in a sample
   * @throws EarthEmbedException if it takes other inputs
   */
  ValueTensors(OnnxSession session, List<Part> parts) {
    this(session, parts, Set.of());
  }

  /**
   * @param others inputs that are made elsewhere
   */
  ValueTensors(OnnxSession session, List<Part> parts, Set<String> others) {
    this.parts = List.copyOf(parts);
    TreeSet<String> unknown = new TreeSet<>(session.inputs().keySet());
    unknown.removeAll(others);
    List<String> names = new ArrayList<>();
    int bytes = 0;
    for (Part part : parts) {
      types.add(type(session, part));
      names.add(part.name());
      unknown.remove(part.name());
      bytes += part.bytes();
    }
    this.sampleBytes = bytes;
    if (unknown.isEmpty()) return;
    throw new EarthEmbedException(
        session.file()
            + ": expected "
            + (parts.size() == 1
                ? "one input named " + names.get(0)
                : "inputs named " + String.join(", ", names))
            + ", found "
            + session.inputs().keySet());
  }

  /** Returns the names of the inputs. */
  Set<String> names() {
    return parts.stream().map(Part::name).collect(Collectors.toSet());
  }

  /** Returns the bytes of one sample. */
  int sampleBytes() {
    return sampleBytes;
  }

  private static OnnxJavaType type(OnnxSession session, Part part) {
    TensorInfo found = session.requireInput(part.name());
    boolean half = part.type() == OnnxJavaType.FLOAT && found.type == OnnxJavaType.FLOAT16;
    OnnxJavaType type = half ? OnnxJavaType.FLOAT16 : part.type();
    long[] axes = found.getShape();
    List<Long> shape = part.shape();
    boolean fits = found.type == type && axes.length == shape.size() + 1;
    for (int i = 1; fits && i < axes.length; i++) {
      fits = axes[i] == -1 || axes[i] == shape.get(i - 1);
    }
    if (fits) return type;
    StringBuilder expected = new StringBuilder("[n");
    for (long side : shape) expected.append(", ").append(side);
    throw new EarthEmbedException(
        session.file()
            + ": expected input "
            + part.name()
            + " of "
            + OrtMessages.describe(part.type())
            + " "
            + expected.append(']')
            + ", found "
            + session.describeInput(part.name()));
  }

  @Override
  public Map<String, OnnxTensor> of(OrtEnvironment environment, ByteBuffer samples, int count)
      throws OrtException {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      int offset = 0;
      for (int p = 0; p < parts.size(); p++) {
        Part part = parts.get(p);
        ByteBuffer values = parts.size() == 1 ? samples : gather(samples, count, offset, part);
        OnnxJavaType type = types.get(p);
        if (type != part.type()) values = halves(values);
        tensors.put(
            part.name(), OnnxTensor.createTensor(environment, values, part.shape(count), type));
        offset += part.bytes();
      }
      return tensors;
    } catch (OrtException | RuntimeException e) {
      tensors.values().forEach(OnnxTensor::close);
      throw e;
    }
  }

  /** Copies the values of one input, which start at an offset in each sample. */
  private ByteBuffer gather(ByteBuffer samples, int count, int offset, Part part) {
    int bytes = part.bytes();
    ByteBuffer values = ByteBuffer.allocateDirect(count * bytes).order(ByteOrder.nativeOrder());
    for (int i = 0; i < count; i++) {
      values.put(i * bytes, samples, samples.position() + i * sampleBytes + offset, bytes);
    }
    return values;
  }

  private static ByteBuffer halves(ByteBuffer floats) {
    int values = floats.remaining() / Float.BYTES;
    ByteBuffer halves =
        ByteBuffer.allocateDirect(values * Short.BYTES).order(ByteOrder.nativeOrder());
    ShortBuffer target = halves.asShortBuffer();
    for (int i = 0; i < values; i++) {
      float value = floats.getFloat(floats.position() + i * Float.BYTES);
      target.put(Fp16Conversions.floatToFp16(value));
    }
    return halves;
  }
}
