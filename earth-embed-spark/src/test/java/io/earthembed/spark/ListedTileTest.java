package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.spark.PartTiles.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests how listed tiles are found, without Spark. */
class ListedTileTest {
  private static final String A = "https://a/images/part.parquet";
  private static final String B = "https://b/images/part.parquet";

  @TempDir Path folder;

  private static Row row(String shard, int group) {
    Object[] values = {"t", "1U_2R", "p", null, 1.0, 2.0, 3f, shard, group};
    return new GenericRowWithSchema(values, TileTable.SCHEMA);
  }

  private static Place in(String shard, boolean failed) {
    return new Place(EmbedTask.partName(shard) + "-00000-12345678", 9, failed);
  }

  /** Returns each row's place: {@code A 4 new}. */
  private static List<String> placed(List<Row> rows, List<Place> places) {
    List<String> told = new ArrayList<>();
    ListedTile.place(rows, places)
        .forEachRemaining(
            tile -> {
              Place place = tile._2().place();
              String where =
                  place == null
                      ? "new"
                      : place.equals(ListedTile.TWICE)
                          ? "twice"
                          : place.equals(in(A, false)) ? "in A" : "in B";
              told.add((tile._1().shard().equals(A) ? "A " : "B ") + tile._1().row() + " " + where);
            });
    return told;
  }

  @Test
  void aTileIsEmbeddedOnceWhereverItIsListed() {
    List<Row> rows = new ArrayList<>(List.of(row(B, 1), row(A, 5), row(A, 4), row(A, 4)));
    for (int i = 0; i < rows.size(); i++) {
      Collections.rotate(rows, 1);
      assertEquals(
          List.of("A 4 new", "A 4 twice", "A 5 twice", "B 1 twice"), placed(rows, List.of()));
      // Once B has it, A's part is still made without it, and once A has it, with it.
      assertEquals(
          List.of("A 4 in B", "A 4 in B", "A 5 in B", "B 1 in B"),
          placed(rows, List.of(in(B, false))));
      assertEquals(
          List.of("A 4 in A", "A 4 twice", "A 5 twice", "B 1 in A"),
          placed(rows, List.of(in(A, false))));
    }
  }

  @Test
  void aTileThatFailedIsTriedAgainUnderAnotherUrlOnly() {
    List<Row> rows = List.of(row(A, 4), row(B, 1));
    assertEquals(List.of("A 4 in A"), placed(rows.subList(0, 1), List.of(in(A, true))));
    assertEquals(List.of("A 4 in A", "B 1 new"), placed(rows, List.of(in(A, true))));
    for (List<Place> both :
        List.of(List.of(in(A, true), in(B, false)), List.of(in(B, false), in(A, true)))) {
      assertEquals(List.of("A 4 in A", "B 1 in B"), placed(rows, both));
    }
  }

  @Test
  void aPartsListIsReadAsItWasWritten() throws Exception {
    List<String> ids = List.of("p@1U_2R", "a\nb", "", "\u6771\ud83c\udf0d");
    Map<String, Long> files = Map.of("grid_row=1/part.parquet", 5_000_000_000L);
    PartTiles list = new PartTiles("part", files, ids, Set.of(""));
    EmbeddingOrigin origin = new EmbeddingOrigin(new ModelInfo("m", "1", 3), "p", "c", "s");
    JobFolder shared = JobFolder.of(folder.toUri());
    list.write(shared, origin);
    assertEquals(list, PartTiles.read(shared, "part"));
    assertEquals(origin, PartTiles.origin(shared, "part"));
    assertEquals(new Place("part", 4, true), list.place(""));
    assertEquals(new Place("part", 4, false), list.place("a\nb"));
    Path file = folder.resolve(PartTiles.file("part"));
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      String told =
          String.valueOf(
              assertThrows(EarthEmbedException.class, () -> PartTiles.read(shared, "part"))
                  .getMessage());
      assertTrue(told.contains("part.tiles: cannot be read"), told);
    }
  }
}
