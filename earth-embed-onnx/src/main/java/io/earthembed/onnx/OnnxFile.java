package io.earthembed.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an ONNX file that are read before ONNX Runtime opens it. The file is a protobuf
 * message: each field is a tag, followed by a varint, by 4 or 8 bytes, or by a length and that many
 * bytes (onnx.proto of ONNX 1.23). A few bytes of each weight are read; the rest is skipped.
 */
final class OnnxFile {
  /** Bytes at any position. */
  interface Source {
    long size() throws IOException;

    /** Reads like {@link java.nio.channels.FileChannel#read(ByteBuffer, long)}. */
    int read(ByteBuffer target, long position) throws IOException;
  }

  /**
   * An input or output of the graph.
   *
   * @param shape -1 for an axis of any length
   */
  record Value(String name, List<Long> shape) {}

  // ModelProto
  private static final int IR_VERSION = 1;
  private static final int GRAPH = 7;
  // GraphProto
  private static final int NODE = 1;
  private static final int INITIALIZER = 5;
  private static final int INPUT = 11;
  private static final int OUTPUT = 12;
  // NodeProto
  private static final int OPERATOR = 4;
  // TensorProto
  private static final int DIMENSIONS = 1;
  private static final int DATA_TYPE = 2;
  private static final int TENSOR_NAME = 8;
  private static final int EXTERNAL_DATA = 13;
  private static final int FLOAT16 = 10;

  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int LENGTH = 2;
  private static final int FOUR_BYTES = 5;

  /** Longest name, operator or path; longer ones are cut. */
  private static final int MAX_STRING = 4096;

  private final Source file;
  private final ByteBuffer window = ByteBuffer.allocate(512).limit(0);

  /** File position of the window's end. */
  private long windowEnd;

  private boolean whole;
  private long irVersion;
  private boolean float16Weights;
  private boolean dynamicallyQuantized;
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private final List<String> initializers = new ArrayList<>();
  private long vocabularySize = -1;

  /** For each file with external weights, the length that it needs. */
  private final Map<String, Long> externalFiles = new LinkedHashMap<>();

  private OnnxFile(Source file) {
    this.file = file;
  }

  /** Reads a file; if it is malformed, {@link #isWhole} is false. */
  static OnnxFile read(Source source) throws IOException {
    OnnxFile onnx = new OnnxFile(source);
    boolean[] graph = new boolean[1];
    boolean complete =
        onnx.fields(
            0,
            source.size(),
            (field, value, end) -> {
              if (field == IR_VERSION) onnx.irVersion = value;
              if (field == GRAPH) {
                graph[0] = true;
                onnx.fields(onnx.position(), end, onnx::graphField);
              }
            });
    onnx.whole = complete && graph[0];
    onnx.inputs.removeIf(input -> onnx.initializers.contains(input.name()));
    return onnx;
  }

  /**
   * Tells whether the model's fields end exactly at the end of the file and include the graph. ONNX
   * Runtime refuses a truncated file too, but leaks memory.
   */
  boolean isWhole() {
    return whole;
  }

  /** Returns the version of ONNX's intermediate representation, 0 if the file names none. */
  long irVersion() {
    return irVersion;
  }

  /** Tells whether any weight is float16. */
  boolean hasFloat16Weights() {
    return float16Weights;
  }

  /**
   * Tells whether the network quantises its activations by the range of the values of a run, so
   * that an embedding depends on the rest of its batch.
   */
  boolean isDynamicallyQuantized() {
    return dynamicallyQuantized;
  }

  /** Returns the graph's inputs without those that are weights. */
  List<Value> inputs() {
    return inputs;
  }

  List<Value> outputs() {
    return outputs;
  }

  /** Returns the rows of the table of token vectors, known by its name, or -1. */
  long vocabularySize() {
    return vocabularySize;
  }

  /** Returns the files with weights, relative to this one, and the length that each needs. */
  Map<String, Long> externalFiles() {
    return externalFiles;
  }

  private void graphField(int field, long value, long end) throws IOException {
    switch (field) {
      case NODE -> fields(position(), end, this::nodeField);
      case INITIALIZER -> initializer(end);
      case INPUT -> inputs.add(value(end));
      case OUTPUT -> outputs.add(value(end));
      default -> {}
    }
  }

  private void nodeField(int field, long value, long end) throws IOException {
    // DynamicQuantizeLinear of ONNX; DynamicQuantizeMatMul and others of ONNX Runtime.
    if (field == OPERATOR) dynamicallyQuantized |= string(end).startsWith("DynamicQuantize");
  }

  private void initializer(long tensorEnd) throws IOException {
    Map<String, String> external = new LinkedHashMap<>();
    List<Long> shape = new ArrayList<>();
    int known = initializers.size();
    fields(
        position(),
        tensorEnd,
        (field, value, end) -> {
          if (field == DIMENSIONS && shape.size() < 3) shape.add(value);
          if (field == DATA_TYPE) float16Weights |= value == FLOAT16;
          if (field == TENSOR_NAME && initializers.size() == known) initializers.add(string(end));
          if (field == EXTERNAL_DATA) {
            String[] entry = {"", ""};
            fields(
                position(),
                end,
                (part, ignored, partEnd) -> {
                  if (part == 1 || part == 2) entry[part - 1] = string(partEnd);
                });
            external.put(entry[0], entry[1]);
          }
        });
    String name = initializers.size() > known ? initializers.get(known) : "";
    // The tables of token vectors of CLIP and SigLIP, and of BERT and its kin.
    boolean tokens =
        name.contains("token_embedding.weight") || name.contains("word_embeddings.weight");
    if (tokens && shape.size() == 2) vocabularySize = shape.get(0);
    String location = external.get("location");
    if (location == null) return;
    long needed = number(external.get("offset")) + number(external.get("length"));
    externalFiles.merge(location, needed, Math::max);
  }

  private static long number(@Nullable String digits) {
    return digits != null && digits.matches("\\d{1,18}") ? Long.parseLong(digits) : 0;
  }

  /** Reads a ValueInfoProto: a name, and a type with a tensor's shape of dimensions. */
  private Value value(long valueEnd) throws IOException {
    String[] name = {""};
    List<Long> shape = new ArrayList<>();
    fields(
        position(),
        valueEnd,
        (field, value, end) -> {
          if (field == 1) name[0] = string(end);
          if (field == 2) nested(end, 1, tensor -> nested(tensor, 2, dims -> shape(dims, shape)));
        });
    return new Value(name[0], List.copyOf(shape));
  }

  private void shape(long shapeEnd, List<Long> shape) throws IOException {
    fields(
        position(),
        shapeEnd,
        (field, value, end) -> {
          if (field != 1) return;
          long[] length = {-1};
          fields(
              position(),
              end,
              (part, size, ignored) -> {
                if (part == 1) length[0] = size;
              });
          shape.add(length[0]);
        });
  }

  private interface Message {
    void read(long end) throws IOException;
  }

  private void nested(long end, int wanted, Message message) throws IOException {
    fields(
        position(),
        end,
        (field, value, fieldEnd) -> {
          if (field == wanted) message.read(fieldEnd);
        });
  }

  private interface Field {
    /**
     * Takes a field.
     *
     * @param value a varint's value; 0 for fields of other kinds
     * @param end end of the field, whose content starts at the position
     */
    void at(int number, long value, long end) throws IOException;
  }

  /** Walks the fields of a message; returns false if they do not end exactly at its end. */
  private boolean fields(long from, long to, Field field) throws IOException {
    seek(from);
    while (position() < to) {
      long tag = varint();
      if (tag < 0) return false;
      int number = (int) (tag >>> 3);
      switch ((int) (tag & 7)) {
        case VARINT -> {
          long value = varint();
          if (value == -1 && position() >= to) return false;
          field.at(number, value, position());
        }
        case LENGTH -> {
          long length = varint();
          if (length < 0 || length > to - position()) return false;
          long end = position() + length;
          field.at(number, 0, end);
          seek(end);
        }
        case EIGHT_BYTES -> seek(position() + 8);
        case FOUR_BYTES -> seek(position() + 4);
        default -> {
          return false;
        }
      }
    }
    return position() == to;
  }

  private String string(long end) throws IOException {
    int length = (int) Math.min(MAX_STRING, Math.max(0, end - position()));
    ByteBuffer bytes = ByteBuffer.allocate(length);
    long at = position();
    while (bytes.hasRemaining()) {
      int read = file.read(bytes, at + bytes.position());
      if (read <= 0) break;
    }
    return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
  }

  private long position() {
    return windowEnd - window.remaining();
  }

  private void seek(long target) {
    long back = windowEnd - target;
    if (back >= 0 && back <= window.limit()) {
      window.position((int) (window.limit() - back));
    } else {
      window.limit(0);
      windowEnd = target;
    }
  }

  /** Reads the next varint; returns -1 at the end of the file. */
  private long varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!window.hasRemaining()) {
        window.clear();
        int read = file.read(window, windowEnd);
        window.flip();
        if (read <= 0) return -1;
        windowEnd += read;
      }
      byte next = window.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) return value;
    }
    return -1;
  }
}
