package io.earthembed.benchmarks;

import io.earthembed.base.file.AtomicFile;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The exact best ten of each query, for each filter of {@link EarthScale}, among the vectors that
 * passed by.
 */
final class EarthAnswers {
  static final int K = 10;

  /** A filter passes every n-th vector; 1 passes all. */
  static final int[] EVERY = {1, 10, 100, 1000};

  private final int queries;

  /** By filter and query. */
  private final List<List<Neighbors>> best = new ArrayList<>();

  EarthAnswers(int queries) {
    this.queries = queries;
    Neighbors none = new Neighbors(new long[0], new float[0]);
    for (int f = 0; f < EVERY.length; f++) {
      best.add(new ArrayList<>());
      for (int q = 0; q < queries; q++) best.get(f).add(none);
    }
  }

  /** Returns the vectors that pass a filter, of those from an ordinal on. */
  static OrdinalSet passing(int every, long from, long count) {
    return every == 1 ? OrdinalSet.all() : OrdinalSet.where(count, i -> (from + i) % every == 0);
  }

  /** Adds a block of vectors, whose first one has the ordinal {@code from}. */
  void add(Vectors block, long from, Vectors asked) {
    try (FaissIndex flat = FaissIndex.flat(block.dimension(), Metric.INNER_PRODUCT)) {
      flat.add(block);
      for (int f = 0; f < EVERY.length; f++) {
        List<Neighbors> found = flat.search(asked, K, passing(EVERY[f], from, block.rows()));
        for (int q = 0; q < queries; q++) {
          long[] ordinals = found.get(q).ordinals();
          for (int i = 0; i < ordinals.length; i++) ordinals[i] += from;
          merge(f, q, new Neighbors(ordinals, found.get(q).scores()));
        }
      }
    }
  }

  private void merge(int f, int q, Neighbors more) {
    best.get(f).set(q, Neighbors.merge(List.of(best.get(f).get(q), more), K));
  }

  /** Returns the share of the exact answers to a query that a search found. */
  double recall(int f, int q, Neighbors found) {
    Set<Long> exact = new HashSet<>();
    for (long ordinal : best.get(f).get(q).ordinals()) exact.add(ordinal);
    int size = exact.size();
    for (long ordinal : found.ordinals()) exact.remove(ordinal);
    return size == 0 ? 1 : (size - exact.size()) / (double) size;
  }

  void write(Path file) throws IOException {
    try (AtomicFile atomic = AtomicFile.create(file)) {
      try (DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(atomic.path())))) {
        for (List<Neighbors> ofFilter : best) {
          for (Neighbors found : ofFilter) {
            out.writeInt(found.size());
            for (int i = 0; i < found.size(); i++) {
              out.writeLong(found.ordinal(i));
              out.writeFloat(found.score(i));
            }
          }
        }
      }
      atomic.commit();
    }
  }

  /** Adds what {@link #write} wrote. */
  void merge(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (int f = 0; f < EVERY.length; f++) {
        for (int q = 0; q < queries; q++) {
          int size = in.readInt();
          long[] ordinals = new long[size];
          float[] scores = new float[size];
          for (int i = 0; i < size; i++) {
            ordinals[i] = in.readLong();
            scores[i] = in.readFloat();
          }
          merge(f, q, new Neighbors(ordinals, scores));
        }
      }
    }
  }
}
