package io.earthembed.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code search} filters by attributes. */
class AttributeOptionsTest {
  private static final List<String> CROPS = List.of("wheat", "rye", "maize");

  @TempDir static Path folder;

  /**
   * Tile i has crop i % 3, yield i / 2, number i, was sown on day i + 1, and is organic if even.
   */
  @BeforeAll
  static void write() {
    ModelInfo model = DemoModel.load().info();
    List<EmbeddedTile> tiles = new ArrayList<>();
    Vectors vectors = Vectors.allocate(10, model.dimension());
    for (int i = 0; i < 10; i++) {
      Attributes own = Attributes.NONE.with("number", i).with("organic", i % 2 == 0);
      if (i > 0) own = own.with("crop", CROPS.get(i % 3)).with("yield", i / 2.0);
      own = own.with("sown", Instant.parse("2024-03-%02dT00:00:00Z".formatted(i + 1)));
      TileRecord tile = new TileRecord("t" + i, null, null, null, null, Float.NaN, null);
      tiles.add(new EmbeddedTile(tile.withAttributes(own), null));
      float[] vector = new float[model.dimension()];
      vector[i] = 1;
      vector[10] = 0.5f;
      vectors.set(i, vector);
    }
    vectors.normalize();
    new GeoParquetSink(folder, model).write("part", tiles, vectors);
  }

  private static Ran search(String... conditions) {
    List<String> arguments =
        new ArrayList<>(List.of("--embeddings", folder.toString(), "--tile", "t0", "--json"));
    for (String condition : conditions) arguments.addAll(List.of("--where", condition));
    return Ran.of("search", arguments);
  }

  private static String found(String... conditions) {
    Ran ran = search(conditions);
    assertEquals(0, ran.status(), ran.err());
    List<String> ids = new ArrayList<>();
    for (JsonElement hit :
        new Gson().fromJson(ran.out(), JsonObject.class).getAsJsonArray("hits")) {
      ids.add(hit.getAsJsonObject().get("id").getAsString());
    }
    return String.join(" ", ids.stream().sorted().toList());
  }

  @Test
  void filtersByEachType() {
    assertEquals("t1 t4 t7", found("crop=rye"));
    assertEquals("t1 t3 t4 t6 t7 t9", found("crop=rye|wheat"));
    assertEquals("t6 t7 t8 t9", found("yield >= 3"));
    assertEquals("t1 t2 t3 t4 t5", found("yield<3"));
    assertEquals("t0 t1 t2 t3", found("number<=3.5"));
    assertEquals("t8 t9", found("sown>2024-03-08"));
    assertEquals("t1 t3 t5 t7 t9", found("organic=false"));
    assertEquals("t0", found("!crop"));
    assertEquals("t1 t2 t3 t4 t5 t6 t7 t8 t9", found("crop"));
    assertEquals("t4", found("crop=rye", "organic=true"));
    assertEquals("", found("crop=barley"));
  }

  @Test
  void saysWhatIsWrong() {
    for (String[] wrong :
        new String[][] {
          {"=wheat", "not a condition such as crop=wheat: =wheat"},
          {"crops=wheat", "the tiles have no attribute crops; known: [crop, number, organic"},
          {"yield>high", "yield is of type NUMBER, and this is no such value: high"},
          {"organic=yes", "organic is of type FLAG, and this is no such value: yes"},
          {"sown>noon", "sown is of type TIME, and this is no such value: noon"}
        }) {
      Ran ran = search(wrong[0]);
      assertEquals(2, ran.status(), wrong[0]);
      assertTrue(ran.err().contains(wrong[1]), ran.err());
    }
  }
}
