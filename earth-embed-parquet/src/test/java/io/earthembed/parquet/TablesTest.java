package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One table as the writers of the field write it, and in every type that its columns may have;
 * make_tables.py and make_spark_tables.py wrote the files.
 */
class TablesTest {
  private static final ModelInfo MODEL = new ModelInfo("tables", "1", 4);
  private static final Instant FIRST = Instant.parse("2022-11-15T16:18:19.250Z");
  private static final int ROWS = 100;

  @TempDir Path folder;

  private static Path file(String name) {
    return Path.of("src/test/resources/io/earthembed/parquet/tables", name + ".parquet");
  }

  private static GeoParquetDataset open(Path file) {
    return GeoParquetDataset.open(file, MODEL);
  }

  /**
   * Returns whether a row is null: the first, the last, alternating ones, a run, and single ones.
   */
  private static boolean isNull(int i) {
    return i < 8
        || i >= 95
        || i >= 20 && i < 40 && i % 2 == 0
        || i >= 50 && i < 70
        || List.of(73, 74, 81).contains(i);
  }

  private static TileRef source(int i) {
    return new TileRef(URI.create("https://example.org/" + i % 3 + ".parquet"), i);
  }

  private static Instant second(int i) {
    return Instant.parse("2022-11-15T16:18:00Z").plusSeconds(i % 60);
  }

  private static void assertRow(GeoParquetDataset dataset, int i) {
    TileRecord tile = dataset.catalog().record(i);
    assertEquals("id-" + i, tile.id());
    assertEquals(new GridCell(i, i), tile.cell());
    assertEquals("product-" + i % 5, tile.productId());
    assertEquals(new GeoPoint(i / 2.0, -i / 4.0), tile.center());
    assertEquals(isNull(i) ? Float.NaN : i / 2f, tile.cloudCover(), "row " + i);
    assertEquals(isNull(i) ? null : source(i), tile.source(), "row " + i);
    assertArrayEquals(new float[] {i, i + 0.125f, i + 0.25f, i + 0.375f}, dataset.vectors().row(i));
  }

  private static void assertRows(GeoParquetDataset dataset) {
    assertEquals(ROWS, dataset.catalog().size());
    for (int i = 0; i < ROWS; i++) assertRow(dataset, i);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pyarrow-v1",
        "pyarrow-v2",
        "polars",
        "duckdb",
        "fastparquet-v1",
        "fastparquet-v2",
        "spark-v1",
        "spark-v1-plain",
        "spark-v2",
        "spark-v2-plain"
      })
  void nullsOfEveryWriterAreWhereTheyWere(String name) {
    GeoParquetDataset dataset = open(file(name));
    assertRows(dataset);
    for (int i = 0; i < ROWS; i++) {
      assertEquals(second(i), dataset.catalog().record(i).timestamp());
    }
    // A metadata file must have a row group number for each tile; the error names the row without
    // one.
    CorruptDataException e =
        assertThrows(
            CorruptDataException.class, () -> MetadataIndex.ofMetadata(List.of(file(name))));
    assertTrue(e.getMessage().contains(": row 0: a null cell, product, URL or row"), e::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"decimals-fixed", "decimals-int", "decimals-duckdb", "unsigned"})
  void numbersAreWhatTheirTypeSays(String name) {
    assertRows(open(file(name)));
  }

  /** Spark writes times as INT96, and decimals by their size; before 1.6 all of them as bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"spark-int96", "spark-legacy"})
  void readsSparksTypes(String name) {
    GeoParquetDataset dataset = open(file(name));
    assertRows(dataset);
    for (int i = 0; i < ROWS; i++) {
      assertEquals(second(i).plusMillis(250), dataset.catalog().record(i).timestamp());
    }
  }

  private static SchemaElement column(FileMetaData meta, String name) {
    return meta.getSchema().stream()
        .filter(e -> e.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Path withSchema(String name, java.util.function.Consumer<FileMetaData> change)
      throws Exception {
    byte[] changed = BadDatasetTest.withFooter(Files.readAllBytes(file(name)), change);
    return Files.write(folder.resolve(name + "-changed.parquet"), changed);
  }

  private static void decimal(FileMetaData meta, String name, int precision, int scale) {
    column(meta, name)
        .setConverted_type(ConvertedType.DECIMAL)
        .setPrecision(precision)
        .setScale(scale)
        .unsetLogicalType();
  }

  /** Hive and Avro write decimals like this; only the converted type identifies them. */
  @Test
  void readsDecimalsOfBytesOfAnyLength() throws Exception {
    Path file =
        withSchema(
            "decimals-bytes",
            meta -> {
              decimal(meta, "centre_lat", 4, 1);
              decimal(meta, "centre_lon", 9, 2);
              decimal(meta, "cloud_cover", 9, 1);
              decimal(meta, "parquet_row", 9, 0);
            });
    assertRows(open(file));
    // As the bytes alone, they are no numbers.
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> open(file("decimals-bytes")));
    assertTrue(e.getMessage().endsWith("centre_lat is BYTE_ARRAY, not numbers"), e.getMessage());
  }

  @Test
  void aDecimalOfMorePlacesThanDigitsIsRefused() throws Exception {
    Path file = withSchema("decimals-bytes", meta -> decimal(meta, "centre_lat", 4, 5));
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> open(file));
    assertTrue(e.getMessage().contains("BYTE_ARRAY of DECIMAL(4, 5), not numbers"), e.getMessage());
  }

  @Test
  void readsUuidsDictionariesAndBytesAsTexts() {
    GeoParquetDataset dataset = open(file("uuid"));
    assertEquals("00000000-0000-0000-0000-000000000000", dataset.catalog().id(0));
    // 99 * 0x1234567890ABCDEF0123
    assertEquals("00000000-0007-0a3d-709f-f270a36d7089", dataset.catalog().id(99));
    assertEquals("product-4", dataset.catalog().productId(99));
    assertEquals(new GridCell(99, 99), dataset.catalog().cell(99));
  }

  /** Columns whose physical type alone suggests numbers, texts or times. */
  @ParameterizedTest
  @CsvSource({
    "centre_lat, DOUBLE, DATE, DOUBLE of DATE",
    "centre_lat, DOUBLE, TIMESTAMP_MILLIS, DOUBLE of TIMESTAMP_MILLIS",
    "parquet_row, INT64, TIMESTAMP_MICROS, INT64 of TIMESTAMP_MICROS",
    "parquet_row, INT64, TIME_MICROS, INT64 of TIME_MICROS",
    "parquet_row, INT64, UINT_32, INT64 of UINT_32",
    "grid_cell, BYTE_ARRAY, BSON, BYTE_ARRAY of BSON",
    "grid_cell, BYTE_ARRAY, INTERVAL, BYTE_ARRAY of INTERVAL",
    "product_id, BYTE_ARRAY, BSON, BYTE_ARRAY of BSON",
  })
  void otherTypesAreRefusedByName(String column, Type type, ConvertedType other, String named)
      throws Exception {
    Path file =
        withSchema(
            "pyarrow-v1",
            meta -> {
              SchemaElement element = column(meta, column);
              assertEquals(type, element.getType());
              element.setConverted_type(other).unsetLogicalType();
            });
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> open(file));
    assertTrue(e.getMessage().contains("column " + column + " is " + named), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"times-zones", "times-basic", "times-duckdb"})
  void readsTimesWithZones(String name) {
    GeoParquetDataset dataset = open(file(name));
    assertRows(dataset);
    for (int i = 0; i < ROWS; i++) {
      assertEquals(FIRST.plusSeconds(i), dataset.catalog().record(i).timestamp());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nulls-pandas",
        "nulls-polars",
        "nulls-duckdb",
        "nulls-fastparquet",
        "nulls-typed"
      })
  void aColumnOfNullsOnlyIsAsIfItWereNotThere(String name) {
    GeoParquetDataset dataset = open(file(name));
    assertEquals(ROWS, dataset.catalog().size());
    for (int i = 0; i < ROWS; i++) {
      TileRecord tile = dataset.catalog().record(i);
      assertEquals("id-" + i, tile.id());
      assertEquals(null, tile.source());
      assertEquals(Float.NaN, tile.cloudCover());
      assertEquals(i + 0.375f, dataset.vectors().row(i)[3]);
    }
  }

  @Test
  void rowGroupsWithoutRowsAreNothing() {
    assertRows(open(file("empty-groups")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"empty-pyarrow", "empty-polars", "empty-duckdb", "empty-fastparquet"})
  void filesWithoutRowsAreNothing(String name) throws Exception {
    assertEquals(0, open(file(name)).catalog().size());
    assertEquals(0, open(file(name)).vectors().rows());
    assertEquals(0, MetadataIndex.ofMetadata(List.of(file(name))).size());
    for (String place : List.of("a", "m", "z")) {
      Path parts = Files.createDirectories(folder.resolve(place));
      Files.copy(file(name), parts.resolve(place + ".parquet"));
      Files.copy(file("pyarrow-v1"), parts.resolve("b.parquet"));
      Files.copy(file("pyarrow-v2"), parts.resolve("y.parquet"));
      GeoParquetDataset dataset = open(parts);
      assertEquals(2 * ROWS, dataset.catalog().size());
      List<Float> firsts = new ArrayList<>();
      dataset.forEachBatch(
          batch -> {
            for (long i = 0; i < batch.rows(); i++) firsts.add(batch.row(i)[0]);
          });
      for (int i = 0; i < 2 * ROWS; i++) assertEquals(i % ROWS, firsts.get(i));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "struct-embedding | column embedding is a struct, of embedding.a (FLOAT), embedding.b"
            + " (FLOAT)",
        "struct-of-list | column embedding is a struct, of embedding.a.list.element (FLOAT in"
            + " lists)",
        "list-of-structs | column embedding is a struct, of embedding.list.element.a (FLOAT in"
            + " lists)",
        "image | column product_id is BYTE_ARRAY in structs of bytes and path, not texts",
        "twice | there are two columns centre_lat",
      })
  void whatIsNoColumnIsRefusedNamingItsLeaves(String name, String problem) {
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> open(file(name)).vectors());
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "large, 1.0E10",
    "fraction, 1.5",
    "negative, -1.0",
    "nan, NaN",
    "infinite, Infinity",
  })
  void aRowThatIsNoRowGroupIsRefused(String name, String value) {
    String problem = "row 1: parquet_row is " + value + ", not the number of a row group";
    Path file = file("row-" + name);
    CorruptDataException dataset = assertThrows(CorruptDataException.class, () -> open(file));
    assertTrue(dataset.getMessage().contains(problem), dataset.getMessage());
    CorruptDataException metadata =
        assertThrows(CorruptDataException.class, () -> MetadataIndex.ofMetadata(List.of(file)));
    assertTrue(metadata.getMessage().contains(problem), metadata.getMessage());
  }

  /** Lists as Avro, Thrift and Protobuf write them; their levels are those of the file itself. */
  @ParameterizedTest
  @ValueSource(strings = {"avro", "protobuf", "array", "embedding_tuple"})
  void listsMayHaveTwoLevelsOrOne(String writer) throws Exception {
    Path file =
        withSchema(
            "lists-required",
            meta -> {
              List<SchemaElement> schema = meta.getSchema();
              int at = schema.indexOf(column(meta, "embedding"));
              SchemaElement value = schema.get(at + 2);
              assertEquals(FieldRepetitionType.REQUIRED, schema.get(at).getRepetition_type());
              assertEquals(FieldRepetitionType.REQUIRED, value.getRepetition_type());
              switch (writer) {
                case "avro" -> {
                  schema.remove(at + 1);
                  value.setName("array").setRepetition_type(FieldRepetitionType.REPEATED);
                }
                case "protobuf" -> {
                  schema.remove(at);
                  schema.remove(at);
                  value.setName("embedding").setRepetition_type(FieldRepetitionType.REPEATED);
                }
                default -> schema.get(at + 1).setName(writer);
              }
            });
    GeoParquetDataset dataset = open(file);
    if (writer.equals("avro") || writer.equals("protobuf")) {
      assertRows(dataset);
      return;
    }
    // The format's rules: under these names, a list of structs of one field.
    EarthEmbedException e = assertThrows(EarthEmbedException.class, dataset::vectors);
    assertTrue(e.getMessage().contains("embedding." + writer + ".element"), e.getMessage());
  }

  private static String text(Map<String, byte[]> values, String column) {
    byte[] value = values.get(column);
    return value == null ? "null" : new String(value, StandardCharsets.UTF_8);
  }

  /** With and without an index that knows the byte ranges. */
  @ParameterizedTest
  @ValueSource(strings = {"shard-fastparquet", "shard-images"})
  void readsShardsOfOtherWriters(String name) {
    URI shard = file(name).toAbsolutePath().toUri();
    List<String> columns = List.of("B04", "thumbnail");
    MetadataIndex index = MetadataIndex.builder().addShard(shard, columns).build();
    assertEquals(4, index.size());
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      List<TileRecord> tiles = store.list(shard);
      assertEquals(4, tiles.size());
      for (int i = 0; i < 4; i++) {
        TileRecord tile = tiles.get(i);
        assertEquals("product-" + i, tile.productId());
        assertEquals(new GridCell(i, i), tile.cell());
        assertEquals(Instant.parse("2022-11-15T16:18:10Z").plusSeconds(i), tile.timestamp());
        TileRef known = index.find(tile.cell(), String.valueOf(tile.productId())).orElseThrow();
        TileRef source = tile.source();
        assertEquals(known, source);
        for (TileRef ref : List.of(known, new TileRef(known.shard(), known.rowGroup()))) {
          Map<String, byte[]> values = store.fetchStored(ref, columns);
          assertEquals("band-" + i, text(values, "B04"));
          assertEquals(i % 2 == 0 ? "picture-" + i : "null", text(values, "thumbnail"));
        }
      }
    }
  }

  @Test
  void aTilesColumnMustBeOneColumn() {
    URI shard = file("shard-images").toAbsolutePath().toUri();
    TileRef tile = new TileRef(shard, 0);
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      assertEquals(Map.of(), store.fetchStored(tile, List.of("cloud_mask")));
      EarthEmbedException two =
          assertThrows(EarthEmbedException.class, () -> store.fetchStored(tile, List.of("B02")));
      assertTrue(two.getMessage().contains("there are two columns B02"), two.getMessage());
      EarthEmbedException struct =
          assertThrows(EarthEmbedException.class, () -> store.fetchStored(tile, List.of("B03")));
      assertTrue(struct.getMessage().contains("B03.a (BYTE_ARRAY), B03.b"), struct.getMessage());
      // The row group that has no row is none of the tiles.
      CorruptDataException none =
          assertThrows(
              CorruptDataException.class,
              () -> store.fetchStored(new TileRef(shard, 2), List.of("B04")));
      assertTrue(none.getMessage().contains("row group 2 has 0 rows"), none.getMessage());
    }
  }
}
