package io.earthembed.image.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.Query;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.InvalidInputException;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ImageFilesTest {
  private static final Path FOLDER =
      Path.of("src/test/resources/io/earthembed/image/codec/pictures");

  @TempDir Path temporary;

  private static InvalidInputException refused(byte[] file) {
    return assertThrows(InvalidInputException.class, () -> ImageFiles.decode(file, "upload"));
  }

  private static String hex(Raster raster) {
    byte[] bytes = new byte[raster.data().remaining()];
    raster.data().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  static List<String> pictures() throws IOException {
    return Files.readAllLines(FOLDER.resolve("expected.txt"));
  }

  /** Each line has a file's name and Pillow's pixels; see make_pictures.py. */
  @ParameterizedTest(name = "{index}")
  @MethodSource("pictures")
  void readsWhatPillowReads(String expected) {
    String[] parts = expected.split(" ");
    Raster raster = ImageFiles.read(FOLDER.resolve(parts[0]));
    assertEquals(parts[1] + " x " + parts[2], raster.width() + " x " + raster.height(), parts[0]);
    assertEquals(parts[3], hex(raster), parts[0]);
  }

  /**
   * A cut picture is refused, never completed with invented pixels. The missing part may be behind
   * the last of them.
   */
  @ParameterizedTest(name = "{index}")
  @MethodSource("pictures")
  void refusesAPictureThatIsCut(String expected) throws IOException {
    String name = expected.substring(0, expected.indexOf(' '));
    String pixels = expected.substring(expected.lastIndexOf(' ') + 1);
    byte[] whole = Files.readAllBytes(FOLDER.resolve(name));
    int refused = 0;
    for (int part = 0; part < 16; part++) {
      byte[] cut = Arrays.copyOf(whole, whole.length * part / 16);
      try {
        assertEquals(pixels, hex(ImageFiles.decode(cut, "upload")), name);
      } catch (InvalidInputException e) {
        assertEquals("upload", e.source(), name);
        assertTrue(e.getMessage().startsWith("upload"), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused >= 5, name + ": " + refused);
  }

  @Test
  void readsWhatItWrites() {
    Raster picture = Raster.allocate(5, 7, 3, SampleType.UINT8);
    for (int i = 0; i < 5 * 7 * 3; i++) picture.set(i / 21, i / 3 % 7, i % 3, i * 2);
    assertEquals(picture.data(), ImageFiles.decode(ImageFiles.encodePng(picture), "x").data());
  }

  /** Reads files that the JDK itself writes, including pictures of a tile's size. */
  @Test
  void readsWhatTheJdkWrites() throws Exception {
    BufferedImage noise = new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 640 * 480; i++) noise.setRGB(i % 640, i / 640, i * 7919);
    for (String format : new String[] {"jpeg", "png", "bmp", "gif"}) {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      assertTrue(ImageIO.write(noise, format, file), format);
      Raster raster = ImageFiles.decode(file.toByteArray(), format);
      assertEquals("Raster[480 x 640 x 3 UINT8]", raster.toString(), format);
      if (format.equals("jpeg") || format.equals("gif")) continue; // with losses
      assertEquals(noise.getRGB(17, 400) & 0xFF, raster.get(400, 17, 2), format);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a TIFF, 49492A00080000000000000000000000",
    "a TIFF, 4D4D002B000800000000000000000000",
    "a WebP, 524946462400000057454250",
    "a JPEG 2000, 0000000C6A5020200D0A870A",
    "a HEIF or AVIF, 00000020667479706D696631",
    "an HDF5 or netCDF file, 894844460D0A1A0A",
    "a ZIP, 504B030414000000",
    "'HTML, SVG or other markup', 3C21444F43545950452068746D6C3E",
    "the file is empty, ''",
    "an unknown format, 6E6F2070696374757265"
  })
  void namesTheFormatThatIsNotRead(String name, String hex) {
    InvalidInputException e = refused(HexFormat.of().parseHex(hex));
    assertTrue(
        e.getMessage().contains("upload at byte 0: not a PNG, JPEG, GIF or BMP picture"), name);
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }

  /** A reader that takes any file for a black picture, as an installed plug-in may. */
  private static final class Greedy extends ImageReaderSpi {
    private boolean asked;

    @Override
    public boolean canDecodeInput(Object source) {
      asked = true;
      return true;
    }

    @Override
    public String[] getFormatNames() {
      return new String[] {"jpeg", "tiff", "webp"};
    }

    @Override
    public ImageReader createReaderInstance(@Nullable Object extension) throws IOException {
      asked = true;
      throw new IOException("the plug-in was asked");
    }

    @Override
    public String getDescription(@Nullable Locale locale) {
      return "takes anything";
    }
  }

  /** The JDK itself could read TIFF. */
  @Test
  void asksNoInstalledReader() throws Exception {
    Greedy greedy = new Greedy();
    IIORegistry registry = IIORegistry.getDefaultInstance();
    registry.registerServiceProvider(greedy, ImageReaderSpi.class);
    try {
      assertTrue(refused(tiff()).getMessage().contains("a TIFF"));
      assertEquals(7, ImageFiles.read(FOLDER.resolve("profile.jpg")).width());
    } finally {
      registry.deregisterServiceProvider(greedy, ImageReaderSpi.class);
    }
    assertEquals(false, greedy.asked);
  }

  private static byte[] tiff() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    BufferedImage gray = new BufferedImage(8, 8, BufferedImage.TYPE_USHORT_GRAY);
    assertTrue(ImageIO.write(gray, "tiff", file));
    return file.toByteArray();
  }

  @Test
  void refusesMeasurementsOf16Bits() throws Exception {
    BufferedImage deep = new BufferedImage(8, 8, BufferedImage.TYPE_USHORT_GRAY);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(deep, "png", file));
    InvalidInputException e = refused(file.toByteArray());
    assertTrue(e.getMessage().contains("a gray picture of 16 bits"), e.getMessage());
  }

  /** The frame's marker identifies the process; its precision follows. */
  @ParameterizedTest
  @CsvSource({"C3, a lossless JPEG", "C6, a hierarchical JPEG", "C9, an arithmetically coded JPEG"})
  void namesTheJpegThatIsNotRead(String marker, String name) throws IOException {
    byte[] jpeg = Files.readAllBytes(FOLDER.resolve("stored-rgb.jpg"));
    int frame = HexFormat.of().formatHex(jpeg).indexOf("ffc00011") / 2;
    jpeg[frame + 1] = (byte) HexFormat.fromHexDigits(marker);
    assertTrue(refused(jpeg).getMessage().contains(name), refused(jpeg).getMessage());
    jpeg[frame + 1] = (byte) 0xC1;
    jpeg[frame + 4] = 12;
    assertTrue(refused(jpeg).getMessage().contains("a JPEG of 12 bits"));
  }

  /** A BMP may have a JPEG or a PNG inside, for which the JDK asks any installed reader. */
  @ParameterizedTest
  @CsvSource({"4, a JPEG inside", "5, a PNG inside", "6, compression 6"})
  void namesTheBmpThatIsNotRead(int compression, String name) throws IOException {
    byte[] bmp = Files.readAllBytes(FOLDER.resolve("header-40-bits-16-0.bmp"));
    bmp[30] = (byte) compression;
    assertTrue(refused(bmp).getMessage().contains(name), refused(bmp).getMessage());
  }

  @Test
  void refusesAPictureOfHostileSize() {
    byte[] png = ImageFiles.encodePng(Raster.allocate(1, 1, 3, SampleType.UINT8));
    // Width and height are the 4 bytes each after the first chunk's name.
    for (int at : new int[] {16, 20}) png[at + 1] = 0x40;
    checksum(png);
    assertTrue(refused(png).getMessage().contains("4194305 x 4194305 pixels"));
  }

  /** Sets the checksum of the header chunk right. */
  private static void checksum(byte[] png) {
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(png, 12, 17);
    ByteBuffer.wrap(png, 29, 4).putInt((int) crc.getValue());
  }

  @Test
  void noticesABitThatIsFlipped() {
    Raster picture = Raster.allocate(40, 40, 3, SampleType.UINT8);
    for (int i = 0; i < 1600; i++) picture.set(i / 40, i % 40, i % 3, i * 31 % 256);
    byte[] png = ImageFiles.encodePng(picture);
    for (int at = 8; at < png.length - 12; at++) {
      byte[] damaged = png.clone();
      damaged[at] ^= 0x10;
      refused(damaged);
    }
  }

  @Test
  void aFileThatIsNotThereIsNoBadPicture() {
    Path missing = temporary.resolve("missing.png");
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> ImageFiles.read(missing));
    assertEquals(EarthEmbedException.class, e.getClass());
    assertTrue(e.getMessage().contains("missing.png: cannot be read"), e.getMessage());
  }

  /** Folders and endless files are refused. */
  @Test
  void readsRegularFilesOnly() {
    for (Path file : List.of(temporary, Path.of("/dev/zero"))) {
      if (!Files.exists(file)) continue; // another system than Linux
      InvalidInputException e =
          assertThrows(InvalidInputException.class, () -> Query.image(file), file.toString());
      assertTrue(e.getMessage().contains("not a regular file"), e.getMessage());
    }
  }

  @Test
  void aQueryOfAFileThatIsNoPictureIsTheCallersFault() throws IOException {
    Path file =
        Files.writeString(temporary.resolve("upload.png"), "no picture", StandardCharsets.UTF_8);
    InvalidInputException e = assertThrows(InvalidInputException.class, () -> Query.image(file));
    assertEquals(file.toString(), e.source());
    assertEquals(0, e.offset());
    assertTrue(e.problem().startsWith("not a PNG, JPEG, GIF or BMP picture"), e.problem());
  }

  @Test
  void streamsAreReadAndWritten() throws Exception {
    Raster raster = Raster.allocate(2, 3, 3, SampleType.UINT8);
    for (int i = 0; i < 18; i++) raster.samples().put(i, (byte) (13 * i));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageFiles.writePng(raster, out);
    Raster read = ImageFiles.read(new ByteArrayInputStream(out.toByteArray()), "a stream");
    assertEquals(raster.toString(), read.toString());
    assertEquals(raster.data(), read.data());
    InvalidInputException none =
        assertThrows(
            InvalidInputException.class,
            () -> ImageFiles.read(new ByteArrayInputStream(new byte[10]), "a stream"));
    assertTrue(none.getMessage().contains("a stream"), none.getMessage());
    ByteArrayInputStream broken =
        new ByteArrayInputStream(new byte[0]) {
          @Override
          public byte[] readNBytes(int length) throws IOException {
            throw new IOException("broken");
          }
        };
    IOException failed = assertThrows(IOException.class, () -> ImageFiles.read(broken, "a stream"));
    assertEquals("broken", failed.getMessage());
  }
}
