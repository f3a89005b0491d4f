package io.earthembed.view;

import io.earthembed.SearchResult;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.vector.Neighbors;

/** The scores that a map shows, best first, and their places. */
interface Dots {
  int size();

  double latitude(int i);

  double longitude(int i);

  float score(int i);

  /** Returns every score of a result if the search kept them, else the hits. */
  static Dots of(SearchResult result) {
    Neighbors shown = result.scoreField().orElse(result.neighbors());
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
