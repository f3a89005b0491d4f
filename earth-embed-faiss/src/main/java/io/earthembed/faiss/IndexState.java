package io.earthembed.faiss;

import io.earthembed.index.IndexLabel;
import io.earthembed.vector.Metric;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * What searches and changes of one index share: FAISS's index, what its file says, and vectors and
 * filters in the form that FAISS takes. Locks of {@link NativeIndex} guard the fields that change.
 */
final class IndexState {
  final int dimension;
  final Metric metric;
  final boolean mapped;
  final NativeIndex memory;

  /** The ordinal of the next vector; more than there are vectors once some were removed. */
  long next;

  IndexLabel label;

  IndexState(IndexFile.Contents contents, boolean mapped) {
    this.dimension = contents.dimension();
    this.metric = contents.metric();
    this.mapped = mapped;
    this.next = contents.next();
    this.label = contents.label();
    this.memory = new NativeIndex(contents.index());
  }

  void requireDimension(String name, int actual) {
    if (actual != dimension) {
      throw new IllegalArgumentException(
          name + " has dimension " + actual + ", the index " + dimension);
    }
  }

  static void requirePositive(String name, int value) {
    if (value < 1) throw new IllegalArgumentException(name + " must be positive: " + value);
  }

  /** Vectors as FAISS gets them: normalized to length one if the metric is the cosine. */
  FloatBuffer prepared(FloatBuffer values) {
    if (metric != Metric.COSINE || !values.hasRemaining()) return values;
    return normalized(values, allocateLike(values));
  }

  /** A buffer for as many values; no chunk of a matrix is larger than its first. */
  FloatBuffer allocateLike(FloatBuffer values) {
    return Vectors.allocate(values.remaining() / dimension, dimension).chunk(0);
  }

  /** Copies vectors into a buffer and normalizes them there. */
  FloatBuffer normalized(FloatBuffer values, FloatBuffer into) {
    FloatBuffer copy = into.clear().put(values).flip();
    Vectors.wrap(copy, dimension).normalize();
    return copy;
  }

  /** A direct buffer with one bit for each ordinal, as FAISS's selector takes it. */
  ByteBuffer bitmap(OrdinalSet ordinals) {
    long[] words = ordinals.toBitmap(next);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.max(8, Math.multiplyExact(words.length, 8)))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(words);
    return bytes;
  }
}
