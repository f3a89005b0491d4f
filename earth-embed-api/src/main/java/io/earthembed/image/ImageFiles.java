package io.earthembed.image;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Pictures in files: PNG, JPEG, GIF and BMP in, PNG out, through the JDK's ImageIO. Safe for many
 * threads.
 */
public final class ImageFiles {
  /**
   * Pixels of the largest picture that is decoded: 100 million, so that a bad header cannot exhaust
   * memory.
   */
  public static final long MAX_PIXELS = 100_000_000;

  private ImageFiles() {}

  /**
   * Reads a picture file.
   *
   * @return h x w x 3, UINT8, red, green, blue; transparency is dropped
   * @throws CorruptDataException if it is no picture, or a damaged one
   * @throws EarthEmbedException if it cannot be read
   */
  public static Raster read(Path file) {
    try {
      return decode(Files.readAllBytes(file), file.toString());
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
  }

  /**
   * Decodes a picture.
   *
   * @param bytes the whole file
   * @param source what to call it in an error: a file or URL
   * @return h x w x 3, UINT8, red, green, blue
   * @throws CorruptDataException if it is no picture, a damaged one, or larger than {@link
   *     #MAX_PIXELS}
   */
  public static Raster decode(byte[] bytes, String source) {
    try (ImageInputStream in =
        new javax.imageio.stream.MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new CorruptDataException(source, 0, "not a PNG, JPEG, GIF or BMP picture");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MAX_PIXELS) {
          throw new CorruptDataException(source, -1, "a picture of " + pixels + " pixels");
        }
        return toRaster(reader.read(0));
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      if (e instanceof CorruptDataException known) throw known;
      throw new CorruptDataException(source, -1, "a damaged picture: " + e.getMessage(), e);
    }
  }

  private static Raster toRaster(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    Raster raster = Raster.allocate(height, width, 3, SampleType.UINT8);
    int[] row = new int[width];
    boolean grey =
        !(image.getColorModel() instanceof IndexColorModel)
            && image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    if (grey) {
      // As stored: the JDK takes grey for linear light, and would make it brighter.
      int shift = Math.max(0, image.getColorModel().getComponentSize(0) - 8);
      for (int y = 0; y < height; y++) {
        image.getRaster().getSamples(0, y, width, 1, 0, row);
        for (int x = 0; x < width; x++) {
          for (int band = 0; band < 3; band++) raster.set(y, x, band, row[x] >> shift);
        }
      }
      return raster;
    }
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        raster.set(y, x, 0, row[x] >> 16 & 0xFF);
        raster.set(y, x, 1, row[x] >> 8 & 0xFF);
        raster.set(y, x, 2, row[x] & 0xFF);
      }
    }
    return raster;
  }

  /**
   * Encodes a PNG.
   *
   * @param raster UINT8, 1 band (grey) or 3 (red, green, blue)
   */
  public static byte[] encodePng(Raster raster) {
    if (raster.type() != SampleType.UINT8 || (raster.bands() != 3 && raster.bands() != 1)) {
      throw new IllegalArgumentException("PNG takes UINT8 of 1 or 3 bands, not " + raster);
    }
    BufferedImage image =
        new BufferedImage(raster.width(), raster.height(), BufferedImage.TYPE_INT_RGB);
    int last = raster.bands() - 1;
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < raster.width(); x++) {
        int r = (int) raster.get(y, x, 0);
        int g = (int) raster.get(y, x, Math.min(1, last));
        int b = (int) raster.get(y, x, last);
        image.setRGB(x, y, r << 16 | g << 8 | b);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing a PNG to memory", e);
    }
    return out.toByteArray();
  }
}
