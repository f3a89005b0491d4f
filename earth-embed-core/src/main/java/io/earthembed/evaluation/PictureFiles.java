package io.earthembed.evaluation;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.InvalidInputException;
import io.earthembed.encoder.TilePicture;
import io.earthembed.image.Band;
import io.earthembed.image.BandStack;
import io.earthembed.image.Raster;
import io.earthembed.image.TrueColor;
import io.earthembed.image.codec.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Reads the pictures of sets: PNG, JPEG, GIF, BMP, TIFF, and BigEarthNet's folders of bands. */
final class PictureFiles {
  private PictureFiles() {}

  /**
   * Reads a picture as a model takes it.
   *
   * @param path a file, or a folder with {@code NAME_B02.tif} and further bands
   * @param kind the picture that the model takes
   * @throws EarthEmbedException naming the file
   */
  static Raster read(Path path, TilePicture kind) {
    boolean bands = kind == TilePicture.ALL_BANDS;
    if (Files.isDirectory(path)) {
      if (bands) return BandStack.of(bands(path, EnumSet.allOf(Band.class)));
      Map<Band, Raster> rgb = bands(path, EnumSet.of(Band.B02, Band.B03, Band.B04));
      Raster red = Objects.requireNonNull(rgb.get(Band.B04));
      Raster green = Objects.requireNonNull(rgb.get(Band.B03));
      Raster blue = Objects.requireNonNull(rgb.get(Band.B02));
      return kind == TilePicture.TRUE_COLOR
          ? TrueColor.compose(red, green, blue)
          : TrueColor.thumbnail(red, green, blue);
    }
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".tif") || name.endsWith(".tiff")) {
      return GeoTiff.readBands(
          bytes(path), path.toString(), bands ? Band.values().length : 3, ImageFiles.MAX_PIXELS);
    }
    if (bands) {
      throw new InvalidInputException(
          path.toString(), -1, "the model takes twelve bands, and this file has colors only");
    }
    return ImageFiles.read(path);
  }

  private static Map<Band, Raster> bands(Path folder, Set<Band> wanted) {
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : wanted) {
      Path file = folder.resolve(folder.getFileName() + "_" + band + ".tif");
      bands.put(band, GeoTiff.read(bytes(file), file.toString()));
    }
    return bands;
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
  }
}
