package io.earthembed.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/**
 * Inspects an ONNX file before ONNX Runtime opens it. The file is a protobuf message: each field is
 * a tag, followed by a varint, by 4 or 8 bytes, or by a length and that many bytes (onnx.proto of
 * ONNX 1.23).
 */
final class OnnxFile {
  private static final int GRAPH_OF_MODEL = 7;
  private static final int INITIALIZER_OF_GRAPH = 5;
  private static final int TYPE_OF_TENSOR = 2;
  private static final int FLOAT16 = 10;

  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int LENGTH = 2;
  private static final int FOUR_BYTES = 5;

  private final SeekableByteChannel file;
  private final ByteBuffer window = ByteBuffer.allocate(64).limit(0);

  /** File position of the window's end. */
  private long windowEnd;

  private OnnxFile(SeekableByteChannel file) {
    this.file = file;
  }

  /**
   * Tells whether any weight is float16. Reads a few bytes of each weight and skips the rest.
   *
   * @return false too if the file is malformed: loading it will report the error
   */
  static boolean hasFloat16Weights(SeekableByteChannel file) throws IOException {
    OnnxFile onnx = new OnnxFile(file);
    return onnx.search(0, file.size(), new int[] {GRAPH_OF_MODEL, INITIALIZER_OF_GRAPH}, 0);
  }

  /**
   * Tells whether the model's fields end exactly at the end of the file and include the graph. ONNX
   * Runtime refuses a truncated file too, but leaks memory.
   */
  static boolean isWhole(SeekableByteChannel file) throws IOException {
    OnnxFile onnx = new OnnxFile(file);
    long size = file.size();
    boolean graph = false;
    while (onnx.position() < size) {
      long tag = onnx.varint();
      if (tag < 0) return false;
      switch ((int) (tag & 7)) {
        case VARINT -> {
          if (onnx.varint() == -1 && onnx.position() >= size) return false;
        }
        case LENGTH -> {
          long length = onnx.varint();
          if (length < 0 || length > size - onnx.position()) return false;
          graph |= tag >>> 3 == GRAPH_OF_MODEL;
          onnx.seek(onnx.position() + length);
        }
        case EIGHT_BYTES -> onnx.seek(onnx.position() + 8);
        case FOUR_BYTES -> onnx.seek(onnx.position() + 4);
        default -> {
          return false;
        }
      }
    }
    return graph && onnx.position() == size;
  }

  /** Searches the messages at a path of fields. */
  private boolean search(long from, long to, int[] path, int depth) throws IOException {
    seek(from);
    while (position() < to) {
      long tag = varint();
      int field = (int) (tag >>> 3);
      switch ((int) (tag & 7)) {
        case VARINT -> {
          long value = varint();
          if (depth == path.length && field == TYPE_OF_TENSOR) return value == FLOAT16;
        }
        case LENGTH -> {
          long length = varint();
          long start = position();
          if (length < 0 || length > to - start) return false;
          long end = start + length;
          if (depth < path.length && field == path[depth]) {
            if (search(start, end, path, depth + 1)) return true;
          }
          seek(end);
        }
        case EIGHT_BYTES -> seek(position() + 8);
        case FOUR_BYTES -> seek(position() + 4);
        default -> {
          return false;
        }
      }
    }
    return false;
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
        file.position(windowEnd);
        int read = file.read(window);
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
