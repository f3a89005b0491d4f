package io.earthembed.parquet;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.base.thread.Processors;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.InvalidInputException;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.parquet.ColumnRanges.Identity;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** Decodes a tile from the values of its columns. */
final class TileDecoder {
  /**
   * Limits decoding threads to the number of processors. Many threads read, to hide latency, but
   * more decoding threads would be no faster, and would take processors from an encoder.
   */
  private static final Semaphore DECODERS =
      new Semaphore(Runtime.getRuntime().availableProcessors(), true);

  private TileDecoder() {}

  /**
   * Returns a tile.
   *
   * @param values stored values by column, without nulls
   * @throws EarthEmbedException if a requested column is empty
   * @throws CorruptDataException if one cannot be decoded
   */
  static Tile decode(TileLayout tile, TileParts parts, Map<String, byte[]> values) {
    try {
      DECODERS.acquire();
    } catch (InterruptedException e) {
      throw Tasks.interrupted(tile.name() + ": interrupted while reading", e);
    }
    try {
      return decodeAtOnce(tile, parts, values);
    } finally {
      DECODERS.release();
    }
  }

  private static Tile decodeAtOnce(TileLayout tile, TileParts parts, Map<String, byte[]> values) {
    String label = "row group " + tile.ref().rowGroup() + " of " + tile.name();
    // On several threads, because decoding three bands takes as long as a round trip.
    List<Band> wanted = List.copyOf(parts.bands());
    Raster[] rasters = new Raster[wanted.size()];
    Processors.forEach(
        rasters.length,
        i -> {
          Band band = wanted.get(i);
          rasters[i] = GeoTiff.read(present(values, band.name(), label), band + " of " + label);
        });
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (int i = 0; i < rasters.length; i++) bands.put(wanted.get(i), rasters[i]);
    Identity identity = identity(tile, values);
    return new Tile(
        tile.ref(),
        identity.cell(),
        identity.productId(),
        identity.timestamp(),
        bands,
        parts.thumbnail()
            ? thumbnail(present(values, ShardWriter.THUMBNAIL, label), "thumbnail of " + label)
            : null,
        parts.cloudMask()
            ? GeoTiff.read(present(values, ShardWriter.CLOUD_MASK, label), "cloud_mask of " + label)
            : null);
  }

  /** Decodes a picture. If that fails, the dataset is at fault, not the caller. */
  private static Raster thumbnail(byte[] bytes, String label) {
    try {
      return ImageFiles.decode(bytes, label);
    } catch (InvalidInputException e) {
      throw new CorruptDataException(e.source(), e.offset(), e.problem(), e);
    }
  }

  private static byte[] present(Map<String, byte[]> values, String column, String label) {
    byte[] value = values.get(column);
    if (value == null) throw new EarthEmbedException(label + " has no " + column);
    return value;
  }

  /** Returns the tile's identity, from its layout or from the values. */
  static Identity identity(TileLayout tile, Map<String, byte[]> values) {
    Identity known = tile.identity();
    if (known != null) return known;
    Map<String, String> texts = new HashMap<>();
    for (String column : TileLayout.IDENTITY) {
      byte[] value = values.get(column);
      if (value != null) texts.put(column, new String(value, StandardCharsets.UTF_8));
    }
    return TileLayout.identity(texts, tile.ref(), tile.name());
  }

  /**
   * Fails if a shard that is newer than the index has another tile there.
   *
   * @throws CorruptDataException if the values belong to another tile than the index names
   */
  static void requireIndexed(TileLayout tile, Map<String, byte[]> values) {
    ColumnRanges index = ColumnRanges.of(tile.ref());
    if (index == null || index.identity() == null) return;
    Identity found = identity(tile, values);
    if (found.equals(index.identity())) return;
    throw new CorruptDataException(
        tile.name(),
        "row group "
            + tile.ref().rowGroup()
            + " holds "
            + found
            + ", not "
            + index.identity()
            + " as the index says");
  }
}
