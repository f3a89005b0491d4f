package io.earthembed.races;

import io.earthembed.index.EmbeddingIndex;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.Vectors;

/** An index of 32 unit vectors, and what is asked of it. */
final class IndexState {
  private static final int DIMENSION = 32;

  /** One along each axis. */
  static final Vectors AXES = axes(1);

  /** Twice as long, so that each is the best answer where it is there. */
  static final Vectors LONGER = axes(2);

  final EmbeddingIndex index;

  IndexState(EmbeddingIndex index) {
    this.index = index;
    index.add(AXES);
  }

  static int dimension() {
    return DIMENSION;
  }

  private static Vectors axes(float length) {
    Vectors vectors = Vectors.allocate(DIMENSION, DIMENSION);
    for (int i = 0; i < DIMENSION; i++) {
      float[] row = new float[DIMENSION];
      row[i] = length;
      vectors.set(i, row);
    }
    return vectors;
  }

  String search() {
    return Said.of(
        () -> {
          Neighbors best = index.search(AXES.row(7), 1);
          return best.size() == 1 && best.ordinal(0) == 7 && best.score(0) == 1;
        });
  }

  /** While {@link #LONGER} is being added: all of it is found, or none. */
  String searchWhileItGrows() {
    return Said.of(
        () -> {
          Neighbors found = index.search(AXES.row(7), 2);
          boolean before = found.ordinal(0) == 7 && found.score(0) == 1;
          boolean after =
              found.ordinal(0) == 39
                  && found.score(0) == 2
                  && found.ordinal(1) == 7
                  && found.score(1) == 1;
          return before || after;
        });
  }

  String add() {
    return Said.of(
        () -> {
          index.add(LONGER);
          return true;
        });
  }

  /** After {@link #LONGER} was added. */
  String searchGrown() {
    return Said.of(() -> index.size() == 64 && index.search(AXES.row(7), 1).ordinal(0) == 39);
  }

  String close() {
    return Said.closing(index);
  }
}
