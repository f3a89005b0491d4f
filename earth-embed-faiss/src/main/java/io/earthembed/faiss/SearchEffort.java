package io.earthembed.faiss;

/**
 * The effort of one search of an approximate index; 0 leaves the index's own setting. Exact indexes
 * ignore it.
 *
 * @param nprobe cells of an inverted file that are visited
 * @param efSearch candidates that a walk through an HNSW graph keeps; k if k is larger
 * @param rerank candidates that are ranked again for each hit, if the index re-ranks
 */
public record SearchEffort(int nprobe, int efSearch, int rerank) {
  /** The index's own settings. */
  public static final SearchEffort DEFAULT = new SearchEffort(0, 0, 0);

  /** Refuses negative numbers. */
  public SearchEffort {
    if (nprobe < 0) throw new IllegalArgumentException("negative nprobe: " + nprobe);
    if (efSearch < 0) throw new IllegalArgumentException("negative efSearch: " + efSearch);
    if (rerank < 0) throw new IllegalArgumentException("negative rerank: " + rerank);
  }

  /** Returns an effort that visits this many cells of an inverted file. */
  public static SearchEffort nprobe(int cells) {
    return new SearchEffort(cells, 0, 0);
  }

  /** Returns an effort that keeps this many candidates in a walk through an HNSW graph. */
  public static SearchEffort efSearch(int candidates) {
    return new SearchEffort(0, candidates, 0);
  }
}
