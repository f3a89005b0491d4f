package io.earthembed.raster;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.base.image.TiffImage;
import io.earthembed.base.image.TiffImage.Window;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.geo.Utm;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.TrueColor;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.Addresses;
import io.earthembed.stac.StacAsset;
import io.earthembed.stac.StacItem;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads tiles out of Sentinel-2 scenes: bands as digital numbers, thumbnails, and cloud masks in
 * MajorTOM's classes. Safe for many threads.
 */
final class SentinelTiles {
  /** Rows and columns of MajorTOM's thumbnails. */
  private static final int THUMBNAIL = 1068;

  /** MajorTOM's class of each class of the scene classification. */
  private static final Map<Integer, Integer> CLOUD_CLASSES = Map.of(3, 3, 8, 1, 9, 1, 10, 2);

  private final RasterFiles files;

  /**
   * Creates a reader.
   *
   * @param files the GeoTIFFs of the scenes; the caller closes them
   */
  SentinelTiles(RasterFiles files) {
    this.files = files;
  }

  /**
   * Reads parts of a tile.
   *
   * @param window the square of the scene, or null for the whole scene
   * @throws EarthEmbedException if the scene lacks a part, or a file cannot be read
   */
  Tile read(TileRef ref, SentinelItem scene, @Nullable TileWindow window, TileParts parts) {
    StacItem item = scene.item();
    Set<Band> needed = EnumSet.noneOf(Band.class);
    needed.addAll(parts.bands());
    StacAsset picture = parts.thumbnail() ? scene.picture() : null;
    if (parts.thumbnail() && picture == null) {
      needed.addAll(TileParts.TRUE_COLOR.bands());
    }
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : needed) {
      StacAsset asset = scene.asset(band);
      bands.put(
          band, numbers(read(asset, window, 1, Integer.MAX_VALUE), scene.offset(asset), asset));
    }
    Raster thumbnail = null;
    if (picture != null) {
      thumbnail = read(picture, window, 3, THUMBNAIL);
    } else if (parts.thumbnail()) {
      thumbnail = TrueColor.compose(of(bands, Band.B04), of(bands, Band.B03), of(bands, Band.B02));
    }
    Raster mask = null;
    if (parts.cloudMask()) {
      StacAsset classes = scene.classification();
      if (classes == null) {
        throw new EarthEmbedException("item " + item.id() + " has no GeoTIFF of SCL");
      }
      mask = mask(read(classes, window, 1, Integer.MAX_VALUE), classes);
    }
    bands.keySet().retainAll(parts.bands());
    return new Tile(
        ref, cell(item, window), scene.product(), item.datetime(), bands, thumbnail, mask);
  }

  private static Raster of(Map<Band, Raster> bands, Band band) {
    return Objects.requireNonNull(bands.get(band));
  }

  private static GridCell cell(StacItem item, @Nullable TileWindow window) {
    if (window != null) return MajorTomGrid.CORE.cellOf(window.center());
    if (item.properties().get("earthembed:grid_cell") instanceof String name) {
      return GridCell.parse(name);
    }
    return item.tile(MajorTomGrid.CORE).cell();
  }

  /** Undoes the offset. */
  private static Raster numbers(Raster raster, int offset, StacAsset asset) {
    if (raster.type() != SampleType.UINT16 && raster.type() != SampleType.UINT8) {
      throw new EarthEmbedException(
          Addresses.redacted(asset.href()) + " has samples of " + raster.type() + ", not UINT16");
    }
    if (offset == 0) return raster;
    Raster numbers = Raster.allocate(raster.height(), raster.width(), 1, SampleType.UINT16);
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < raster.width(); x++) {
        float value = raster.get(y, x, 0);
        numbers.set(y, x, 0, value == 0 ? 0 : Math.max(1, Math.min(65_535, value + offset)));
      }
    }
    return numbers.withReference(raster.reference());
  }

  private static Raster mask(Raster classes, StacAsset asset) {
    if (classes.type() != SampleType.UINT8) {
      throw new EarthEmbedException(
          Addresses.redacted(asset.href()) + " has samples of " + classes.type() + ", not UINT8");
    }
    Raster mask = Raster.allocate(classes.height(), classes.width(), 1, SampleType.UINT8);
    for (int y = 0; y < classes.height(); y++) {
      for (int x = 0; x < classes.width(); x++) {
        mask.set(y, x, 0, CLOUD_CLASSES.getOrDefault((int) classes.get(y, x, 0), 0));
      }
    }
    return mask.withReference(classes.reference());
  }

  /**
   * Reads a window of a file. Pixels outside it are 0.
   *
   * @param side about how many rows and columns suffice: an overview is read if it has as many
   */
  private Raster read(StacAsset asset, @Nullable TileWindow window, int bands, int side) {
    Cog cog = files.cog(asset.href());
    TiffImage image = cog.image();
    if (image.bands() < bands) {
      throw cog.unsupported("has " + image.bands() + " bands, not " + bands);
    }
    GeoTiff.Grid grid = cog.grid();
    GeoReference place = grid.reference();
    int[] chosen = new int[bands];
    for (int i = 0; i < bands; i++) chosen[i] = i;
    if (window == null) {
      TiffImage whole = cog.overview(Math.max(image.height(), image.width()) / (double) side);
      Window all = new Window(0, 0, whole.height(), whole.width(), chosen);
      return cog.read(whole, all).withReference(place == null ? null : scaled(place, image, whole));
    }
    if (place == null) {
      throw cog.unsupported("has no location with north up in a projected system in metres");
    }
    Utm zone;
    try {
      zone = Utm.ofEpsg(place.epsg());
    } catch (IllegalArgumentException e) {
      throw cog.unsupported("is in EPSG:" + place.epsg() + ", not in a UTM zone of WGS 84");
    }
    double[] bounds;
    try {
      bounds = window.bounds(zone);
    } catch (IllegalArgumentException e) {
      throw cog.unsupported("is in " + zone + ", far from the window around " + window.center());
    }
    TiffImage scaled = cog.overview(window.meters() / place.pixelSize() / side);
    return read(cog, scaled, scaled(place, image, scaled), bounds, chosen, window);
  }

  private static GeoReference scaled(GeoReference place, TiffImage image, TiffImage overview) {
    double size = place.pixelSize() * image.width() / overview.width();
    return new GeoReference(place.epsg(), place.west(), place.north(), size);
  }

  private static Raster read(
      Cog cog,
      TiffImage image,
      GeoReference place,
      double[] bounds,
      int[] bands,
      TileWindow window) {
    double size = place.pixelSize();
    int column = (int) Math.round((bounds[0] - place.west()) / size);
    int row = (int) Math.round((place.north() - bounds[3]) / size);
    int side = (int) Math.max(1, Math.round(window.meters() / size));
    int top = Math.max(0, row);
    int left = Math.max(0, column);
    int bottom = Math.min(image.height(), row + side);
    int right = Math.min(image.width(), column + side);
    if (top >= bottom || left >= right) {
      throw cog.unsupported("has no pixel of the window around " + window.center());
    }
    Raster part = cog.read(image, new Window(top, left, bottom - top, right - left, bands));
    GeoReference shifted = place.shifted(row, column);
    if (part.height() == side && part.width() == side) return part.withReference(shifted);
    Raster whole = Raster.allocate(side, side, bands.length, image.type());
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        for (int b = 0; b < bands.length; b++) {
          whole.set(y - row, x - column, b, part.get(y - top, x - left, b));
        }
      }
    }
    return whole.withReference(shifted);
  }
}
