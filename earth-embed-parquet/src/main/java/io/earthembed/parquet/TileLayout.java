package io.earthembed.parquet;

import io.earthembed.base.range.FileVersion;
import io.earthembed.base.text.Timestamps;
import io.earthembed.common.CorruptDataException;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Band;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.ColumnRanges.Identity;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.ValueReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/**
 * The byte ranges of one tile's requested columns in its shard.
 *
 * @param ref the tile
 * @param columns the requested columns
 * @param name the shard, for messages
 * @param version the version of the shard for which this is valid
 * @param identity the tile's identity, or null if it is read with the columns
 * @param chunks of the requested columns, and of the identity's if it must be read; by offset
 */
record TileLayout(
    TileRef ref,
    List<String> columns,
    String name,
    FileVersion version,
    @Nullable Identity identity,
    List<Chunk> chunks) {
  /** The columns that identify the tile. */
  static final List<String> IDENTITY =
      List.of(ShardWriter.PRODUCT, ShardWriter.CELL, ShardWriter.TIME);

  /** Sorts the chunks. */
  TileLayout {
    columns = List.copyOf(columns);
    chunks = chunks.stream().sorted(Comparator.comparingLong(Chunk::offset)).toList();
  }

  /** Returns the columns of some parts of a tile. */
  static List<String> columns(TileParts parts) {
    List<String> columns = new ArrayList<>();
    for (Band band : parts.bands()) columns.add(band.name());
    if (parts.thumbnail()) columns.add(ShardWriter.THUMBNAIL);
    if (parts.cloudMask()) columns.add(ShardWriter.CLOUD_MASK);
    return columns;
  }

  /**
   * Returns the layout in a footer. Product, cell and time come from its statistics, or are read
   * with the columns.
   *
   * @throws IllegalArgumentException if there is no such row group or column
   * @throws CorruptDataException if the row group does not hold one tile
   */
  static TileLayout of(TileRef ref, Footer footer, List<String> columns) {
    Group group = group(ref, footer);
    List<Chunk> chunks = new ArrayList<>();
    for (String column : columns) chunks.add(require(group, column, footer));
    Map<String, String> known = new HashMap<>();
    for (String column : IDENTITY) {
      if (!isThere(column, group)) continue;
      String only = require(group, column, footer).only();
      if (only != null) known.put(column, only);
    }
    if (known.size() == IDENTITY.size()) {
      return new TileLayout(
          ref,
          columns,
          footer.name(),
          footer.version(),
          identity(known, ref, footer.name()),
          chunks);
    }
    for (String column : IDENTITY) {
      if (!columns.contains(column) && isThere(column, group)) {
        chunks.add(require(group, column, footer));
      }
    }
    return new TileLayout(ref, columns, footer.name(), footer.version(), null, chunks);
  }

  /** Returns the layout in a reference, or null if it is incomplete. */
  static @Nullable TileLayout of(TileRef ref, String shard, List<String> columns) {
    ColumnRanges bytes = ColumnRanges.of(ref);
    if (bytes == null || bytes.identity() == null) return null;
    List<Chunk> chunks = new ArrayList<>();
    for (String name : columns) {
      ColumnRanges.Column range = bytes.columns().get(name);
      if (range == null) return null;
      try {
        Column column = new Column(name, Type.BYTE_ARRAY, range.nullable() ? 1 : 0, 0, 0);
        CompressionCodec codec = CompressionCodec.valueOf(range.codec());
        chunks.add(new Chunk(column, range.offset(), range.length(), 1, codec, null));
      } catch (IllegalArgumentException unknownCodec) {
        return null;
      }
    }
    FileVersion version = new FileVersion(bytes.shardLength(), bytes.shardVersion());
    return new TileLayout(ref, columns, shard, version, bytes.identity(), chunks);
  }

  /** Returns the row group of a tile. */
  static Group group(TileRef ref, Footer footer) {
    if (ref.rowGroup() >= footer.rowGroups().size()) {
      throw new IllegalArgumentException(
          "rowGroup "
              + ref.rowGroup()
              + " of "
              + footer.name()
              + ", which has "
              + footer.rowGroups().size());
    }
    Group group = footer.rowGroups().get(ref.rowGroup());
    if (group.rows() != 1) {
      throw new CorruptDataException(
          footer.name(),
          "row group " + ref.rowGroup() + " has " + group.rows() + " rows, not one tile");
    }
    return group;
  }

  /** Returns whether to read a column: the time may be missing; product and cell must exist. */
  private static boolean isThere(String column, Group group) {
    return !column.equals(ShardWriter.TIME) || group.chunks().containsKey(column);
  }

  private static Chunk require(Group group, String column, Footer footer) {
    Chunk chunk = footer.chunk(group, column);
    if (chunk == null) {
      throw new IllegalArgumentException("no column " + column + " in " + footer.name());
    }
    // The value reader refuses a list.
    if (chunk.values() != 1 && chunk.column().maxRepetition() == 0) {
      throw new CorruptDataException(
          footer.name(),
          chunk.offset(),
          "column " + column + " has " + chunk.values() + " values in one row");
    }
    return chunk;
  }

  /**
   * Returns the tile's identity.
   *
   * @param texts product, cell and time by column
   */
  static Identity identity(Map<String, String> texts, TileRef ref, String shard) {
    String product = text(texts, ShardWriter.PRODUCT, ref, shard);
    String cell = text(texts, ShardWriter.CELL, ref, shard);
    String time = texts.get(ShardWriter.TIME);
    try {
      return new Identity(
          GridCell.parse(cell), product, time == null ? null : Timestamps.parse(time));
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(
          shard, "row group " + ref.rowGroup() + ": " + e.getMessage(), e);
    }
  }

  private static String text(Map<String, String> texts, String column, TileRef ref, String shard) {
    String text = texts.get(column);
    if (text == null) {
      throw new CorruptDataException(shard, "row group " + ref.rowGroup() + " has no " + column);
    }
    return text;
  }

  /**
   * Returns the first value of a column of {@link #IDENTITY}, or null if it has none. A time
   * becomes ISO 8601.
   */
  static @Nullable String text(ValueReader values) {
    if (values.column().isTime()) {
      List<@Nullable Instant> times = values.times();
      Instant time = times.isEmpty() ? null : times.get(0);
      return time == null ? null : time.toString();
    }
    List<@Nullable String> texts = values.texts();
    return texts.isEmpty() ? null : texts.get(0);
  }

  /** Returns the offset of the first chunk. */
  long start() {
    return chunks.isEmpty() ? 0 : chunks.get(0).offset();
  }

  /** Returns the offset of the first byte after the last chunk. */
  long end() {
    return chunks.stream().mapToLong(c -> c.offset() + c.size()).max().orElse(0);
  }
}
