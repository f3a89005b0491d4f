package io.earthembed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.ModelComparison.Comparison;
import io.earthembed.ModelComparison.Row;
import io.earthembed.catalog.RandomCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelComparisonTest {
  /** Returns other names, another order and another choice of the tiles, some in several crops. */
  private static Planet other(String name, List<TileRecord> tiles, int from, long seed) {
    List<TileRecord> own = new ArrayList<>();
    for (TileRecord tile : tiles.subList(from, tiles.size())) {
      for (int crop = 0; crop < (own.size() % 7 == 3 ? 2 : 1); crop++) {
        own.add(
            new TileRecord(
                name + "-" + own.size(),
                tile.cell(),
                tile.productId(),
                tile.timestamp(),
                tile.center(),
                tile.cloudCover(),
                tile.source()));
      }
    }
    Collections.shuffle(own, new Random(seed));
    return new Planet(name, own, seed);
  }

  private final List<TileRecord> tiles = RandomCatalog.records(21, 300);
  private final Planet siglip = new Planet("SigLIP", tiles, 1);
  private final Planet satclip = other("SatCLIP", tiles, 40, 2);

  private static String key(TileRecord tile) {
    return tile.cell() + " " + tile.productId();
  }

  /** Returns the best score of each tile by one part, scaled to [0, 1] over the shared tiles. */
  private static Map<String, Double> scaled(Planet planet, float[] query, Set<String> shared) {
    Map<String, Double> scores = new HashMap<>();
    for (int i = 0; i < planet.tiles.size(); i++) {
      String key = key(planet.tiles.get(i));
      if (!shared.contains(key)) continue;
      double sum = 0;
      for (int j = 0; j < query.length; j++) sum += query[j] * planet.vectors.row(i)[j];
      scores.merge(key, sum, Math::max);
    }
    double least = Collections.min(scores.values());
    double most = Collections.max(scores.values());
    scores.replaceAll((k, v) -> (v - least) / (most - least));
    return scores;
  }

  @Test
  void refusesTilesWithoutProducts() {
    List<TileRecord> unknown = new ArrayList<>(satclip.tiles);
    TileRecord t = unknown.get(7);
    unknown.set(
        7,
        new TileRecord(
            t.id(), t.cell(), null, t.timestamp(), t.center(), t.cloudCover(), t.source()));
    try (EarthExplorer first = siglip.explorer();
        EarthExplorer second = new Planet("SatCLIP", unknown, 2).explorer()) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> ModelComparison.of(first, second));
      assertTrue(e.toString().contains("tile " + t.id() + " has no product"), e::toString);
    }
  }

  /** The products of two years differ. */
  @Test
  void aModelsTwoYearsAreJoinedByCell() {
    List<TileRecord> cells = new ArrayList<>();
    Set<GridCell> taken = new HashSet<>();
    for (TileRecord tile : tiles) if (taken.add(tile.cell())) cells.add(tile);
    List<TileRecord> later = new ArrayList<>();
    for (TileRecord tile : cells.subList(20, cells.size())) {
      later.add(
          new TileRecord("later-" + tile.id(), tile.cell(), null, null, tile.center(), 5, null));
    }
    Collections.shuffle(later, new Random(5));
    Planet other = new Planet("toy", later, 3);
    try (EarthExplorer one = new Planet("toy", cells, 1).explorer();
        EarthExplorer two = other.explorer()) {
      ModelComparison years = ModelComparison.of(one, two);
      assertEquals(later.size(), years.sharedTiles());
      SearchOptions all = SearchOptions.builder().build();
      Comparison found = years.compare(Query.text("a river"), all);
      assertEquals(cells.size(), found.rows().size());
      int both = 0;
      for (ModelComparison.Row row : found.rows()) {
        Hit first = row.hits().get(0);
        Hit second = row.hits().get(1);
        assertNotNull(first);
        if (second == null) continue;
        both++;
        assertEquals("later-" + first.tile().id(), second.tile().id());
      }
      assertEquals(later.size(), both);
      assertThrows(IllegalArgumentException.class, () -> ModelComparison.of(one, one));
      Changes changes = ChangeSearch.between(one.embeddings(), two.embeddings());
      assertEquals(ChangeSearch.between(new Planet("toy", cells, 1), other).size(), changes.size());
    }
  }

  /** Chips smaller than a cell share its name; the first one would be another place. */
  @Test
  void aQueryByTileTakesTheNearestChipOfTheOtherSet() {
    List<TileRecord> chips = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      TileRecord tile = tiles.get(i / 6);
      GeoPoint center = new GeoPoint(10 + i / 100.0, 20);
      chips.add(
          new TileRecord(
              "chip-" + i, tile.cell(), tile.productId(), null, center, Float.NaN, null));
    }
    Planet first = new Planet("SigLIP", chips, 1);
    List<TileRecord> renamed = new ArrayList<>();
    for (TileRecord chip : chips) {
      renamed.add(
          new TileRecord(
              "other-" + chip.id(), chip.cell(), chip.productId(), null, chip.center(), 5, null));
    }
    Collections.shuffle(renamed, new Random(3));
    try (EarthExplorer one = first.explorer();
        EarthExplorer two = new Planet("SatCLIP", renamed, 2).explorer()) {
      ModelComparison both = ModelComparison.of(one, two);
      assertEquals(10, both.sharedTiles());
      for (TileRecord chip : chips) {
        Comparison found = both.compare(Query.tile(chip.id()), SearchOptions.top(1));
        assertEquals(Query.tile("other-" + chip.id()), found.results().get(1).query());
      }
    }
  }

  @Test
  void fusesTheScoresOfSeveralModelsOverTheTilesTheyShare() {
    EmbeddingModel noLocation =
        siglip.pictures().withText(siglip.everything().text().orElseThrow());
    try (EarthExplorer first = EarthExplorer.open(siglip, noLocation);
        EarthExplorer second = satclip.explorer()) {
      ModelComparison both = ModelComparison.of(first, second);
      Set<String> shared = new HashSet<>();
      for (TileRecord tile : satclip.tiles) shared.add(key(tile));
      Set<String> firsts = new HashSet<>();
      for (TileRecord tile : tiles) firsts.add(key(tile));
      shared.retainAll(firsts);
      assertEquals(shared.size(), both.sharedTiles());
      assertTrue(shared.size() > 200 && shared.size() < firsts.size());

      Query text = Query.text("a river");
      Query place = Query.location(10, 20);
      Query.Fusion fusion = Query.fuse(text.weighted(0.6), place.weighted(0.2));
      SearchResult found = both.search(fusion, SearchOptions.top(1000));
      assertEquals(List.of(siglip.model, satclip.model), found.models());
      assertEquals(shared.size(), found.hits().size());
      Map<String, Double> byText =
          scaled(siglip, first.search(text, SearchOptions.top(1)).embedding(), shared);
      Map<String, Double> byPlace =
          scaled(satclip, second.search(place, SearchOptions.top(1)).embedding(), shared);
      float last = 2;
      for (Hit hit : found.hits()) {
        String key = key(hit.tile());
        double expected =
            0.75 * byText.getOrDefault(key, 9.0) + 0.25 * byPlace.getOrDefault(key, 9.0);
        assertEquals(expected, hit.score(), 1e-5, key);
        assertTrue(hit.score() <= last);
        last = hit.score();
        Explanation why = found.explain(hit);
        assertEquals(hit.score(), why.score(), 1e-6);
        assertEquals(
            0.25 * byPlace.getOrDefault(key, 9.0), why.shares().get(1).contribution(), 1e-5);
      }
      assertThrows(IllegalStateException.class, found::embedding);

      // A filter chooses among the same scores.
      SearchResult clear =
          both.search(
              fusion,
              SearchOptions.builder().k(1000).filter(TileFilter.cloudCoverAtMost(30)).build());
      assertEquals(
          found.hits().stream().filter(h -> h.tile().cloudCover() <= 30).map(Hit::score).toList(),
          clear.hits().stream().map(Hit::score).toList());
      assertTrue(clear.searched() < found.searched());

      // A tile is answered by a model whose dataset has it.
      assertTrue(!shared.contains(key(tiles.get(3))), "the second has not all of the first's");
      SearchResult like =
          ModelComparison.of(second, first)
              .search(Query.fuse(Query.tile(tiles.get(3).id()).weighted(1)), SearchOptions.top(1));
      assertEquals(List.of(siglip.model), like.models());
      String none =
          String.valueOf(
              assertThrows(
                      IllegalArgumentException.class,
                      () ->
                          both.search(
                              Query.fuse(Query.tile("nowhere").weighted(1)), SearchOptions.top(1)))
                  .getMessage());
      assertTrue(none.contains("nowhere") && !none.contains("answers"), none);

      // A part may name the model that answers it.
      SearchResult named =
          both.search(Query.fuse(text.by("SatCLIP").weighted(1)), SearchOptions.top(1));
      assertEquals(List.of(satclip.model), named.models());
      String refused =
          String.valueOf(
              assertThrows(
                      IllegalArgumentException.class,
                      () ->
                          ModelComparison.of(
                                  EarthExplorer.open(siglip, siglip.pictures()),
                                  EarthExplorer.open(satclip, satclip.pictures()))
                              .search(fusion, SearchOptions.top(1)))
                  .getMessage());
      assertTrue(refused.contains("SigLIP") && refused.contains("SatCLIP"), refused);
      assertTrue(refused.contains("tile"), refused);
    }
  }

  @Test
  void aPlaceIsLeftToItsNearestTileWhereNoModelKnowsPlaces() {
    try (EarthExplorer first = EarthExplorer.open(siglip, siglip.pictures());
        EarthExplorer second = EarthExplorer.open(satclip, satclip.pictures())) {
      SearchResult found =
          ModelComparison.of(first, second)
              .search(Query.fuse(Query.location(10, 20).weighted(1)), SearchOptions.top(1));
      assertEquals(List.of(siglip.model), found.models());
    }
  }

  @Test
  void putsOneQueryToAllAndJoinsTheirHitsByTile() {
    try (EarthExplorer first = siglip.explorer();
        EarthExplorer second = satclip.explorer()) {
      ModelComparison both = ModelComparison.of(first, second);
      Comparison compared = both.compare(Query.text("a river"), SearchOptions.top(60));
      assertEquals(
          first.search(Query.text("a river"), SearchOptions.top(60)).hits(),
          compared.results().get(0).hits());
      assertEquals(
          second.search(Query.text("a river"), SearchOptions.top(60)).hits(),
          compared.results().get(1).hits());
      List<Row> rows = compared.rows();
      Set<String> seen = new HashSet<>();
      int joined = 0;
      for (Row row : rows) {
        assertTrue(seen.add(key(row.tile())), "each tile once");
        int there = 0;
        for (Hit hit : row.hits()) {
          if (hit == null) continue;
          there++;
          assertEquals(key(row.tile()), key(hit.tile()));
        }
        if (there == 2) joined++;
      }
      assertTrue(joined > 0 && joined < rows.size(), joined + " of " + rows.size());
      assertEquals(
          first.search(Query.text("a river"), SearchOptions.top(1)).hits().get(0),
          rows.get(0).hits().get(0));
      for (SearchResult result : compared.results()) {
        for (Hit hit : result.hits()) assertTrue(seen.contains(key(hit.tile())));
      }

      // A tile of one dataset is found in the other, even under another id.
      TileRecord tile = satclip.tiles.get(5);
      Comparison alike = both.compare(Query.tile(tile.id()), SearchOptions.top(1));
      for (SearchResult result : alike.results()) {
        assertEquals(key(tile), key(result.hits().get(0).tile()));
      }
      assertNotEquals(tile.id(), alike.results().get(0).hits().get(0).tile().id());
      assertThrows(
          IllegalArgumentException.class,
          () -> both.compare(Query.tile("nowhere"), SearchOptions.top(1)));
      assertThrows(IllegalArgumentException.class, () -> ModelComparison.of(first));
      assertThrows(IllegalArgumentException.class, () -> ModelComparison.of(first, first));
    }
  }
}
