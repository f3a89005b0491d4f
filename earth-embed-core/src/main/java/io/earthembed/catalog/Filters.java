package io.earthembed.catalog;

import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.Region;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The library's own filters, which can process a whole column. Their loops over bits look alike but
 * remain separate: a shared loop with a predicate keeps one call per tile, and took two to three
 * times as long for two million tiles.
 */
final class Filters {
  private Filters() {}

  /**
   * Returns a filter that lets tiles of unknown time pass every period. A filter without a period
   * is returned unchanged.
   */
  static TileFilter passingUndated(TileFilter filter) {
    if (filter instanceof Sensed sensed) {
      return (catalog, i) ->
          catalog.epochMillis(i) == TileCatalog.UNKNOWN_TIME || sensed.test(catalog, i);
    }
    if (filter instanceof And and) {
      TileFilter first = passingUndated(and.first);
      TileFilter second = passingUndated(and.second);
      return first == and.first && second == and.second ? and : new And(first, second);
    }
    if (filter instanceof Or or) {
      TileFilter first = passingUndated(or.first);
      TileFilter second = passingUndated(or.second);
      return first == or.first && second == or.second ? or : new Or(first, second);
    }
    return filter; // tiles of unknown time pass filters without a period
  }

  /** A filter that clears bits of a bitmap without one call per tile. */
  interface Columnar extends TileFilter {
    /**
     * Clears the bits of tiles that do not pass; clear bits stay clear.
     *
     * @param words bit i % 64 of word i / 64 stands for tile i
     * @param from first word
     * @param to word after the last
     */
    void retain(ColumnCatalog catalog, long[] words, int from, int to);
  }

  static void retain(TileFilter filter, ColumnCatalog catalog, long[] words, int from, int to) {
    if (filter instanceof Columnar columnar) {
      columnar.retain(catalog, words, from, to);
      return;
    }
    for (int w = from; w < to; w++) {
      for (long left = words[w]; left != 0; left &= left - 1) {
        int bit = Long.numberOfTrailingZeros(left);
        if (!filter.test(catalog, 64L * w + bit)) words[w] &= ~(1L << bit);
      }
    }
  }

  /** Tests a whole word of tiles: bit b of the answer is set if tile first + b passes. */
  private interface Words {
    long pass(int first, int count);
  }

  /**
   * Clears bits word by word. A loop over a whole word has no branches to mispredict, so it is
   * faster than a test of each set bit.
   */
  private static void retain(long[] words, int from, int to, int size, Words test) {
    for (int w = from; w < to; w++) {
      if (words[w] != 0) words[w] &= test.pass(64 * w, Math.min(64, size - 64 * w));
    }
  }

  record Within(BoundingBox box) implements Columnar {
    @Override
    public Optional<String> in(FilterDialect dialect) {
      return dialect.within(box);
    }

    @Override
    public boolean test(TileCatalog catalog, long i) {
      return box.contains(catalog.latitude(i), catalog.longitude(i));
    }

    @Override
    public void retain(ColumnCatalog catalog, long[] words, int from, int to) {
      DoubleBuffer latitudes = catalog.columns().latitudes();
      DoubleBuffer longitudes = catalog.columns().longitudes();
      double south = box.south();
      double north = box.north();
      double west = box.west();
      double east = box.east();
      boolean crosses = box.crossesAntimeridian();
      // The catalog stores the antimeridian as -180.
      boolean edge = box.contains(south, -180);
      Filters.retain(
          words,
          from,
          to,
          catalog.columns().size(),
          (first, count) -> {
            long out = 0;
            for (int b = 0; b < count; b++) {
              double latitude = latitudes.get(first + b);
              double longitude = longitudes.get(first + b);
              // The sign bit of a difference is 1 if the first is less: no comparison, no branch.
              long beforeWest = sign(longitude - west);
              long beyondEast = sign(east - longitude);
              long beside = crosses ? beforeWest & beyondEast : beforeWest | beyondEast;
              long notEdge = edge ? sign(-180 - longitude) : 1;
              // An unknown centre is NaN, whose sign says nothing.
              long unknown = Double.isNaN(latitude) ? 1 : 0;
              long outside = sign(latitude - south) | sign(north - latitude) | beside & notEdge;
              out |= (outside | unknown) << b;
            }
            return ~out;
          });
    }

    private static long sign(double difference) {
      return Double.doubleToRawLongBits(difference + 0.0) >>> 63; // -0.0 is not less than 0
    }
  }

  record Inside(Region region) implements Columnar {
    @Override
    public boolean test(TileCatalog catalog, long i) {
      return catalog.hasCenter(i) && region.contains(catalog.latitude(i), catalog.longitude(i));
    }

    /** Tests the region's box first, because most tiles are outside it. */
    @Override
    public void retain(ColumnCatalog catalog, long[] words, int from, int to) {
      new Within(region.bounds()).retain(catalog, words, from, to);
      DoubleBuffer latitudes = catalog.columns().latitudes();
      DoubleBuffer longitudes = catalog.columns().longitudes();
      for (int w = from; w < to; w++) {
        long keep = words[w];
        for (long left = keep; left != 0; left &= left - 1) {
          int bit = Long.numberOfTrailingZeros(left);
          int i = 64 * w + bit;
          if (!region.contains(latitudes.get(i), longitudes.get(i))) keep &= ~(1L << bit);
        }
        words[w] = keep;
      }
    }
  }

  record Near(GeoPoint point, double meters) implements Columnar {
    @Override
    public Optional<String> in(FilterDialect dialect) {
      return dialect.near(point, meters);
    }

    @Override
    public boolean test(TileCatalog catalog, long i) {
      return catalog.hasCenter(i) && catalog.center(i).distanceTo(point) <= meters;
    }

    /**
     * Compares the chord between unit vectors; uses the exact formula only if their rounding could
     * decide.
     */
    @Override
    public void retain(ColumnCatalog catalog, long[] words, int from, int to) {
      FloatBuffer x = catalog.columns().x();
      FloatBuffer y = catalog.columns().y();
      FloatBuffer z = catalog.columns().z();
      double[] at = point.unitVector();
      double px = at[0];
      double py = at[1];
      double pz = at[2];
      double chord = GeoPoint.chord(meters);
      double doubt = 2 * CatalogColumns.ROUNDING;
      double surely = chord > doubt ? (chord - doubt) * (chord - doubt) : -1;
      double perhaps = (chord + doubt) * (chord + doubt);
      for (int w = from; w < to; w++) {
        long keep = words[w];
        for (long left = keep; left != 0; left &= left - 1) {
          int bit = Long.numberOfTrailingZeros(left);
          int i = 64 * w + bit;
          double dx = px - x.get(i);
          double dy = py - y.get(i);
          double dz = pz - z.get(i);
          double square = dx * dx + dy * dy + dz * dz;
          if (square <= surely) continue;
          if (square > perhaps || !test(catalog, i)) keep &= ~(1L << bit);
        }
        words[w] = keep;
      }
    }
  }

  record Sensed(long from, long until) implements Columnar {
    @Override
    public Optional<String> in(FilterDialect dialect) {
      return dialect.sensed(Instant.ofEpochMilli(from), Instant.ofEpochMilli(until));
    }

    @Override
    public boolean test(TileCatalog catalog, long i) {
      long time = catalog.epochMillis(i);
      return time >= from && time < until;
    }

    @Override
    public void retain(ColumnCatalog catalog, long[] words, int start, int to) {
      LongBuffer times = catalog.columns().times();
      Filters.retain(
          words,
          start,
          to,
          catalog.columns().size(),
          (first, count) -> {
            long pass = 0;
            for (int b = 0; b < count; b++) {
              long time = times.get(first + b);
              pass |= (time >= from & time < until ? 1L : 0L) << b;
            }
            return pass;
          });
    }
  }

  record CloudAtMost(double percent) implements Columnar {
    @Override
    public Optional<String> in(FilterDialect dialect) {
      return dialect.cloudCoverAtMost(percent);
    }

    @Override
    public boolean test(TileCatalog catalog, long i) {
      return catalog.cloudCover(i) <= percent;
    }

    @Override
    public void retain(ColumnCatalog catalog, long[] words, int from, int to) {
      FloatBuffer clouds = catalog.columns().clouds();
      Filters.retain(
          words,
          from,
          to,
          catalog.columns().size(),
          (first, count) -> {
            long pass = 0;
            for (int b = 0; b < count; b++) {
              pass |= (clouds.get(first + b) <= percent ? 1L : 0L) << b;
            }
            return pass;
          });
    }
  }

  /** A set of cells: one bitmap per row, which starts at the row's westernmost cell. */
  static final class InCells implements Columnar {
    private final Map<Integer, Row> rows = new HashMap<>();
    private final int firstRow;
    private final Row[] byRow;
    private final int count;

    private static final class Row {
      final int first;
      final BitSet columns = new BitSet();

      Row(int first) {
        this.first = first;
      }

      boolean contains(int column) {
        return column >= first && columns.get(column - first);
      }
    }

    InCells(Collection<GridCell> cells) {
      int lowest = Integer.MAX_VALUE;
      int highest = Integer.MIN_VALUE;
      Map<Integer, Integer> first = new HashMap<>();
      for (GridCell cell : cells) {
        lowest = Math.min(lowest, cell.row());
        highest = Math.max(highest, cell.row());
        first.merge(cell.row(), cell.column(), Math::min);
      }
      for (GridCell cell : cells) {
        Row row = rows.computeIfAbsent(cell.row(), r -> new Row(first.getOrDefault(r, 0)));
        row.columns.set(Math.subtractExact(cell.column(), row.first));
      }
      firstRow = cells.isEmpty() ? 0 : lowest;
      long span = cells.isEmpty() ? 0 : (long) highest - lowest + 1;
      // A real grid has few rows; other rows go into a map.
      byRow = new Row[span > 1 << 22 ? 0 : (int) span];
      rows.forEach(
          (r, row) -> {
            if (byRow.length > 0) byRow[r - firstRow] = row;
          });
      count = rows.values().stream().mapToInt(r -> r.columns.cardinality()).sum();
    }

    @Override
    public Optional<String> in(FilterDialect dialect) {
      List<GridCell> cells = new ArrayList<>();
      new TreeMap<>(rows)
          .forEach(
              (row, its) ->
                  its.columns.stream().forEach(c -> cells.add(new GridCell(row, its.first + c))));
      return dialect.cells(cells);
    }

    private boolean contains(int row, int column) {
      Row found;
      if (byRow.length > 0) {
        long at = (long) row - firstRow;
        if (at < 0 || at >= byRow.length) return false;
        found = byRow[(int) at];
      } else {
        found = rows.get(row);
      }
      return found != null && found.contains(column);
    }

    @Override
    public boolean test(TileCatalog catalog, long i) {
      if (!catalog.hasCell(i)) return false;
      GridCell cell = catalog.cell(i);
      return contains(cell.row(), cell.column());
    }

    @Override
    public void retain(ColumnCatalog catalog, long[] words, int from, int to) {
      IntBuffer tileRows = catalog.columns().rows();
      IntBuffer tileColumns = catalog.columns().columns();
      for (int w = from; w < to; w++) {
        long keep = words[w];
        for (long left = keep; left != 0; left &= left - 1) {
          int bit = Long.numberOfTrailingZeros(left);
          int i = 64 * w + bit;
          if (!contains(tileRows.get(i), tileColumns.get(i))) keep &= ~(1L << bit);
        }
        words[w] = keep;
      }
    }

    @Override
    public String toString() {
      return "InCells[" + count + "]";
    }
  }

  record OfIds(Set<String> ids) implements TileFilter {
    OfIds(Collection<String> ids) {
      this(Set.copyOf(new HashSet<>(ids)));
    }

    @Override
    public Optional<String> in(FilterDialect dialect) {
      return dialect.ids(new TreeSet<>(ids)); // in an order, so that equal filters are equal texts
    }

    @Override
    public boolean test(TileCatalog catalog, long i) {
      return ids.contains(catalog.id(i));
    }
  }

  record And(TileFilter first, TileFilter second) implements Columnar {
    @Override
    public Optional<String> in(FilterDialect dialect) {
      return first.in(dialect).flatMap(a -> second.in(dialect).map(b -> dialect.and(a, b)));
    }

    @Override
    public boolean test(TileCatalog catalog, long i) {
      return first.test(catalog, i) && second.test(catalog, i);
    }

    @Override
    public void retain(ColumnCatalog catalog, long[] words, int from, int to) {
      Filters.retain(first, catalog, words, from, to);
      Filters.retain(second, catalog, words, from, to);
    }
  }

  record Or(TileFilter first, TileFilter second) implements Columnar {
    @Override
    public Optional<String> in(FilterDialect dialect) {
      return first.in(dialect).flatMap(a -> second.in(dialect).map(b -> dialect.or(a, b)));
    }

    @Override
    public boolean test(TileCatalog catalog, long i) {
      return first.test(catalog, i) || second.test(catalog, i);
    }

    @Override
    public void retain(ColumnCatalog catalog, long[] words, int from, int to) {
      long[] asked = Arrays.copyOfRange(words, from, to);
      Filters.retain(first, catalog, words, from, to);
      long[] passed = Arrays.copyOfRange(words, from, to);
      // The second filter tests only the tiles that the first refused.
      for (int w = from; w < to; w++) words[w] = asked[w - from] & ~passed[w - from];
      Filters.retain(second, catalog, words, from, to);
      for (int w = from; w < to; w++) words[w] |= passed[w - from];
    }
  }

  record Not(TileFilter filter) implements Columnar {
    @Override
    public Optional<String> in(FilterDialect dialect) {
      return filter.in(dialect).map(dialect::not);
    }

    @Override
    public boolean test(TileCatalog catalog, long i) {
      return !filter.test(catalog, i);
    }

    @Override
    public void retain(ColumnCatalog catalog, long[] words, int from, int to) {
      long[] asked = Arrays.copyOfRange(words, from, to);
      Filters.retain(filter, catalog, words, from, to);
      for (int w = from; w < to; w++) words[w] = asked[w - from] & ~words[w];
    }
  }
}
