package io.earthembed.image.codec;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes JPEG with the JDK's decoder, which returns the stored samples. This class converts them
 * to colours as libjpeg-turbo and Pillow's {@code convert("RGB")} do, so that the result does not
 * depend on a JDK's colour space or profile. The JDK's decoder receives tables and scans only;
 * profiles, EXIF, thumbnails and comments are left out.
 */
final class JpegDecoder {
  /** The most scans of a picture; about 10 are usual. */
  private static final int MAX_SCANS = 100;

  /**
   * The most blocks over all scans. The time of a scan depends on the size of the picture, not on
   * the length of the scan.
   */
  private static final long MAX_SCANNED_BLOCKS = 64_000_000;

  /**
   * The most blocks of 8 x 8 samples in memory if there are several scans: 384 MB of coefficients,
   * or 64 million pixels without subsampling.
   */
  private static final long MAX_HELD_BLOCKS = 3_000_000;

  /** Warnings of the decoder that do not affect any pixel. */
  private static final Pattern HARMLESS =
      Pattern.compile("(?i)extraneous bytes|progression sequence");

  private final PictureBytes in;
  private final ByteArrayOutputStream kept;
  private int width;
  private int height;
  private int components;
  private boolean progressive;
  private boolean jfif;
  private int scans;

  /** The colour transform of an Adobe marker, or -1 if there is none. */
  private int adobe = -1;

  private final int[] id = new int[4];
  private final int[] across = new int[4];
  private final int[] down = new int[4];

  private JpegDecoder(PictureBytes in) {
    this.in = in;
    this.kept = new ByteArrayOutputStream(in.bytes.length);
  }

  static Raster decode(PictureBytes in) {
    JpegDecoder decoder = new JpegDecoder(in);
    decoder.parse();
    return decoder.decode();
  }

  private void parse() {
    in.seek(2);
    kept.write(0xFF);
    kept.write(0xD8);
    while (true) {
      int marker = marker();
      if (marker == 0xD9) break;
      if (marker == 0x01 || marker >= 0xD0 && marker <= 0xD8) continue; // without a length
      int from = in.position();
      int length = in.u16be();
      if (length < 2) throw in.damaged("a segment of " + length + " bytes");
      switch (marker) {
        case 0xC0, 0xC1, 0xC2 -> frame(marker);
        case 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF -> throw refused(marker);
        case 0xE0 -> jfif |= length >= 16 && in.hasText("JFIF\0");
        case 0xEE -> {
          if (length >= 14 && in.hasText("Adobe")) {
            in.skip(11);
            adobe = in.u8();
          }
        }
        default -> {}
      }
      in.seek(from);
      in.skip(length);
      boolean scan = marker == 0xDA;
      if (scan) {
        scans++;
        scan();
      }
      boolean wanted = marker < 0xE0 && marker != 0xDC; // a height in a DNL is not read
      if (wanted) {
        kept.write(0xFF);
        kept.write(marker);
        kept.write(in.bytes, from, in.position() - from);
      }
    }
    kept.write(0xFF);
    kept.write(0xD9);
    if (components == 0 || scans == 0) throw in.damaged("there are no pixels");
    requireBounds();
  }

  /** Moves past the next marker and returns it. */
  private int marker() {
    while (true) {
      while (in.u8() != 0xFF) {}
      int marker = in.u8();
      while (marker == 0xFF) marker = in.u8();
      if (marker != 0) return marker;
    }
  }

  /** Moves to the end of a scan's packed samples: the next marker that is not a restart. */
  private void scan() {
    byte[] bytes = in.bytes;
    int i = in.position();
    for (; i < bytes.length - 1; i++) {
      if (bytes[i] != (byte) 0xFF) continue;
      int next = bytes[i + 1] & 0xFF;
      if (next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7)) break;
    }
    in.seek(i);
  }

  private void frame(int marker) {
    if (components != 0) throw in.damaged("two frames");
    progressive = marker == 0xC2;
    int precision = in.u8();
    if (precision != 8) throw in.refused("a JPEG of " + precision + " bits: convert it to 8");
    height = in.u16be();
    width = in.u16be();
    int count = in.u8();
    in.requireSize(width, height);
    if (count != 1 && count != 3 && count != 4) {
      throw in.refused("a JPEG of " + count + " components: convert it to RGB");
    }
    for (int c = 0; c < count; c++) {
      id[c] = in.u8();
      int sampling = in.u8();
      across[c] = sampling >> 4;
      down[c] = sampling & 15;
      in.skip(1);
      if (across[c] < 1 || across[c] > 4 || down[c] < 1 || down[c] > 4) {
        throw in.damaged("sampling " + across[c] + " x " + down[c]);
      }
    }
    components = count;
  }

  private RuntimeException refused(int marker) {
    String kind =
        switch (marker) {
          case 0xC3, 0xC7, 0xCB, 0xCF -> "a lossless";
          case 0xC5, 0xC6, 0xCD, 0xCE -> "a hierarchical";
          default -> "an arithmetically coded";
        };
    return in.refused(kind + " JPEG is not read: save it as an ordinary JPEG or as PNG");
  }

  private int most(int[] sampling) {
    int most = 1;
    for (int c = 0; c < components; c++) most = Math.max(most, sampling[c]);
    return most;
  }

  /** Compares the frame's claims with the file's size before memory is allocated. */
  private void requireBounds() {
    long blocks = 0;
    for (int c = 0; c < components; c++) {
      long columns = (long) Math.ceil((double) width * across[c] / most(across) / 8);
      long rows = (long) Math.ceil((double) height * down[c] / most(down) / 8);
      blocks += columns * rows;
    }
    // A block's first code has at least one bit.
    if (blocks > 8L * in.bytes.length) throw in.tooShort(width, height);
    if (scans > MAX_SCANS || scans * blocks > MAX_SCANNED_BLOCKS) {
      throw in.refused("a JPEG of " + scans + " scans: save it anew, as baseline");
    }
    if ((progressive || scans > 1) && blocks > MAX_HELD_BLOCKS) {
      throw in.refused(
          String.format(
              Locale.ROOT,
              "a JPEG of %d x %d pixels in several scans: save it as baseline, or shrink it",
              width,
              height));
    }
  }

  private Raster decode() {
    byte[] samples = samples();
    for (int c = 0; c < components; c++) {
      if (across[c] == most(across) && down[c] * 2 == most(down)) smoothDown(samples, c);
    }
    byte[] rgb = components == 3 ? samples : new byte[3 * width * height];
    if (components == 1) {
      for (int i = 0; i < samples.length; i++) {
        rgb[3 * i] = samples[i];
        rgb[3 * i + 1] = samples[i];
        rgb[3 * i + 2] = samples[i];
      }
    } else {
      if (hasLuma()) luma(samples);
      if (components == 4) inks(samples, rgb);
    }
    return Raster.wrap(height, width, 3, SampleType.UINT8, ByteBuffer.wrap(rgb));
  }

  /** Returns the stored samples, with the components of a pixel side by side. */
  private byte[] samples() {
    ImageReader reader = reader();
    StringBuilder damage = new StringBuilder();
    try (MemoryCacheImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(kept.toByteArray()))) {
      reader.addIIOReadWarningListener(
          (from, warning) -> {
            if (!HARMLESS.matcher(warning).find() && damage.isEmpty()) damage.append(warning);
          });
      reader.setInput(stream, true, true);
      DataBufferByte data = (DataBufferByte) reader.readRaster(0, null).getDataBuffer();
      if (!damage.isEmpty()) throw in.damaged(damage.toString());
      return data.getData();
    } catch (IOException | RuntimeException e) {
      if (e instanceof EarthEmbedException known) throw known;
      throw in.damaged(String.valueOf(e.getMessage()), e);
    } finally {
      reader.dispose();
    }
  }

  /** Returns the JDK's own decoder. Other installed decoders are never used. */
  private static ImageReader reader() {
    Iterator<ImageReaderSpi> own =
        IIORegistry.getDefaultInstance()
            .getServiceProviders(ImageReaderSpi.class, JpegDecoder::isOwn, true);
    if (!own.hasNext()) {
      throw new EarthEmbedException("the JDK's JPEG decoder is no longer registered with ImageIO");
    }
    try {
      return own.next().createReaderInstance();
    } catch (IOException e) {
      throw new EarthEmbedException("the JDK's JPEG decoder cannot be had: " + e, e);
    }
  }

  private static boolean isOwn(Object provider) {
    return provider.getClass().getModule() == ImageIO.class.getModule()
        && List.of(((ImageReaderSpi) provider).getFormatNames()).contains("jpeg");
  }

  /** Returns whether the first three components are Y, Cb and Cr, by libjpeg's rules. */
  private boolean hasLuma() {
    if (components == 4) return adobe > 0;
    if (jfif) return true;
    if (adobe >= 0) return adobe != 0;
    return !(id[0] == 'R' && id[1] == 'G' && id[2] == 'B');
  }

  /**
   * Interpolates a component with half the rows as libjpeg-turbo does, unless the decoder has done
   * so. A JDK with its own libjpeg repeats rows; a JDK with the system's libjpeg-turbo
   * interpolates.
   */
  private void smoothDown(byte[] samples, int component) {
    int row = width * components;
    byte[] above = new byte[width];
    byte[] here = new byte[width];
    byte[] below = new byte[width];
    for (int y = 1; y < height; y += 2) {
      take(samples, y - 1, component, above);
      take(samples, y, component, here);
      if (!Arrays.equals(above, here)) return;
    }
    take(samples, 0, component, here);
    System.arraycopy(here, 0, above, 0, width);
    for (int y = 0; y < height; y += 2) {
      take(samples, y + 2 < height ? y + 2 : y, component, below);
      for (int x = 0; x < width; x++) {
        int near = 3 * (here[x] & 0xFF);
        int at = y * row + x * components + component;
        samples[at] = (byte) ((near + (above[x] & 0xFF) + 1) >> 2);
        if (y + 1 < height) samples[at + row] = (byte) ((near + (below[x] & 0xFF) + 2) >> 2);
      }
      byte[] free = above;
      above = here;
      here = below;
      below = free;
    }
  }

  private void take(byte[] samples, int y, int component, byte[] row) {
    int from = y * width * components + component;
    for (int x = 0; x < width; x++) row[x] = samples[from + x * components];
  }

  /**
   * Turns Y, Cb, Cr into red, green, blue, or their inverse into inks: ITU-T T.871 in libjpeg's
   * fixed point of 16 bits.
   */
  private void luma(byte[] samples) {
    int half = 1 << 15;
    for (int i = 0; i < samples.length; i += components) {
      int y = samples[i] & 0xFF;
      int cb = (samples[i + 1] & 0xFF) - 128;
      int cr = (samples[i + 2] & 0xFF) - 128;
      int red = y + ((91_881 * cr + half) >> 16);
      int green = y + ((-22_554 * cb - 46_802 * cr + half) >> 16);
      int blue = y + ((116_130 * cb + half) >> 16);
      boolean inks = components == 4;
      samples[i] = clamped(inks ? 255 - red : red);
      samples[i + 1] = clamped(inks ? 255 - green : green);
      samples[i + 2] = clamped(inks ? 255 - blue : blue);
    }
  }

  private static byte clamped(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }

  /** Turns cyan, magenta, yellow and black, stored inverted, into red, green, blue. */
  private static void inks(byte[] samples, byte[] rgb) {
    for (int i = 0, to = 0; i < samples.length; i += 4, to += 3) {
      int light = samples[i + 3] & 0xFF;
      for (int band = 0; band < 3; band++) {
        int product = (255 - (samples[i + band] & 0xFF)) * light + 128;
        rgb[to + band] = clamped(light - ((product + (product >> 8)) >> 8));
      }
    }
  }
}
