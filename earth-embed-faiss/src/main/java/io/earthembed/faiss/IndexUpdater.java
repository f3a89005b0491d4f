package io.earthembed.faiss;

import io.earthembed.faiss.internal.Faiss;
import io.earthembed.faiss.internal.LayeredIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.vector.Metric;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.QuantizedVectors;
import io.earthembed.vector.QuantizedVectors.Format;
import io.earthembed.vector.QuantizedVectors.Scaling;
import io.earthembed.vector.QuantizedVectors.ScalingKind;
import io.earthembed.vector.Vectors;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains a {@link FaissIndex} and changes its vectors. */
final class IndexUpdater {
  private static final Logger LOG = LoggerFactory.getLogger(FaissIndex.class);
  private static final Object MERGING = new Object();

  private final IndexState state;

  IndexUpdater(IndexState state) {
    this.state = state;
  }

  /**
   * Trains on a sample.
   *
   * @param name of the index in the log
   */
  void train(Vectors sample, String name) {
    state.requireDimension("sample", sample.dimension());
    if (sample.chunkCount() != 1) {
      throw new IllegalArgumentException("sample is empty or larger than 1 GiB: " + sample);
    }
    sample.requireComparable("sample");
    state.memory.changing(
        "training",
        index -> {
          if (index.size() > 0) {
            throw new IllegalStateException("the index holds vectors: it cannot be trained again");
          }
          long advised = Faiss.prepare_training(index);
          if (sample.rows() < advised) {
            LOG.warn(
                "{}: {} vectors to train on are few, {} are advised", name, sample.rows(), advised);
          }
          FloatBuffer values = state.prepared(sample.chunk(0));
          try (Interruption interruption = new Interruption()) {
            Faiss.train(index, sample.rows(), values);
          }
          return true;
        });
  }

  void setEffort(SearchEffort effort) {
    state.memory.writing(
        "setEffort",
        index -> {
          Faiss.set_effort(index, effort.nprobe(), effort.efSearch(), effort.rerank());
          return true;
        });
  }

  void add(Vectors vectors) {
    state.requireDimension("vectors", vectors.dimension());
    vectors.requireComparable("vectors");
    state.memory.changing(
        "add",
        index -> {
          NativeIndex.requireTrained(index);
          if (!index.takes_floats()) {
            throw new IllegalArgumentException(
                "the index holds vectors with a publisher's scales: floats cannot be added");
          }
          // Allocated first: running out of memory later would leave a partial addition.
          FloatBuffer room =
              state.metric == Metric.COSINE && vectors.chunkCount() > 0
                  ? state.allocateLike(vectors.chunk(0))
                  : null;
          for (int c = 0; c < vectors.chunkCount(); c++) {
            FloatBuffer chunk = vectors.chunk(c);
            add(index, room == null ? chunk : state.normalized(chunk, room));
          }
          return true;
        });
  }

  void add(QuantizedVectors vectors) {
    state.requireDimension("vectors", vectors.dimension());
    boolean kept = state.memory.reading("add", index -> index.keeps(vectors.format().isBits()));
    if (!kept) {
      add(vectors.toVectors());
      return;
    }
    state.memory.changing(
        "add",
        index -> {
          try {
            addKept(index, vectors);
          } catch (RuntimeException e) {
            if (NativeFaiss.reason(e).contains("bad_alloc")) throw e;
            throw new IllegalArgumentException("vectors: " + NativeFaiss.reason(e), e);
          }
          state.next += vectors.rows();
          return true;
        });
  }

  private static void addKept(LayeredIndex index, QuantizedVectors vectors) {
    Format format = vectors.format();
    if (format.isBits()) {
      boolean lowestFirst = format == Format.BITS_LOWEST_FIRST;
      Faiss.add_bits(index, vectors.rows(), vectors.codes(), lowestFirst);
      return;
    }
    Scaling scaling = vectors.scaling();
    Faiss.add_bytes(
        index,
        vectors.rows(),
        vectors.codes(),
        format == Format.INT8,
        scaling.kind() == ScalingKind.PER_ROW,
        scaling.kind() == ScalingKind.PER_COMPONENT,
        scaling.kind() == ScalingKind.SIGNED_SQUARE,
        scaling.missing(),
        DoubleBuffer.wrap(scaling.scales()),
        DoubleBuffer.wrap(scaling.offsets()));
  }

  private void add(LayeredIndex index, FloatBuffer chunk) {
    int rows = chunk.remaining() / state.dimension;
    long before = index.size();
    try (Interruption interruption = new Interruption()) {
      Faiss.add_from(index, rows, chunk, state.next);
    } catch (RuntimeException e) {
      if (!Faiss.holds(index, before)) state.memory.spoil("an addition failed midway");
      throw e;
    }
    state.next += rows;
  }

  void mergeFrom(IndexState other) {
    if (other == state) throw new IllegalArgumentException("an index cannot be merged with itself");
    // One merge at a time, so that two merges never wait for each other's locks.
    synchronized (MERGING) {
      other.memory.changing(
          "merge",
          from ->
              state.memory.changing(
                  "merge",
                  into -> {
                    merge(other, from, into);
                    return true;
                  }));
    }
  }

  private void merge(IndexState other, LayeredIndex from, LayeredIndex into) {
    NativeIndex.requireTrained(into);
    IndexLabel label = state.label;
    if (other.metric != state.metric
        || !other.label.model().equals(label.model())
        || !other.label.dataset().equals(label.dataset())) {
      throw new IllegalArgumentException(
          other.metric + " " + other.label + " into " + state.metric + " " + label);
    }
    try {
      Faiss.require_alike(into, from);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("merge: " + NativeFaiss.reason(e), e);
    }
    Faiss.merge_from(into, from, state.next);
    state.next += other.next;
    other.next = 0;
    // The labels of the parts name their own rows, not those of the whole.
    state.label = new IndexLabel(label.model(), label.dataset());
  }

  long remove(OrdinalSet ordinals) {
    return state.memory.changing(
        "remove",
        index -> {
          try {
            return Faiss.remove_ids(index, state.bitmap(ordinals), state.next);
          } catch (RuntimeException e) {
            throw new UnsupportedOperationException("remove: " + NativeFaiss.reason(e), e);
          }
        });
  }
}
