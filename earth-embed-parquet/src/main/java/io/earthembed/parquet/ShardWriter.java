package io.earthembed.parquet;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.base.text.Timestamps;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.parquet.internal.ColumnData;
import io.earthembed.parquet.internal.ColumnWriter;
import io.earthembed.parquet.internal.ColumnWriter.Field;
import io.earthembed.parquet.internal.ColumnWriter.Kind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

/**
 * Writes shards with the layout of MajorTOM Core-S2L2A: one row in each row group; columns
 * product_id, grid_cell, timestamp, B01 to B12 (with B8A, without B10) as deflated GeoTIFF,
 * cloud_mask, thumbnail as PNG; and two additional columns, centre_lat and centre_lon. Parts that a
 * tile lacks are null. {@link #finish} puts the file under its name. Not safe for many threads.
 */
public final class ShardWriter implements AutoCloseable {
  static final String PRODUCT = "product_id";
  static final String CELL = "grid_cell";
  static final String TIME = "timestamp";
  static final String THUMBNAIL = "thumbnail";
  static final String CLOUD_MASK = "cloud_mask";
  static final String LATITUDE = "centre_lat";
  static final String LONGITUDE = "centre_lon";

  private final ColumnWriter writer;

  /**
   * Opens a shard.
   *
   * @param file the final name; its folder must exist
   */
  public ShardWriter(Path file) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field(PRODUCT, Type.BYTE_ARRAY, Kind.STRING));
    fields.add(new Field(CELL, Type.BYTE_ARRAY, Kind.STRING));
    fields.add(new Field(TIME, Type.BYTE_ARRAY, Kind.STRING));
    for (Band band : Band.values())
      fields.add(new Field(band.name(), Type.BYTE_ARRAY, Kind.BINARY));
    fields.add(new Field(CLOUD_MASK, Type.BYTE_ARRAY, Kind.BINARY));
    fields.add(new Field(THUMBNAIL, Type.BYTE_ARRAY, Kind.BINARY));
    fields.add(new Field(LATITUDE, Type.DOUBLE, Kind.NUMBER));
    fields.add(new Field(LONGITUDE, Type.DOUBLE, Kind.NUMBER));
    // Deflated GeoTIFF and PNG cannot be compressed further.
    writer = new ColumnWriter(file, fields, Map.of(), CompressionCodec.UNCOMPRESSED);
  }

  /** Adds a tile as the next row group. */
  public void add(ShardTile tile) {
    List<ColumnData> row = new ArrayList<>();
    row.add(ColumnData.strings(List.of(tile), ShardTile::productId));
    row.add(ColumnData.strings(List.of(tile), t -> t.cell().name()));
    row.add(ColumnData.strings(List.of(tile), t -> time(t.timestamp())));
    for (Band band : Band.values()) {
      Raster raster = tile.bands().get(band);
      row.add(
          ColumnData.binaries(
              Collections.singletonList(raster == null ? null : GeoTiff.write(raster))));
    }
    Raster mask = tile.cloudMask();
    row.add(
        ColumnData.binaries(Collections.singletonList(mask == null ? null : GeoTiff.write(mask))));
    Raster thumbnail = tile.thumbnail();
    row.add(
        ColumnData.binaries(
            Collections.singletonList(thumbnail == null ? null : ImageFiles.encodePng(thumbnail))));
    row.add(ColumnData.numbers(Type.DOUBLE, new double[] {tile.center().latitude()}));
    row.add(ColumnData.numbers(Type.DOUBLE, new double[] {tile.center().longitude()}));
    writer.write(1, row);
  }

  /** Returns a time as a column of texts stores it, or null if it is unknown. */
  static @Nullable String time(@Nullable Instant time) {
    return time == null ? null : Timestamps.format(time);
  }

  /** Completes the file and renames it to its final name. */
  public void finish() {
    writer.finish();
  }

  /** Closes the writer. Without {@link #finish}, no file remains. */
  @Override
  public void close() {
    writer.close();
  }
}
