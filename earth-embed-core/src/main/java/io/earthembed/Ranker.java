package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.geo.GeoPoint;
import io.earthembed.vector.Neighbors;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Selects a page of hits from a ranking, by thresholds and by distances between hits. */
final class Ranker {
  /** Pages that end beyond this rank are found by score instead of by number. */
  private static final int FAR = 2_000_000;

  /** With a minimum distance, the first attempt examines this many times the requested hits. */
  private static final int SPARE = 4;

  private Ranker() {}

  /**
   * A page of hits.
   *
   * @param neighbors ordinals and scores
   * @param positions the rank of each, from 0
   */
  record Page(Neighbors neighbors, int[] positions) {}

  /**
   * Returns how many of the best a page needs at first, or {@link Integer#MAX_VALUE} if it needs
   * all that reach a score.
   */
  static int need(SearchOptions options, long passing) {
    long wanted = (long) options.offset() + options.k();
    if (options.fraction() < 1) {
      wanted = Math.min(wanted, Math.max(1, share(passing, options.fraction())) + SPARE);
    }
    if (options.minDistance() > 0) wanted = Math.max(1024, SPARE * wanted);
    return wanted > FAR || wanted >= passing ? Integer.MAX_VALUE : (int) wanted;
  }

  /**
   * Returns the share of n, rounded down. It uses the decimal value of the fraction, not its
   * nearest double.
   */
  static long share(long n, double fraction) {
    return BigDecimal.valueOf(fraction).multiply(BigDecimal.valueOf(n)).longValue();
  }

  /**
   * Returns the hits of one page.
   *
   * @param need the result of {@link #need}
   */
  static Page page(Ranking ranking, int need, SearchOptions options, TileCatalog catalog) {
    double floor = options.minScore();
    if (options.fraction() < 1) {
      floor = Math.max(floor, ranking.threshold(options.fraction()));
    }
    int end = (int) Math.min((long) options.offset() + options.k(), ranking.passing());
    if (end <= options.offset()) return page(new Neighbors(new long[0], new float[0]), new int[0]);
    if (options.minDistance() > 0) return apart(ranking, options, floor, end, need, catalog);
    Neighbors found = need == Integer.MAX_VALUE ? ranking.above(floor) : ranking.best(need);
    int n = reaching(found, floor);
    // Further ties at the threshold of a share may follow.
    if (n == found.size() && n == need && n < end) {
      found = ranking.above(floor);
      n = reaching(found, floor);
    }
    int[] positions = new int[Math.max(0, Math.min(end, n) - options.offset())];
    for (int i = 0; i < positions.length; i++) positions[i] = options.offset() + i;
    return page(found, positions);
  }

  private static Page page(Neighbors ranked, int[] positions) {
    long[] ordinals = new long[positions.length];
    float[] scores = new float[positions.length];
    for (int i = 0; i < positions.length; i++) {
      ordinals[i] = ranked.ordinal(positions[i]);
      scores[i] = ranked.score(positions[i]);
    }
    return new Page(new Neighbors(ordinals, scores), positions);
  }

  /** Returns how many reach a score. */
  private static int reaching(Neighbors ranked, double floor) {
    int from = 0;
    int to = ranked.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (ranked.score(middle) >= floor) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** Selects, from the best on, each tile that is far enough from all selected before. */
  private static Page apart(
      Ranking ranking,
      SearchOptions options,
      double floor,
      int wanted,
      int need,
      TileCatalog catalog) {
    Apart taken = new Apart(options.minDistance());
    int[] positions = new int[16];
    int n = 0;
    int next = 0;
    long ask = need;
    while (true) {
      Neighbors ranked = ask > FAR ? ranking.above(floor) : ranking.best((int) ask);
      int reach = reaching(ranked, floor);
      for (; next < reach && n < wanted; next++) {
        long ordinal = ranked.ordinal(next);
        // A tile of unknown centre is near to no other.
        if (catalog.hasCenter(ordinal) && !taken.add(catalog.center(ordinal))) continue;
        if (n == positions.length) positions = Arrays.copyOf(positions, 2 * n);
        positions[n++] = next;
      }
      boolean all = ask > FAR || reach < ranked.size() || ranked.size() < ask;
      if (n == wanted || all) {
        return page(ranked, Arrays.copyOfRange(positions, Math.min(options.offset(), n), n));
      }
      ask *= SPARE;
    }
  }

  /** Collects points that keep a distance from one another, in cubes of that size. */
  private static final class Apart {
    private final double meters;
    private final double side;
    private final Map<Long, Chain> cubes = new HashMap<>();

    private record Chain(GeoPoint point, @Nullable Chain next) {}

    Apart(double meters) {
      this.meters = meters;
      // Slightly more than the chord, so rounding cannot put a near point two cubes away.
      this.side = GeoPoint.chord(meters) * 1.000001 + 1e-12;
    }

    /** Adds a point unless it is too near to another; returns whether it was added. */
    boolean add(GeoPoint point) {
      double[] at = point.unitVector();
      long x = (long) Math.floor(at[0] / side);
      long y = (long) Math.floor(at[1] / side);
      long z = (long) Math.floor(at[2] / side);
      for (long i = x - 1; i <= x + 1; i++) {
        for (long j = y - 1; j <= y + 1; j++) {
          for (long k = z - 1; k <= z + 1; k++) {
            for (Chain c = cubes.get(key(i, j, k)); c != null; c = c.next) {
              if (c.point.distanceTo(point) < meters) return false;
            }
          }
        }
      }
      cubes.merge(key(x, y, z), new Chain(point, null), (old, one) -> new Chain(point, old));
      return true;
    }

    /** Cubes may share a key; that only costs additional comparisons. */
    private static long key(long x, long y, long z) {
      return (x * 0x9E3779B97F4A7C15L + y) * 0xC2B2AE3D27D4EB4FL + z;
    }
  }
}
