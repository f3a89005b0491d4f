package io.earthembed.view;

import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.util.Arrays;

/**
 * Copies rasters to and from the images of Java 2D, which ImageIO reads and writes. Samples are
 * copied as they are stored: profiles and gamma are not applied. Safe for many threads, as long as
 * none changes the picture.
 */
public final class BufferedImages {
  private BufferedImages() {}

  /**
   * Copies an image without transparency.
   *
   * <ul>
   *   <li>Gray of 8 or 16 bits becomes h x w x 1, UINT8 or UINT16.
   *   <li>Colors of 8 or 16 bits, in any order of bands in memory, become h x w x 3, UINT8 or
   *       UINT16: red, green, blue.
   *   <li>Palettes, and colors that are packed with fewer bits, become h x w x 3, UINT8.
   * </ul>
   *
   * @throws IllegalArgumentException if the image has an alpha band ({@link #rasterWithoutAlpha}
   *     drops it), is neither gray nor red, green and blue, or has samples of another type
   */
  public static Raster raster(BufferedImage image) {
    if (image.getColorModel().hasAlpha()) {
      throw new IllegalArgumentException(
          "the image has an alpha band: call rasterWithoutAlpha to drop it");
    }
    return copy(image);
  }

  /**
   * Copies an image as {@link #raster} does and drops its alpha band if it has one. Transparent
   * pixels keep their color.
   *
   * @throws IllegalArgumentException if {@link #raster} would refuse the image for another reason,
   *     or if colors of 16 bits were multiplied by alpha
   */
  public static Raster rasterWithoutAlpha(BufferedImage image) {
    return copy(image);
  }

  private static Raster copy(BufferedImage image) {
    ColorModel model = image.getColorModel();
    int space = model.getColorSpace().getType();
    boolean gray = space == ColorSpace.TYPE_GRAY;
    if (!gray && space != ColorSpace.TYPE_RGB) {
      throw new IllegalArgumentException(
          "the image is neither gray nor RGB: convert it with ColorConvertOp: " + model);
    }
    int bits = bits(model);
    boolean multiplied = model.hasAlpha() && model.isAlphaPremultiplied();
    if (bits == 0 || multiplied) {
      boolean packed = model.getTransferType() <= DataBuffer.TYPE_USHORT || isPackedInt(model);
      if (bits == 16 || gray || !packed) {
        throw new IllegalArgumentException(
            "the samples are not of 8 or 16 bits each, without multiplication by alpha: " + model);
      }
      return colors(image);
    }
    int bands = gray ? 1 : 3;
    int width = image.getWidth();
    SampleType type = bits == 8 ? SampleType.UINT8 : SampleType.UINT16;
    Raster raster = Raster.allocate(image.getHeight(), width, bands, type);
    java.awt.image.Raster samples = image.getRaster();
    int all = samples.getNumBands();
    int[] row = new int[width * all];
    for (int y = 0; y < image.getHeight(); y++) {
      samples.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        for (int b = 0; b < bands; b++) raster.set(y, x, b, row[x * all + b]);
      }
    }
    return raster;
  }

  /** Returns the bits of each sample, 8 or 16, or 0 if they are others or a palette's. */
  private static int bits(ColorModel model) {
    if (model instanceof IndexColorModel) return 0;
    int type = model.getTransferType();
    boolean integers =
        type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT || isPackedInt(model);
    int[] sizes = model.getComponentSize();
    int colors = model.getNumColorComponents();
    for (int bits : new int[] {8, 16}) {
      if (integers && Arrays.stream(sizes, 0, colors).allMatch(size -> size == bits)) return bits;
    }
    return 0;
  }

  private static boolean isPackedInt(ColorModel model) {
    return model.getTransferType() == DataBuffer.TYPE_INT
        && !(model instanceof ComponentColorModel);
  }

  private static Raster colors(BufferedImage image) {
    Raster raster = Raster.allocate(image.getHeight(), image.getWidth(), 3, SampleType.UINT8);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int color = image.getRGB(x, y);
        raster.set(y, x, 0, color >> 16 & 0xFF);
        raster.set(y, x, 1, color >> 8 & 0xFF);
        raster.set(y, x, 2, color & 0xFF);
      }
    }
    return raster;
  }

  /**
   * Copies a raster to an image without alpha: TYPE_BYTE_GRAY, TYPE_USHORT_GRAY, TYPE_3BYTE_BGR, or
   * TYPE_CUSTOM for colors of 16 bits. The georeference and the acquisition are lost.
   *
   * @param raster UINT8 or UINT16; 1 band (gray) or 3 (red, green, blue)
   */
  public static BufferedImage image(Raster raster) {
    int bands = raster.bands();
    if (raster.type() == SampleType.FLOAT32 || bands != 1 && bands != 3) {
      throw new IllegalArgumentException(
          "an image takes UINT8 or UINT16 of 1 or 3 bands, not " + raster);
    }
    BufferedImage image = empty(raster);
    WritableRaster samples = image.getRaster();
    int[] row = new int[raster.width() * bands];
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < raster.width(); x++) {
        for (int b = 0; b < bands; b++) row[x * bands + b] = (int) raster.get(y, x, b);
      }
      samples.setPixels(0, y, raster.width(), 1, row);
    }
    return image;
  }

  private static BufferedImage empty(Raster raster) {
    int width = raster.width();
    int height = raster.height();
    boolean bytes = raster.type() == SampleType.UINT8;
    if (raster.bands() == 1) {
      return new BufferedImage(
          width, height, bytes ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_USHORT_GRAY);
    }
    if (bytes) return new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_USHORT);
    return new BufferedImage(
        model, model.createCompatibleWritableRaster(width, height), false, null);
  }
}
