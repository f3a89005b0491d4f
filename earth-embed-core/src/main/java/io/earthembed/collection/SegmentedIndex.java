package io.earthembed.collection;

import io.earthembed.base.table.LiveRows;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.internal.Checks;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Searches the live rows of a version's segments as one index. Ordinals count live rows only, in
 * the order of the segments, as those of the version's catalog do.
 */
final class SegmentedIndex implements EmbeddingIndex {
  /**
   * A segment's index.
   *
   * @param base ordinal of its first live row
   */
  private record Part(EmbeddingIndex index, LiveRows live, long base) {
    /** Returns the rows that may be found, of the ordinals that pass a filter. */
    OrdinalSet rows(OrdinalSet filter) {
      return live.toRows(filter.slice(base, base + live.size()));
    }

    /** Replaces rows by ordinals. */
    Neighbors ordinals(Neighbors found) {
      long[] ordinals = found.ordinals();
      for (int i = 0; i < ordinals.length; i++) {
        ordinals[i] = base + live.number((int) ordinals[i]);
      }
      return new Neighbors(ordinals, found.scores());
    }
  }

  private final int dimension;
  private final Metric metric;
  private final List<Part> parts;
  private final long size;

  SegmentedIndex(int dimension, Metric metric, List<Version.Part> segments) {
    this.dimension = dimension;
    this.metric = metric;
    List<Part> all = new ArrayList<>();
    long base = 0;
    for (Version.Part segment : segments) {
      all.add(new Part(segment.segment().index(), segment.live(), base));
      base += segment.live().size();
    }
    this.parts = List.copyOf(all);
    this.size = base;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public Metric metric() {
    return metric;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter) {
    requireDimension("queries", queries.dimension());
    Checks.positive("k", k);
    queries.requireComparable("queries");
    List<List<Neighbors>> found = new ArrayList<>();
    for (Part part : parts) {
      List<Neighbors> own = part.index.search(queries, k, part.rows(filter));
      found.add(own.stream().map(part::ordinals).toList());
    }
    List<Neighbors> results = new ArrayList<>();
    for (int q = 0; q < queries.rows(); q++) {
      int query = q;
      results.add(Neighbors.merge(found.stream().map(own -> own.get(query)).toList(), k));
    }
    return results;
  }

  @Override
  public Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    requireDimension("query", query.length);
    Checks.notNan("minScore", minScore);
    Vectors.requireComparable("query", query);
    List<Neighbors> found = new ArrayList<>();
    for (Part part : parts) {
      found.add(part.ordinals(part.index.searchAbove(query, minScore, part.rows(filter))));
    }
    return Neighbors.merge(found, Integer.MAX_VALUE);
  }

  @Override
  public void reconstruct(long ordinal, float[] into) {
    Objects.checkIndex(ordinal, size);
    requireDimension("into", into.length);
    int p = parts.size() - 1;
    while (parts.get(p).base > ordinal || parts.get(p).live.size() == 0) p--;
    Part part = parts.get(p);
    part.index.reconstruct(part.live.row((int) (ordinal - part.base)), into);
  }

  private void requireDimension(String name, int actual) {
    if (actual != dimension) {
      throw new IllegalArgumentException(
          name + " has dimension " + actual + ", the index " + dimension);
    }
  }

  /** Does nothing: closing the snapshot releases the segments. */
  @Override
  public void close() {}

  @Override
  public String toString() {
    return "SegmentedIndex[" + size + " vectors in " + parts.size() + " segments]";
  }
}
