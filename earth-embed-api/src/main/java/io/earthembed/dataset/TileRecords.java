package io.earthembed.dataset;

import io.earthembed.imagery.TileRecord;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The tiles of a dataset: record i describes embedding i. Immutable and safe for many threads. */
public interface TileRecords {
  /** Returns the number of tiles. */
  long size();

  /**
   * Returns the record of a tile.
   *
   * @throws IndexOutOfBoundsException unless 0 &lt;= ordinal &lt; {@link #size}
   */
  TileRecord record(long ordinal);

  /** Returns the records of all tiles, in the order of their ordinals. */
  default Stream<TileRecord> stream() {
    return LongStream.range(0, size()).mapToObj(this::record);
  }

  /**
   * Returns a fingerprint of the ids of all tiles in their order. Equal fingerprints mean that an
   * index filled from one set fits the other.
   */
  String fingerprint();
}
