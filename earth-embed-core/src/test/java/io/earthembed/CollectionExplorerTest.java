package io.earthembed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.catalog.RandomCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.collection.CollectionOptions;
import io.earthembed.collection.CollectionWriter;
import io.earthembed.collection.Snapshot;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.BoundingBox;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Explorers of collections that change, and explorers whose tiles are replaced. */
class CollectionExplorerTest {
  private static final Planet PLANET = Planet.of(1, 300);
  private static final List<Query> QUERIES =
      List.of(
          Query.text("river"),
          Query.location(10, 20),
          Query.tileAt(-40, 100),
          Query.tile(PLANET.tiles.get(7).id()),
          Query.text("ice").plus(Query.text("sea")),
          Query.fuse(Query.text("ice").weighted(2), Query.location(10, 20).weighted(1)));

  @TempDir Path folder;

  private CollectionWriter open() {
    return CollectionWriter.open(folder, PLANET.origin(), CollectionOptions.DEFAULTS);
  }

  private static Vectors vectors(int from, int to) {
    Vectors vectors = Vectors.allocate(to - from, Planet.DIMENSION);
    for (int i = from; i < to; i++) vectors.set(i - from, PLANET.vectors.row(i));
    return vectors;
  }

  private static void add(CollectionWriter writer, int from, int to) {
    writer.upsert(PLANET.tiles.subList(from, to), vectors(from, to));
  }

  /** Adds the planet's tiles in pieces, and others that are replaced or removed later. */
  private static void fill(CollectionWriter writer) {
    Planet others = Planet.of(2, 300);
    writer.add(others.tiles.subList(0, 40), vectors(100, 140));
    List<TileRecord> more = RandomCatalog.records(3, 350).subList(310, 350);
    writer.add(more, vectors(0, 40));
    for (int from = 0; from < 300; from += 60) add(writer, from, from + 60);
    writer.remove(more.stream().map(TileRecord::id).toList());
  }

  private static void assertSame(SearchResult expected, SearchResult actual) {
    assertEquals(expected.hits(), actual.hits());
    assertEquals(expected.searched(), actual.searched());
    assertEquals(expected.undated(), actual.undated());
    for (Hit hit : actual.hits()) {
      assertEquals(expected.explain(hit).toString(), actual.explain(hit).toString());
    }
    assertEquals(expected.scoreField().isPresent(), actual.scoreField().isPresent());
    if (expected.scoreField().isEmpty()) return;
    Neighbors field = expected.scoreField().get();
    assertArrayEquals(field.ordinals(), actual.scoreField().orElseThrow().ordinals());
    assertArrayEquals(field.scores(), actual.scoreField().orElseThrow().scores());
  }

  @Test
  void answersEveryKindOfQueryAsTheDatasetOfItsTilesDoes() {
    EmbeddingModel model = PLANET.everything();
    TileFilter south = TileFilter.within(new BoundingBox(-180, -90, 180, 0));
    try (CollectionWriter writer = open();
        EarthExplorer expected = EarthExplorer.open(PLANET, model);
        EarthExplorer explorer = EarthExplorer.open(writer.collection(), model)) {
      fill(writer);
      for (SearchOptions options :
          List.of(
              SearchOptions.top(20),
              SearchOptions.builder().k(9).filter(south).build(),
              SearchOptions.builder().k(9).minDistance(2e6).scoreField().build())) {
        List<SearchResult> all = explorer.searchAll(QUERIES, options);
        for (int q = 0; q < QUERIES.size(); q++) {
          assertSame(expected.search(QUERIES.get(q), options), all.get(q));
        }
      }
      List<Query> good =
          PLANET.tiles.subList(0, 4).stream().<Query>map(tile -> Query.tile(tile.id())).toList();
      Query.Learned learned = explorer.learn(good, List.of());
      assertSame(
          expected.search(expected.learn(good, List.of()), SearchOptions.top(9)),
          explorer.search(learned, SearchOptions.top(9)));
      assertEquals(
          expected.suggest(learned, 5, TileFilter.ALL),
          explorer.suggest(learned, 5, TileFilter.ALL));
    }
  }

  @Test
  void showsAChangeToTheNextSearchAndKeepsEarlierResults() {
    try (CollectionWriter writer = open();
        EarthExplorer explorer = EarthExplorer.open(writer.collection(), PLANET.everything())) {
      assertEquals(0, explorer.search(Query.text("river"), SearchOptions.top(5)).hits().size());
      add(writer, 0, 100);
      SearchResult before = explorer.search(Query.text("river"), SearchOptions.top(2));
      Hit kept = before.hits().get(0);
      Hit removed = before.hits().get(1);
      Explanation explained = before.explain(kept);
      writer.remove(List.of(removed.tile().id()));
      add(writer, 100, 200);
      writer.compact(); // closes the segments that the result was found in
      assertEquals(199, explorer.catalog().size());
      assertEquals(kept, before.hits().get(0));
      assertEquals(explained, before.explain(kept));
      String message =
          assertThrows(IllegalStateException.class, () -> before.explain(removed)).getMessage();
      assertEquals("the tile " + removed.tile().id() + " was removed after the search", message);
    }
  }

  @Test
  void searchesNeverFailWhileTilesComeAndGo() throws Exception {
    EmbeddingModel model = PLANET.everything();
    try (CollectionWriter writer = open();
        EarthExplorer explorer = EarthExplorer.open(writer.collection(), model)) {
      add(writer, 0, 200);
      runWhileSearching(
          explorer,
          () -> {
            for (int i = 0; i < 60; i++) {
              if (i % 2 == 0) add(writer, 200 + i, 210 + i);
              else writer.remove(List.of(PLANET.tiles.get(100 + i).id()));
              if (i % 20 == 19) writer.compact();
            }
          });
      assertEquals(200 - 30 + 68, explorer.catalog().size());
    }
  }

  @Test
  void searchesNeverFailWhileVersionsReplaceOneAnother() throws Exception {
    EmbeddingModel model = PLANET.everything();
    List<EarthExplorer> replaced = new ArrayList<>();
    try (EarthExplorer explorer = EarthExplorer.open(PLANET, model)) {
      runWhileSearching(
          explorer,
          () -> {
            for (int i = 0; i < 40; i++) {
              EarthExplorer next = EarthExplorer.open(Planet.of(i, 100 + i), model);
              explorer.replaceWith(next);
              replaced.add(next);
            }
          });
      assertEquals(139, explorer.catalog().size());
      for (EarthExplorer next : replaced) {
        assertThrows(
            IllegalStateException.class, () -> next.search(QUERIES.get(0), SearchOptions.top(1)));
        next.close();
      }
      assertEquals(1, explorer.search(QUERIES.get(0), SearchOptions.top(1)).hits().size());
    }
  }

  @Test
  void replacesOnlyByAnOpenExplorerOfTheSameModel() {
    Planet other = new Planet("other", PLANET.tiles, 1);
    EarthExplorer explorer = PLANET.explorer();
    EarthExplorer next = PLANET.explorer();
    assertThrows(IllegalArgumentException.class, () -> explorer.replaceWith(other.explorer()));
    assertThrows(IllegalArgumentException.class, () -> explorer.replaceWith(explorer));
    next.close();
    assertThrows(IllegalStateException.class, () -> explorer.replaceWith(next));
    assertEquals(300, explorer.catalog().size());
    explorer.close();
    EarthExplorer open = PLANET.explorer();
    assertThrows(IllegalStateException.class, () -> explorer.replaceWith(open));
    assertEquals(300, open.catalog().size());
    open.close();
  }

  @Test
  void opensOnlyWithTheModelOfTheCollection() {
    try (CollectionWriter writer = open()) {
      EmbeddingModel other =
          EmbeddingModel.withoutEncoders(new ModelInfo("other", "1", Planet.DIMENSION));
      assertThrows(
          IllegalArgumentException.class, () -> EarthExplorer.open(writer.collection(), other));
      EarthExplorer owner = EarthExplorer.open(writer.collection(), PLANET.everything()).owning();
      owner.close();
      assertThrows(IllegalStateException.class, () -> writer.collection().snapshot());
    }
  }

  @Test
  void aComparisonSaysThatTheTilesHaveChanged() {
    Planet other = new Planet("other", PLANET.tiles, 9);
    Query.Fusion fusion =
        Query.fuse(
            Query.text("ice").by("toy").weighted(1), Query.text("ice").by("other").weighted(1));
    try (CollectionWriter writer = open();
        EarthExplorer explorer = EarthExplorer.open(writer.collection(), PLANET.everything());
        EarthExplorer fixed = other.explorer();
        EarthExplorer flat = PLANET.explorer()) {
      fill(writer);
      ModelComparison comparison = ModelComparison.of(explorer, fixed);
      assertEquals(
          ModelComparison.of(flat, fixed).search(fusion, SearchOptions.top(9)).hits(),
          comparison.search(fusion, SearchOptions.top(9)).hits());
      writer.remove(List.of(PLANET.tiles.get(0).id()));
      assertThrows(
          IllegalStateException.class, () -> comparison.search(fusion, SearchOptions.top(9)));
    }
  }

  /** Searches in three threads, each result whole, until a change has ended. */
  private static void runWhileSearching(EarthExplorer explorer, Runnable change) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    AtomicBoolean done = new AtomicBoolean();
    try {
      List<Future<Integer>> searches = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        searches.add(
            threads.submit(
                () -> {
                  int searched = 0;
                  while (!done.get()) {
                    SearchResult result =
                        explorer.search(
                            QUERIES.get(searched++ % QUERIES.size()),
                            SearchOptions.builder().k(7).scoreField().build());
                    int n = (int) result.catalog().size();
                    assertEquals(Math.min(7, n), result.hits().size());
                    assertEquals(n, result.scoreField().orElseThrow().size());
                    for (Hit hit : result.hits()) {
                      assertEquals(hit.tile(), result.catalog().record(hit.ordinal()));
                    }
                  }
                  return searched;
                }));
      }
      change.run();
      done.set(true);
      for (Future<Integer> search : searches) assertTrue(search.get() > 0);
      assertFalse(searches.isEmpty());
    } finally {
      done.set(true);
      threads.shutdown();
    }
  }

  @Test
  void aSnapshotIsADatasetThatAnExplorerOpens() {
    try (CollectionWriter writer = open()) {
      fill(writer);
      try (Snapshot snapshot = writer.collection().snapshot();
          EarthExplorer copy = EarthExplorer.open(snapshot, PLANET.everything());
          EarthExplorer expected = PLANET.explorer()) {
        copy.save(folder.resolve("saved"));
        try (EarthExplorer saved =
            EarthExplorer.open(folder.resolve("saved"), PLANET.everything())) {
          assertSame(
              expected.search(QUERIES.get(0), SearchOptions.top(9)),
              saved.search(QUERIES.get(0), SearchOptions.top(9)));
        }
      }
    }
  }
}
