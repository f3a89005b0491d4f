package io.earthembed.parquet;

import io.earthembed.CorruptDataException;
import io.earthembed.catalog.TileBytes;
import io.earthembed.catalog.TileRef;
import io.earthembed.geo.GridCell;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.RangeSource;
import java.net.URI;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a shard's footer tells of its tiles. */
final class ShardScan {
  /** Footers of MajorTOM's shards have 1.0 to 1.4 MB. */
  private static final int TAIL = 2 << 20;

  private ShardScan() {}

  static void add(
      MetadataIndex.Builder index, URI url, RangeSource source, Collection<String> columns) {
    Footer footer = Footer.read(source, TAIL);
    DatasetFile shard = new DatasetFile(source, footer);
    for (int i = 0; i < footer.rowGroups().size(); i++) {
      Group group = footer.rowGroups().get(i);
      if (group.rows() != 1) {
        throw new CorruptDataException(
            footer.name(), -1, "row group " + i + " has " + group.rows() + " rows, not one");
      }
      Map<String, TileBytes.Column> ranges = new HashMap<>();
      for (String column : columns) {
        Chunk chunk = group.chunks().get(column);
        if (chunk == null) continue;
        ranges.put(
            column,
            new TileBytes.Column(
                chunk.offset(),
                chunk.size(),
                chunk.codec().name(),
                chunk.column().maxDefinition() > 0));
      }
      try {
        TileBytes.Identity tile =
            new TileBytes.Identity(
                GridCell.parse(text(shard, group, ShardWriter.CELL)),
                text(shard, group, ShardWriter.PRODUCT),
                Timestamps.parse(text(shard, group, ShardWriter.TIME), footer.name()));
        index.add(
            tile.cell(),
            tile.productId(),
            new TileRef(
                url,
                i,
                new TileBytes(footer.tail().length(), footer.tail().version(), tile, ranges)));
      } catch (IllegalArgumentException e) {
        throw new CorruptDataException(
            footer.name(), -1, "row group " + i + ": " + e.getMessage(), e);
      }
    }
  }

  private static String text(DatasetFile shard, Group group, String column) {
    Chunk chunk = group.chunks().get(column);
    @Nullable String text = chunk == null ? null : chunk.only();
    if (text == null) {
      List<@Nullable String> texts = shard.texts(group, column, true);
      text = texts.isEmpty() ? null : texts.get(0);
    }
    if (text == null) throw new IllegalArgumentException("no " + column);
    return text;
  }
}
