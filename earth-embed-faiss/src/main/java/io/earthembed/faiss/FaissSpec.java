package io.earthembed.faiss;

import io.earthembed.internal.Checks;
import io.earthembed.vector.Metric;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The kind of a {@link FaissIndex}: how it finds candidates, how it stores vectors, and how hard
 * its searches try by default. A specification renders FAISS's factory string, or the name of a
 * kind of our own.
 *
 * <pre>{@code
 * FaissSpec.flat();
 * FaissSpec.ivf(4096).withScalars(FaissSpec.Scalar.FP16).withNprobe(64);
 * FaissSpec.ivf(4096).withProductCodes(64).withRerank(4);
 * FaissSpec.hnsw(32).withEfSearch(128);
 * FaissSpec.int8();
 * FaissSpec.binary().withBinaryQueries();
 * FaissSpec.factory("OPQ32,IVF4096,PQ32");
 * }</pre>
 *
 * <p>Immutable. Specifications are equal if their factory strings and efforts are.
 */
public final class FaissSpec {
  /** The number of cells if only FAISS knows it; it then does not limit {@code nprobe}. */
  private static final int UNKNOWN = Integer.MAX_VALUE;

  /**
   * The structure that finds candidates; null for a flat index or a factory string of the caller.
   */
  private final @Nullable String structure;

  /** The kinds of quantized vectors, which FAISS does not know. */
  private static final String INT8 = "Int8";

  private static final String BINARY = "Binary";
  private static final String HAMMING = "Hamming";

  /** The codes of the vectors, or the caller's whole factory string. */
  private final String codes;

  /** Parts of a product code, or 0. */
  private final int parts;

  /** Cells, or 0. */
  private final int nlist;

  private final SearchEffort effort;

  private FaissSpec(
      @Nullable String structure, String codes, int parts, int nlist, SearchEffort effort) {
    this.structure = structure;
    this.codes = codes;
    this.parts = parts;
    this.nlist = nlist;
    this.effort = effort;
  }

  /** The ways in which a scalar quantizer stores a component. */
  public enum Scalar {
    /** 16-bit floats: half the memory, scores good to three digits. */
    FP16("SQfp16"),
    /** 8 bits between the least and the largest value of the sample: a quarter of the memory. */
    BITS_8("SQ8");

    private final String codes;

    Scalar(String codes) {
      this.codes = codes;
    }
  }

  /** Compares a query with every vector: exact, 4 x dimension bytes a vector, no training. */
  public static FaissSpec flat() {
    return new FaissSpec(null, "Flat", 0, 0, SearchEffort.DEFAULT);
  }

  /**
   * Compares a query with every vector, stored in 8 bits a component with a scale and an offset of
   * its own: dimension + 8 bytes a vector, no training. Scores are those of {@link #flat} over the
   * decoded vectors.
   *
   * <p>{@linkplain FaissIndex#add(io.earthembed.vector.QuantizedVectors) Quantized vectors} are
   * kept as they are, whether their scales are those of the set, of a row or of a component; an
   * index with scales per component, or of signed squares, takes no others. Floats are rounded by a
   * scale for each vector, its largest component divided by 127. FAISS in Python cannot read the
   * file.
   */
  public static FaissSpec int8() {
    return new FaissSpec(null, INT8, 0, 0, SearchEffort.DEFAULT);
  }

  /**
   * Compares a query with every vector, stored in one bit a component: dimension / 8 bytes a
   * vector, no training. A bit that is set is the value 1, a cleared one -1. Scores are those of
   * {@link #flat} over such vectors, and queries are floats (asymmetric distance); see {@link
   * #withBinaryQueries}.
   *
   * <p>Bits of {@linkplain FaissIndex#add(io.earthembed.vector.QuantizedVectors) quantized vectors}
   * are kept as they are. Floats are rounded to whether they are positive. FAISS in Python cannot
   * read the file.
   */
  public static FaissSpec binary() {
    return new FaissSpec(null, BINARY, 0, 0, SearchEffort.DEFAULT);
  }

  /**
   * Rounds queries to bits as well (Hamming distance): several times faster than queries of floats,
   * and coarser. Queries and vectors that differ in h of d bits have the score d - 2h by {@link
   * Metric#INNER_PRODUCT}, 1 - 2h/d by {@link Metric#COSINE} and -4h by {@link Metric#L2}.
   *
   * @throws IllegalArgumentException unless this is {@link #binary}
   */
  public FaissSpec withBinaryQueries() {
    if (structure != null || !(codes.equals(BINARY) || codes.equals(HAMMING))) {
      throw new IllegalArgumentException("binary queries need binary vectors: " + this);
    }
    return new FaissSpec(null, HAMMING, 0, 0, effort);
  }

  /**
   * Keeps vectors in {@code nlist} cells around centroids that k-means finds in a sample. A search
   * visits the {@code nprobe} nearest cells (default 3 in 128, at least 8). Vectors are stored
   * whole unless a method below says otherwise.
   *
   * @param nlist cells, 1 or more; 4 x sqrt(n) is usual for n vectors
   */
  public static FaissSpec ivf(int nlist) {
    Checks.positive("nlist", nlist);
    int nprobe = Math.min(nlist, Math.max(8, (int) (nlist * 3L / 128)));
    return new FaissSpec("IVF" + nlist, "Flat", 0, nlist, SearchEffort.nprobe(nprobe));
  }

  /**
   * Walks a graph of near neighbours (HNSW) over whole vectors: the fastest kind if memory is
   * plentiful. A walk keeps {@code efSearch} candidates (default 64). It needs no training.
   *
   * @param neighbors links of each vector, 2 or more; 32 is usual
   */
  public static FaissSpec hnsw(int neighbors) {
    if (neighbors < 2) {
      throw new IllegalArgumentException("neighbors must be 2 or more: " + neighbors);
    }
    return new FaissSpec("HNSW" + neighbors, "Flat", 0, 0, SearchEffort.efSearch(64));
  }

  /**
   * Uses FAISS's own description of an index, for example {@code "OPQ32,IVF4096,PQ32x4fs"}.
   *
   * <p>{@link FaissIndex#create} refuses these kinds: kinds whose ids are not ordinals ({@code
   * IDMap}, {@code FlatDedup}), kinds with which FAISS does not terminate ({@code NSG}), parts of
   * other indexes ({@code MinMax}, {@code RCQ}, {@code LSCQ}), kinds that break when they are
   * decoded ({@code ZnLattice}), and kinds that FAISS has for L2 only if another metric is asked
   * for.
   *
   * @param description as FAISS's {@code index_factory} takes it, at most 200 characters
   * @throws IllegalArgumentException if it is too long, too deep, or has a number that FAISS cannot
   *     take
   */
  public static FaissSpec factory(String description) {
    FactoryString.require(description);
    return new FaissSpec(null, description, 0, UNKNOWN, SearchEffort.DEFAULT);
  }

  /**
   * Stores shortened components in the cells of {@link #ivf}.
   *
   * @throws IllegalArgumentException unless this has cells with whole vectors
   */
  public FaissSpec withScalars(Scalar scalar) {
    requireWholeInCells("scalars");
    return new FaissSpec(structure, scalar.codes, 0, nlist, effort);
  }

  /**
   * Stores product codes of 4 bits in the cells of {@link #ivf}, which FAISS scans 32 vectors at a
   * time (fast scan). A vector takes m / 2 bytes. Scores are rough: see {@link #withRerank}.
   *
   * @param m parts that a vector is cut into, 1 or more; must divide the dimension
   * @throws IllegalArgumentException unless this has cells with whole vectors
   */
  public FaissSpec withProductCodes(int m) {
    Checks.positive("m", m);
    requireWholeInCells("product codes");
    return new FaissSpec(structure, "PQ" + m + "x4fs", m, nlist, effort);
  }

  /**
   * Scores the best candidates of {@link #withProductCodes product codes} again by vectors of 8
   * bits a component (default: does not). A vector takes dimension bytes more. For a {@linkplain
   * #factory description of FAISS's} it only sets the number of candidates, if that kind ranks
   * twice.
   *
   * @param factor candidates for each hit that a search returns, 0 or more; 0 keeps the codes
   *     alone, and the setting of a description
   * @throws IllegalArgumentException unless this has product codes, or is a description
   */
  public FaissSpec withRerank(int factor) {
    if (factor < 0) throw new IllegalArgumentException("negative rerank: " + factor);
    SearchEffort tried = new SearchEffort(effort.nprobe(), effort.efSearch(), factor);
    if (nlist == UNKNOWN) return withEffort(tried);
    if (parts == 0) throw new IllegalArgumentException("rerank needs product codes: " + this);
    String stored = "PQ" + parts + "x4fs" + (factor > 0 ? ",Refine(SQ8)" : "");
    return new FaissSpec(structure, stored, parts, nlist, tried);
  }

  /**
   * Sets how many cells a search visits by default.
   *
   * @param cells in [1, nlist]; all of them make a search of whole vectors exact
   * @throws IllegalArgumentException if this has no cells, or fewer
   */
  public FaissSpec withNprobe(int cells) {
    if (nlist == 0) throw new IllegalArgumentException("nprobe needs cells: " + this);
    if (cells < 1 || cells > nlist) {
      throw new IllegalArgumentException("nprobe outside [1, " + nlist + "]: " + cells);
    }
    return withEffort(new SearchEffort(cells, effort.efSearch(), effort.rerank()));
  }

  /**
   * Sets how many candidates a walk through a graph keeps by default; with more, it misses fewer
   * neighbours.
   *
   * @param candidates 1 or more
   * @throws IllegalArgumentException if this has no graph
   */
  public FaissSpec withEfSearch(int candidates) {
    Checks.positive("efSearch", candidates);
    if (nlist != UNKNOWN && (structure == null || nlist > 0)) {
      throw new IllegalArgumentException("efSearch needs a graph: " + this);
    }
    return withEffort(new SearchEffort(effort.nprobe(), candidates, effort.rerank()));
  }

  private FaissSpec withEffort(SearchEffort tried) {
    return new FaissSpec(structure, codes, parts, nlist, tried);
  }

  private void requireWholeInCells(String what) {
    if (structure == null || nlist == 0 || !codes.equals("Flat")) {
      throw new IllegalArgumentException(what + " need cells with whole vectors: " + this);
    }
  }

  /**
   * Returns FAISS's description, as its {@code index_factory} takes it; {@code Int8}, {@code
   * Binary} or {@code Hamming} if vectors are kept quantized.
   */
  public String factoryString() {
    return structure == null ? codes : structure + "," + codes;
  }

  /** Returns what the native library makes an index from. */
  String description(Metric metric) {
    String kind = factoryString();
    boolean quantized = kind.equals(INT8) || kind.equals(BINARY) || kind.equals(HAMMING);
    // FAISS has no cosines: the native code gives rows a length of one after they were rounded.
    return quantized && metric == Metric.COSINE ? kind + " unit" : kind;
  }

  /** Returns the default effort of searches; 0 leaves FAISS's own setting. */
  public SearchEffort effort() {
    return effort;
  }

  /** Fails if the parts of the codes do not divide a dimension. */
  void requireDimension(int dimension) {
    if (parts > 0 && dimension % parts != 0) {
      throw new IllegalArgumentException(
          "m " + parts + " does not divide the dimension " + dimension);
    }
  }

  /**
   * Fails if a sample is too small for the cells; FAISS checks kinds whose cells it alone knows.
   */
  void requireSample(long rows) {
    if (nlist != UNKNOWN && rows < nlist) {
      throw new IllegalArgumentException(
          "sample has " + rows + " vectors, fewer than nlist " + nlist);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FaissSpec spec
        && factoryString().equals(spec.factoryString())
        && effort.equals(spec.effort);
  }

  @Override
  public int hashCode() {
    return Objects.hash(factoryString(), effort);
  }

  /** Returns the factory string. */
  @Override
  public String toString() {
    return factoryString();
  }
}
