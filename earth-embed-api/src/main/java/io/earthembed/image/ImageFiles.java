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
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
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

  private static final Pattern CUT = Pattern.compile("(?i)truncated|premature end|missing EOI");

  private ImageFiles() {}

  /**
   * Reads a picture file.
   *
   * @return h x w x 3, UINT8, red, green, blue, in the order of the file: transparency is dropped,
   *     and a camera's note of how it was held (EXIF) is not heeded
   * @throws CorruptDataException if it is no picture, a damaged one, or larger than {@link
   *     #MAX_PIXELS}
   * @throws EarthEmbedException if it cannot be read, or is in CMYK
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
   * @throws EarthEmbedException if it is in CMYK
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
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if ((long) width * height > MAX_PIXELS) {
          throw new CorruptDataException(
              source,
              -1,
              String.format(
                  Locale.ROOT,
                  "a picture of %d x %d pixels, and %,d are decoded at the most: cut or shrink it",
                  width,
                  height,
                  MAX_PIXELS));
        }
        // The JPEG reader makes up what is missing at a file's end, and only warns.
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((from, warning) -> warnings.add(warning));
        BufferedImage image = reader.read(0);
        for (String warning : warnings) {
          if (CUT.matcher(warning).find()) throw new CorruptDataException(source, -1, warning);
        }
        if (image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK) {
          throw new EarthEmbedException(source + ": a picture in CMYK; convert it to RGB");
        }
        return toRaster(image);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      if (e instanceof EarthEmbedException known) throw known;
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
