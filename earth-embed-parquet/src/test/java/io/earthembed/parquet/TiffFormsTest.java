package io.earthembed.parquet;

import static io.earthembed.parquet.TiffBytes.DOUBLE;
import static io.earthembed.parquet.TiffBytes.LONG;
import static io.earthembed.parquet.TiffBytes.SHORT;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.testkit.process.ChildJvm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms that a band's TIFF may have: samples, strips, blocks left out, places. */
class TiffFormsTest {
  private static final Path FOLDER = Path.of("src/test/resources/io/earthembed/parquet/tif");

  private static int pixel(int row, int column) {
    return row * 1000 + column * 37 + row * column % 11;
  }

  private interface Sample {
    float of(int pixel);
  }

  private static Raster read(String form) throws IOException {
    return GeoTiff.read(Files.readAllBytes(FOLDER.resolve(form + ".tif")), form);
  }

  /** GDAL's files have 48 rows of 80 pixels; see make_geotiffs.py. */
  private static void assertSamples(String form, SampleType type, Sample sample)
      throws IOException {
    Raster raster = read(form);
    assertEquals("Raster[48 x 80 x 1 " + type + "]", raster.toString(), form);
    for (int y = 0; y < 48; y++) {
      for (int x = 0; x < 80; x++) {
        assertEquals(sample.of(pixel(y, x) & 0xFFFF), raster.get(y, x, 0), form + y + ", " + x);
      }
    }
  }

  @Test
  void samplesAreWhatTheirFormatSays() throws Exception {
    assertSamples("int16", SampleType.FLOAT32, p -> (short) p);
    assertSamples("int16-big-endian", SampleType.FLOAT32, p -> (short) p);
    assertSamples("int8", SampleType.FLOAT32, p -> (byte) p);
    assertSamples("float32", SampleType.FLOAT32, p -> p / 10f - 1000);
    assertSamples("float32-big-endian", SampleType.FLOAT32, p -> p / 10f - 1000);
    assertSamples("float16", SampleType.FLOAT32, p -> p % 2048 / 8f - 100);
    assertSamples("bits-1", SampleType.UINT8, p -> p % 2);
    assertSamples("bits-4", SampleType.UINT8, p -> p % 16);
    assertSamples("bits-12", SampleType.UINT16, p -> p % 4096);
    assertSamples("packbits", SampleType.UINT16, p -> p);
    assertSamples("big-tiff", SampleType.UINT16, p -> p);
  }

  @ParameterizedTest
  @CsvSource({
    "int32, 32-bit signed integers",
    "uint32, 32-bit unsigned integers",
    "float64, 64-bit floating-point numbers",
    "complex64, complex numbers",
    "jpeg, compression 7 (JPEG)",
    "lerc, compression 34887 (LERC)",
  })
  void whatIsNotReadIsNamed(String form, String name) {
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> read(form));
    assertFalse(e instanceof CorruptDataException, e.toString());
    assertTrue(e.getMessage().contains(form + ": "), e.getMessage());
    assertTrue(
        e.getMessage().contains(name) && e.getMessage().contains("not supported"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "3, 24, 24-bit floating-point numbers",
    "3, 8, 8-bit floating-point numbers",
    "2, 12, 12-bit signed integers",
    "1, 17, 17-bit unsigned integers",
    "5, 16, complex numbers",
    "6, 64, complex numbers",
    "7, 16, sample format 7",
  })
  void samplesThatAreNotReadAreNamed(int format, int bits, String name) {
    byte[] tiff =
        TiffBytes.of(LITTLE_ENDIAN, 4, 4, bits, 1)
            .strips(new byte[2 * bits])
            .field(339, SHORT, format)
            .bytes();
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> GeoTiff.read(tiff, "a.tif"));
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }

  @Test
  void severalBandsAreNamed() {
    byte[] rgb = tiff(LITTLE_ENDIAN, 1, new byte[64 * 3]).field(277, SHORT, 3).bytes();
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> GeoTiff.read(rgb, "rgb.tif"));
    assertTrue(e.getMessage().contains("3 bands"), e.getMessage());
  }

  // --- strips ---------------------------------------------------------------------------------

  private static final int HEIGHT = 8;
  private static final int WIDTH = 4;

  private static short value(int i) {
    return (short) (i * 3001);
  }

  /** Returns rows of 4 samples of 16 bits, from one row to another. */
  private static byte[] rows(ByteOrder order, int from, int to) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * WIDTH * (to - from)).order(order);
    for (int i = from * WIDTH; i < to * WIDTH; i++) bytes.putShort(value(i));
    return bytes.array();
  }

  private static TiffBytes tiff(ByteOrder order, int compression, byte[]... strips) {
    return TiffBytes.of(order, WIDTH, HEIGHT, 16, compression).strips(strips);
  }

  private static void assertRead(TiffBytes tiff) {
    Raster raster = GeoTiff.read(tiff.bytes(), "a.tif");
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      assertEquals(value(i) & 0xFFFF, raster.get(i / WIDTH, i % WIDTH, 0), "sample " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 8, 32946, 32773, 50000})
  void lastStripsMayBePadded(int compression) throws Exception {
    for (ByteOrder order : new ByteOrder[] {LITTLE_ENDIAN, BIG_ENDIAN}) {
      byte[] first = TiffBytes.pack(compression, rows(order, 0, 5));
      byte[] padded = TiffBytes.pack(compression, rows(order, 5, 10));
      assertRead(tiff(order, compression, first, padded).field(278, SHORT, 5));
      byte[] cut = TiffBytes.pack(compression, rows(order, 5, 8));
      assertRead(tiff(order, compression, first, cut).field(278, SHORT, 5));
      // One strip of more rows than the picture has.
      byte[] higher = TiffBytes.pack(compression, rows(order, 0, 70));
      assertRead(tiff(order, compression, higher).field(278, SHORT, 70));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 8, 32773, 50000})
  void oneStripNeedsNeitherRowsNorSize(int compression) throws Exception {
    byte[] whole = TiffBytes.pack(compression, rows(BIG_ENDIAN, 0, HEIGHT));
    assertRead(tiff(BIG_ENDIAN, compression, whole));
    assertRead(tiff(BIG_ENDIAN, compression, whole).field(278, LONG, 0xFFFFFFFFL));
    assertRead(tiff(BIG_ENDIAN, compression, whole).field(279, LONG));
    assertRead(tiff(BIG_ENDIAN, compression, whole).field(279, LONG, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 8, 32773, 50000})
  void bitsMayComeInTheOtherOrder(int compression) throws Exception {
    byte[] reversed = TiffBytes.pack(compression, rows(LITTLE_ENDIAN, 0, HEIGHT));
    for (int i = 0; i < reversed.length; i++) {
      reversed[i] = (byte) (Integer.reverse(reversed[i]) >>> 24);
    }
    assertRead(tiff(LITTLE_ENDIAN, compression, reversed).field(266, SHORT, 2));
  }

  @Test
  void theFirstOfTwoEqualTagsCounts() {
    // Tag 277 follows 273, which becomes its twin.
    byte[] tiff = tiff(LITTLE_ENDIAN, 1, rows(LITTLE_ENDIAN, 0, 8)).field(277, LONG, 8).bytes();
    int at = 8 + 64 + 2 + 12 * 6;
    assertEquals(277 & 0xFF, tiff[at] & 0xFF);
    tiff[at] = (byte) 273;
    assertEquals(value(31) & 0xFFFF, GeoTiff.read(tiff, "twins.tif").get(7, 3, 0));
  }

  /** libtiff reads and writes the tag for these compressions only. */
  @ParameterizedTest
  @ValueSource(ints = {1, 32773})
  void predictorsAreForCompressionsThatKnowThem(int compression) throws Exception {
    byte[] whole = TiffBytes.pack(compression, rows(LITTLE_ENDIAN, 0, HEIGHT));
    assertRead(tiff(LITTLE_ENDIAN, compression, whole).field(317, SHORT, 2));
  }

  @Test
  void predictorsThatAreNotReadAreNamed() throws Exception {
    byte[] whole = TiffBytes.pack(8, rows(LITTLE_ENDIAN, 0, HEIGHT));
    for (int predictor : new int[] {3, 4, 34892}) {
      byte[] tiff = tiff(LITTLE_ENDIAN, 8, whole).field(317, SHORT, predictor).bytes();
      EarthEmbedException e =
          assertThrows(EarthEmbedException.class, () -> GeoTiff.read(tiff, "a.tif"));
      assertTrue(e.getMessage().contains("predictor " + predictor), e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4, CCITT Group 4",
    "6, old-style JPEG",
    "50001, WebP",
    "50002, JPEG XL",
    "34925, LZMA"
  })
  void compressionsThatAreNotReadAreNamed(int compression, String name) {
    byte[] tiff = tiff(LITTLE_ENDIAN, compression, new byte[64]).bytes();
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> GeoTiff.read(tiff, "a.tif"));
    assertFalse(e instanceof CorruptDataException, e.toString());
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }

  // --- blocks that are left out -----------------------------------------------------------------

  private static void assertSparse(String form, boolean tiled, float missing) throws IOException {
    Raster raster = read(form);
    for (int y = 0; y < 48; y++) {
      for (int x = 0; x < 80; x++) {
        boolean there = y / 16 == 1 && (!tiled || x / 32 == 1);
        assertEquals(there ? pixel(y, x) : missing, raster.get(y, x, 0), form + y + ", " + x);
      }
    }
  }

  @Test
  void blocksLeftOutAreNoDataOrZero() throws Exception {
    assertSparse("sparse-tiles", true, 0);
    assertSparse("sparse-tiles-nodata", true, 7);
    assertSparse("sparse-strips", false, 0);
    assertSparse("sparse-strips-nan", false, Float.NaN);
  }

  /** As GDAL 3.10 takes the text. */
  @ParameterizedTest
  @CsvSource({
    "-9999, -9999, 0, -9999",
    "1e2, 100, 100, 100",
    "300.5, 301, 255, 300.5",
    "nan, 0, 0, NaN",
    "' 7', 7, 7, 7",
    "none, 0, 0, 0",
    "-2.5, -3, 0, -2.5",
    "-inf, -32768, 0, -Infinity",
  })
  void noDataIsANumberOfTheSamples(String text, float signed, float small, float real) {
    float[] expected = {signed, small, real};
    int[][] forms = {{16, 2}, {8, 1}, {32, 3}};
    for (int i = 0; i < 3; i++) {
      byte[] tiff =
          TiffBytes.of(BIG_ENDIAN, WIDTH, HEIGHT, forms[i][0], 8)
              .field(339, SHORT, forms[i][1])
              .field(273, LONG, 0)
              .field(279, LONG, 0)
              .text(42113, text)
              .bytes();
      assertEquals(expected[i], GeoTiff.read(tiff, "a.tif").get(7, 3, 0), text + ", form " + i);
    }
  }

  // --- places -----------------------------------------------------------------------------------

  private static @org.jspecify.annotations.Nullable GeoReference place(TiffBytes tiff) {
    return GeoTiff.read(tiff.bytes(), "a.tif").reference();
  }

  private static TiffBytes placed(int... keys) {
    return tiff(LITTLE_ENDIAN, 1, rows(LITTLE_ENDIAN, 0, HEIGHT)).placed(keys);
  }

  private static final GeoReference PLACE = new GeoReference(32633, 500_000, 6_000_000, 10);

  @Test
  void pointsAreTheMiddlesOfPixels() throws Exception {
    assertEquals(new GeoReference(32733, 431_230, 7_654_320, 10), read("point").reference());
    assertEquals(PLACE, place(placed(1024, 1, 1025, 1, 3072, 32633)));
    assertEquals(
        new GeoReference(32633, 499_995, 6_000_005, 10),
        place(placed(1024, 1, 1025, 2, 3072, 32633)));
  }

  @Test
  void tiePointsMayLieAnywhere() {
    assertEquals(
        new GeoReference(32633, 499_950, 6_000_075, 10),
        place(placed(1024, 1, 3072, 32633).field(33922, DOUBLE, 5, 7.5, 0, 500_000, 6_000_000, 0)));
    // The first of several counts, as in GDAL.
    assertEquals(
        PLACE,
        place(
            placed(1024, 1, 3072, 32633)
                .field(33922, DOUBLE, 0, 0, 0, 500_000, 6_000_000, 0, 1, 1, 0, 9, 9, 0)));
  }

  @Test
  void aMatrixThatDoesNotTurnIsAPlace() {
    double[] matrix = {10, 0, 0, 500_000, 0, -10, 0, 6_000_000, 0, 0, 0, 0, 0, 0, 0, 1};
    TiffBytes tiff = placed(1024, 1, 3072, 32633).field(33550, DOUBLE).field(33922, DOUBLE);
    assertEquals(PLACE, place(tiff.field(34264, DOUBLE, matrix)));
    for (int[] other : new int[][] {{5, 10}, {1, 3}, {4, 3}, {5, -20}, {0, -10}}) {
      double[] turned = matrix.clone();
      turned[other[0]] = other[1];
      assertNull(place(tiff.field(34264, DOUBLE, turned)), Arrays.toString(turned));
    }
  }

  /** South up, unequal pixels, no tie point, or not a number. */
  @Test
  void aGridThatCannotBeSaidHasNoPlace() {
    double[][] scales = {
      {10, 20, 0}, {10, 10.1, 0}, {-10, 10, 0}, {0, 0, 0}, {10}, {Double.NaN, 10}
    };
    for (double[] scale : scales) {
      assertNull(
          place(placed(1024, 1, 3072, 32633).field(33550, DOUBLE, scale)), Arrays.toString(scale));
    }
    assertNull(place(placed(1024, 1, 3072, 32633).field(33922, DOUBLE)));
    double[] nowhere = {0, 0, 0, Double.NaN, 6_000_000, 0};
    assertNull(place(placed(1024, 1, 3072, 32633).field(33922, DOUBLE, nowhere)));
    // GDAL takes a negative height for a positive one.
    assertEquals(PLACE, place(placed(1024, 1, 3072, 32633).field(33550, DOUBLE, 10, -10, 0)));
    // A difference of less than a thousandth of a pixel over the whole picture is none.
    assertEquals(PLACE, place(placed(1024, 1, 3072, 32633).field(33550, DOUBLE, 10, 10.0001, 0)));
  }

  @Test
  void aSystemThatIsNotKnownHasNoPlace() {
    for (int epsg : new int[] {0, 1, 4326, 32767, 60_000}) {
      assertNull(place(placed(1024, 1, 3072, epsg, 3076, 9001)), "EPSG:" + epsg);
    }
    assertNull(place(placed(1024, 1)));
    assertNull(place(placed(1024, 2, 2048, 4326)));
    assertNull(place(placed(1024, 2, 3072, 32633)));
    // Feet, or nobody knows what.
    assertNull(place(placed(1024, 1, 3072, 2263, 3076, 9003)));
    assertNull(place(placed(1024, 1, 3072, 2263)));
    assertNull(place(placed(1024, 1, 3072, 32633, 3076, 9002)));
    GeoReference meters =
        assertInstanceOf(GeoReference.class, place(placed(1024, 1, 3072, 25832, 3076, 9001)));
    assertEquals(25832, meters.epsg());
    // Keys beyond the number that the directory names are none.
    TiffBytes fewer = placed(1024, 1, 3072, 32633);
    assertNull(place(fewer.field(34735, SHORT, 1, 1, 0, 1, 1024, 0, 1, 1, 3072, 0, 1, 32633)));
  }

  // --- hostile files ----------------------------------------------------------------------------

  /** A column of a million pixels in tiles that share bytes: 32 GiB, of which 1 MiB is visible. */
  @Test
  void blocksFarLargerThanThePictureAreRefusedInAll() throws Exception {
    int tiles = (1 << 20) / 32;
    byte[] tile = TiffBytes.pack(50000, new byte[32 << 15]);
    double[] places = new double[tiles];
    double[] sizes = new double[tiles];
    Arrays.fill(places, 8);
    Arrays.fill(sizes, tile.length);
    byte[] bomb =
        TiffBytes.of(LITTLE_ENDIAN, 1, 1, 8, 50000)
            .strips(tile)
            .field(257, LONG, 1 << 20)
            .field(322, LONG, 1 << 15)
            .field(323, LONG, 32)
            .field(324, TiffBytes.BYTE, places)
            .field(325, TiffBytes.BYTE, sizes)
            .bytes();
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> GeoTiff.read(bomb, "bomb.tif"));
    assertTrue(e.getMessage().contains("tiles of 32768 x 32"), e.getMessage());
  }

  /** A thousand strips share half a megabyte of codes that produce no output. */
  @Test
  void blocksThatShareBytesAreBoundedInAll() {
    int strips = 1000;
    byte[] nothing = new byte[500_000];
    double[] places = new double[strips];
    double[] sizes = new double[strips];
    Arrays.fill(places, 8);
    Arrays.fill(sizes, nothing.length);
    byte[] bomb =
        TiffBytes.of(LITTLE_ENDIAN, 1, strips, 8, 32773)
            .strips(nothing)
            .field(273, LONG, places)
            .field(279, LONG, sizes)
            .field(278, SHORT, 1)
            .bytes();
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> GeoTiff.read(bomb, "bomb.tif"));
    assertTrue(e.getMessage().contains("blocks of 500,000,000 bytes"), e.getMessage());
  }

  @Test
  void aBlockThatCannotHoldItsPixelsAsksForNoMemory() {
    for (int compression : new int[] {1, 5, 8, 32773, 50000}) {
      byte[] bomb =
          TiffBytes.of(LITTLE_ENDIAN, 2000, 2000, 8, compression)
              .strips(new byte[compression == 50000 ? 100 : 1000])
              .bytes();
      CorruptDataException e =
          assertThrows(CorruptDataException.class, () -> GeoTiff.read(bomb, "bomb.tif"));
      assertTrue(e.getMessage().contains("cannot hold 4000000"), e.getMessage());
    }
  }

  /** A sparse file of 100 million pixels, in 200 bytes. */
  @Test
  void aLargePictureOfNothingIsRefused() {
    byte[] bomb =
        TiffBytes.of(LITTLE_ENDIAN, 10_000, 10_000, 32, 8)
            .field(339, SHORT, 3)
            .field(273, LONG, 0)
            .field(279, LONG, 0)
            .bytes();
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> GeoTiff.read(bomb, "bomb.tif"));
    assertTrue(e.getMessage().contains("10000 x 10000"), e.getMessage());
  }

  @Test
  void hostileFilesAreRefusedWithLittleMemory() {
    ChildJvm.withMemory(64, 16, 900).run(TiffBombs.class).requireSuccess();
  }

  @Test
  void decodingEndsOnceTheThreadIsInterrupted() throws Exception {
    byte[] good = Files.readAllBytes(FOLDER.resolve("tiles-lzw.tif"));
    Thread.currentThread().interrupt();
    try {
      EarthEmbedException e =
          assertThrows(EarthEmbedException.class, () -> GeoTiff.read(good, "a.tif"));
      assertTrue(e.getMessage().contains("interrupted"), e.getMessage());
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }
}
