package io.earthembed.index.builtin;

import io.earthembed.vector.Neighbors;

/**
 * Keeps the best vectors of a scan: a heap with the worst of them on top, ordered by score and then
 * by ordinal. Used by one thread.
 */
final class TopK {
  final long[] ordinals;
  final float[] scores;
  int n;

  TopK(long capacity) {
    ordinals = new long[(int) capacity];
    scores = new float[(int) capacity];
  }

  /** Offers a vector; the order of the offers does not matter. */
  void offer(long ordinal, float score) {
    if (n < scores.length) {
      scores[n] = score;
      ordinals[n] = ordinal;
      siftUp(n++);
    } else if (score > scores[0] || (score == scores[0] && ordinal < ordinals[0])) {
      scores[0] = score;
      ordinals[0] = ordinal;
      siftDown();
    }
  }

  /** Offers all that another heap keeps. */
  void offerAll(TopK other) {
    for (int i = 0; i < other.n; i++) offer(other.ordinals[i], other.scores[i]);
  }

  private boolean worse(int a, int b) {
    return scores[a] < scores[b] || (scores[a] == scores[b] && ordinals[a] > ordinals[b]);
  }

  private void siftUp(int start) {
    int i = start;
    while (i > 0 && worse(i, (i - 1) / 2)) {
      swap(i, (i - 1) / 2);
      i = (i - 1) / 2;
    }
  }

  private void siftDown() {
    int i = 0;
    while (true) {
      int worst = i;
      if (2 * i + 1 < n && worse(2 * i + 1, worst)) worst = 2 * i + 1;
      if (2 * i + 2 < n && worse(2 * i + 2, worst)) worst = 2 * i + 2;
      if (worst == i) return;
      swap(i, worst);
      i = worst;
    }
  }

  private void swap(int a, int b) {
    float score = scores[a];
    scores[a] = scores[b];
    scores[b] = score;
    long ordinal = ordinals[a];
    ordinals[a] = ordinals[b];
    ordinals[b] = ordinal;
  }

  Neighbors sorted() {
    int count = n;
    long[] sortedOrdinals = new long[count];
    float[] sortedScores = new float[count];
    // The top of the heap is the worst, so results are filled from the end.
    for (int i = count - 1; i >= 0; i--) {
      sortedOrdinals[i] = ordinals[0];
      sortedScores[i] = scores[0];
      n--;
      swap(0, n);
      siftDown();
    }
    return new Neighbors(sortedOrdinals, sortedScores);
  }
}
