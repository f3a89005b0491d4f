package io.earthembed.parquet;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import mil.nga.tiff.FieldTagType;
import mil.nga.tiff.FieldType;
import mil.nga.tiff.FileDirectory;
import mil.nga.tiff.Rasters;
import mil.nga.tiff.TIFFImage;
import mil.nga.tiff.TiffWriter;
import mil.nga.tiff.util.TiffConstants;
import org.jspecify.annotations.Nullable;

/** Single-band GeoTIFF, as the bands of a shard are stored. Safe for many threads. */
final class GeoTiff {
  /** GeoTIFF 1.1 keys (OGC 19-008r4): model type projected, raster pixel is area, projected CRS. */
  private static final int MODEL_TYPE = 1024;

  private static final int RASTER_TYPE = 1025;
  private static final int PROJECTED_CRS = 3072;

  /**
   * The library writes the size of a strip as 16 bits, and larger ones wrongly; deflate makes noise
   * a little larger.
   */
  private static final int MOST_ROW_BYTES = 65_000;

  private GeoTiff() {}

  /**
   * Reads one band.
   *
   * @param source what to call it in an error
   * @return h x w x 1, UINT16 (or UINT8 where it is stored so), with its place where it has one
   */
  static Raster read(byte[] bytes, String source) {
    try {
      TiffDecoder tiff = new TiffDecoder(bytes, source);
      return tiff.raster().withReference(reference(tiff));
    } catch (EarthEmbedException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CorruptDataException(source, -1, "a damaged GeoTIFF: " + e.getMessage(), e);
    }
  }

  private static @Nullable GeoReference reference(TiffDecoder tiff) {
    double[] scale = tiff.values(FieldTagType.ModelPixelScale.getId());
    double[] tie = tiff.values(FieldTagType.ModelTiepoint.getId());
    double[] keys = tiff.values(FieldTagType.GeoKeyDirectory.getId());
    if (scale.length < 2 || tie.length < 6) return null;
    for (int i = 4; i + 3 < keys.length; i += 4) {
      if (keys[i] == PROJECTED_CRS) {
        double size = scale[0];
        return new GeoReference(
            (int) keys[i + 3], tie[3] - tie[0] * size, tie[4] + tie[1] * size, size);
      }
    }
    return null;
  }

  /**
   * Writes one band, deflated.
   *
   * @param band h x w x 1, UINT8 or UINT16; its place is written where it has one
   */
  static byte[] write(Raster band) {
    if (band.bands() != 1 || band.type() == SampleType.FLOAT32) {
      throw new IllegalArgumentException("GeoTIFF takes one band of UINT8 or UINT16, not " + band);
    }
    int row = band.width() * band.type().bytes();
    if (row > MOST_ROW_BYTES) {
      throw new IllegalArgumentException(
          "rows of " + row + " bytes, and " + MOST_ROW_BYTES + " can be written: " + band);
    }
    boolean small = band.type() == SampleType.UINT8;
    FieldType type = small ? FieldType.BYTE : FieldType.SHORT;
    Rasters rasters = new Rasters(band.width(), band.height(), 1, type);
    for (int y = 0; y < band.height(); y++) {
      for (int x = 0; x < band.width(); x++) {
        rasters.setFirstPixelSample(x, y, (int) band.get(y, x, 0));
      }
    }
    FileDirectory directory = new FileDirectory();
    directory.setImageWidth(band.width());
    directory.setImageHeight(band.height());
    directory.setBitsPerSample(small ? 8 : 16);
    directory.setSampleFormat(TiffConstants.SAMPLE_FORMAT_UNSIGNED_INT);
    directory.setSamplesPerPixel(1);
    directory.setCompression(TiffConstants.COMPRESSION_DEFLATE);
    directory.setPhotometricInterpretation(TiffConstants.PHOTOMETRIC_INTERPRETATION_BLACK_IS_ZERO);
    directory.setPlanarConfiguration(TiffConstants.PLANAR_CONFIGURATION_CHUNKY);
    directory.setRowsPerStrip(Math.max(1, Math.min(band.height(), (1 << 15) / row)));
    GeoReference place = band.reference();
    if (place != null) {
      directory.setModelPixelScale(List.of(place.pixelSize(), place.pixelSize(), 0.0));
      directory.setModelTiepoint(List.of(0.0, 0.0, 0.0, place.west(), place.north(), 0.0));
      directory.setUnsignedIntegerListEntryValue(
          FieldTagType.GeoKeyDirectory,
          List.of(
              1,
              1,
              0,
              3,
              MODEL_TYPE,
              0,
              1,
              1,
              RASTER_TYPE,
              0,
              1,
              1,
              PROJECTED_CRS,
              0,
              1,
              place.epsg()));
    }
    directory.setWriteRasters(rasters);
    TIFFImage image = new TIFFImage();
    image.add(directory);
    try {
      return TiffWriter.writeTiffToBytes(image);
    } catch (IOException e) {
      throw new UncheckedIOException("writing a GeoTIFF to memory", e);
    }
  }
}
