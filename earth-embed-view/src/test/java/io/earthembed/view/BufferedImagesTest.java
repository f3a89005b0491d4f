package io.earthembed.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BufferedImagesTest {
  private static final int HEIGHT = 3;
  private static final int WIDTH = 5;

  private static Raster random(int bands, SampleType type) {
    Random random = new Random(bands + 10L * type.ordinal());
    Raster raster = Raster.allocate(HEIGHT, WIDTH, bands, type);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        for (int b = 0; b < bands; b++) {
          raster.set(y, x, b, random.nextInt(type == SampleType.UINT8 ? 256 : 65536));
        }
      }
    }
    return raster;
  }

  private static void assertSame(Raster expected, Raster actual) {
    assertEquals(expected.toString(), actual.toString());
    assertEquals(expected.data(), actual.data());
  }

  @ParameterizedTest
  @CsvSource({"1, UINT8, 10", "3, UINT8, 5", "1, UINT16, 11", "3, UINT16, 0"})
  void rastersComeBackAsTheyWere(int bands, SampleType type, int imageType) throws Exception {
    Raster raster = random(bands, type);
    BufferedImage image = BufferedImages.image(raster);
    assertEquals(imageType, image.getType());
    assertFalse(image.getColorModel().hasAlpha());
    assertSame(raster, BufferedImages.raster(image));
    assertSame(raster, BufferedImages.rasterWithoutAlpha(image));
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, "png", png));
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(png.toByteArray()));
    assertSame(raster, BufferedImages.raster(read));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_BGR,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_4BYTE_ABGR
      })
  void bandsAreRedGreenAndBlueInAnyOrderOfMemory(int type) {
    Raster raster = random(3, SampleType.UINT8);
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int color = 0;
        for (int b = 0; b < 3; b++) color = color << 8 | (int) raster.get(y, x, b);
        // Transparent pixels keep their color.
        image.setRGB(x, y, (x == 0 ? 0 : 0xFF) << 24 | color);
      }
    }
    assertSame(raster, BufferedImages.rasterWithoutAlpha(image));
    if (image.getColorModel().hasAlpha()) {
      IllegalArgumentException alpha =
          assertThrows(IllegalArgumentException.class, () -> BufferedImages.raster(image));
      assertTrue(String.valueOf(alpha.getMessage()).contains("rasterWithoutAlpha"));
    } else {
      assertSame(raster, BufferedImages.raster(image));
    }
  }

  @Test
  void multipliedColorsPalettesAndPackedColorsBecomeColors() {
    BufferedImage multiplied = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB_PRE);
    multiplied.getRaster().setPixel(0, 0, new int[] {100, 50, 0, 128});
    Raster divided = BufferedImages.rasterWithoutAlpha(multiplied);
    assertEquals(199, divided.get(0, 0, 0), 1);
    assertEquals(100, divided.get(0, 0, 1), 1);
    assertEquals(0, divided.get(0, 0, 2));

    BufferedImage palette = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED);
    palette.setRGB(0, 0, 0xFFFF0000);
    Raster indexed = BufferedImages.rasterWithoutAlpha(palette);
    assertEquals(
        List.of(255f, 0f, 0f),
        List.of(indexed.get(0, 0, 0), indexed.get(0, 0, 1), indexed.get(0, 0, 2)));

    BufferedImage bits = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
    bits.setRGB(1, 0, 0xFFFFFFFF);
    assertEquals(3, BufferedImages.raster(bits).bands());
    assertEquals(255, BufferedImages.raster(bits).get(0, 1, 1));
    assertEquals(0, BufferedImages.raster(bits).get(0, 0, 1));

    BufferedImage packed = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_565_RGB);
    packed.setRGB(0, 0, 0xFF00FF00);
    assertEquals(255, BufferedImages.raster(packed).get(0, 0, 1));
    assertEquals(0, BufferedImages.raster(packed).get(0, 0, 0));
  }

  @Test
  void othersAreRefusedByName() {
    ColorModel floats =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_FLOAT);
    BufferedImage image =
        new BufferedImage(floats, floats.createCompatibleWritableRaster(2, 2), false, null);
    IllegalArgumentException samples =
        assertThrows(IllegalArgumentException.class, () -> BufferedImages.raster(image));
    assertTrue(
        String.valueOf(samples.getMessage()).contains("not of 8 or 16 bits"), samples::toString);
    ColorModel other =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_CIEXYZ),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_BYTE);
    BufferedImage xyz =
        new BufferedImage(other, other.createCompatibleWritableRaster(2, 2), false, null);
    IllegalArgumentException space =
        assertThrows(IllegalArgumentException.class, () -> BufferedImages.raster(xyz));
    assertTrue(String.valueOf(space.getMessage()).contains("neither gray nor RGB"));
    for (Raster raster : List.of(random(2, SampleType.UINT8), random(1, SampleType.FLOAT32))) {
      assertThrows(IllegalArgumentException.class, () -> BufferedImages.image(raster));
    }
  }
}
