package io.earthembed.faiss;

import io.earthembed.faiss.internal.LayeredIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.vector.Metric;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/**
 * The state that searches and changes of one index share: FAISS's index, the metadata of its file,
 * and conversions of vectors and filters to FAISS's form. Locks of {@link NativeIndex} guard the
 * fields that change.
 */
final class IndexState {
  final int dimension;
  final Metric metric;
  final NativeIndex memory;

  /** The ordinal of the next vector; it exceeds the number of vectors after a removal. */
  long next;

  IndexLabel label;

  IndexState(IndexFile.Contents contents) {
    this.dimension = contents.dimension();
    this.metric = contents.metric();
    this.next = contents.next();
    this.label = contents.label();
    this.memory = new NativeIndex(contents.index());
  }

  void save(Path file) {
    memory.reading(
        "save",
        index -> {
          IndexFile.write(new IndexFile.Contents(index, dimension, metric, next, label), file);
          return true;
        });
  }

  /** Fails unless the index is labelled with a model. */
  void requireModel(String model) {
    String actual = label().model();
    if (!actual.equals(model)) {
      throw new IllegalArgumentException(
          "the index holds vectors of "
              + (actual.isEmpty() ? "a model it does not name" : "the model '" + actual + "'")
              + ", not of '"
              + model
              + "'");
    }
  }

  IndexLabel label() {
    return memory.reading("label", index -> label);
  }

  void label(IndexLabel what) {
    memory.writing("label", index -> label = what);
  }

  long size() {
    return memory.reading("size", LayeredIndex::size);
  }

  long ordinalEnd() {
    return memory.reading("ordinalEnd", index -> next);
  }

  void requireDimension(String name, int actual) {
    if (actual != dimension) {
      throw new IllegalArgumentException(
          name + " has dimension " + actual + ", the index " + dimension);
    }
  }

  /** Returns vectors as FAISS takes them: normalised to length one if the metric is the cosine. */
  FloatBuffer prepared(FloatBuffer values) {
    if (metric != Metric.COSINE || !values.hasRemaining()) return values;
    return normalized(values, allocateLike(values));
  }

  /**
   * Allocates a buffer for as many values as a chunk has; no chunk of a matrix is larger than its
   * first.
   */
  FloatBuffer allocateLike(FloatBuffer values) {
    return Vectors.allocate(values.remaining() / dimension, dimension).chunk(0);
  }

  /** Copies vectors into a buffer and normalises them there. */
  FloatBuffer normalized(FloatBuffer values, FloatBuffer into) {
    FloatBuffer copy = into.clear().put(values).flip();
    Vectors.wrap(copy, dimension).normalize();
    return copy;
  }

  /** Returns a direct buffer with one bit for each ordinal, as FAISS's selector takes it. */
  ByteBuffer bitmap(OrdinalSet ordinals) {
    long[] words = ordinals.toBitmap(next);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.max(8, Math.multiplyExact(words.length, 8)))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(words);
    return bytes;
  }
}
