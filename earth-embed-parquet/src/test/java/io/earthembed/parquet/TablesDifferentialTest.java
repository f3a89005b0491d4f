package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.testkit.peer.PythonPeer;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reads random Parquet files of pyarrow, polars, DuckDB and fastparquet as a dataset, as a metadata
 * file or as a shard. Our values must equal those that pyarrow reads, and errors must name columns
 * that we do not read. tables.py names the files that must be refused; all others must be read.
 *
 * <p>{@code -Dearthembed.differential=100000} tries as many; {@code
 * -Dearthembed.differential.first=1234} begins with the file of that number.
 */
class TablesDifferentialTest {
  private static final int COUNT = Integer.getInteger("earthembed.differential", 2000);
  private static final int FIRST = Integer.getInteger("earthembed.differential.first", 0);

  /** Files that Python makes at a time. */
  private static final int BATCH = 50;

  private static final int MOST_FAILURES = 10;

  private static final MajorTomGrid GRID = MajorTomGrid.CORE.withLatitudeLimit(90);

  @TempDir Path folder;

  @Test
  void readsWhatPyarrowReads() throws Exception {
    List<String> failures = new ArrayList<>();
    try (PythonPeer writers = PythonPeer.start(Path.of("src/test/python/tables.py"))) {
      for (int from = FIRST; from < FIRST + COUNT; from += BATCH) {
        int count = Math.min(BATCH, FIRST + COUNT - from);
        assertEquals("made", writers.ask(folder + " " + from + " " + count));
        Path answers = folder.resolve(from + ".json");
        for (String line : Files.readAllLines(answers)) {
          JsonObject expected = JsonParser.parseString(line).getAsJsonObject();
          Path file = folder.resolve(expected.get("number").getAsInt() + ".parquet");
          String problem = compare(file, expected);
          if (problem != null && failures.size() < MOST_FAILURES) {
            failures.add(
                "number " + expected.get("number") + ": " + problem + "\n" + expected.get("made"));
          }
          Files.delete(file);
        }
        Files.delete(answers);
      }
    }
    assertEquals("", String.join("\n\n", failures));
  }

  /** Returns the difference, or null. */
  private static @Nullable String compare(Path file, JsonObject expected) {
    List<String> bad = new ArrayList<>();
    for (JsonElement name : expected.getAsJsonArray("bad")) bad.add(name.getAsString());
    try {
      switch (expected.get("kind").getAsString()) {
        case "dataset" -> dataset(file, expected);
        case "metadata" -> metadata(file, expected);
        default -> shard(file, expected);
      }
    } catch (EarthEmbedException e) {
      if (bad.isEmpty()) return "refused: " + e;
      boolean named = bad.stream().anyMatch(b -> e.getMessage().contains(b));
      return named ? null : "refused for something other than " + bad + ": " + e;
    } catch (Throwable e) {
      return "fails: " + e + " at " + e.getStackTrace()[0];
    }
    // A V2 page that brotli would not make smaller is stored as it is.
    return bad.isEmpty() || bad.equals(List.of("BROTLI")) ? null : "read, in spite of " + bad;
  }

  private static @Nullable String text(JsonObject expected, String column, int row) {
    JsonElement value = expected.getAsJsonObject("texts").getAsJsonArray(column).get(row);
    return value.isJsonNull() ? null : value.getAsString();
  }

  private static @Nullable Double number(JsonObject expected, String column, int row) {
    JsonElement value = expected.getAsJsonObject("numbers").getAsJsonArray(column).get(row);
    return value.isJsonNull() ? null : Double.valueOf(value.getAsString());
  }

  /** Returns milliseconds, or null for an unknown time. */
  private static @Nullable Long millis(JsonObject expected, int row) {
    JsonElement millis = expected.getAsJsonArray("millis").get(row);
    return millis.isJsonNull() ? null : Long.valueOf(millis.getAsLong());
  }

  private static @Nullable Long millis(TileRecord tile) {
    Instant time = tile.timestamp();
    return time == null ? null : Long.valueOf(time.toEpochMilli());
  }

  private static void same(@Nullable Object expected, @Nullable Object found, String what) {
    if (!Objects.equals(expected, found)) {
      throw new AssertionError(what + ": expected " + expected + ", found " + found);
    }
  }

  private static @Nullable TileRef source(JsonObject expected, int row) {
    String url = text(expected, "parquet_url", row);
    Double group = number(expected, "parquet_row", row);
    return url == null || group == null ? null : new TileRef(URI.create(url), group.intValue());
  }

  private static void dataset(Path file, JsonObject expected) {
    int rows = expected.get("rows").getAsInt();
    int dimension = expected.get("dimension").getAsInt();
    byte[] bytes = Base64.getDecoder().decode(expected.get("embedding").getAsString());
    if (dimension < 0) {
      // A row of one fixed-length value may hold halves or floats: the caller must say which.
      if (-dimension % 2 == 0) embeddings(file, rows, -dimension / 2, halves(bytes));
      if (-dimension % 4 == 0) embeddings(file, rows, -dimension / 4, floats(bytes));
      if (-dimension % 2 == 0) dimension = -dimension / 2;
      else dimension = 1;
    } else {
      embeddings(file, rows, dimension, floats(bytes));
    }
    GeoParquetDataset dataset = GeoParquetDataset.open(file, new ModelInfo("m", "1", dimension));
    same((long) rows, dataset.catalog().size(), "rows");
    for (int i = 0; i < rows; i++) {
      TileRecord tile = dataset.catalog().record(i);
      String row = " of row " + i;
      same(text(expected, "unique_id", i), tile.id(), "id" + row);
      String cell = text(expected, "grid_cell", i);
      if (cell == null) cell = GRID.cellOf(tile.center()).name();
      same(cell, tile.cell().name(), "cell" + row);
      same(text(expected, "product_id", i), tile.productId(), "product" + row);
      same(millis(expected, i), millis(tile), "time" + row);
      same(number(expected, "centre_lat", i), tile.center().latitude(), "latitude" + row);
      same(number(expected, "centre_lon", i), tile.center().longitude(), "longitude" + row);
      Double cloud = number(expected, "cloud_cover", i);
      same(cloud == null ? Float.NaN : cloud.floatValue(), tile.cloudCover(), "cloud" + row);
      same(source(expected, i), tile.source(), "source" + row);
    }
  }

  private static void embeddings(Path file, int rows, int dimension, float[] expected) {
    GeoParquetDataset dataset = GeoParquetDataset.open(file, new ModelInfo("m", "1", dimension));
    Vectors vectors = dataset.vectors();
    same((long) rows, vectors.rows(), "rows of embeddings");
    for (int i = 0; i < rows; i++) {
      float[] row = vectors.row(i);
      for (int j = 0; j < dimension; j++) {
        same(expected[i * dimension + j], row[j], "embedding of row " + i + " at " + j);
      }
    }
  }

  private static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  private static float[] halves(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.length / 2];
    for (int i = 0; i < values.length; i++) {
      int bits = in.getShort(2 * i);
      int exponent = bits >> 10 & 31;
      double fraction = (bits & 1023) / 1024.0;
      double size =
          exponent == 0
              ? Math.scalb(fraction, -14)
              : exponent < 31
                  ? Math.scalb(1 + fraction, exponent - 15)
                  : fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
      values[i] = (float) (bits < 0 ? -size : size);
    }
    return values;
  }

  private static void metadata(Path file, JsonObject expected) {
    MetadataIndex index = MetadataIndex.ofMetadata(List.of(file));
    int rows = expected.get("rows").getAsInt();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < rows; i++) {
      String cell = Objects.requireNonNull(text(expected, "grid_cell", i));
      String product = Objects.requireNonNull(text(expected, "product_id", i));
      if (!seen.add(cell + " " + product)) continue; // of equals, the first stays
      same(
          source(expected, i),
          index.find(GridCell.parse(cell), product).orElse(null),
          "source of row " + i);
    }
    same(seen.size(), index.size(), "tiles");
  }

  private static void shard(Path file, JsonObject expected) {
    JsonArray groups = expected.getAsJsonArray("groups");
    MetadataIndex index = MetadataIndex.builder().addShard(file.toUri(), List.of()).build();
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      List<TileRecord> tiles = store.list(file.toUri());
      same(groups.size(), tiles.size(), "tiles");
      for (int i = 0; i < groups.size(); i++) {
        TileRecord tile = tiles.get(i);
        same(new TileRef(file.toUri(), groups.get(i).getAsInt()), tile.source(), "source");
        same(text(expected, "grid_cell", i), tile.cell().name(), "cell " + i);
        same(text(expected, "product_id", i), tile.productId(), "product " + i);
        same(millis(expected, i), millis(tile), "time " + i);
        if (expected.has("numbers") && number(expected, "centre_lat", i) != null) {
          if (number(expected, "centre_lon", i) == null) continue;
          same(number(expected, "centre_lat", i), tile.center().latitude(), "latitude " + i);
          same(number(expected, "centre_lon", i), tile.center().longitude(), "longitude " + i);
        }
      }
      for (String column : List.of("B04", "thumbnail")) pixels(file, column, expected, store);
      for (TileRecord tile : tiles) {
        same(
            true,
            index.indexOf(tile.cell(), String.valueOf(tile.productId())) >= 0,
            "index has " + tile);
      }
    }
  }

  /** Compares pixels, with and without the byte ranges of an index. */
  private static void pixels(
      Path file, String column, JsonObject expected, ParquetImageryStore store) {
    JsonElement values = expected.getAsJsonObject("pixels").get(column);
    Map<Integer, TileRef> known = new HashMap<>();
    JsonArray groups = expected.getAsJsonArray("groups");
    if (!groups.isEmpty() && !values.isJsonNull()) {
      MetadataIndex index = MetadataIndex.builder().addShard(file.toUri(), List.of(column)).build();
      for (int i = 0; i < index.size(); i++) {
        TileRef ref = index.entry(i).source();
        known.put(ref.rowGroup(), ref);
      }
    }
    for (int i = 0; i < groups.size(); i++) {
      int group = groups.get(i).getAsInt();
      TileRef bare = new TileRef(file.toUri(), group);
      for (TileRef ref : List.of(bare, known.getOrDefault(group, bare))) {
        boolean refused =
            values.isJsonNull() || values.getAsJsonArray().get(i).toString().equals("\"refused\"");
        if (refused) {
          EarthEmbedException e = refusal(() -> store.fetchStored(ref, List.of(column)));
          same(true, e.getMessage().contains(column), "the column's name in " + e);
          continue;
        }
        JsonElement value = values.getAsJsonArray().get(i);
        byte[] found = store.fetchStored(ref, List.of(column)).get(column);
        ColumnRanges bytes = ColumnRanges.of(ref);
        same(
            value.isJsonNull() ? null : value.getAsString(),
            found == null ? null : Base64.getEncoder().encodeToString(found),
            column + " of row group " + group + (bytes == null ? "" : " by its range"));
      }
    }
  }

  private static EarthEmbedException refusal(Runnable reading) {
    try {
      reading.run();
    } catch (EarthEmbedException e) {
      return e;
    }
    throw new AssertionError("is read, which should be refused");
  }
}
