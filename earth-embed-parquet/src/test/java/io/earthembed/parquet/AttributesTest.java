package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileFilter;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.Attributes.Type;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.internal.ColumnData;
import io.earthembed.parquet.internal.ColumnWriter;
import io.earthembed.parquet.internal.ColumnWriter.Field;
import io.earthembed.parquet.internal.ColumnWriter.Kind;
import io.earthembed.parquet.internal.ColumnWriter.Values;
import io.earthembed.testkit.peer.PythonPeer;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.parquet.format.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attributes pass through Parquet unchanged: our files, those of others, and back. */
class AttributesTest {
  private static final ModelInfo MODEL = new ModelInfo("model", "1", 2);
  private static final int COUNT = Integer.getInteger("earthembed.differential", 150);

  @TempDir Path folder;

  private static TileRecord tile(int i, Map<String, ?> attributes) {
    return new TileRecord("tile-" + i, null, null, null, new GeoPoint(i % 80, i), 1, null)
        .withAttributes(Attributes.of(attributes));
  }

  private void write(String part, List<TileRecord> tiles) {
    List<EmbeddedTile> embedded = tiles.stream().map(t -> new EmbeddedTile(t, null)).toList();
    new GeoParquetSink(folder, MODEL).write(part, embedded, Vectors.allocate(tiles.size(), 2));
  }

  private static List<Attributes> attributes(GeoParquetDataset dataset) {
    return dataset.catalog().stream().map(TileRecord::attributes).toList();
  }

  @Test
  void readsWhatTheSinkWroteInAllItsParts() {
    List<TileRecord> first =
        List.of(
            tile(0, Map.of("crop", "maïze", "parcel", Long.MIN_VALUE, "organic", true)),
            tile(1, Map.of()),
            tile(2, Map.of("yield", 1e-300, "sown", Instant.parse("1969-07-20T20:17:40.000001Z"))),
            tile(3, Map.of("parcel", (1L << 53) + 1, "organic", false, "a.b", "")));
    List<TileRecord> second = List.of(tile(4, Map.of("crop", "oat", "new", 7)));
    write("a", first);
    write("b", second);
    write("c", List.of(tile(5, Map.of())));
    List<Attributes> expected = new ArrayList<>();
    for (TileRecord tile : first) expected.add(tile.attributes());
    expected.add(second.get(0).attributes());
    expected.add(Attributes.NONE);
    GeoParquetDataset dataset = GeoParquetDataset.open(folder);
    assertEquals(expected, attributes(dataset));
    assertEquals(
        Map.of(
            "a.b", Type.TEXT,
            "crop", Type.TEXT,
            "new", Type.INTEGER,
            "organic", Type.FLAG,
            "parcel", Type.INTEGER,
            "sown", Type.TIME,
            "yield", Type.NUMBER),
        dataset.catalog().attributeTypes());
    // The columns of the dataset itself are no attributes.
    ColumnMapping all = ColumnMapping.builder().allAttributes().build();
    assertEquals(expected, attributes(GeoParquetDataset.open(folder, MODEL, all)));
  }

  /** Compaction merges files of the same attributes, and leaves the others as they are. */
  @Test
  void compactionKeepsAttributes() {
    List<Attributes> expected = new ArrayList<>();
    Random random = new Random(7);
    for (int part = 0; part < 6; part++) {
      List<TileRecord> tiles = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        Map<String, Object> own = new TreeMap<>();
        if (part < 4) own.put("organic", random.nextBoolean());
        if (part < 4) own.put("crop", "crop " + random.nextInt(3));
        if (part >= 4) own.put("parcel", random.nextLong());
        tiles.add(tile(10 * part + i, own));
        expected.add(Attributes.of(own));
      }
      write("part-" + part, tiles);
    }
    assertEquals(4, new GeoParquetSink(folder, MODEL).compact(1 << 20));
    assertEquals(2, GeoParquetDataset.files(folder).size());
    assertEquals(expected, attributes(GeoParquetDataset.open(folder)));
  }

  @Test
  void writesNoAttributeOverAColumnOfItsOwn() {
    for (String name : List.of("timestamp", "embedding", "bbox", "bbox.xmin")) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> write("a", List.of(tile(0, Map.of(name, 1)))));
      assertEquals(
          "attribute " + name + " has the name of a column of the dataset", e.getMessage());
    }
    List<TileRecord> mixed = List.of(tile(0, Map.of("n", 1)), tile(1, Map.of("n", "one")));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> write("a", mixed));
    assertEquals(
        "attribute n of tile tile-1 (row 1) is of type TEXT, but of type INTEGER in earlier rows",
        e.getMessage());
    assertThrows(EarthEmbedException.class, () -> GeoParquetDataset.files(folder), "no file");
  }

  /** Writes a file that does not list attributes, as others do. */
  private Path foreign(String name, List<Field> more, List<? extends Values> values, int rows) {
    List<Field> fields =
        new ArrayList<>(
            List.of(
                new Field("id", org.apache.parquet.format.Type.BYTE_ARRAY, Kind.STRING),
                new Field("embedding", org.apache.parquet.format.Type.FLOAT, Kind.LIST)));
    fields.addAll(more);
    List<Integer> numbers = java.util.stream.IntStream.range(0, rows).boxed().toList();
    List<Values> columns = new ArrayList<>();
    columns.add(ColumnData.strings(numbers, i -> "tile-" + i));
    columns.add(new ColumnWriter.Embeddings(Vectors.allocate(rows, 2), 0, rows));
    columns.addAll(values);
    Path file = folder.resolve(name);
    try (ColumnWriter writer =
        new ColumnWriter(file, fields, Map.of(), CompressionCodec.UNCOMPRESSED)) {
      writer.write(rows, columns);
      writer.finish();
    }
    return file;
  }

  @Test
  void readsColumnsOfOthersThatTheCallerNames() {
    List<Field> fields =
        List.of(
            new Field("crop", org.apache.parquet.format.Type.BYTE_ARRAY, Kind.STRING),
            new Field("yield", org.apache.parquet.format.Type.DOUBLE, Kind.NUMBER),
            new Field("boxes", org.apache.parquet.format.Type.INT64, Kind.LIST));
    List<@Nullable String> crops = new ArrayList<>(List.of("oat", "rye"));
    crops.add(null);
    List<long @Nullable []> boxes = List.of(new long[1], new long[1], new long[1]);
    double[] yields = {2.5, Double.NaN, 3};
    Path file =
        foreign(
            "foreign.parquet",
            fields,
            List.of(
                ColumnData.strings(crops, crop -> crop),
                ColumnData.numbers(org.apache.parquet.format.Type.DOUBLE, yields),
                ColumnData.lists(boxes, 1)),
            3);
    List<Attributes> none = List.of(Attributes.NONE, Attributes.NONE, Attributes.NONE);
    assertEquals(none, attributes(GeoParquetDataset.open(file, MODEL)));
    ColumnMapping crop = ColumnMapping.builder().attributes("crop").build();
    assertEquals(
        List.of(Map.of("crop", "oat"), Map.of("crop", "rye"), Map.of()),
        attributes(GeoParquetDataset.open(file, MODEL, crop)).stream()
            .map(Attributes::asMap)
            .toList());
    ColumnMapping all = ColumnMapping.ofJson("{\"allAttributes\": true}");
    assertEquals(
        List.of(Map.of("crop", "oat", "yield", 2.5), Map.of("crop", "rye"), Map.of("yield", 3.0)),
        attributes(GeoParquetDataset.open(file, MODEL, all)).stream()
            .map(Attributes::asMap)
            .toList());
    ColumnMapping list = ColumnMapping.builder().attributes("boxes").build();
    String message =
        assertThrows(EarthEmbedException.class, () -> GeoParquetDataset.open(file, MODEL, list))
            .getMessage();
    assertEquals(
        file
            + ": column boxes is INT64 in lists, which is not read as an attribute; texts, numbers,"
            + " booleans, dates and timestamps are",
        message);
    ColumnMapping absent = ColumnMapping.builder().attributes("crops").build();
    message =
        assertThrows(EarthEmbedException.class, () -> GeoParquetDataset.open(file, MODEL, absent))
            .getMessage();
    assertTrue(
        String.valueOf(message).startsWith(file + " has no column crops to read as an attribute."),
        message);
  }

  @Test
  void namesTheRowOfAValueThatIsNone() {
    List<Field> fields =
        List.of(new Field("yield", org.apache.parquet.format.Type.DOUBLE, Kind.NUMBER));
    double[] yields = {1, Double.NEGATIVE_INFINITY};
    Path file =
        foreign(
            "infinite.parquet",
            fields,
            List.of(ColumnData.numbers(org.apache.parquet.format.Type.DOUBLE, yields)),
            2);
    ColumnMapping all = ColumnMapping.builder().allAttributes().build();
    String message =
        assertThrows(CorruptDataException.class, () -> GeoParquetDataset.open(file, MODEL, all))
            .getMessage();
    assertTrue(
        String.valueOf(message)
            .startsWith(file + ": row 1: attribute yield: the value -Infinity is not"),
        message);
  }

  @Test
  void mappingsKeepAttributesInJson() {
    ColumnMapping mapping =
        ColumnMapping.builder().attributes("crop", "a \"b\"").allAttributes().build();
    String json = "{\"attributes\":[\"crop\",\"a \\\"b\\\"\"],\"allAttributes\":true}";
    assertEquals(json, mapping.toJson());
    assertEquals(json, ColumnMapping.ofJson(json).toJson());
    assertThrows(
        IllegalArgumentException.class, () -> ColumnMapping.ofJson("{\"attributes\": \"crop\"}"));
  }

  private static @Nullable Object value(String type, JsonElement said) {
    if (said.isJsonNull()) return null;
    return switch (Type.valueOf(type)) {
      case TEXT -> said.getAsString();
      case INTEGER -> Long.valueOf(said.getAsString());
      case NUMBER -> Double.valueOf(said.getAsString());
      case TIME -> Instant.EPOCH.plus(Long.parseLong(said.getAsString()), ChronoUnit.MICROS);
      case FLAG -> said.getAsBoolean();
    };
  }

  /** Returns the attributes of each row as the peer tells them. */
  private static List<Attributes> said(JsonObject answer, int rows) {
    List<Attributes> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      Map<String, Object> own = new TreeMap<>();
      for (Map.Entry<String, JsonElement> column : answer.entrySet()) {
        JsonObject about = column.getValue().getAsJsonObject();
        String type = about.get("type").getAsString();
        Object value = value(type, about.getAsJsonArray("values").get(i));
        if (value != null) own.put(column.getKey(), value);
      }
      all.add(Attributes.of(own));
    }
    return all;
  }

  private static JsonObject ask(PythonPeer peer, Map<String, ?> request) throws Exception {
    return new Gson().fromJson(peer.ask(new Gson().toJson(request)), JsonObject.class);
  }

  /** {@code -Dearthembed.differential=N} tries N files of pyarrow (default 150). */
  @Test
  void agreesWithPyarrowInBothDirections() throws Exception {
    ColumnMapping all = ColumnMapping.builder().allAttributes().withoutCenter().build();
    try (PythonPeer peer = PythonPeer.start(Path.of("src/test/python/attributes_peer.py"))) {
      for (int seed = 0; seed < COUNT; seed++) {
        Path file = folder.resolve("peer.parquet");
        JsonObject written = ask(peer, Map.of("write", file.toString(), "seed", seed));
        GeoParquetDataset dataset = GeoParquetDataset.open(file, MODEL, all);
        int rows = (int) dataset.catalog().size();
        assertEquals(said(written, rows), attributes(dataset), "seed " + seed);

        List<EmbeddedTile> tiles =
            dataset.catalog().stream().map(tile -> new EmbeddedTile(tile, null)).toList();
        DatasetCompression compression =
            new Random(seed).nextBoolean() ? DatasetCompression.ZSTD : DatasetCompression.NONE;
        new GeoParquetSink(folder.resolve("own"), MODEL, compression)
            .write("part", tiles, Vectors.allocate(rows, 2));
        Path own = folder.resolve("own/part.parquet");
        List<String> names = List.copyOf(dataset.catalog().attributeTypes().keySet());
        JsonObject read = ask(peer, Map.of("read", own.toString(), "columns", names));
        assertEquals(attributes(dataset), said(read, rows), "read by pyarrow, seed " + seed);
        assertEquals(attributes(dataset), attributes(GeoParquetDataset.open(own)));
      }
    }
  }

  private SearchResult search(TileFilter filter) {
    try (EarthExplorer earth =
        EarthExplorer.open(GeoParquetDataset.open(folder), EmbeddingModel.withoutEncoders(MODEL))) {
      return earth.search(
          Query.vector(new float[] {1, 0}), SearchOptions.builder().k(9).filter(filter).build());
    }
  }

  /** A search of a dataset filters by its attributes, and pyarrow finds those of the hits. */
  @Test
  void hitsHaveColumnsOfAttributesToo() throws Exception {
    List<EmbeddedTile> tiles = new ArrayList<>();
    Vectors vectors = Vectors.allocate(4, 2);
    for (int i = 0; i < 4; i++) {
      Map<String, Object> own = new TreeMap<>(Map.of("score", i, "crop", i < 3 ? "oat" : "rye"));
      if (i == 1) own.put("sown", Instant.parse("2024-04-01T00:00:00Z"));
      tiles.add(new EmbeddedTile(tile(i, own), null));
      vectors.set(i, new float[] {i, 1});
    }
    new GeoParquetSink(folder, MODEL).write("part", tiles, vectors);
    SearchResult result =
        search(TileFilter.attribute("crop").is("oat").and(TileFilter.attribute("score").above(0)));
    Path file = folder.resolve("hits");
    GeoParquetHits.write(result, file);
    Path items = folder.resolve("items");
    StacParquetHits.write(result, items);
    try (PythonPeer peer = PythonPeer.start(Path.of("src/test/python/attributes_peer.py"))) {
      List<String> columns = List.of("crop", "attribute_score", "sown");
      JsonObject hits = ask(peer, Map.of("read", file.toString(), "columns", columns));
      assertEquals(
          "{\"crop\":{\"type\":\"TEXT\",\"values\":[\"oat\",\"oat\"]},"
              + "\"attribute_score\":{\"type\":\"INTEGER\",\"values\":[\"2\",\"1\"]},"
              + "\"sown\":{\"type\":\"TIME\",\"values\":[null,\"1711929600000000\"]}}",
          hits.toString());
      List<String> properties = List.of("earthembed:attribute:crop", "earthembed:attribute:score");
      JsonObject read = ask(peer, Map.of("read", items.toString(), "columns", properties));
      assertEquals(
          "[\"2\",\"1\"]",
          read.getAsJsonObject(properties.get(1)).getAsJsonArray("values").toString());
      assertEquals(2, result.searched());
    }
  }
}
