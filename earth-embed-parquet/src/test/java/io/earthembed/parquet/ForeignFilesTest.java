package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.vector.QuantizedVectors.Format;
import io.earthembed.vector.Vectors;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns in the forms that other programs give them; make_foreign.py wrote the files. */
class ForeignFilesTest {
  private static final Path FOLDER =
      Path.of("src/test/resources/io/earthembed/parquet/foreign").toAbsolutePath();
  private static final ModelInfo MODEL = new ModelInfo("foreign", "1", 4);
  private static final int ROWS = 6;
  private static final BoundingBox WORLD = new BoundingBox(-180, -90, 180, 90);
  private static final ColumnMapping NONE = ColumnMapping.builder().build();

  @TempDir Path folder;

  private static GeoParquetDataset open(String name, ColumnMapping columns) {
    return GeoParquetDataset.open(FOLDER.resolve(name + ".parquet"), MODEL, columns);
  }

  private static GeoParquetDataset open(String name) {
    return open(name, NONE);
  }

  private static float[] values(int i) {
    return new float[] {i, i + 0.5f, -i, 0.25f};
  }

  private static int[] integers(int i) {
    return new int[] {i * 20 - 60, -128, 127, -1};
  }

  private static GeoPoint center(int i) {
    return new GeoPoint(48 + i / 16.0, 11.5 + i / 8.0);
  }

  private static void assertEmbeddings(GeoParquetDataset dataset, IntFunction<float[]> expected) {
    assertEquals(ROWS, dataset.catalog().size());
    List<float[]> batches = new ArrayList<>();
    dataset.forEachBatch(
        batch -> {
          for (long i = 0; i < batch.rows(); i++) batches.add(batch.row(i));
        });
    for (int i = 0; i < ROWS; i++) {
      assertArrayEquals(expected.apply(i), dataset.vectors().row(i), "row " + i);
      assertArrayEquals(expected.apply(i), batches.get(i), "row " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "large-list",
        "list-view",
        "fixed-size-list",
        "half",
        "double",
        "binary",
        "tensor",
        "duckdb-geometry",
        "duckdb-geometry-type"
      })
  void readsEmbeddingsInEveryForm(String name) {
    assertEmbeddings(open(name), ForeignFilesTest::values);
  }

  @ParameterizedTest
  @ValueSource(strings = {"int8", "int8-plain", "int8-delta", "int8-split", "duckdb"})
  void decodesOneScaleForAll(String name) {
    ColumnMapping columns =
        ColumnMapping.builder().quantization(Quantization.linear(0.25, 3)).build();
    assertEmbeddings(
        open(name, columns),
        i -> {
          float[] row = new float[4];
          for (int j = 0; j < 4; j++) row[j] = integers(i)[j] * 0.25f + 3;
          return row;
        });
  }

  @Test
  void decodesUnsignedIntegers() {
    ColumnMapping columns =
        ColumnMapping.builder().quantization(Quantization.linear(0.5, -64)).build();
    assertEmbeddings(
        open("uint8", columns),
        i -> {
          float[] row = new float[4];
          for (int j = 0; j < 4; j++) row[j] = (integers(i)[j] + 128) * 0.5f - 64;
          return row;
        });
  }

  @Test
  void decodesAScalePerRow() {
    ColumnMapping scale =
        ColumnMapping.builder().quantization(Quantization.perRow("scale")).build();
    assertEmbeddings(
        open("int8", scale),
        i -> {
          float[] row = new float[4];
          for (int j = 0; j < 4; j++) row[j] = integers(i)[j] * (0.5f + i);
          return row;
        });
    ColumnMapping both =
        ColumnMapping.builder().quantization(Quantization.perRow("scale", "zero")).build();
    assertEmbeddings(
        open("int8", both),
        i -> {
          float[] row = new float[4];
          for (int j = 0; j < 4; j++) row[j] = integers(i)[j] * (0.5f + i) - i;
          return row;
        });
  }

  @Test
  void decodesAlphaEarthsSquares() {
    ColumnMapping columns =
        ColumnMapping.builder().quantization(Quantization.signedSquare(127.5, -128)).build();
    GeoParquetDataset dataset = open("int8", columns);
    for (int i = 0; i < ROWS; i++) {
      float[] row = dataset.vectors().row(i);
      for (int j = 0; j < 4; j++) {
        int v = integers(i)[j];
        double value = v == -128 ? Double.NaN : Math.pow(v / 127.5, 2) * Math.signum(v);
        assertEquals((float) value, row[j], 1e-7f);
      }
    }
  }

  @Test
  void decodesBfloat16() {
    ColumnMapping columns = ColumnMapping.builder().quantization(Quantization.bfloat16()).build();
    assertEmbeddings(open("bfloat16", columns), ForeignFilesTest::values);
  }

  @Test
  void decodesAsTheEmbMetadataSay() {
    double[] scales = {0.5, 1, 2, 4};
    assertEmbeddings(
        open("emb-linear"),
        i -> {
          float[] row = new float[4];
          for (int j = 0; j < 4; j++) row[j] = (float) (integers(i)[j] * scales[j] + 1);
          return row;
        });
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> open("emb-other"));
    assertTrue(e.toString().contains("method sqrt_scale"), e::toString);
  }

  private static ColumnMapping with(Quantization quantization) {
    return ColumnMapping.builder().quantization(quantization).build();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes",
        "bytes-plain",
        "bytes-v2",
        "bytes-split",
        "bytes-variable",
        "bytes-view",
        "bytes-unsigned"
      })
  void decodesIntegersInBytes(String name) {
    boolean unsigned = name.equals("bytes-unsigned");
    Quantization signed = Quantization.linear(0.5, -3);
    assertEmbeddings(
        open(name, with(unsigned ? Quantization.linear(0.5, -67).unsigned() : signed)),
        i -> {
          float[] row = new float[4];
          for (int j = 0; j < 4; j++) row[j] = integers(i)[j] * 0.5f - 3;
          return row;
        });
  }

  @Test
  void decodesBytesWithAScalePerRow() {
    assertEmbeddings(
        open("bytes", with(Quantization.perRow("scale"))),
        i -> {
          float[] row = new float[4];
          for (int j = 0; j < 4; j++) row[j] = integers(i)[j] * (0.5f + i);
          return row;
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"bits", "bits-little", "bits-list", "bits-variable"})
  void decodesPackedBits(String name) {
    Format order =
        name.equals("bits-little") ? Format.BITS_LOWEST_FIRST : Format.BITS_HIGHEST_FIRST;
    GeoParquetDataset dataset =
        GeoParquetDataset.open(
            FOLDER.resolve(name + ".parquet"),
            new ModelInfo("bits", "1", 20),
            with(Quantization.bits(order)));
    Vectors vectors = dataset.vectors();
    for (int i = 0; i < ROWS; i++) {
      float[] row = new float[20];
      for (int j = 0; j < 20; j++) {
        int n = i * i + 3 * j;
        row[j] = n % 2 == 1 || n % 5 == 0 ? 1 : -1;
      }
      assertArrayEquals(row, vectors.row(i));
    }
    assertQuantized(dataset, order);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "int8",
        "int8-plain",
        "int8-delta",
        "int8-split",
        "duckdb",
        "uint8",
        "bytes",
        "bytes-plain",
        "bytes-v2",
        "bytes-split",
        "bytes-variable",
        "bytes-view",
        "bytes-unsigned"
      })
  void streamsIntegersAsTheyAreStored(String name) {
    Format format = name.endsWith("unsigned") || name.equals("uint8") ? Format.UINT8 : Format.INT8;
    List<Quantization> all =
        List.of(
            Quantization.linear(0.25, 3),
            Quantization.linear(new double[] {1, 2, 3, 4}, new double[] {5}));
    for (Quantization each : all) {
      Quantization quantization = name.equals("bytes-unsigned") ? each.unsigned() : each;
      assertQuantized(open(name, with(quantization)), format);
    }
    if (name.equals("int8")) {
      assertQuantized(open(name, with(Quantization.perRow("scale", "zero"))), format);
      assertQuantized(open(name, with(Quantization.signedSquare(127.5, -128))), format);
    }
    if (name.equals("bytes"))
      assertQuantized(open(name, with(Quantization.perRow("scale"))), format);
  }

  /** Fails unless the stored rows are of a format and have the values that are read as floats. */
  private static void assertQuantized(GeoParquetDataset dataset, Format format) {
    Vectors vectors = dataset.vectors();
    int[] row = {0};
    assertTrue(
        dataset.forEachQuantizedBatch(
            batch -> {
              assertEquals(format, batch.format());
              float[] values = new float[batch.dimension()];
              for (int i = 0; i < batch.rows(); i++) {
                batch.get(i, values);
                assertArrayEquals(vectors.row(row[0]++), values, 1e-7f);
              }
            }));
    assertEquals(ROWS, row[0]);
  }

  @Test
  void streamsNothingIfFloatsAreStored() {
    GeoParquetDataset half = open("half");
    GeoParquetDataset bfloat16 = open("bfloat16", with(Quantization.bfloat16()));
    for (GeoParquetDataset each : List.of(half, bfloat16)) {
      assertFalse(each.forEachQuantizedBatch(batch -> fail("floats are stored")));
    }
  }

  @Test
  void namesTheRowWhoseBytesAreMissingOrTooFew() {
    ColumnMapping columns = with(Quantization.linear(1, 0));
    for (Executable read :
        List.<Executable>of(
            () -> open("bytes-null", columns).vectors(),
            () -> open("bytes-null", columns).forEachQuantizedBatch(batch -> {}))) {
      CorruptDataException e = assertThrows(CorruptDataException.class, read);
      assertTrue(e.toString().contains("a null or an empty list in row 2"), e::toString);
    }
    CorruptDataException ragged =
        assertThrows(CorruptDataException.class, () -> open("bytes-ragged", columns).vectors());
    assertTrue(ragged.toString().contains("3 bytes, not 4 in row 4"), ragged::toString);
    EarthEmbedException wide =
        assertThrows(
            EarthEmbedException.class,
            () -> open("bits", with(Quantization.bits(Format.BITS_HIGHEST_FIRST))).vectors());
    assertTrue(wide.toString().contains("FIXED_LEN_BYTE_ARRAY"), wide::toString);
    GeoParquetDataset others =
        open(
            "bytes-null",
            ColumnMapping.builder()
                .quantization(Quantization.linear(1, 0))
                .skipIncompleteRows()
                .build());
    List<Float> first = new ArrayList<>();
    assertTrue(
        others.forEachQuantizedBatch(
            batch -> {
              float[] row = new float[4];
              for (int i = 0; i < batch.rows(); i++) {
                batch.get(i, row);
                first.add(row[0]);
              }
            }));
    assertEquals(List.of(-60f, -40f, 0f, 20f, 40f), first);
  }

  @Test
  void namesTheRowOfMissingData() {
    GeoParquetDataset dataset = open("int8", with(Quantization.signedSquare(127.5, -128)));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                dataset.forEachQuantizedBatch(
                    batch -> {
                      throw new IllegalArgumentException("missing");
                    }));
    assertTrue(
        e.getSuppressed()[0].toString().contains("the embedding in row 0 has NaN"),
        () -> e.getSuppressed()[0].toString());
  }

  @Test
  void refusesIntegersWhoseMeaningIsUnknown() {
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> open("int8"));
    assertTrue(e.toString().contains("column embedding is INT32 of INT_8 in lists"), e::toString);
    assertTrue(e.toString().contains("Quantization.linear(scale, offset)"), e::toString);
    ColumnMapping floats = ColumnMapping.builder().quantization(Quantization.linear(1, 0)).build();
    EarthEmbedException wrong =
        assertThrows(EarthEmbedException.class, () -> open("half", floats).vectors());
    assertTrue(wrong.toString().contains("not lists of integers"), wrong::toString);
    ColumnMapping three =
        ColumnMapping.builder()
            .quantization(Quantization.linear(new double[3], new double[1]))
            .build();
    IllegalArgumentException e3 =
        assertThrows(IllegalArgumentException.class, () -> open("int8", three).vectors());
    assertTrue(e3.toString().contains("3 values for 4 components"), e3::toString);
  }

  @Test
  void readsIdsOfEveryType() {
    for (int i = 0; i < ROWS; i++) {
      assertEquals(Long.toString(i - (1L << 62)), open("id-int64").catalog().id(i));
      assertEquals(
          BigInteger.TWO.pow(64).subtract(BigInteger.valueOf(1 + i)).toString(),
          open("id-uint64").catalog().id(i));
      assertEquals(Integer.toString(-i), open("id-int32").catalog().id(i));
      for (String form : List.of("id-large", "id-view", "id-dictionary")) {
        assertEquals("id-" + i, open(form).catalog().id(i));
      }
      String uuid = new UUID(0, i).toString();
      assertEquals(uuid, open("id-uuid").catalog().id(i));
      GeoParquetDataset duckdb =
          open("duckdb", ColumnMapping.builder().quantization(Quantization.linear(1, 0)).build());
      assertEquals(uuid, duckdb.catalog().id(i));
      assertEquals(
          Instant.parse("2023-12-31T22:00:00Z").plusSeconds(i).toEpochMilli(),
          duckdb.catalog().epochMillis(i));
      assertTrue(duckdb.catalog().center(i).distanceTo(center(i)) < 15); // DuckDB's decimals
    }
  }

  @Test
  void numbersRowsWithoutIdsInTheWholeDataset() {
    Path file = FOLDER.resolve("id-none.parquet");
    TileCatalog catalog =
        GeoParquetDataset.open(List.of(file.toUri(), file.toUri()), MODEL).catalog();
    for (int i = 0; i < 2 * ROWS; i++) assertEquals(String.valueOf(i), catalog.id(i));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "time-s",
        "time-ms",
        "time-us",
        "time-ns",
        "time-zone",
        "time-int96",
        "time-text",
        "time-date"
      })
  void readsTimesOfEveryType(String name) {
    Instant first = Instant.ofEpochSecond(1_700_000_000);
    for (int i = 0; i < ROWS; i++) {
      Instant time =
          name.equals("time-date")
              ? Instant.parse("2023-11-14T00:00:00Z").plus(Duration.ofDays(i))
              : first.plusSeconds(i);
      assertEquals(time, open(name).catalog().record(i).timestamp());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "null-id, a null id",
    "null-center, longitude is not finite",
    "null-embedding, a null",
    "short-embedding, '3 values, not 4'"
  })
  void namesTheRowThatIsIncomplete(String name, String problem) {
    CorruptDataException e = assertThrows(CorruptDataException.class, () -> open(name).vectors());
    assertTrue(e.toString().contains("row 3") && e.toString().contains(problem), e::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null-id", "null-center", "null-embedding"})
  void skipsIncompleteRowsOnRequestAndCountsThem(String name) {
    GeoParquetDataset dataset = open(name, ColumnMapping.builder().skipIncompleteRows().build());
    assertKept(dataset, 0, 1, 2, 4, 5);
  }

  @Test
  void skipsRowsOfSeveralRowGroups() {
    GeoParquetDataset dataset =
        open("null-groups", ColumnMapping.builder().skipIncompleteRows().build());
    assertKept(dataset, 1, 2);
    assertEquals(0, open("half", NONE).skippedRows());
  }

  private static void assertKept(GeoParquetDataset dataset, int... kept) {
    assertEquals(kept.length, dataset.catalog().size());
    assertEquals(ROWS - kept.length, dataset.skippedRows());
    List<float[]> batches = new ArrayList<>();
    dataset.forEachBatch(
        batch -> {
          for (long i = 0; i < batch.rows(); i++) batches.add(batch.row(i));
        });
    for (int k = 0; k < kept.length; k++) {
      assertEquals("id-" + kept[k], dataset.catalog().id(k));
      assertEquals(center(kept[k]), dataset.catalog().center(k));
      assertArrayEquals(values(kept[k]), dataset.vectors().row(k));
      assertArrayEquals(values(kept[k]), batches.get(k));
    }
  }

  private static JsonObject centers() throws Exception {
    return JsonParser.parseString(Files.readString(FOLDER.resolve("centers.json")))
        .getAsJsonObject();
  }

  static List<String> geometries() throws Exception {
    List<String> unknown = List.of("crs-null", "interleaved-no-crs");
    return centers().keySet().stream().filter(name -> !unknown.contains(name)).toList();
  }

  private static void assertCenters(String name, GeoParquetDataset dataset) throws Exception {
    JsonArray expected = centers().getAsJsonArray(name);
    assertEquals(expected.size(), dataset.catalog().size());
    for (int i = 0; i < expected.size(); i++) {
      JsonArray at = expected.get(i).getAsJsonArray();
      GeoPoint center = new GeoPoint(at.get(1).getAsDouble(), at.get(0).getAsDouble());
      double meters = center.distanceTo(dataset.catalog().center(i));
      assertTrue(meters < 0.01, name + " row " + i + " is " + meters + " m off");
    }
  }

  /** Allows a centimetre, to pyproj. */
  @ParameterizedTest
  @MethodSource("geometries")
  void findsCentersInEveryReferenceSystem(String name) throws Exception {
    assertCenters(name, open(name));
  }

  @Test
  void asksForAnUnknownReferenceSystem() throws Exception {
    for (String name : List.of("crs-null", "crs-custom", "no-geo", "box", "interleaved-no-crs")) {
      EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> open(name));
      assertTrue(e.toString().contains("is not known, because"), e::toString);
      assertTrue(e.toString().contains(".crs(\"OGC:CRS84\")"), e::toString);
    }
    ColumnMapping stated = ColumnMapping.builder().crs("OGC:CRS84").build();
    assertCenters("crs-null", open("crs-null", stated));
    assertCenters("interleaved-no-crs", open("interleaved-no-crs", stated));
    for (String name : List.of("no-geo", "ewkb")) {
      GeoParquetDataset dataset = open(name, stated);
      for (int i = 0; i < ROWS; i++) assertEquals(center(i), dataset.catalog().center(i));
    }
    GeoParquetDataset box = open("box", stated);
    for (int i = 0; i < ROWS; i++) {
      assertTrue(box.catalog().center(i).distanceTo(center(i)) < 1); // a box of float32
    }
    IllegalArgumentException bad =
        assertThrows(IllegalArgumentException.class, () -> ColumnMapping.builder().crs("EPSG:1"));
    assertTrue(bad.toString().contains("crs EPSG:1 is not known"), bad::toString);
  }

  @Test
  void refusesGeometriesWithoutACenter() {
    CorruptDataException nested =
        assertThrows(CorruptDataException.class, () -> open("collections"));
    assertTrue(
        nested.toString().contains("row 0: a geometry is a GEOMETRYCOLLECTION"), nested::toString);
    CorruptDataException empty = assertThrows(CorruptDataException.class, () -> open("empty"));
    assertTrue(empty.toString().contains("row 3"), empty::toString);
    CorruptDataException gaps = assertThrows(CorruptDataException.class, () -> open("gaps-native"));
    assertTrue(gaps.toString().contains("row 0"), gaps::toString);
    GeoParquetDataset native3 =
        open("gaps-native", ColumnMapping.builder().skipIncompleteRows().build());
    assertEquals(List.of("id-1", "id-3", "id-5"), ids(native3));
    GeoParquetDataset skipping =
        open("empty", ColumnMapping.builder().skipIncompleteRows().build());
    assertEquals(5, skipping.catalog().size());
  }

  @Test
  void readsInterleavedGeometriesWithGaps() {
    CorruptDataException gaps =
        assertThrows(CorruptDataException.class, () -> open("interleaved-gaps"));
    assertTrue(gaps.toString().contains("row 0"), gaps::toString);
    GeoParquetDataset dataset =
        open("interleaved-gaps", ColumnMapping.builder().skipIncompleteRows().build());
    assertEquals(List.of("id-1", "id-3", "id-5"), ids(dataset));
    GeoPoint center = open("interleaved-polygon").catalog().center(3);
    assertEquals(center, dataset.catalog().center(1));
    GeoParquetDataset points =
        open("interleaved-point-gaps", ColumnMapping.builder().skipIncompleteRows().build());
    assertEquals(List.of("id-1", "id-2", "id-4"), ids(points));
    assertEquals(center(4), points.catalog().center(2));
  }

  @ParameterizedTest
  @CsvSource({
    "interleaved-one, 'row 0: column geometry has a coordinate of 1 numbers, not of 2 to 4'",
    "interleaved-ragged, 'row 3: column geometry has a coordinate of 3 numbers, not of 2'"
  })
  void namesTheRowOfAnInterleavedCoordinateOfAWrongLength(String name, String problem) {
    CorruptDataException e = assertThrows(CorruptDataException.class, () -> open(name));
    assertTrue(e.toString().contains(name + ".parquet: " + problem), e::toString);
  }

  /** Points are lists of doubles, as embeddings are. */
  @Test
  void suggestsNoGeometryAsTheEmbedding() {
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> open("interleaved-no-embedding"));
    assertTrue(e.toString().contains(".embedding(\"EMBEDDING\")"), e::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedding-lists", "embedding-lists-double"})
  void refusesSeveralEmbeddingsInARow(String name) {
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> open(name).vectors());
    String type = name.endsWith("double") ? "DOUBLE" : "FLOAT";
    String problem =
        name
            + ".parquet: column embedding has lists of lists in its rows, of "
            + type
            + " in lists: make a row of each inner list first, for example by DuckDB's UNNEST";
    assertTrue(e.toString().contains(problem), e::toString);
    // The path of the values is no way around: their rows would run together.
    String path = "embedding.list.element.list.element";
    ColumnMapping values = ColumnMapping.builder().embedding(path).build();
    assertThrows(EarthEmbedException.class, () -> open(name, values).vectors());
  }

  private static List<String> ids(GeoParquetDataset dataset) {
    List<String> ids = new ArrayList<>();
    for (long i = 0; i < dataset.catalog().size(); i++) ids.add(dataset.catalog().id(i));
    return ids;
  }

  @Test
  void opensWithoutPlacesIfNoColumnCouldHoldOne() {
    GeoParquetDataset nowhere = open("place-none");
    assertEmbeddings(nowhere, ForeignFilesTest::values);
    assertEquals(List.of("id-0", "id-1", "id-2", "id-3", "id-4", "id-5"), ids(nowhere));
    TileCatalog catalog = nowhere.catalog();
    assertFalse(catalog.hasCenter(3) || catalog.hasCell(3));
    assertFalse(catalog.record(3).hasCenter() || catalog.record(3).hasCell());
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> catalog.center(3));
    assertTrue(e.toString().contains("the centre of tile id-3 is unknown"), e::toString);
    assertThrows(EarthEmbedException.class, () -> catalog.record(3).cell());
    assertEquals(0, catalog.select(TileFilter.within(WORLD)).count(ROWS));
    TileCatalog cells = open("place-cell").catalog();
    assertEquals(GridCell.parse("2U_9R"), cells.cell(2));
    assertFalse(cells.hasCenter(2));
    // Two columns of fractions may be a place, so the user decides.
    ColumnMapping mapping = ColumnMapping.builder().withoutCenter().build();
    assertFalse(open("half", mapping).catalog().hasCenter(0));
    GeoParquetDataset skipping =
        open("place-none", ColumnMapping.builder().skipIncompleteRows().build());
    assertEquals(ROWS, skipping.catalog().size());
  }

  @Test
  void keepsUnknownPlacesWhenItIsWrittenAgain() throws Exception {
    GeoParquetDataset foreign = open("place-none");
    List<EmbeddedTile> tiles = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      tiles.add(new EmbeddedTile(foreign.catalog().record(i), null));
    }
    new GeoParquetSink(folder, MODEL).write("part", tiles, foreign.vectors());
    GeoParquetDataset own = GeoParquetDataset.open(folder);
    assertFalse(own.catalog().hasCenter(1) || own.catalog().hasCell(1));
    assertEmbeddings(own, ForeignFilesTest::values);
    try (BufferAllocator allocator = new RootAllocator();
        ArrowReader reader = ArrowEmbeddings.reader(own, allocator)) {
      assertTrue(reader.loadNextBatch());
      assertTrue(reader.getVectorSchemaRoot().getVector("centre_lat").isNull(0));
      assertTrue(reader.getVectorSchemaRoot().getVector("grid_cell").isNull(0));
    }
  }

  @Test
  void readsPolarsStructsByPath() {
    GeoParquetDataset dataset =
        open(
            "polars",
            ColumnMapping.builder()
                .id("tile")
                .embedding("vec")
                .center("place.x", "place.y")
                .build());
    assertEmbeddings(dataset, ForeignFilesTest::values);
    for (int i = 0; i < ROWS; i++) {
      assertEquals("id-" + i, dataset.catalog().id(i));
      assertEquals(center(i), dataset.catalog().center(i));
    }
  }

  @Test
  void keepsUnknownProductsWhenItIsWrittenAgain() throws Exception {
    GeoParquetDataset foreign = open("points");
    List<EmbeddedTile> tiles = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      tiles.add(new EmbeddedTile(foreign.catalog().record(i), null));
    }
    new GeoParquetSink(folder, MODEL).write("part", tiles, foreign.vectors());
    GeoParquetDataset own = GeoParquetDataset.open(folder);
    for (int i = 0; i < ROWS; i++) {
      assertNull(own.catalog().productId(i));
      assertEquals(foreign.catalog().id(i), own.catalog().id(i));
      assertEquals(foreign.catalog().cell(i), own.catalog().cell(i));
    }
    assertEmbeddings(own, ForeignFilesTest::values);
    try (BufferAllocator allocator = new RootAllocator();
        ArrowReader reader = ArrowEmbeddings.reader(own, allocator)) {
      assertTrue(reader.loadNextBatch());
      assertTrue(reader.getVectorSchemaRoot().getVector("product_id").isNull(ROWS - 1));
    }
  }

  @Test
  void namesAMissingColumnAndListsOthers() {
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class,
            () -> open("half", ColumnMapping.builder().time("when").build()));
    assertTrue(e.toString().contains("has no column when to read as time"), e::toString);
    assertTrue(e.toString().contains("lon (DOUBLE)"), e::toString);
  }

  /** Opens a dataset with nothing but what the message says, as a new user would. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void theMessageIsEnoughToWriteTheMapping(int number) {
    String name = "invented-" + number;
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> open(name));
    String message = String.valueOf(e.getMessage());
    assertTrue(
        message.contains("GeoParquetDataset.open(path, model, ColumnMapping.builder()"), message);
    ColumnMapping.Builder columns = ColumnMapping.builder();
    Matcher calls = Pattern.compile("\\.([a-z]\\w*)\\(([^)]*)\\)+").matcher(line(message));
    while (calls.find()) {
      List<String> arguments =
          Arrays.stream(calls.group(2).split(", ", -1)).map(a -> a.replace("\"", "")).toList();
      switch (calls.group(1)) {
        case "id" -> columns.id(arguments.get(0));
        case "embedding" -> columns.embedding(arguments.get(0));
        case "center" -> {
          // No name tells longitude from latitude here: the user reads the list of columns.
          boolean open = arguments.get(0).equals("LONGITUDE");
          columns.center(open ? "a" : arguments.get(0), open ? "b" : arguments.get(1));
        }
        case "geometry" -> columns.geometry(arguments.get(0));
        case "box" -> columns.box(arguments.get(0));
        case "crs" -> columns.crs(arguments.get(0));
        // The user fills in what the message leaves open.
        case "quantization" -> columns.quantization(Quantization.linear(0.5, 0));
        default -> {}
      }
    }
    GeoParquetDataset dataset = open(name, columns.build());
    for (int i = 0; i < ROWS; i++) {
      assertTrue(dataset.catalog().center(i).distanceTo(center(i)) < 1);
      float[] row = dataset.vectors().row(i);
      assertEquals(number == 4 ? integers(i)[0] / 2f : values(i)[0], row[0]);
      assertEquals(number == 4 ? String.valueOf(i) : "id-" + i, dataset.catalog().id(i));
    }
    if (number == 5) {
      assertTrue(message.contains("Its columns: n (BYTE_ARRAY of "), message);
      assertTrue(message.contains("e (FLOAT in lists), a (DOUBLE), b (DOUBLE)"), message);
    }
  }

  private static String line(String message) {
    int from = message.indexOf("ColumnMapping.builder()");
    return message.substring(from, message.indexOf(".build()", from));
  }
}
