package io.earthembed.parquet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.catalog.TileFilter;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import io.earthembed.dataset.CropFootprint;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.GeoReference;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.parquet.internal.ColumnData;
import io.earthembed.parquet.internal.ColumnWriter;
import io.earthembed.parquet.internal.ColumnWriter.Kind;
import io.earthembed.vector.Metric;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
  private static final ModelInfo MODEL = new ModelInfo("test-model", "1", 24);

  @TempDir Path folder;

  private static EmbeddedTile tile(int i) {
    GeoReference place = new GeoReference(32630 + i % 3, 512_340 + i, 5_100_000, 10);
    return new EmbeddedTile(
        new TileRecord(
            "id-" + i,
            new GridCell(i - 20, 7 * i),
            "product-" + i % 4,
            Instant.ofEpochSecond(1_600_000_000L + i),
            new GeoPoint(46 + i / 100.0, -3),
            i % 3 == 2 ? Float.NaN : i % 101,
            i % 5 == 4 ? null : new TileRef(URI.create("https://example.org/part_1.parquet"), i)),
        i % 7 == 6 ? null : new CropFootprint(342, 342, 384, 384, place));
  }

  private static List<EmbeddedTile> tiles(int from, int to) {
    List<EmbeddedTile> tiles = new ArrayList<>();
    for (int i = from; i < to; i++) tiles.add(tile(i));
    return tiles;
  }

  private static Vectors embeddings(int rows, long seed) {
    Random random = new Random(seed);
    Vectors vectors = Vectors.allocate(rows, MODEL.dimension());
    float[] row = new float[MODEL.dimension()];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < row.length; j++) row[j] = (float) random.nextGaussian();
      vectors.set(i, row);
    }
    return vectors;
  }

  private static List<float[]> allRows(GeoParquetDataset dataset) {
    List<float[]> rows = new ArrayList<>();
    dataset.forEachBatch(
        batch -> {
          for (long i = 0; i < batch.rows(); i++) rows.add(batch.row(i));
        });
    return rows;
  }

  @Test
  void comesBackAsItWasWritten() {
    GeoParquetSink sink = new GeoParquetSink(folder, MODEL);
    Vectors first = embeddings(50, 1);
    Vectors second = embeddings(13, 2);
    sink.write("part-00001", tiles(50, 63), second);
    sink.write("part-00000", tiles(0, 50), first);
    GeoParquetDataset dataset = GeoParquetDataset.open(folder);
    assertEquals(MODEL, dataset.model());
    assertEquals(63, dataset.catalog().size());
    for (int i = 0; i < 63; i++) {
      TileRecord expected = tile(i).tile();
      TileRecord actual = dataset.catalog().record(i);
      assertEquals(expected.id(), actual.id());
      assertEquals(expected.cell(), actual.cell());
      assertEquals(expected.productId(), actual.productId());
      assertEquals(expected.timestamp(), actual.timestamp());
      assertEquals(expected.source(), actual.source());
      assertEquals(expected.cloudCover(), actual.cloudCover());
      assertEquals(expected.center().latitude(), actual.center().latitude(), 1e-5);
    }
    List<float[]> rows = allRows(dataset);
    assertEquals(63, rows.size());
    assertArrayEquals(first.row(49), rows.get(49));
    assertArrayEquals(second.row(0), rows.get(50));
  }

  @Test
  void resumesByPartAndRefusesAnotherModel() {
    GeoParquetSink sink = new GeoParquetSink(folder, MODEL);
    assertEquals(Set.of(), sink.parts());
    sink.write("part-00000", tiles(0, 5), embeddings(5, 3));
    assertEquals(Set.of("part-00000"), sink.parts());
    sink.require("part-00000", EmbeddingOrigin.of(MODEL));
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class,
            () -> sink.require("part-00000", EmbeddingOrigin.of(new ModelInfo("other", "1", 24))));
    assertTrue(e.getMessage().contains("test-model"), e.getMessage());
    assertThrows(
        EarthEmbedException.class,
        () -> GeoParquetDataset.open(folder, new ModelInfo("other", "1", 24)));
    assertThrows(IllegalArgumentException.class, () -> sink.recordFailures("../escape", List.of()));
    assertThrows(
        IllegalArgumentException.class, () -> sink.write("x", tiles(0, 3), embeddings(4, 1)));
  }

  /** pyarrow and pandas wrote these files with the reference system's columns; see the script. */
  @Test
  void readsWhatPyarrowWrites() throws Exception {
    Path golden = Path.of("src/test/resources/io/earthembed/parquet/pyarrow-snappy.parquet");
    ModelInfo model = new ModelInfo("golden", "1", 6);
    for (String name : List.of("pyarrow-snappy", "pyarrow-zstd-v2", "pyarrow-gzip-bss")) {
      GeoParquetDataset dataset =
          GeoParquetDataset.open(golden.resolveSibling(name + ".parquet"), model);
      assertEquals(40, dataset.catalog().size(), name);
      assertEquals(new GridCell(-2, 18), dataset.catalog().record(18).cell(), name);
      assertEquals("product-3", dataset.catalog().record(18).productId(), name);
      assertEquals(Instant.parse("2022-11-15T16:18:19Z"), dataset.catalog().record(0).timestamp());
      List<float[]> rows = allRows(dataset);
      for (int i = 0; i < 40; i++) {
        for (int j = 0; j < 6; j++) assertEquals(i + j / 8f, rows.get(i)[j], name);
      }
    }
  }

  /** Foreign files and older files have no such column. */
  @Test
  void findsCloudCoverWhereItIsKnown() throws Exception {
    ModelInfo model = new ModelInfo("golden", "1", 6);
    Path golden = Path.of("src/test/resources/io/earthembed/parquet/pyarrow-snappy.parquet");
    Files.copy(golden, folder.resolve("a.parquet"));
    new GeoParquetSink(folder, model).write("b", tiles(0, 63), Vectors.allocate(63, 6));
    GeoParquetDataset dataset = GeoParquetDataset.open(folder, model);
    OrdinalSet clear = dataset.catalog().select(TileFilter.cloudCoverAtMost(30));
    for (int i = 0; i < 40 + 63; i++) {
      int n = i - 40;
      assertEquals(n >= 0 && n % 3 != 2 && n <= 30, clear.contains(i), "row " + i);
    }
  }

  /** Tests the second file, with several row groups. */
  @Test
  void namesTheRowOfTheFile() throws Exception {
    Path groups = Path.of("src/test/resources/io/earthembed/parquet/embeddings/groups.parquet");
    ModelInfo model = new ModelInfo("golden", "1", 20);
    Files.copy(groups, folder.resolve("a.parquet"));
    Path bad = folder.resolve("b.parquet");
    // Latitudes go up by a half; the greatest, 29.5, is in the last row group.
    byte[] bytes = Files.readAllBytes(groups);
    replace(bytes, 29.5f, 95f);
    Files.write(bad, bytes);
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> GeoParquetDataset.open(folder, model));
    assertTrue(e.getMessage().startsWith(bad + ": row 59: "), e.getMessage());

    bytes = Files.readAllBytes(groups);
    int at =
        new String(bytes, ISO_8859_1).lastIndexOf("20221115T161819\u000f\0\0\00020221115T161819");
    bytes[at] = 'x';
    Files.write(bad, bytes);
    e = assertThrows(CorruptDataException.class, () -> GeoParquetDataset.open(folder, model));
    assertTrue(e.getMessage().contains("not a timestamp: x0221115T161819"), e.getMessage());
    assertTrue(e.getMessage().startsWith(bad + ": row 58: "), e.getMessage());

    Files.copy(groups.resolveSibling("bad-short-row.parquet"), bad, REPLACE_EXISTING);
    GeoParquetDataset ragged = GeoParquetDataset.open(folder, model);
    e = assertThrows(CorruptDataException.class, ragged::vectors);
    assertTrue(e.getMessage().contains("row 42"), e.getMessage());
  }

  private static void replace(byte[] bytes, float from, float to) {
    ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i + 4 <= bytes.length; i++) {
      if (values.getFloat(i) == from) values.putFloat(i, to);
    }
  }

  /** An index names the row of the batch; the exception adds the file and its row. */
  @Test
  void namesTheFileOfANumberThatIsNotFinite() {
    ModelInfo wide = new ModelInfo("wide", "1", 4096);
    int n = 5000;
    Vectors vectors = Vectors.allocate(n, 4096);
    float[] row = new float[4096];
    row[5] = Float.NaN;
    vectors.set(4900, row);
    GeoParquetSink sink = new GeoParquetSink(folder, wide);
    sink.write("a", tiles(0, 3), Vectors.allocate(3, 4096));
    sink.write("b", Collections.nCopies(n, tile(1)), vectors);
    GeoParquetDataset dataset = GeoParquetDataset.open(folder);
    ExactIndex index = new ExactIndex(4096, Metric.INNER_PRODUCT);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> dataset.forEachBatch(index::add));
    CorruptDataException where = assertInstanceOf(CorruptDataException.class, e.getSuppressed()[0]);
    assertEquals(
        folder.resolve("b.parquet") + ": the embedding in row 4900 has NaN", where.getMessage());
    IllegalArgumentException other = new IllegalArgumentException("the consumer's own");
    assertSame(
        other,
        assertThrows(
            IllegalArgumentException.class,
            () ->
                dataset.forEachBatch(
                    batch -> {
                      throw other;
                    })));
    assertEquals(0, other.getSuppressed().length);
  }

  @Test
  void saysWhatIsNotThere() throws Exception {
    Path missing = folder.resolve("missing.parquet");
    RangeReadException e =
        assertThrows(RangeReadException.class, () -> GeoParquetDataset.open(missing, MODEL));
    assertEquals(missing + " last 65536 bytes: no such file", e.getMessage());
    URI dir = folder.toUri();
    e = assertThrows(RangeReadException.class, () -> GeoParquetDataset.open(List.of(dir), MODEL));
    assertEquals(folder + " last 65536 bytes: is a folder", e.getMessage());
  }

  /** As Spark names the folders it writes. */
  @Test
  void opensFoldersThatAreNamedAsFiles() throws Exception {
    Path set = Files.createDirectories(folder.resolve("sets/set.parquet"));
    new GeoParquetSink(set, MODEL).write("a", tiles(0, 3), embeddings(3, 1));
    assertEquals(3, GeoParquetDataset.open(set).catalog().size());
    assertEquals(3, GeoParquetDataset.open(folder.resolve("sets")).catalog().size());
  }

  @Test
  void refusesEmbeddingsOfAnotherLength() {
    GeoParquetSink sink = new GeoParquetSink(folder, MODEL);
    sink.write("part-00000", tiles(0, 5), embeddings(5, 3));
    Path golden = Path.of("src/test/resources/io/earthembed/parquet/pyarrow-snappy.parquet");
    GeoParquetDataset wrong = GeoParquetDataset.open(golden, new ModelInfo("golden", "1", 7));
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> wrong.forEachBatch(batch -> {}));
    assertTrue(e.getMessage().contains("row 0"), e.getMessage());
    assertTrue(e.getMessage().contains("pyarrow-snappy.parquet"), e.getMessage());
  }

  @Test
  void namesNoModelWhereThereIsNone() {
    Path golden = Path.of("src/test/resources/io/earthembed/parquet/pyarrow-snappy.parquet");
    assertThrows(EarthEmbedException.class, () -> GeoParquetDataset.open(golden));
  }

  @Test
  void leavesNoPartialFile() throws Exception {
    Path file = folder.resolve("shard.parquet");
    try (ShardWriter writer = new ShardWriter(file)) {
      assertFalse(Files.exists(file), "not under its name before it is whole");
      try (Stream<Path> beside = Files.list(folder)) {
        assertEquals(1, beside.count(), () -> "written beside it, as long as the writer is open");
      }
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }

  /** A damaged file causes our own exception or gives a result, never anything else. */
  @Test
  void survivesDamage() throws Exception {
    new GeoParquetSink(folder, MODEL).write("part", tiles(0, 30), embeddings(30, 4));
    byte[] good = Files.readAllBytes(folder.resolve("part.parquet"));
    Path bad = folder.resolve("bad.parquet");
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < 1_500; i++) {
      byte[] bytes = good.clone();
      if (i % 3 == 0) {
        bytes = java.util.Arrays.copyOf(good, random.nextInt(good.length));
      } else {
        // Mostly in the footer and the page headers, where a flip matters.
        int at = i % 3 == 1 ? good.length - 1 - random.nextInt(3_000) : random.nextInt(good.length);
        bytes[at] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(bad, bytes);
      try {
        allRows(GeoParquetDataset.open(bad));
      } catch (EarthEmbedException e) {
        refused++;
      }
    }
    assertTrue(refused > 500, "damage is noticed: " + refused);
  }

  /** A folder that is a link, and one below it. */
  @Test
  void followsSymbolicLinks() throws Exception {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path other = Files.createDirectory(folder.resolve("other"));
    new GeoParquetSink(real, MODEL).write("a", tiles(0, 3), embeddings(3, 1));
    new GeoParquetSink(other, MODEL).write("b", tiles(3, 5), embeddings(2, 2));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    Files.createSymbolicLink(real.resolve("more"), other);
    GeoParquetDataset dataset = GeoParquetDataset.open(link);
    assertEquals(5, dataset.catalog().size());
    assertEquals("id-4", dataset.catalog().id(4));
  }

  /** A column of texts is one page per row group, and the size of pages is limited. */
  @Test
  void dividesDatasetsOfShortVectorsIntoRowGroups() throws Exception {
    ModelInfo one = new ModelInfo("one", "1", 1);
    int n = (1 << 17) + 1;
    Path out = Files.createDirectory(folder.resolve("short"));
    List<EmbeddedTile> many = Collections.nCopies(n, tile(1));
    new GeoParquetSink(out, one).write("a", many, Vectors.allocate(n, 1));
    GeoParquetDataset dataset = GeoParquetDataset.open(out);
    assertEquals(n, dataset.catalog().size());
    io.earthembed.parquet.internal.Footer footer =
        DatasetFile.open(Sources.of(out.resolve("a.parquet").toUri())).footer();
    assertEquals(
        List.of(1L << 17, 1L), footer.rowGroups().stream().map(group -> group.rows()).toList());
  }

  /** Unknown values are null: in a dataset, in hits, in a shard of pixels. */
  @Test
  void writesAndReadsTilesWithoutATime() throws Exception {
    List<EmbeddedTile> tiles = tiles(0, 4);
    for (int i : new int[] {1, 3}) {
      TileRecord t = tiles.get(i).tile();
      TileRecord undated =
          new TileRecord(
              t.id(), t.cell(), t.productId(), null, t.center(), t.cloudCover(), t.source());
      tiles.set(i, new EmbeddedTile(undated, tiles.get(i).footprint()));
    }
    Vectors embeddings = embeddings(4, 1);
    embeddings.normalize();
    new GeoParquetSink(folder, MODEL).write("part", tiles, embeddings);
    GeoParquetDataset dataset = GeoParquetDataset.open(folder);
    for (int i = 0; i < 4; i++) {
      assertEquals(tiles.get(i).tile().timestamp(), dataset.catalog().record(i).timestamp());
      assertEquals(i % 2 == 1, dataset.catalog().record(i).timestamp() == null);
    }
    assertEquals(folder.toString(), dataset.name());
  }

  /** A dataset without a column of times. */
  @Test
  void readsADatasetWithoutTimes() {
    Path file = folder.resolve("timeless.parquet");
    List<Integer> rows = List.of(0, 1);
    List<ColumnWriter.Field> fields = new ArrayList<>();
    List<ColumnWriter.Values> columns = new ArrayList<>();
    for (String name : List.of("unique_id", "product_id", "grid_cell")) {
      fields.add(new ColumnWriter.Field(name, Type.BYTE_ARRAY, Kind.STRING));
      columns.add(ColumnData.strings(rows, row -> name.equals("grid_cell") ? "1U_1R" : name + row));
    }
    for (String name : List.of("centre_lat", "centre_lon")) {
      fields.add(new ColumnWriter.Field(name, Type.DOUBLE, Kind.NUMBER));
      columns.add(ColumnData.numbers(rows, Type.DOUBLE, row -> 1));
    }
    fields.add(new ColumnWriter.Field("embedding", Type.FLOAT, Kind.LIST));
    columns.add(new ColumnWriter.Embeddings(embeddings(2, 1), 0, 2));
    try (ColumnWriter writer =
        new ColumnWriter(file, fields, java.util.Map.of(), CompressionCodec.UNCOMPRESSED)) {
      writer.write(2, columns);
      writer.finish();
    }
    io.earthembed.catalog.TileCatalog catalog = GeoParquetDataset.open(file, MODEL).catalog();
    assertNull(catalog.record(0).timestamp());
    assertNull(catalog.record(1).timestamp());
    TileFilter ever = TileFilter.sensed(Instant.MIN, Instant.MAX);
    assertEquals(0, catalog.select(ever).count(2));
    assertEquals(2, catalog.undated(ever).count(2));
  }

  /** Reads and lists a shard of tiles whose time is unknown. */
  @Test
  void readsShardsOfTilesWithoutATime() {
    Path shard = folder.resolve("shard.parquet");
    io.earthembed.image.Raster picture =
        io.earthembed.image.Raster.allocate(8, 8, 3, io.earthembed.image.SampleType.UINT8);
    try (ShardWriter writer = new ShardWriter(shard)) {
      writer.add(
          new ShardTile(
              new GridCell(3, 4), "p", null, new GeoPoint(1, 2), java.util.Map.of(), picture));
      writer.finish();
    }
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      List<TileRecord> listed = store.list(shard.toUri());
      assertEquals(1, listed.size());
      assertNull(listed.get(0).timestamp());
      io.earthembed.imagery.Tile tile =
          store.fetch(new TileRef(shard.toUri(), 0), io.earthembed.imagery.TileParts.THUMBNAIL);
      assertNull(tile.timestamp());
      assertEquals("p", tile.productId());
    }
  }

  /** A foreign dataset, whose column of that name holds no percentages. */
  @Test
  void takesOtherCloudCoversForUnknown() throws Exception {
    List<Float> covers = List.of(-1f, 101f, 7f);
    for (boolean texts : new boolean[] {false, true}) {
      Path file = folder.resolve("covers-" + texts + ".parquet");
      List<ColumnWriter.Field> fields = new ArrayList<>();
      List<ColumnWriter.Values> columns = new ArrayList<>();
      for (String name : List.of("unique_id", "product_id", "grid_cell", "timestamp")) {
        fields.add(new ColumnWriter.Field(name, Type.BYTE_ARRAY, Kind.STRING));
        columns.add(
            ColumnData.strings(
                covers,
                cover ->
                    switch (name) {
                      case "grid_cell" -> "1U_1R";
                      case "timestamp" -> "2024-01-01T00:00:00Z";
                      default -> name + cover;
                    }));
      }
      for (String name : List.of("centre_lat", "centre_lon")) {
        fields.add(new ColumnWriter.Field(name, Type.DOUBLE, Kind.NUMBER));
        columns.add(ColumnData.numbers(covers, Type.DOUBLE, cover -> 1));
      }
      fields.add(new ColumnWriter.Field("embedding", Type.FLOAT, Kind.LIST));
      columns.add(new ColumnWriter.Embeddings(embeddings(3, 1), 0, 3));
      fields.add(
          texts
              ? new ColumnWriter.Field("cloud_cover", Type.BYTE_ARRAY, Kind.STRING)
              : new ColumnWriter.Field("cloud_cover", Type.FLOAT, Kind.NUMBER));
      columns.add(
          texts
              ? ColumnData.strings(covers, cover -> "few")
              : ColumnData.numbers(covers, Type.FLOAT, cover -> cover));
      try (ColumnWriter writer =
          new ColumnWriter(file, fields, java.util.Map.of(), CompressionCodec.UNCOMPRESSED)) {
        writer.write(3, columns);
        writer.finish();
      }
      io.earthembed.catalog.TileCatalog catalog = GeoParquetDataset.open(file, MODEL).catalog();
      assertEquals(Float.NaN, catalog.cloudCover(0));
      assertEquals(Float.NaN, catalog.cloudCover(1));
      assertEquals(texts ? Float.NaN : 7f, catalog.cloudCover(2));
    }
  }
}
