package io.earthembed.races;

import io.earthembed.index.MutableIndex;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.Vectors;

/** An index of 32 unit vectors, and the calls of the tests. */
final class IndexState {
  private static final int DIMENSION = 32;

  /** One vector along each axis. */
  static final Vectors AXES = axes(1);

  /** Vectors of twice the length, so that each is the best hit once it is added. */
  static final Vectors LONGER = axes(2);

  final MutableIndex index;

  IndexState(MutableIndex index) {
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
    return CallOutcome.of(
        () -> {
          Neighbors best = index.search(AXES.row(7), 1);
          return best.size() == 1 && best.ordinal(0) == 7 && best.score(0) == 1;
        });
  }

  /** Searches while {@link #LONGER} is added: finds all of it or none. */
  String searchWhileItGrows() {
    return CallOutcome.of(
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
    return CallOutcome.of(
        () -> {
          index.add(LONGER);
          return true;
        });
  }

  /** Searches after {@link #LONGER} was added. */
  String searchGrown() {
    return CallOutcome.of(
        () -> index.size() == 64 && index.search(AXES.row(7), 1).ordinal(0) == 39);
  }

  String close() {
    return CallOutcome.closing(index);
  }
}
