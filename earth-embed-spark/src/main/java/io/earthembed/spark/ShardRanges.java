package io.earthembed.spark;

import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.ColumnRanges;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The byte ranges of a shard's columns, from the footer that was read to list its tiles, so that
 * the task that embeds them need not read it again. They are valid for one version of the shard.
 *
 * @param length bytes of the shard
 * @param version its ETag, or null if it has none
 * @param columns names of columns
 * @param tiles by row group, the range of each of these columns; null if it is unknown
 */
record ShardRanges(
    long length,
    @Nullable String version,
    List<String> columns,
    Map<Integer, List<@Nullable Range>> tiles)
    implements Serializable {
  /** The place of a column in a row group. */
  record Range(long offset, int length, String codec, boolean nullable) implements Serializable {}

  /** Returns the ranges that tiles of one shard carry, or null if they carry none. */
  static @Nullable ShardRanges of(List<TileRecord> listed, List<String> columns) {
    ShardRanges all = null;
    for (TileRecord tile : listed) {
      TileRef source = Objects.requireNonNull(tile.source());
      if (!(source.hint() instanceof ColumnRanges ranges)) return null;
      if (all == null) {
        all =
            new ShardRanges(
                ranges.shardLength(), ranges.shardVersion(), List.copyOf(columns), new HashMap<>());
      }
      List<@Nullable Range> some = new ArrayList<>();
      for (String column : columns) {
        ColumnRanges.Column place = ranges.columns().get(column);
        some.add(
            place == null
                ? null
                : new Range(
                    place.offset(), place.length(), place.codec().intern(), place.nullable()));
      }
      all.tiles.put(source.rowGroup(), some);
    }
    return all;
  }

  /** Returns a tile whose reference carries its ranges, if they are known. */
  TileRecord attachTo(TileRecord tile) {
    TileRef source = Objects.requireNonNull(tile.source());
    List<@Nullable Range> places = tiles.get(source.rowGroup());
    String product = tile.productId();
    if (places == null || product == null) return tile;
    Map<String, ColumnRanges.Column> known = new HashMap<>();
    for (int i = 0; i < places.size(); i++) {
      Range place = places.get(i);
      if (place == null) continue;
      known.put(
          columns.get(i),
          new ColumnRanges.Column(place.offset(), place.length(), place.codec(), place.nullable()));
    }
    ColumnRanges.Identity identity =
        new ColumnRanges.Identity(tile.cell(), product, tile.timestamp());
    return new TileRecord(
        tile.id(),
        tile.cell(),
        tile.productId(),
        tile.timestamp(),
        tile.center(),
        tile.cloudCover(),
        new TileRef(
            source.shard(), source.rowGroup(), new ColumnRanges(length, version, identity, known)));
  }
}
