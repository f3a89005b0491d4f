package io.earthembed.view;

import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.plugins.tiff.GeoTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.plugins.tiff.TIFFTag;
import javax.imageio.stream.ImageOutputStream;

/** Writes rasters as deflated GeoTIFF (OGC 19-008r4) with the JDK's TIFF writer. */
final class GeoTiffFile {
  private static final int MODEL_TYPE = 1024;
  private static final int RASTER_TYPE = 1025;
  private static final int PROJECTED_CRS = 3072;
  private static final int LINEAR_UNITS = 3076;
  private static final int METER = 9001;

  private GeoTiffFile() {}

  /**
   * Returns the bytes of a file.
   *
   * @param raster one or three bands of any type; its georeference is written if it has one
   */
  static byte[] write(Raster raster) {
    int bands = raster.bands();
    if (bands != 1 && bands != 3) {
      throw new IllegalArgumentException("raster must have 1 or 3 bands: " + raster);
    }
    BufferedImage image = image(raster);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      options.setCompressionType("Deflate");
      IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), options);
      GeoReference place = raster.reference();
      if (place != null) metadata = placed(metadata, place);
      writer.write(null, new IIOImage(image, null, metadata), options);
    } catch (IOException e) {
      throw new UncheckedIOException("writing a GeoTIFF to memory", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static IIOMetadata placed(IIOMetadata metadata, GeoReference place) throws IOException {
    TIFFDirectory directory = TIFFDirectory.createFromMetadata(metadata);
    GeoTIFFTagSet tags = GeoTIFFTagSet.getInstance();
    directory.addTagSet(tags);
    if (place.epsg() < 1024 || place.epsg() > 32766) {
      throw new IllegalArgumentException("GeoTIFF has no EPSG code " + place.epsg());
    }
    double[] scale = {place.pixelSize(), place.pixelSize(), 0};
    double[] tie = {0, 0, 0, place.west(), place.north(), 0};
    char[] keys = {
      1,
      1,
      0,
      4,
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
      (char) place.epsg(),
      LINEAR_UNITS,
      0,
      1,
      METER
    };
    add(directory, tags.getTag(GeoTIFFTagSet.TAG_MODEL_PIXEL_SCALE), TIFFTag.TIFF_DOUBLE, 3, scale);
    add(directory, tags.getTag(GeoTIFFTagSet.TAG_MODEL_TIE_POINT), TIFFTag.TIFF_DOUBLE, 6, tie);
    add(
        directory,
        tags.getTag(GeoTIFFTagSet.TAG_GEO_KEY_DIRECTORY),
        TIFFTag.TIFF_SHORT,
        keys.length,
        keys);
    return directory.getAsMetadata();
  }

  private static void add(
      TIFFDirectory directory, TIFFTag tag, int type, int count, Object values) {
    directory.addTIFFField(new TIFFField(tag, type, count, values));
  }

  private static BufferedImage image(Raster raster) {
    int type =
        switch (raster.type()) {
          case UINT8 -> DataBuffer.TYPE_BYTE;
          case UINT16 -> DataBuffer.TYPE_USHORT;
          case FLOAT32 -> DataBuffer.TYPE_FLOAT;
        };
    int bands = raster.bands();
    int[] offsets = bands == 1 ? new int[] {0} : new int[] {0, 1, 2};
    PixelInterleavedSampleModel model =
        new PixelInterleavedSampleModel(
            type, raster.width(), raster.height(), bands, raster.width() * bands, offsets);
    WritableRaster pixels = java.awt.image.Raster.createWritableRaster(model, null);
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < raster.width(); x++) {
        for (int b = 0; b < bands; b++) {
          if (raster.type() == SampleType.FLOAT32) pixels.setSample(x, y, b, raster.get(y, x, b));
          else pixels.setSample(x, y, b, (int) raster.get(y, x, b));
        }
      }
    }
    ColorSpace colors =
        ColorSpace.getInstance(bands == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
    return new BufferedImage(
        new ComponentColorModel(colors, false, false, Transparency.OPAQUE, type),
        pixels,
        false,
        null);
  }
}
