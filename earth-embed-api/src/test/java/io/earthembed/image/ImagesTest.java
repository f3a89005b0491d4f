package io.earthembed.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.CorruptDataException;
import io.earthembed.EarthEmbedException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ImagesTest {
  @Test
  void composesTrueColourAsTheReferenceDoes() {
    int[] dn = {0, 1000, 3999, 4000, 10000};
    int[] tone = {0, 63, 254, 255, 255};
    for (int i = 0; i < dn.length; i++) assertEquals(tone[i], TrueColour.toByte(dn[i]));
    for (int t = 0; t < 256; t++) assertEquals(t, TrueColour.toByte(TrueColour.toDigitalNumber(t)));
    for (int t : new int[] {-1, 256}) {
      assertThrows(IllegalArgumentException.class, () -> TrueColour.toDigitalNumber(t));
    }
  }

  @Test
  void cutsTheMiddleWhereTheReferenceDoes() {
    GeoReference place = new GeoReference(32633, 500_000, 5_000_000, 10);
    Raster tile = Raster.allocate(1068, 1068, 1, SampleType.UINT16).withReference(place);
    tile.set(342, 342, 0, 7);
    tile.set(422, 422, 0, 9);
    assertEquals(7, tile.centreCrop(384).get(0, 0, 0));
    assertEquals(9, tile.centreCrop(224).get(0, 0, 0));
    assertEquals(new GeoReference(32633, 503_420, 4_996_580, 10), tile.centreCrop(384).reference());
    assertThrows(IllegalArgumentException.class, () -> tile.centreCrop(1069));
    assertThrows(IllegalArgumentException.class, () -> tile.crop(1, 0, 1068, 1));
  }

  @Test
  void keepsSamplesOfEachType() {
    for (SampleType type : SampleType.values()) {
      Raster raster = Raster.allocate(2, 3, 2, type);
      raster.set(1, 2, 1, 200);
      assertEquals(200, raster.get(1, 2, 1));
      assertEquals(0, raster.get(1, 2, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> raster.get(2, 0, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> raster.get(0, 0, 2));
    }
    Raster bytes = Raster.allocate(1, 1, 1, SampleType.UINT8);
    bytes.set(0, 0, 0, 300);
    assertEquals(255, bytes.get(0, 0, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> Raster.allocate(70_000, 70_000, 3, SampleType.FLOAT32));
  }

  @Test
  void readsWhatItWrites() {
    Raster picture = Raster.allocate(5, 7, 3, SampleType.UINT8);
    for (int i = 0; i < 5 * 7 * 3; i++) picture.set(i / 21, i / 3 % 7, i % 3, i * 2);
    byte[] png = ImageFiles.encodePng(picture);
    assertEquals(picture.data(), ImageFiles.decode(png, "x").data());
    CorruptDataException e =
        assertThrows(
            CorruptDataException.class,
            () -> ImageFiles.decode(Arrays.copyOf(png, png.length / 2), "half.png"));
    assertTrue(e.getMessage().contains("half.png"));
    assertThrows(
        CorruptDataException.class,
        () -> ImageFiles.decode("no picture".getBytes(StandardCharsets.UTF_8), "text"));
  }

  /** The same samples that Pillow gives, not brighter ones. */
  @Test
  void readsGreyPicturesAsTheyAreStored() throws Exception {
    for (String format : new String[] {"png", "jpeg", "bmp"}) {
      BufferedImage grey = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
      for (int i = 0; i < 64; i++) grey.getRaster().setSample(i % 8, i / 8, 0, 128);
      assertEquals(128, sample(grey, format), format);
    }
    BufferedImage deep = new BufferedImage(8, 8, BufferedImage.TYPE_USHORT_GRAY);
    for (int i = 0; i < 64; i++) deep.getRaster().setSample(i % 8, i / 8, 0, 0x80FE);
    assertEquals(0x80, sample(deep, "png"));
  }

  private static double sample(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, file), format);
    Raster raster = ImageFiles.decode(file.toByteArray(), format);
    assertEquals(3, raster.bands());
    assertEquals(raster.get(3, 4, 0), raster.get(3, 4, 2));
    return raster.get(3, 4, 1);
  }

  /** The JDK fills what is missing with grey. */
  @Test
  void refusesAPictureThatIsCut() throws Exception {
    BufferedImage noise = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64 * 64; i++) noise.setRGB(i % 64, i / 64, i * 7919);
    for (String format : new String[] {"jpeg", "png", "bmp", "gif"}) {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      assertTrue(ImageIO.write(noise, format, file), format);
      byte[] whole = file.toByteArray();
      assertEquals(64, ImageFiles.decode(whole, format).width());
      for (int part = 1; part < 4; part++) {
        byte[] cut = Arrays.copyOf(whole, whole.length * part / 4);
        CorruptDataException e =
            assertThrows(
                CorruptDataException.class,
                () -> ImageFiles.decode(cut, "cut"),
                format + " " + part + " of 4");
        assertTrue(e.getMessage().contains("cut"), e.getMessage());
      }
    }
  }

  /** 8 x 8 pixels of (120, 60, 30) as Pillow saves them in CMYK. */
  @Test
  void refusesCmyk() throws Exception {
    Path file = Path.of("src/test/resources/io/earthembed/image/cmyk.jpg");
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> ImageFiles.read(file));
    assertTrue(e.getMessage().contains("cmyk.jpg: a picture in CMYK"), e.getMessage());
  }

  @Test
  void refusesAPictureOfHostileSize() {
    byte[] png = ImageFiles.encodePng(Raster.allocate(1, 1, 3, SampleType.UINT8));
    // Width and height are the 4 bytes each after the first chunk's name.
    for (int at : new int[] {16, 20}) png[at + 1] = 0x40;
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> ImageFiles.decode(png, "huge.png"));
    assertTrue(e.getMessage().contains("huge.png"));
  }
}
