package io.earthembed.image.codec;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.InvalidInputException;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Reads PNG, JPEG, GIF and BMP files and writes PNG. No other format is read, even if further
 * ImageIO readers are installed. Safe for many threads.
 *
 * <p>Samples equal those of Pillow's {@code Image.open(file).convert("RGB")}, which the models' own
 * code uses:
 *
 * <ul>
 *   <li>Colour profiles and gamma are not applied in any format.
 *   <li>Transparency is dropped; transparent pixels keep their colour.
 *   <li>A camera's orientation (EXIF) is ignored.
 *   <li>Grey becomes three equal samples; 1, 2 and 4 bits are scaled to 255.
 *   <li>PNGs with colour or alpha of 16 bits keep the upper 8 bits. A grey PNG of 16 bits is
 *       refused: it holds measurements, which Pillow would clip at 255.
 *   <li>Inks (CMYK, YCCK) become colours by Pillow's formula, without a profile.
 *   <li>An animation's first frame is read, on the whole screen of a GIF.
 * </ul>
 */
public final class ImageFiles {
  /** The most pixels of a picture: 100 million, so that a bad header cannot exhaust memory. */
  public static final long MAX_PIXELS = 100_000_000;

  /** The most bytes of a file. */
  private static final int MAX_BYTES = 512 << 20;

  private ImageFiles() {}

  /**
   * Reads a picture file.
   *
   * @param file PNG, JPEG, GIF or BMP, recognised by its content, not by its name
   * @return h x w x 3, UINT8, red, green, blue, in the order of the file
   * @throws InvalidInputException if it is not a regular file, not such a picture, damaged, or
   *     larger than {@link #MAX_PIXELS}
   * @throws EarthEmbedException if it does not exist or cannot be read
   */
  public static Raster read(Path file) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new InvalidInputException(file.toString(), -1, "not a regular file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        if (Files.size(file) <= MAX_BYTES) {
          byte[] bytes = in.readNBytes(MAX_BYTES + 1); // the file may have grown
          if (bytes.length <= MAX_BYTES) return decode(bytes, file.toString());
        }
      }
      throw new InvalidInputException(
          file.toString(), -1, "more than " + (MAX_BYTES >> 20) + " MiB: shrink the picture");
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
  }

  /**
   * Reads a picture from a stream to its end. The caller closes the stream.
   *
   * @param in PNG, JPEG, GIF or BMP
   * @param source name of the picture in errors: a file or URL
   * @return h x w x 3, UINT8, red, green, blue
   * @throws InvalidInputException if it is not such a picture, damaged, or larger than {@link
   *     #MAX_PIXELS}
   * @throws IOException if the stream cannot be read
   */
  public static Raster read(InputStream in, String source) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length <= MAX_BYTES) return decode(bytes, source);
    throw new InvalidInputException(
        source, -1, "more than " + (MAX_BYTES >> 20) + " MiB: shrink the picture");
  }

  /**
   * Decodes a picture.
   *
   * @param bytes the whole file: PNG, JPEG, GIF or BMP
   * @param source name of the picture in errors: a file or URL
   * @return h x w x 3, UINT8, red, green, blue, in the order of the file
   * @throws InvalidInputException if it is not such a picture, damaged, or larger than {@link
   *     #MAX_PIXELS}. A store converts this into a {@link
   *     io.earthembed.common.CorruptDataException} for its own pictures
   */
  public static Raster decode(byte[] bytes, String source) {
    return decode(bytes, source, MAX_PIXELS);
  }

  /**
   * Decodes a picture of limited size. The limit is checked before memory is allocated for pixels.
   *
   * @param bytes the whole file: PNG, JPEG, GIF or BMP
   * @param source name of the picture in errors: a file or URL
   * @param maxPixels the most pixels, in [1, {@link #MAX_PIXELS}]
   * @return h x w x 3, UINT8, red, green, blue, in the order of the file
   * @throws InvalidInputException if it is not such a picture, damaged, or larger
   */
  public static Raster decode(byte[] bytes, String source, long maxPixels) {
    if (maxPixels < 1 || maxPixels > MAX_PIXELS) {
      throw new IllegalArgumentException("maxPixels outside [1, " + MAX_PIXELS + "]: " + maxPixels);
    }
    PictureFormat format = PictureFormat.of(bytes);
    PictureBytes in = new PictureBytes(bytes, source, maxPixels);
    return switch (format) {
      case PNG -> PngDecoder.decode(in);
      case JPEG -> JpegDecoder.decode(in);
      case GIF -> GifDecoder.decode(in);
      case BMP -> BmpDecoder.decode(in);
      default ->
          throw new InvalidInputException(
              source,
              0,
              "not a PNG, JPEG, GIF or BMP picture, but " + format.title() + ": convert it");
    };
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
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      ImageIO.write(image, "png", stream);
    } catch (IOException e) {
      throw new UncheckedIOException("writing a PNG to memory", e);
    }
    return out.toByteArray();
  }

  /**
   * Writes a PNG to a stream. The caller closes the stream.
   *
   * @param raster UINT8, 1 band (grey) or 3 (red, green, blue)
   * @throws IOException if the stream cannot be written
   */
  public static void writePng(Raster raster, OutputStream out) throws IOException {
    out.write(encodePng(raster));
  }
}
