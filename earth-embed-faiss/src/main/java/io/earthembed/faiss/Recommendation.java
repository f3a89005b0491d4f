package io.earthembed.faiss;

import io.earthembed.internal.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An index that suits a number of vectors and a memory budget, with the reason. {@link
 * FaissIndex#recommended} chooses it.
 *
 * @param spec for {@link FaissIndex#trained}, with the effort that searches should make
 * @param bytes approximate memory of the filled index
 * @param explanation one or two sentences
 */
public record Recommendation(FaissSpec spec, long bytes, String explanation) {
  /** Up to this many components, a scan of every vector answers in a few hundred milliseconds. */
  private static final long FLAT_COMPONENTS = 1L << 30;

  /** An inverted list keeps an id of 8 bytes beside each vector. */
  private static final int ID_BYTES = 8;

  /** A kind of cells, a description of their contents, and the bytes per vector. */
  private record Candidate(FaissSpec spec, String words, long bytes) {}

  static Recommendation of(long n, int d, long memoryBudget) {
    Checks.positive("n", n);
    Checks.positive("d", d);
    Checks.positive("memoryBudget", memoryBudget);
    long flat = Math.multiplyExact(Math.multiplyExact(n, (long) d), 4L);
    if (flat <= memoryBudget && n <= FLAT_COMPONENTS / d) {
      return new Recommendation(
          FaissSpec.flat(),
          flat,
          "All vectors fit, and are few enough to compare a query with each of them: exact.");
    }
    // FAISS advises 4 sqrt(n) cells; this rounds down to a power of two. Visiting 3 in 128 of them,
    // the default, found 95 of 100 in docs/benchmarks/faiss.md.
    int nlist =
        Integer.highestOneBit((int) Math.min(1 << 17, Math.max(16, Math.round(4 * Math.sqrt(n)))));
    FaissSpec cells = FaissSpec.ivf(nlist);
    int nprobe = cells.effort().nprobe();
    long centroids = (long) nlist * d * 4;
    List<Candidate> candidates = new ArrayList<>();
    if (d % 8 == 0) {
      // At equal recall this is several times faster than whole components in the cells.
      candidates.add(
          new Candidate(
              cells.withProductCodes(d / 4).withRerank(10),
              "half a byte for four components, ranked again by 8 bits each",
              d + d / 8));
    } else {
      candidates.add(
          new Candidate(cells.withScalars(FaissSpec.Scalar.FP16), "components of 16 bits", 2L * d));
    }
    candidates.add(
        new Candidate(cells.withScalars(FaissSpec.Scalar.BITS_8), "components of 8 bits", d));
    for (Candidate candidate : candidates) {
      long bytes = Math.addExact(Math.multiplyExact(n, candidate.bytes + ID_BYTES), centroids);
      if (bytes <= memoryBudget) {
        return new Recommendation(
            candidate.spec,
            bytes,
            String.format(
                Locale.ROOT,
                "There are too many vectors to compare a query with each: %d cells of %s, of which"
                    + " a search visits %d.",
                nlist,
                candidate.words,
                nprobe));
      }
    }
    for (int m = largestDivisor(d, d / 2); m >= 8; m = largestDivisor(d, m - 1)) {
      long bytes = Math.addExact(Math.multiplyExact(n, (m + 1) / 2 + ID_BYTES), centroids);
      if (bytes <= memoryBudget) {
        return new Recommendation(
            cells.withProductCodes(m),
            bytes,
            String.format(
                Locale.ROOT,
                "The budget allows %d bytes a vector: %d cells of product codes of %d x 4 bits, of"
                    + " which a search visits %d. Scores are rough: re-rank by whole vectors kept"
                    + " on disk.",
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

  private static int largestDivisor(int d, int max) {
    for (int m = max; m > 1; m--) {
      if (d % m == 0) return m;
    }
    return 1;
  }
}
