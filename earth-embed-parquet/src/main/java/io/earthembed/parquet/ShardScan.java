package io.earthembed.parquet;

import io.earthembed.base.range.RangeSource;
import io.earthembed.common.CorruptDataException;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.Meaning;
import java.net.URI;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a shard's tiles from its footer. */
final class ShardScan {
  /** Footers of MajorTOM's shards have 1.0 to 1.4 MB. */
  private static final int TAIL = 2 << 20;

  private ShardScan() {}

  static void add(
      MetadataIndex.Builder index, URI url, RangeSource source, Collection<String> columns) {
    Footer footer = Footer.read(source, TAIL);
    DatasetFile shard = new DatasetFile(source, footer);
    for (int i = 0; i < footer.rowGroups().size(); i++) {
      if (footer.rowGroups().get(i).rows() == 0) continue;
      TileRef ref = new TileRef(url, i);
      Group group = TileLayout.group(ref, footer);
      for (String column : columns) {
        if (footer.chunk(group, column) != null) continue;
        throw new IllegalArgumentException(footer.name() + " has no column " + column);
      }
      Map<String, String> texts = new HashMap<>();
      for (String column : TileLayout.IDENTITY) {
        String text = text(shard, group, column);
        if (text != null) texts.put(column, text);
      }
      ColumnRanges.Identity tile = TileLayout.identity(texts, ref, footer.name());
      try {
        index.add(
            tile.cell(),
            tile.productId(),
            new TileRef(url, i, ranges(footer, group, tile, columns)));
      } catch (IllegalArgumentException e) {
        throw new CorruptDataException(footer.name(), "row group " + i + ": " + e.getMessage(), e);
      }
    }
  }

  /** Returns the byte ranges of those of some columns that a row group has. */
  static ColumnRanges ranges(
      Footer footer, Group group, ColumnRanges.Identity tile, Collection<String> columns) {
    Map<String, ColumnRanges.Column> ranges = new HashMap<>();
    for (String column : columns) {
      Chunk chunk = footer.chunk(group, column);
      if (chunk == null) continue;
      // Other columns are read, or refused, through the footer, because a range does not record
      // their type.
      boolean bytes = chunk.column().meaning().kind() == Meaning.Kind.TEXT;
      if (!bytes || !chunk.column().isFlat()) continue;
      ranges.put(
          column,
          new ColumnRanges.Column(
              chunk.offset(),
              chunk.size(),
              chunk.codec().name(),
              chunk.column().maxDefinition() > 0));
    }
    return new ColumnRanges(footer.version().length(), footer.version().etag(), tile, ranges);
  }

  private static @Nullable String text(DatasetFile shard, Group group, String column) {
    Chunk chunk = shard.footer().chunk(group, column);
    if (chunk != null && chunk.only() != null) return chunk.only();
    return TileLayout.text(shard.column(group, column));
  }
}
