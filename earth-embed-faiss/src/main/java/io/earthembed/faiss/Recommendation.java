package io.earthembed.faiss;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which index suits a number of vectors and a memory budget, and why. {@link
 * FaissIndex#recommended} chooses.
 *
 * @param description for {@link FaissIndex#factory}
 * @param nprobe cells a search visits at first; 0 where there are none
 * @param rerank candidates ranked again for each hit; 0 where nothing is
 * @param bytes memory of the filled index, about
 * @param explanation one or two sentences
 */
public record Recommendation(
    String description, int nprobe, int rerank, long bytes, String explanation) {
  /** Up to here a scan of every vector answers in a few hundred milliseconds. */
  private static final long FLAT_COMPONENTS = 1L << 30;

  /** An inverted list keeps an id of 8 bytes beside each vector. */
  private static final int ID_BYTES = 8;

  /** What cells hold, and its bytes a vector. */
  private record Kind(String codes, String words, long bytes, int rerank) {}

  /** How hard a search of it should try. */
  public SearchEffort effort() {
    return new SearchEffort(nprobe, 0, rerank);
  }

  static Recommendation of(long n, int d, long memoryBudget) {
    if (n < 1) throw new IllegalArgumentException("n must be positive: " + n);
    if (d < 1) throw new IllegalArgumentException("d must be positive: " + d);
    if (memoryBudget < 1) {
      throw new IllegalArgumentException("memoryBudget must be positive: " + memoryBudget);
    }
    long flat = Math.multiplyExact(Math.multiplyExact(n, (long) d), 4L);
    if (flat <= memoryBudget && n <= FLAT_COMPONENTS / d) {
      return new Recommendation(
          "Flat",
          0,
          0,
          flat,
          "All of it fits, and few enough for comparing a query with every vector: exact.");
    }
    // 4 sqrt(n) cells, FAISS's own advice, as a power of two; visiting three in 128 of them, which
    // found 95 of 100 in docs/benchmarks/faiss.md.
    int nlist =
        Integer.highestOneBit((int) Math.min(1 << 17, Math.max(16, Math.round(4 * Math.sqrt(n)))));
    int nprobe = Math.max(8, nlist * 3 / 128);
    long centroids = (long) nlist * d * 4;
    String cells = "IVF" + nlist + ",";
    List<Kind> kinds = new ArrayList<>();
    if (d % 8 == 0) {
      // At the same recall several times faster than whole components in the cells.
      String ranked = "PQ" + d / 4 + "x4fs,Refine(SQ8)";
      kinds.add(
          new Kind(
              ranked,
              "half a byte for four components, ranked again by 8 bits each",
              d + d / 8,
              10));
    } else {
      kinds.add(new Kind("SQfp16", "components of 16 bits", 2L * d, 0));
    }
    kinds.add(new Kind("SQ8", "components of 8 bits", d, 0));
    for (Kind kind : kinds) {
      long bytes = Math.addExact(Math.multiplyExact(n, kind.bytes + ID_BYTES), centroids);
      if (bytes <= memoryBudget) {
        return new Recommendation(
            cells + kind.codes,
            nprobe,
            kind.rerank,
            bytes,
            String.format(
                Locale.ROOT,
                "Too many for every one of them to be compared: %d cells of %s, of which a search"
                    + " visits %d.",
                nlist,
                kind.words,
                nprobe));
      }
    }
    for (int m = largestDivisor(d, d / 2); m >= 8; m = largestDivisor(d, m - 1)) {
      long bytes = Math.addExact(Math.multiplyExact(n, (m + 1) / 2 + ID_BYTES), centroids);
      if (bytes <= memoryBudget) {
        return new Recommendation(
            cells + "PQ" + m + "x4fs",
            nprobe,
            0,
            bytes,
            String.format(
                Locale.ROOT,
                "The budget allows %d bytes a vector: %d cells of product codes of %d x 4 bits, of"
                    + " which a search visits %d. Scores are rough: re-rank by whole vectors kept on"
                    + " disk.",
                memoryBudget / n,
                nlist,
                m,
                nprobe));
      }
    }
    throw new IllegalArgumentException(
        "memoryBudget of "
            + memoryBudget
            + " bytes is too small for "
            + n
            + " vectors of "
            + d
            + ": even short codes need about "
            + (n * (4 + ID_BYTES) + centroids));
  }

  private static int largestDivisor(int d, int most) {
    for (int m = most; m > 1; m--) {
      if (d % m == 0) return m;
    }
    return 1;
  }
}
