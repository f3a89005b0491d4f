package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.dataset.CropFootprint;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.GeoReference;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DuckDB takes over: our files by its own Parquet reader, our memory by Arrow's C interface. */
class DuckDbTest {
  private static final ModelInfo MODEL = new ModelInfo("test-model", "1", 24);

  /** Rows of three files. */
  private static final int[] ROWS = {700, 40, 260};

  @TempDir Path folder;
  private final List<float[]> rows = new ArrayList<>();
  private Connection connection;
  private Statement statement;

  @BeforeEach
  void connect() throws Exception {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    statement = connection.createStatement();
    // A test must not download anything.
    statement.execute("SET autoinstall_known_extensions = false");
    statement.execute("SET threads = 2");
  }

  @AfterEach
  void disconnect() throws Exception {
    statement.close();
    connection.close();
  }

  private void write(DatasetCompression compression) {
    Random random = new Random(7);
    GeoParquetSink sink = new GeoParquetSink(folder, MODEL, compression);
    for (int part = 0; part < ROWS.length; part++) {
      List<EmbeddedTile> tiles = new ArrayList<>();
      Vectors vectors = Vectors.allocate(ROWS[part], MODEL.dimension());
      for (int i = 0; i < ROWS[part]; i++) {
        float[] row = new float[MODEL.dimension()];
        for (int j = 0; j < row.length; j++) row[j] = (float) random.nextGaussian();
        vectors.set(i, row);
        int n = rows.size();
        rows.add(row);
        GeoReference place = new GeoReference(32630, 512_340 + 100 * n, 5_100_000, 10);
        tiles.add(
            new EmbeddedTile(
                new TileRecord(
                    "id-" + n,
                    new GridCell(n - 20, 7),
                    "product-" + n % 4,
                    Instant.ofEpochSecond(1_600_000_000L),
                    new GeoPoint(46, -3),
                    n % 7 == 6 ? Float.NaN : n % 101,
                    n % 5 == 4
                        ? null
                        : new TileRef(URI.create("https://example.org/part_1.parquet"), n)),
                new CropFootprint(342, 342, 384, 384, place)));
      }
      sink.write("part-" + part, tiles, vectors);
    }
  }

  private ResultSet query(String sql) throws Exception {
    return statement.executeQuery(sql);
  }

  private void assertRow(int n, ResultSet result) throws Exception {
    assertTrue(result.next(), "row " + n);
    assertEquals("id-" + n, result.getString("unique_id"));
    assertEquals("product-" + n % 4, result.getString("product_id"));
    Object[] values = (Object[]) result.getArray("embedding").getArray();
    float[] row = new float[values.length];
    for (int j = 0; j < row.length; j++) row[j] = (Float) values[j];
    assertArrayEquals(rows.get(n), row, "row " + n);
    long source = result.getLong("parquet_row");
    assertEquals(n % 5 == 4, result.wasNull());
    if (n % 5 != 4) assertEquals(n, source);
    float cloud = result.getFloat("cloud_cover");
    assertEquals(n % 7 == 6, result.wasNull());
    if (n % 7 != 6) assertEquals(n % 101, cloud);
  }

  @ParameterizedTest
  @EnumSource
  void readsOurFiles(DatasetCompression compression) throws Exception {
    write(compression);
    String files =
        "read_parquet('" + folder + "/*.parquet', file_row_number = true, filename = true)";
    try (ResultSet all = query("SELECT * FROM " + files + " ORDER BY filename, file_row_number")) {
      for (int n = 0; n < rows.size(); n++) {
        assertRow(n, all);
        Blob geometry = all.getBlob("geometry");
        ByteBuffer wkb =
            ByteBuffer.wrap(geometry.getBytes(1, (int) geometry.length()))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(1, wkb.get(), "little-endian");
        assertEquals(3, wkb.getInt(), "a polygon");
        assertEquals(1, wkb.getInt(), "of one ring");
        assertEquals(5, wkb.getInt(), "of four corners");
      }
    }
    try (ResultSet found =
        query("SELECT count(*), min(bbox.xmin) FROM " + files + " WHERE bbox.xmin > -2.8")) {
      assertTrue(found.next());
      assertTrue(found.getInt(1) > 0 && found.getInt(1) < rows.size(), "some are in the box");
      assertTrue(found.getDouble(2) > -2.8);
    }
    try (ResultSet geo =
        query(
            "SELECT value FROM parquet_kv_metadata('"
                + folder
                + "/*.parquet') WHERE key = 'geo'")) {
      assertTrue(geo.next());
      Blob value = geo.getBlob(1);
      String json =
          new String(
              value.getBytes(1, (int) value.length()), java.nio.charset.StandardCharsets.UTF_8);
      assertTrue(json.contains("\"1.1.0\""), json);
    }
  }

  /** The hits of a search, among tiles with and without a cloud cover. */
  @Test
  void readsOurHits() throws Exception {
    write(DatasetCompression.NONE);
    Path file = folder.resolve("hits");
    SearchResult result;
    try (EarthExplorer earth =
        EarthExplorer.open(GeoParquetDataset.open(folder), EmbeddingModel.withoutEncoders(MODEL))) {
      result = earth.search(Query.vector(rows.get(0)), SearchOptions.top(50));
    }
    GeoParquetHits.write(result, file);
    try (ResultSet all = query("SELECT * FROM read_parquet('" + file + "') ORDER BY rank")) {
      for (Hit hit : result.hits()) {
        assertTrue(all.next(), hit::toString);
        assertEquals(hit.tile().id(), all.getString("id"));
        assertEquals(hit.score(), all.getFloat("score"));
        float cloud = all.getFloat("cloud_cover");
        assertEquals(hit.tile().cloudCover(), all.wasNull() ? Float.NaN : cloud);
      }
    }
  }

  /** Exports batch after batch; DuckDB keeps earlier batches while it reads more. */
  @Test
  void readsOurMemory() throws Exception {
    write(DatasetCompression.NONE);
    try (BufferAllocator allocator = new RootAllocator();
        ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator)) {
      ArrowReader reader = ArrowEmbeddings.reader(GeoParquetDataset.open(folder), allocator);
      Data.exportArrayStream(allocator, reader, stream);
      connection.unwrap(DuckDBConnection.class).registerArrowStream("tiles", stream);
      try (ResultSet all =
          query("SELECT * FROM tiles ORDER BY CAST(substr(unique_id, 4) AS INTEGER)")) {
        for (int n = 0; n < rows.size(); n++) assertRow(n, all);
      }
      disconnect(); // and returns the rows that it got
    }
  }

  /** Cells of Major TOM's grid fit 16 bits, which the reference datasets have; others need more. */
  @Test
  void numbersOfCellsAreNotCut() throws Exception {
    GeoParquetSink sink = new GeoParquetSink(folder, MODEL);
    int[][] parts = {{32_767, -32_768}, {40_000, -40_000}, {0, 32_768}, {-32_769, 0}};
    for (int i = 0; i < parts.length; i++) {
      TileRecord tile =
          new TileRecord(
              "id-" + i,
              new GridCell(parts[i][0], parts[i][1]),
              "product",
              Instant.EPOCH,
              new GeoPoint(46, -3),
              Float.NaN,
              null);
      sink.write(
          "part-" + i,
          List.of(new EmbeddedTile(tile, null)),
          Vectors.allocate(1, MODEL.dimension()));
      String file = folder.resolve("part-" + i + ".parquet").toString();
      try (ResultSet result =
          query("SELECT grid_row_u r, grid_col_r c, typeof(grid_row_u) t FROM '" + file + "'")) {
        assertTrue(result.next());
        assertEquals(parts[i][0], result.getInt("r"));
        assertEquals(parts[i][1], result.getInt("c"));
        assertEquals(i == 0 ? "SMALLINT" : "INTEGER", result.getString("t"));
      }
    }
  }
}
