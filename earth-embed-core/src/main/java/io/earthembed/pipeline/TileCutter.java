package io.earthembed.pipeline;

import io.earthembed.dataset.CropFootprint;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.TilePicture;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Acquisition;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a tile once and cuts it for several targets. Safe for many threads. */
final class TileCutter {
  private final ImageryStore store;
  private final ReadWindow whole;

  /**
   * @param whole limits the whole tiles in memory
   */
  TileCutter(ImageryStore store, ReadWindow whole) {
    this.store = store;
    this.whole = whole;
  }

  /**
   * Returns a tile's crops.
   *
   * @param source location of its pixels
   * @return the crops for each target, in order
   */
  List<List<PartBuilder.Crop>> cut(TileRecord record, TileRef source, List<EmbeddingTarget> targets)
      throws InterruptedException {
    whole.enter();
    try {
      return cutOne(record, source, targets);
    } finally {
      whole.leave();
    }
  }

  private List<List<PartBuilder.Crop>> cutOne(
      TileRecord record, TileRef source, List<EmbeddingTarget> targets) {
    Tile tile = store.fetch(source, partsOf(targets)).requireSameAs(record);
    // Counts the pixels twice: the second time for the packed bytes and the crops.
    whole.measured(2 * bytes(tile));
    Map<TilePicture, Raster> pictures = new EnumMap<>(TilePicture.class);
    List<List<PartBuilder.Crop>> crops = new ArrayList<>();
    for (EmbeddingTarget target : targets) {
      Raster picture =
          pictures.computeIfAbsent(target.picture(), p -> completed(p.of(tile), record));
      List<PartBuilder.Crop> cut = new ArrayList<>();
      for (Fragment square : target.crops().of(picture.height(), picture.width())) {
        cut.add(
            new PartBuilder.Crop(
                record, square.cut(picture), row(record, target, square, picture)));
      }
      crops.add(cut);
    }
    return crops;
  }

  /** Returns a picture with what its record knows of its acquisition and the archive does not. */
  private static Raster completed(Raster picture, TileRecord record) {
    Acquisition known = picture.acquisition();
    if (known.time() == null) known = known.withTime(record.timestamp());
    if (known.center() == null && record.hasCenter()) known = known.withCenter(record.center());
    return picture.withAcquisition(known);
  }

  private static long bytes(Tile tile) {
    return Stream.concat(
            tile.bands().values().stream(), Stream.of(tile.thumbnail(), tile.cloudMask()))
        .mapToLong(pixels -> pixels == null ? 0 : pixels.data().remaining())
        .sum();
  }

  private static TileParts partsOf(List<EmbeddingTarget> targets) {
    Set<Band> bands = EnumSet.noneOf(Band.class);
    boolean thumbnail = false;
    for (EmbeddingTarget target : targets) {
      bands.addAll(target.picture().parts().bands());
      thumbnail |= target.picture().parts().thumbnail();
    }
    return new TileParts(bands, thumbnail);
  }

  private static EmbeddedTile row(
      TileRecord tile, EmbeddingTarget target, Fragment square, Raster picture) {
    GeoReference place = picture.reference();
    String id = target.crops().id(tile.id(), square);
    if (place == null)
      return new EmbeddedTile(at(tile, id, tile.hasCenter() ? tile.center() : null), null);
    CropFootprint footprint =
        new CropFootprint(
            square.row(), square.column(), square.size(), square.size(), square.reference(place));
    return new EmbeddedTile(at(tile, id, square.center(place)), footprint);
  }

  private static TileRecord at(TileRecord tile, String id, @Nullable GeoPoint center) {
    return new TileRecord(
        id,
        tile.hasCell() ? tile.cell() : null,
        tile.productId(),
        tile.timestamp(),
        center,
        tile.cloudCover(),
        tile.source(),
        tile.attributes());
  }
}
