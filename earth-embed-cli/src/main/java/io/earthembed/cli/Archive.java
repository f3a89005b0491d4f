package io.earthembed.cli;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.geo.Utm;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.parquet.ShardTile;
import io.earthembed.parquet.ShardWriter;
import io.earthembed.view.NaturalEarth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * Writes scenes as shards of MajorTOM's layout. Scenes have no location, so each gets a random cell
 * of the Major TOM grid over land, drawn with a fixed seed. They have no time either; their time is
 * the epoch.
 */
final class Archive {
  /** Tiles per shard, as in the published ones. */
  static final int SHARD = 500;

  private static final long SEED = 20_261_101;

  private Archive() {}

  /**
   * Writes the missing shards.
   *
   * @param root the folder of archives; this one gets a subfolder named by a checksum of the
   *     scenes' identities
   * @param leftOut receives each scene that cannot be decoded, with the reason
   * @return its shards, in order; none if no scene can be decoded
   */
  static List<Path> write(
      List<Scene> scenes,
      Path root,
      ProgressListener progress,
      Consumer<EarthEmbedException> leftOut) {
    CRC32 crc = new CRC32();
    for (Scene scene : scenes)
      crc.update((scene.identity() + '\n').getBytes(StandardCharsets.UTF_8));
    Path folder = root.resolve(String.format(Locale.ROOT, "archive-%08x", crc.getValue()));
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be made", e);
    }
    List<GridCell> cells = cellsOverLand(scenes.size());
    List<Path> shards = new ArrayList<>();
    for (int from = 0; from < scenes.size(); from += SHARD) {
      Path shard =
          folder.resolve(String.format(Locale.ROOT, "part_%05d.parquet", from / SHARD + 1));
      int to = Math.min(scenes.size(), from + SHARD);
      if (Files.exists(shard)) {
        progress.update("archive", to, scenes.size());
        shards.add(shard);
        continue;
      }
      int written = 0;
      try (ShardWriter writer = new ShardWriter(shard)) {
        for (int i = from; i < to; i++) {
          if (Thread.currentThread().isInterrupted()) {
            throw new EarthEmbedException("interrupted while writing " + shard);
          }
          Raster picture = null;
          try {
            picture = scenes.get(i).trueColor();
          } catch (EarthEmbedException e) {
            leftOut.accept(e);
          }
          if (picture != null) {
            writer.add(tile(scenes.get(i), picture, cells.get(i)));
            written++;
          }
          progress.update("archive", i + 1L, scenes.size());
        }
        if (written > 0) writer.finish();
      }
      if (written > 0) shards.add(shard);
    }
    return shards;
  }

  /**
   * Returns cells of the 10 km grid whose centres are on land, spread evenly over the sphere. Equal
   * counts give equal cells.
   */
  static List<GridCell> cellsOverLand(int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    Set<GridCell> taken = new HashSet<>();
    List<GridCell> cells = new ArrayList<>();
    while (cells.size() < count) {
      double latitude = Math.toDegrees(Math.asin(random.nextDouble(-0.98, 0.98)));
      GeoPoint point = new GeoPoint(latitude, random.nextDouble(-180, 180));
      GridCell cell = MajorTomGrid.CORE.cellOf(point);
      if (NaturalEarth.isLand(MajorTomGrid.CORE.centerOf(cell)) && taken.add(cell)) cells.add(cell);
    }
    return cells;
  }

  private static ShardTile tile(Scene scene, Raster picture, GridCell cell) {
    GeoPoint corner = MajorTomGrid.CORE.cornerOf(cell);
    Utm zone = Utm.of(corner);
    Utm.Point at = zone.project(corner);
    double west = Math.rint(at.easting() / 10) * 10;
    double south = Math.rint(at.northing() / 10) * 10;
    double north = south + 10.0 * picture.height();
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    scene
        .bands(picture)
        .forEach(
            (band, raster) -> {
              double pixel = 10.0 * picture.height() / raster.height();
              bands.put(
                  band, raster.withReference(new GeoReference(zone.epsg(), west, north, pixel)));
            });
    GeoPoint center = zone.unproject(west + 5.0 * picture.width(), south + 5.0 * picture.height());
    return new ShardTile(cell, scene.name(), null, center, bands, picture);
  }
}
