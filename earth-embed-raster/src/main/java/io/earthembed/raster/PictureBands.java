package io.earthembed.raster;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.base.image.TiffBytes;
import io.earthembed.base.image.TiffImage;
import io.earthembed.base.range.Counters;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.InvalidInputException;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.TrueColor;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads the parts of tiles out of single pictures. Safe for many threads. */
final class PictureBands {
  private static final List<Band> COLORS = List.of(Band.B04, Band.B03, Band.B02);
  private static final long MAX_BYTES = 512 << 20;

  /** The digital number of each 8-bit tone. */
  private static final int[] NUMBERS = new int[256];

  static {
    for (int tone = 0; tone < 256; tone++) NUMBERS[tone] = TrueColor.toDigitalNumber(tone);
  }

  private final List<Band> tiffBands;
  private final Counters counters;

  /**
   * Reads pictures.
   *
   * @param tiffBands the bands of TIFFs; empty for the default
   * @param counters to which the reads are added
   */
  PictureBands(List<Band> tiffBands, Counters counters) {
    this.tiffBands = tiffBands;
    this.counters = counters;
  }

  /** Reads a tile out of its picture. */
  Tile read(Path file, TileRef source, TileRecord record, TileParts parts) {
    if (parts.cloudMask()) {
      throw new IllegalArgumentException(file + " has no cloud mask, as pictures have none");
    }
    byte[] bytes = bytes(file);
    Raster picture = isTiff(bytes) ? tiff(bytes, file) : decode(bytes, file);
    Map<Band, Raster> bands;
    if (picture.type() == SampleType.UINT8) {
      picture = isTiff(bytes) ? rgb(picture, file) : picture;
      bands = numbers(picture, parts);
    } else {
      bands = named(picture, file);
    }
    Map<Band, Raster> wanted = new EnumMap<>(Band.class);
    for (Band band : parts.bands()) wanted.put(band, band(bands, band, file));
    Raster thumbnail = parts.thumbnail() ? thumbnail(picture, bands, file) : null;
    return new Tile(
        source,
        record.cell(),
        String.valueOf(record.productId()),
        record.timestamp(),
        wanted,
        thumbnail,
        null);
  }

  private byte[] bytes(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new EarthEmbedException(
            file + ": more than " + (MAX_BYTES >> 20) + " MiB: divide the picture");
      }
      byte[] bytes = Files.readAllBytes(file);
      counters.requests.increment();
      counters.bytesRead.add(bytes.length);
      counters.bytesWanted.add(bytes.length);
      return bytes;
    } catch (NoSuchFileException e) {
      throw new EarthEmbedException(file + ": there is no such picture", e);
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
  }

  private static boolean isTiff(byte[] bytes) {
    if (bytes.length < 4) return false;
    int magic = ByteBuffer.wrap(bytes).getInt();
    // TIFF and BigTIFF in both byte orders.
    return magic == 0x49492A00 || magic == 0x4D4D002A || magic == 0x49492B00 || magic == 0x4D4D002B;
  }

  private static Raster decode(byte[] bytes, Path file) {
    try {
      return ImageFiles.decode(bytes, file.toString());
    } catch (InvalidInputException e) { // the archive is at fault, not the caller
      throw new CorruptDataException(e.source(), e.offset(), e.problem(), e);
    }
  }

  private static Raster tiff(byte[] bytes, Path file) {
    String name = file.toString();
    int bands = TiffImage.images(TiffBytes.of(bytes, name)).get(0).bands();
    return GeoTiff.readBands(bytes, name, bands, ImageFiles.MAX_PIXELS);
  }

  /** Returns the colors of an 8-bit TIFF. */
  private Raster rgb(Raster all, Path file) {
    if (!tiffBands.isEmpty() && !tiffBands.equals(COLORS)) {
      throw unnamed(all, file, "8 bits have colors, not the bands " + tiffBands);
    }
    if (all.bands() == 3) return all;
    if (all.bands() != 1) throw unnamed(all, file, "of 8 bits, one band or three are read");
    Raster rgb = Raster.allocate(all.height(), all.width(), 3, SampleType.UINT8);
    for (int y = 0; y < all.height(); y++) {
      for (int x = 0; x < all.width(); x++) {
        for (int b = 0; b < 3; b++) rgb.set(y, x, b, all.get(y, x, 0));
      }
    }
    return rgb.withReference(all.reference());
  }

  /** Returns the planes of a TIFF of digital numbers. */
  private Map<Band, Raster> named(Raster all, Path file) {
    List<Band> names = tiffBands;
    if (names.isEmpty() && all.bands() == COLORS.size()) names = COLORS;
    if (names.isEmpty() && all.bands() == Band.values().length) names = List.of(Band.values());
    if (names.size() != all.bands()) {
      String known = names.isEmpty() ? "3 or 12 are known" : names + " are named";
      throw unnamed(all, file, known + ": open the store with the bands of its TIFFs");
    }
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (int b = 0; b < names.size(); b++) bands.put(names.get(b), plane(all, b));
    return bands;
  }

  private static EarthEmbedException unnamed(Raster all, Path file, String problem) {
    return new EarthEmbedException(file + ": " + all.bands() + " bands; " + problem);
  }

  private static Raster plane(Raster all, int band) {
    Raster plane = Raster.allocate(all.height(), all.width(), 1, all.type());
    for (int y = 0; y < all.height(); y++) {
      for (int x = 0; x < all.width(); x++) plane.set(y, x, 0, all.get(y, x, band));
    }
    return plane.withReference(all.reference());
  }

  /** Returns the wanted colors of a picture as digital numbers. */
  private static Map<Band, Raster> numbers(Raster rgb, TileParts parts) {
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : parts.bands()) {
      int color = COLORS.indexOf(band);
      if (color < 0) continue;
      Raster plane = Raster.allocate(rgb.height(), rgb.width(), 1, SampleType.UINT16);
      for (int y = 0; y < rgb.height(); y++) {
        for (int x = 0; x < rgb.width(); x++) {
          plane.set(y, x, 0, NUMBERS[(int) rgb.get(y, x, color)]);
        }
      }
      bands.put(band, plane.withReference(rgb.reference()));
    }
    return bands;
  }

  private static Raster band(Map<Band, Raster> bands, Band band, Path file) {
    Raster plane = bands.get(band);
    if (plane == null) {
      throw new IllegalArgumentException(file + " has no " + band + ", only " + shown(bands));
    }
    return plane;
  }

  private static String shown(Map<Band, Raster> bands) {
    return bands.isEmpty() ? COLORS.toString() : bands.keySet().toString();
  }

  private static Raster thumbnail(Raster picture, Map<Band, Raster> bands, Path file) {
    if (picture.type() == SampleType.UINT8) return picture;
    return TrueColor.thumbnail(
        band(bands, Band.B04, file), band(bands, Band.B03, file), band(bands, Band.B02, file));
  }
}
