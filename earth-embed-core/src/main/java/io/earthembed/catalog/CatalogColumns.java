package io.earthembed.catalog;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The columns of fixed width, each a direct buffer in little-endian order. Files have an equal
 * layout.
 *
 * @param sections the bytes of the columns, in the order of {@link #WIDTHS}
 * @param rows grid row, or {@link #UNKNOWN_CELL}
 * @param columns grid column, or {@link #UNKNOWN_CELL}
 * @param products number of the product, or -1 if it is unknown
 * @param shards number of the shard, or -1
 * @param rowGroups row group in the shard, or -1
 * @param times milliseconds since 1970, or {@link TileCatalog#UNKNOWN_TIME}
 * @param latitudes degrees, or NaN if the centre is unknown
 * @param longitudes degrees, or NaN
 * @param clouds percent, or NaN
 * @param x unit vector of the centre, toward 0 N 0 E; NaN if the centre is unknown
 * @param y unit vector of the centre, toward 0 N 90 E
 * @param z unit vector of the centre, toward the north pole
 */
record CatalogColumns(
    List<ByteBuffer> sections,
    IntBuffer rows,
    IntBuffer columns,
    IntBuffer products,
    IntBuffer shards,
    IntBuffer rowGroups,
    LongBuffer times,
    DoubleBuffer latitudes,
    DoubleBuffer longitudes,
    FloatBuffer clouds,
    FloatBuffer x,
    FloatBuffer y,
    FloatBuffer z) {
  /** The bytes per value of each column. */
  static final List<Integer> WIDTHS = List.of(4, 4, 4, 4, 4, 8, 8, 8, 4, 4, 4, 4);

  /** The row and the column of a tile whose grid cell is unknown. */
  static final int UNKNOWN_CELL = Integer.MIN_VALUE;

  /** The most doubles that one buffer holds. */
  static final int MAX_SIZE = Integer.MAX_VALUE / 8 - 8;

  /** The largest rounding error of a unit vector's component in float32. */
  static final double ROUNDING = 1.0 / (1 << 24);

  static CatalogColumns of(List<ByteBuffer> bytes) {
    List<ByteBuffer> s = new ArrayList<>();
    for (ByteBuffer section : bytes) s.add(section.slice().order(ByteOrder.LITTLE_ENDIAN));
    return new CatalogColumns(
        s,
        s.get(0).asIntBuffer(),
        s.get(1).asIntBuffer(),
        s.get(2).asIntBuffer(),
        s.get(3).asIntBuffer(),
        s.get(4).asIntBuffer(),
        s.get(5).asLongBuffer(),
        s.get(6).asDoubleBuffer(),
        s.get(7).asDoubleBuffer(),
        s.get(8).asFloatBuffer(),
        s.get(9).asFloatBuffer(),
        s.get(10).asFloatBuffer(),
        s.get(11).asFloatBuffer());
  }

  /** Returns columns of zeros. */
  static CatalogColumns allocate(int size) {
    return of(WIDTHS.stream().map(w -> ByteBuffer.allocateDirect(size * w)).toList());
  }

  /** Returns whether a tile's grid cell is known. */
  boolean hasCell(int i) {
    return rows.get(i) != UNKNOWN_CELL || columns.get(i) != UNKNOWN_CELL;
  }

  /** Returns whether a tile's centre is known. */
  boolean hasCenter(int i) {
    return !Double.isNaN(latitudes.get(i));
  }

  int size() {
    return rows.limit();
  }
}
