package io.earthembed.parquet;

import io.earthembed.base.range.RangeSource;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.parquet.internal.ChunkReader;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.ValueReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file that is read by columns.
 *
 * @param source its bytes
 * @param footer its footer
 */
record DatasetFile(RangeSource source, Footer footer) {
  private static final int TAIL = 1 << 16;

  /** Reads a file's footer. */
  static DatasetFile open(RangeSource source) {
    Footer footer = Footer.read(source, TAIL);
    long rows = 0;
    for (Group group : footer.rowGroups()) {
      rows += group.rows();
      // Memory stays in proportion to the file, whatever its footer claims.
      if (rows < 0 || rows > footer.version().length()) {
        throw new CorruptDataException(
            footer.name(), "more rows than bytes in " + footer.version().length() + " bytes");
      }
    }
    return new DatasetFile(source, footer);
  }

  /** Values of parquet_row or a column like it, which are numbers of row groups. */
  record RowNumbers(String column, double[] values, BitSet nulls) {
    boolean isNull(int row) {
      return nulls.get(row);
    }

    /**
     * Returns the number in a row of the row group.
     *
     * @throws IllegalArgumentException if it is no row group's number
     */
    int get(int row) {
      double value = values[row];
      if (!(value >= 0 && value <= Integer.MAX_VALUE && value == Math.rint(value))) {
        throw new IllegalArgumentException(
            column + " is " + value + ", not the number of a row group");
      }
      return (int) value;
    }
  }

  /** Returns the numbers of row groups in a column; nulls if the column is null. */
  RowNumbers rowNumbers(Group group, @Nullable String column) {
    BitSet nulls = new BitSet();
    if (column == null) {
      nulls.set(0, (int) group.rows());
      return new RowNumbers("", new double[0], nulls);
    }
    return new RowNumbers(column, column(group, column).numbers(nulls), nulls);
  }

  /**
   * Returns the exception for an invalid row.
   *
   * @param row of the file
   */
  CorruptDataException badRow(long row, IllegalArgumentException problem) {
    return new CorruptDataException(
        footer.name(), "row " + row + ": " + problem.getMessage(), problem);
  }

  /** Returns one text per row of a row group; nulls if the column is null. */
  List<@Nullable String> texts(Group group, @Nullable String column) {
    if (column != null) return column(group, column).texts();
    return new ArrayList<>(Collections.nCopies((int) group.rows(), (String) null));
  }

  /** Returns one number per row of a row group; NaN if the column is null. */
  double[] numbers(Group group, @Nullable String column) {
    if (column != null) return column(group, column).numbers();
    double[] none = new double[(int) group.rows()];
    Arrays.fill(none, Double.NaN);
    return none;
  }

  /** Returns the values of a required column. */
  ValueReader column(Group group, String column) {
    Chunk chunk = footer.chunk(group, column);
    if (chunk == null) throw new EarthEmbedException(footer.name() + " has no column " + column);
    return reader(group, chunk);
  }

  ValueReader reader(Group group, Chunk chunk) {
    boolean list = chunk.column().maxRepetition() > 0; // its reader refuses that
    if (chunk.values() != group.rows() && !list || group.rows() > Integer.MAX_VALUE - 8) {
      throw new CorruptDataException(
          footer.name(),
          chunk.offset(),
          "column "
              + chunk.column().name()
              + " has "
              + chunk.values()
              + " values in "
              + group.rows()
              + " rows");
    }
    return ValueReader.of(footer.name(), chunk, ChunkReader.read(source, footer, chunk));
  }
}
