package io.earthembed.parquet;

import io.earthembed.base.range.RangeSource;
import io.earthembed.common.CorruptDataException;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.ColumnRanges.Identity;
import io.earthembed.parquet.internal.Footer;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.parquet.internal.ValueReader;
import java.nio.ByteBuffer;
import java.util.List;

/** Lists the tiles of a shard without their pixels. */
final class ShardListing {
  private ShardListing() {}

  /**
   * Describes a tile.
   *
   * @param ranges columns whose byte ranges the tile's reference carries; if empty, it carries none
   */
  static TileRecord describe(
      TileRef ref, RangeSource source, Footer footer, TileReader reader, List<String> ranges) {
    TileLayout layout = TileLayout.of(ref, footer, List.of());
    Identity tile = TileDecoder.identity(layout, reader.values(source, List.of(layout)).get(0));
    Group group = TileLayout.group(ref, footer);
    TileRef found =
        ranges.isEmpty()
            ? ref
            : new TileRef(
                ref.shard(), ref.rowGroup(), ShardScan.ranges(footer, group, tile, ranges));
    return new TileRecord(
        tile.productId() + "@" + tile.cell(),
        tile.cell(),
        tile.productId(),
        tile.timestamp(),
        center(group, tile.cell(), source, footer),
        Float.NaN,
        found);
  }

  private static GeoPoint center(Group group, GridCell cell, RangeSource source, Footer footer) {
    Chunk latitude = footer.chunk(group, ShardWriter.LATITUDE);
    Chunk longitude = footer.chunk(group, ShardWriter.LONGITUDE);
    if (latitude != null && longitude != null) {
      double lat = number(footer, latitude, source);
      double lon = number(footer, longitude, source);
      if (lat >= -90 && lat <= 90 && Double.isFinite(lon)) return new GeoPoint(lat, lon);
    }
    if (!MajorTomGrid.CORE.contains(cell)) {
      throw new CorruptDataException(footer.name(), "the 10 km grid has no cell " + cell);
    }
    return MajorTomGrid.CORE.centerOf(cell);
  }

  private static double number(Footer footer, Chunk chunk, RangeSource source) {
    String only = chunk.only();
    if (only != null && chunk.column().isNumber()) return Double.parseDouble(only);
    ByteBuffer bytes = source.read(footer.version(), chunk.offset(), chunk.size());
    double[] numbers = ValueReader.of(footer.name(), chunk, bytes).numbers();
    return numbers.length == 0 ? Double.NaN : numbers[0];
  }
}
