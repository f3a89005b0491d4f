package io.earthembed.spark;

import io.earthembed.imagery.TileRecord;
import io.earthembed.spark.PartTiles.Place;
import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * A row of a table of tiles, and the place of its tile if it is already embedded; or the byte
 * ranges of a shard, which come before the tiles of that shard.
 *
 * @param row row of {@link TileTable#SCHEMA}, or null for byte ranges
 * @param place the part that holds the tile, {@link #TWICE}, or null if the tile must be embedded
 * @param ranges byte ranges, or null for a tile
 */
record ListedTile(@Nullable Row row, @Nullable Place place, @Nullable ShardRanges ranges)
    implements Serializable {
  /** The place of a repeated tile; another row of the table counts instead. */
  static final Place TWICE = new Place("", 0, false);

  private static final int LISTS_OF_A_TASK = 100;

  static ListedTile ranges(ShardRanges ranges) {
    return new ListedTile(null, null, ranges);
  }

  /** Returns the tile of a row. */
  TileRecord tile() {
    return TileTable.record(Objects.requireNonNull(row));
  }

  /**
   * Finds the tiles of a table in parts. A repeated computation gives equal results, because the
   * parts are those at the start of the job.
   *
   * @param table rows of {@link TileTable#SCHEMA}
   * @param parts lists of the complete parts
   */
  static JavaPairRDD<ShardPartitioner.Key, ListedTile> find(
      JavaRDD<Row> table, JavaRDD<PartTiles> parts) {
    return table
        .mapToPair(row -> new Tuple2<>(TileTable.id(row), row))
        .cogroup(
            parts.flatMapToPair(
                part -> {
                  List<Tuple2<String, Place>> places = new ArrayList<>();
                  for (String id : part.tiles()) places.add(new Tuple2<>(id, part.place(id)));
                  return places.iterator();
                }))
        .flatMapToPair(tile -> place(tile._2()._1(), tile._2()._2()));
  }

  /**
   * Returns the lists of some parts, which executors read.
   *
   * @param mark the file of {@link SharedFolder#mark} in their folder
   */
  static JavaRDD<PartTiles> lists(
      JavaSparkContext context, List<String> parts, URI folder, String mark) {
    return context
        .parallelize(parts, 1 + parts.size() / LISTS_OF_A_TASK)
        .mapPartitions(
            some -> {
              List<PartTiles> lists = new ArrayList<>();
              if (!some.hasNext()) return lists.iterator();
              try (JobFolder opened = JobFolder.of(folder)) {
                SharedFolder.requireMark(opened, mark);
                some.forEachRemaining(part -> lists.add(PartTiles.read(opened, part)));
              }
              return lists.iterator();
            });
  }

  /** Assigns places to the rows of one id. */
  static Iterator<Tuple2<ShardPartitioner.Key, ListedTile>> place(
      Iterable<Row> rows, Iterable<Place> places) {
    List<Tuple2<ShardPartitioner.Key, Row>> sorted = new ArrayList<>();
    for (Row row : rows) sorted.add(new Tuple2<>(EmbedJob.key(row), row));
    sorted.sort(Comparator.comparing(Tuple2::_1));
    List<Tuple2<ShardPartitioner.Key, ListedTile>> placed = new ArrayList<>();
    Place somewhere = null;
    for (Place place : places) if (!place.failed()) somewhere = first(somewhere, place);
    Set<String> shards = new HashSet<>();
    boolean wanted = false;
    for (Tuple2<ShardPartitioner.Key, Row> row : sorted) {
      // The shard's own part comes first, so that it is made from equal rows even if other shards
      // were listed or embedded since.
      String shard = row._1().shard();
      Place own = null;
      for (Place place : places) {
        if (EmbedTask.isOf(shard, place.part())) own = first(own, place);
      }
      Place place;
      if (own != null) place = shards.add(shard) ? own.anyway() : TWICE;
      else if (somewhere != null) place = somewhere;
      else place = wanted ? TWICE : null;
      if (place == null) wanted = true;
      placed.add(new Tuple2<>(row._1(), new ListedTile(row._2(), place, null)));
    }
    return placed.iterator();
  }

  /** Returns one of two places of a tile, regardless of their order. */
  private static Place first(@Nullable Place a, Place b) {
    return a == null || b.part().compareTo(a.part()) < 0 ? b : a;
  }
}
