package io.earthembed.view;

import io.earthembed.SearchResult;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.vector.Neighbors;
import java.util.stream.IntStream;

/** The scores that a map shows, best first, and their places. */
interface Dots {
  int size();

  double latitude(int i);

  double longitude(int i);

  float score(int i);

  /**
   * Returns every score of a result if the search kept them, else the hits; without tiles whose
   * centre is unknown.
   */
  static Neighbors shown(SearchResult result) {
    Neighbors all = result.scoreField().orElse(result.neighbors());
    TileCatalog catalog = result.catalog();
    int[] placed =
        IntStream.range(0, all.size()).filter(i -> catalog.hasCenter(all.ordinal(i))).toArray();
    if (placed.length == all.size()) return all;
    long[] ordinals = new long[placed.length];
    float[] scores = new float[placed.length];
    for (int i = 0; i < placed.length; i++) {
      ordinals[i] = all.ordinal(placed[i]);
      scores[i] = all.score(placed[i]);
    }
    return new Neighbors(ordinals, scores);
  }

  /** Returns the places of {@link #shown}. */
  static Dots of(SearchResult result) {
    Neighbors shown = shown(result);
    TileCatalog catalog = result.catalog();
    return new Dots() {
      @Override
      public int size() {
        return shown.size();
      }

      @Override
      public double latitude(int i) {
        return catalog.latitude(shown.ordinal(i));
      }

      @Override
      public double longitude(int i) {
        return catalog.longitude(shown.ordinal(i));
      }

      @Override
      public float score(int i) {
        return shown.score(i);
      }
    };
  }
}
