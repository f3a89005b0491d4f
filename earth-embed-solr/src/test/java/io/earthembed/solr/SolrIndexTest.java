package io.earthembed.solr;

import static io.earthembed.catalog.TileFilter.attribute;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.solr.common.SolrInputDocument;
import org.apache.solr.common.params.CommonParams;
import org.apache.solr.common.params.ModifiableSolrParams;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests a collection beyond the contract of every index. */
class SolrIndexTest {
  private static final int DIMENSION = 24;
  private static Cluster cluster;
  private final List<SolrOptions> made = new ArrayList<>();
  private SolrOptions options;

  @BeforeAll
  static void start() {
    cluster = new Cluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void name() {
    options = cluster.options();
  }

  @AfterEach
  void drop() {
    for (SolrOptions each : made) SolrIndex.open(each).drop();
  }

  private SolrIndex create(SolrOptions where, int dimension, Metric metric) {
    SolrIndex index = SolrIndex.create(where, dimension, metric);
    made.add(where);
    return index;
  }

  private static Vectors random(int rows, int dimension, long seed) {
    return SolrIndexContractTest.vectors(rows, dimension, seed);
  }

  /** Returns tiles all over the Earth, some of them on the antimeridian itself. */
  private static List<TileRecord> tiles(int rows, long seed) {
    Random random = new Random(seed);
    MajorTomGrid grid = MajorTomGrid.CORE;
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      double longitude = i % 50 == 0 ? -180 : i % 50 == 1 ? 180 : random.nextDouble(-180, 180);
      GeoPoint at = new GeoPoint(random.nextDouble(-80, 80), longitude);
      tiles.add(
          new TileRecord(
              "tile " + i,
              grid.cellOf(at),
              "product " + i % 9,
              Instant.parse("2020-01-01T00:00:00Z").plusSeconds(86_400L * random.nextInt(2000)),
              at,
              i % 11 == 0 ? Float.NaN : random.nextFloat(0, 100),
              null));
    }
    return tiles;
  }

  private static TileRecord withCloud(TileRecord tile, float percent) {
    return new TileRecord(
        "cloudy", tile.cell(), tile.productId(), tile.timestamp(), tile.center(), percent, null);
  }

  /** Boxes everywhere, on the edges of the map and across the antimeridian. */
  private static List<BoundingBox> boxes() {
    List<BoundingBox> boxes = new ArrayList<>();
    boxes.add(new BoundingBox(-180, -90, 180, 90));
    boxes.add(new BoundingBox(180, -90, 180, 90));
    boxes.add(new BoundingBox(-180, -90, -180, 90));
    boxes.add(new BoundingBox(180, -90, -180, 90));
    boxes.add(new BoundingBox(180, -90, -90, 90));
    boxes.add(new BoundingBox(-180, 0, 0, 90));
    boxes.add(new BoundingBox(1e-7, -1e-7, 180, 90));
    Random random = new Random(22);
    for (int i = 0; i < 40; i++) {
      double south = random.nextDouble(-90, 90);
      boxes.add(
          new BoundingBox(
              random.nextDouble(-180, 180),
              south,
              random.nextDouble(-180, 180),
              random.nextDouble(south, 90)));
    }
    return boxes;
  }

  private static void assertSame(Neighbors expected, Neighbors actual, String what) {
    assertArrayEquals(expected.ordinals(), actual.ordinals(), what);
    assertArrayEquals(expected.scores(), actual.scores(), 1e-5f, what);
  }

  @Test
  void filtersByWhatSolrKnowsOfTilesAsTheCatalogWould() {
    Vectors vectors = random(3000, DIMENSION, 1);
    List<TileRecord> tiles = tiles(3000, 2);
    TileCatalog catalog = TileCatalog.of(tiles);
    float[] query = random(1, DIMENSION, 3).row(0);
    BoundingBox fiji = new BoundingBox(150, -60, -140, 60);
    BoundingBox east = new BoundingBox(90, -80, 180, 80);
    BoundingBox europe = new BoundingBox(-10, 35, 30, 70);
    Instant from = Instant.parse("2021-03-01T00:00:00Z");
    Instant until = Instant.parse("2023-03-01T00:00:00Z");
    Set<GridCell> cells = new HashSet<>();
    for (int i = 0; i < 3000; i += 7) cells.add(tiles.get(i).cell());
    Map<String, TileFilter> filters =
        Map.of(
            SolrFilters.within(fiji),
            TileFilter.within(fiji),
            SolrFilters.within(east),
            TileFilter.within(east),
            SolrFilters.within(europe),
            TileFilter.within(europe),
            SolrFilters.near(new GeoPoint(10, 175), 3_000_000),
            TileFilter.near(new GeoPoint(10, 175), 3_000_000),
            SolrFilters.sensed(from, until),
            TileFilter.sensed(from, until),
            SolrFilters.cloudCoverAtMost(30),
            TileFilter.cloudCoverAtMost(30),
            SolrFilters.cells(cells),
            TileFilter.cells(cells),
            SolrFilters.near(new GeoPoint(10, 175), 6e6)
                + " AND "
                + SolrFilters.cloudCoverAtMost(50),
            TileFilter.near(new GeoPoint(10, 175), 6e6).and(TileFilter.cloudCoverAtMost(50)),
            SolrFilters.cells(cells)
                + " AND ("
                + SolrFilters.within(fiji)
                + " OR "
                + SolrFilters.sensed(from, until)
                + ")",
            TileFilter.cells(cells)
                .and(TileFilter.within(fiji).or(TileFilter.sensed(from, until))));
    try (SolrIndex index = create(options, DIMENSION, Metric.INNER_PRODUCT);
        SolrIndex graph = SolrIndex.open(options.toBuilder().candidates(3000).build());
        ExactIndex exact = new ExactIndex(DIMENSION, Metric.INNER_PRODUCT)) {
      index.add(vectors, tiles);
      exact.add(vectors);
      filters.forEach(
          (solr, ours) -> {
            OrdinalSet passes = catalog.select(ours);
            assertTrue(passes.count(3000) > 20 && passes.count(3000) < 2900, solr);
            Neighbors expected = exact.search(query, 25, passes);
            assertSame(expected, index.search(query, 25, solr), solr);
            assertSame(expected, index.search(query, 25, passes), solr + " as ordinals");
          });
      assertEquals(0, index.search(query, 25, SolrFilters.cells(Set.of())).size());
      for (BoundingBox box : boxes()) {
        OrdinalSet passes = catalog.select(TileFilter.within(box));
        assertSame(
            exact.search(query, 3000, passes),
            index.search(query, 3000, SolrFilters.within(box)),
            box.toString());
      }
      // A float that is above the percent it came from.
      float cloud = 30.1f;
      assertTrue(cloud > 30.1);
      index.add(random(1, DIMENSION, 21), List.of(withCloud(tiles.get(0), cloud)));
      for (long hit : index.search(query, 3001, SolrFilters.cloudCoverAtMost(30.1)).ordinals()) {
        assertNotEquals(3000, hit);
      }
      assertEquals(0, graph.size(), "what was there when it was opened");
    }
    try (SolrIndex graph = SolrIndex.open(options.toBuilder().candidates(3000).build());
        ExactIndex exact = new ExactIndex(DIMENSION, Metric.INNER_PRODUCT)) {
      exact.add(vectors);
      exact.add(random(1, DIMENSION, 21));
      // Filtered inside the graph's search: never less than there is.
      Neighbors expected = exact.search(query, 25, catalog.select(TileFilter.within(europe)));
      assertSame(expected, graph.search(query, 25, SolrFilters.within(europe)), "by graph");
      EarthEmbedException e =
          assertThrows(EarthEmbedException.class, () -> graph.search(query, 3, "nothing:["));
      assertTrue(e.getMessage().contains(options.collection()), e.getMessage());
      assertThrows(IllegalArgumentException.class, () -> graph.search(query, 3, " "));
    }
  }

  private static Attributes attributes(int i) {
    Attributes some =
        Attributes.NONE
            .with("kind", "it's \"" + i % 7 + "\", \\ or {!" + (i % 7 + 1) + "}")
            .with("year", i * 31 % 11 - 5)
            .with("checked", Instant.ofEpochSecond(i * 5 % 13 - 6, 1_000))
            .with("a name that is no field's", i)
            .with("cut", i % 3 == 0);
    return i % 5 == 0 ? some : some.with("mean", (i * 17 % 23 - 9) / 4.0);
  }

  /** Solr evaluates what it can, if its records pass the tiles that the catalog's pass. */
  @Test
  void filtersByItselfOnlyIfItsRecordsAgreeWithTheCatalogs() {
    int rows = 6000;
    Vectors vectors = random(rows, DIMENSION, 31);
    List<TileRecord> tiles = new ArrayList<>(tiles(rows, 32));
    for (int i = 0; i < rows; i++) tiles.set(i, tiles.get(i).withAttributes(attributes(i)));
    TileCatalog catalog = TileCatalog.of(tiles);
    float[] query = random(1, DIMENSION, 33).row(0);
    Set<GridCell> cells = new HashSet<>();
    for (int i = 0; i < rows; i += 7) cells.add(tiles.get(i).cell());
    TileFilter fiji = TileFilter.within(new BoundingBox(150, -60, -140, 60));
    TileFilter clear = TileFilter.cloudCoverAtMost(40);
    TileFilter late =
        TileFilter.sensed(
            Instant.parse("2021-03-01T00:00:00Z"), Instant.parse("2023-03-01T00:00:00Z"));
    Map<String, TileFilter> filters = new LinkedHashMap<>();
    filters.put("box", fiji);
    filters.put("distance", TileFilter.near(new GeoPoint(10, 175), 6e6));
    filters.put("time", late);
    filters.put("clouds", clear);
    filters.put("cells", TileFilter.cells(cells).negate());
    Set<String> ids = new HashSet<>(Set.of("none", "it's \"one\", \\ or {!two}"));
    for (int i = 0; i < rows; i += 9) ids.add(tiles.get(i).id());
    filters.put("ids", TileFilter.ids(ids));
    filters.put("text", attribute("kind").is("it's \"1\", \\ or {!2}"));
    filters.put("texts", attribute("kind").in(List.of("it's \"3\", \\ or {!4}", "none")).negate());
    filters.put("from a text", attribute("kind").atLeast("it's \"1\", \\ or {!2}"));
    filters.put("below a text", attribute("kind").below("it's \"3\", \\ or {!4}"));
    filters.put("integers", attribute("year").in(List.of(-2, 3, 4.0, 5.5)));
    filters.put("integers to a number", attribute("year").atMost(2.5));
    filters.put("above an integer", attribute("year").above(-3));
    filters.put("numbers", attribute("mean").in(List.of(-0.5, 2, 3.25)));
    filters.put("numbers below an integer", attribute("mean").below(3));
    filters.put("own time", attribute("checked").above(Instant.ofEpochSecond(-1, 999_999_000)));
    filters.put("flag", attribute("cut").is(true).negate());
    filters.put("present", attribute("mean").isPresent());
    filters.put("all", fiji.or(clear.and(late.negate())));
    List<TileRecord> others = new ArrayList<>(tiles);
    Collections.rotate(others, 1);
    SolrOptions elsewhere = cluster.options();
    try (SolrIndex index = create(options, DIMENSION, Metric.INNER_PRODUCT);
        SolrIndex wrong = create(elsewhere, DIMENSION, Metric.INNER_PRODUCT);
        SolrIndex bare = create(cluster.options(), DIMENSION, Metric.INNER_PRODUCT);
        SolrCollection collection = new SolrCollection(options);
        SolrCollection wrongly = new SolrCollection(elsewhere);
        ExactIndex exact = new ExactIndex(DIMENSION, Metric.INNER_PRODUCT)) {
      index.add(vectors, tiles);
      wrong.add(vectors, others);
      bare.add(vectors);
      exact.add(vectors);
      filters.forEach(
          (what, filter) -> {
            OrdinalSet passes = catalog.select(filter);
            assertNotNull(
                new OwnFilters(collection).find(filter, passes, Head.read(collection), false),
                what);
            assertNull(
                new OwnFilters(wrongly).find(filter, passes, Head.read(wrongly), false), what);
            Neighbors expected = exact.search(query, 25, passes);
            Vectors one = Vectors.of(query);
            for (SolrIndex each : List.of(index, wrong, bare)) {
              assertSame(expected, each.search(one, 25, filter, passes).get(0), what);
            }
            assertSame(
                exact.searchAbove(query, 2, passes),
                index.searchAbove(query, 2, filter, passes),
                what);
          });
      TileFilter unnamed = attribute("a name that is no field's").atMost(2000);
      assertEquals(Optional.empty(), unnamed.in(new SolrDialect()));
      TileFilter odd = (records, i) -> i % 2 == 1;
      OrdinalSet passes = catalog.select(odd);
      assertNull(new OwnFilters(collection).find(odd, passes, Head.read(collection), false));
      assertSame(
          exact.search(query, 25, passes),
          index.search(Vectors.of(query), 25, odd, passes).get(0),
          "odd");
    }
  }

  /** What Solr cannot evaluate is stored there if it comes again. */
  @Test
  void storesAListOfOrdinalsThatComesASecondTime() {
    int rows = 21_000;
    Vectors vectors = random(rows, 4, 41);
    float[] query = random(1, 4, 42).row(0);
    TileFilter unsaid = (records, i) -> true;
    Map<String, OrdinalSet> lists = new LinkedHashMap<>();
    lists.put("a few", OrdinalSet.where(rows, i -> i % 20 == 7));
    lists.put("more than a document of them", OrdinalSet.where(rows, i -> i % 2 == 0));
    lists.put("most", OrdinalSet.where(rows, i -> i % 9 > 0));
    try (SolrIndex index = create(options, 4, Metric.INNER_PRODUCT);
        SolrIndex graph = SolrIndex.open(options.toBuilder().candidates(300).build());
        SolrCollection collection = new SolrCollection(options);
        ExactIndex exact = new ExactIndex(4, Metric.INNER_PRODUCT)) {
      index.add(vectors);
      exact.add(vectors);
      try (SolrIndex opened = SolrIndex.open(graph.options())) {
        Head head = Head.read(collection);
        OwnFilters filters = new OwnFilters(collection);
        SolrInputDocument old = Schema.filter("old", "old", List.of(1L));
        old.setField(Schema.STORED, "NOW-3DAYS");
        collection.add(List.of(old));
        collection.commit();
        assertEquals(1, stored(collection, "old"));
        lists.forEach(
            (what, list) -> {
              assertNull(filters.find(unsaid, list, head, false), what);
              String first = filters.find(unsaid, list, head, false);
              assertNotNull(first, what);
              assertTrue(first.length() < 200, first);
              assertEquals(first, filters.find(unsaid, list, head, false), what);
              assertEquals(first, new OwnFilters(collection).find(unsaid, list, head, true), what);
              Neighbors expected = exact.search(query, 20, list);
              for (SolrIndex each : List.of(index, opened)) {
                for (int i = 0; i < 3; i++) {
                  Neighbors found = each.search(query, 20, list);
                  for (long hit : found.ordinals()) assertTrue(list.contains(hit), what);
                  if (each == index) assertSame(expected, found, what);
                  assertEquals(20, found.size(), what);
                }
              }
              assertSame(
                  exact.searchAbove(query, 2, list), index.searchAbove(query, 2, list), what);
            });
        assertEquals(0, stored(collection, "old"), "it was stored three days ago");
        assertEquals(2 * (1 + 2 + 1), stored(collection, "[* TO *]"), "in both shards");
        // Vectors that are added later pass neither list.
        index.add(vectors);
        for (int i = 0; i < 3; i++) {
          for (long hit : index.search(query, 20, lists.get("most")).ordinals()) {
            assertTrue(hit < rows);
          }
        }
      }
    }
  }

  private static long stored(SolrCollection collection, String name) {
    ModifiableSolrParams params = new ModifiableSolrParams();
    params.set(CommonParams.Q, Schema.FILTER + ":" + name);
    return collection.query(params).hits().getNumFound();
  }

  @Test
  void takesFiltersOfEveryShapeAndReturnsMoreThanAPage() {
    int rows = 60_000;
    Vectors vectors = random(rows, 4, 4);
    float[] query = random(1, 4, 5).row(0);
    Random random = new Random(6);
    try (SolrIndex index = create(options, 4, Metric.L2);
        ExactIndex exact = new ExactIndex(4, Metric.L2)) {
      index.add(vectors);
      exact.add(vectors);
      Map<String, OrdinalSet> filters =
          Map.of(
              "a few ranges", OrdinalSet.where(rows, i -> i % 6000 < 3000),
              "a list", OrdinalSet.where(rows, i -> random.nextInt(4) == 0),
              "a list of what does not pass", OrdinalSet.where(rows, i -> random.nextInt(9) > 0),
              "the last alone", OrdinalSet.of(rows - 1),
              "the first and beyond the end", OrdinalSet.of(0, 3L * rows));
      filters.forEach(
          (what, filter) ->
              assertSame(exact.search(query, 40, filter), index.search(query, 40, filter), what));
      Neighbors field = index.searchAbove(query, Float.NEGATIVE_INFINITY, OrdinalSet.all());
      assertEquals(rows, field.size(), "the field is more than a page of 50,000");
      long[] ordinals = field.ordinals();
      Arrays.sort(ordinals);
      for (int i = 0; i < rows; i++) assertEquals(i, ordinals[i]);
      for (int i = 0; i < rows; i++) {
        if (i > 0) {
          assertTrue(
              field.score(i - 1) > field.score(i)
                  || (field.score(i - 1) == field.score(i)
                      && field.ordinal(i - 1) < field.ordinal(i)));
        }
        float[] row = vectors.row(field.ordinal(i));
        double distance = 0;
        for (int j = 0; j < 4; j++) distance += Math.pow((double) row[j] - query[j], 2);
        assertEquals(-distance, field.score(i), 3e-7 * (1 + distance));
      }
    }
  }

  @Test
  void theGraphFindsNearlyAll() {
    Vectors vectors = random(4000, DIMENSION, 7);
    Vectors queries = random(60, DIMENSION, 8);
    try (SolrIndex index =
            create(options.toBuilder().candidates(200).build(), DIMENSION, Metric.COSINE);
        ExactIndex exact = new ExactIndex(DIMENSION, Metric.COSINE)) {
      index.add(vectors);
      exact.add(vectors);
      int found = 0;
      for (int q = 0; q < 60; q++) {
        Set<Long> hits = new HashSet<>();
        for (long hit : index.search(queries.row(q), 10).ordinals()) hits.add(hit);
        for (long hit : exact.search(queries.row(q), 10).ordinals())
          if (hits.contains(hit)) found++;
      }
      assertTrue(found >= 570, "recall@10 of " + found / 600.0);
    }
  }

  @Test
  void smallAndLargeVectorsKeepTheirScores() {
    float[] one = new float[DIMENSION];
    one[0] = 1;
    float[] two = one.clone();
    two[1] = 1e-4f;
    try (SolrIndex index = create(options, DIMENSION, Metric.INNER_PRODUCT)) {
      for (float length : new float[] {1e-9f, 1, 1e9f}) {
        float[] scaled = two.clone();
        for (int i = 0; i < DIMENSION; i++) scaled[i] *= length;
        index.add(Vectors.of(scaled));
      }
      Neighbors found = index.search(two, 3);
      assertArrayEquals(new long[] {2, 1, 0}, found.ordinals());
      assertEquals(1e9 * (1 + 1e-8), found.score(0), 1e3);
      assertEquals(1e-9 * (1 + 1e-8), found.score(2), 1e-15);
      float[] opposite = new float[DIMENSION];
      opposite[0] = -1;
      found = index.search(opposite, 3);
      assertArrayEquals(new long[] {0, 1, 2}, found.ordinals());
      assertEquals(-1e-9, found.score(0), 1e-15);
      assertEquals(-1e9, found.score(2), 1e3);
      assertArrayEquals(new float[3], index.search(new float[DIMENSION], 3).scores());
    }
  }

  @Test
  void nearVectorsAreToldApartWhateverTheirLength() {
    for (float length : new float[] {1e-9f, 1e-4f, 1, 1e6f}) {
      SolrOptions here = cluster.options();
      Vectors vectors = scaled(random(500, DIMENSION, 12), length);
      float[] query = scaled(random(1, DIMENSION, 13), length).row(0);
      try (SolrIndex index = create(here, DIMENSION, Metric.L2);
          ExactIndex exact = new ExactIndex(DIMENSION, Metric.L2)) {
        index.add(vectors);
        exact.add(vectors);
        for (int k : new int[] {1, 20, 490, 600}) {
          Neighbors expected = exact.search(query, k);
          Neighbors actual = index.search(query, k);
          assertArrayEquals(expected.ordinals(), actual.ordinals(), length + " k=" + k);
          assertArrayEquals(expected.scores(), actual.scores(), 0, length + " k=" + k);
        }
        OrdinalSet third = OrdinalSet.where(500, i -> i % 3 == 0);
        assertArrayEquals(
            exact.search(query, 9, third).ordinals(), index.search(query, 9, third).ordinals());
      }
    }
  }

  private static Vectors scaled(Vectors vectors, float length) {
    for (long i = 0; i < vectors.rows(); i++) {
      float[] row = vectors.row(i);
      for (int j = 0; j < row.length; j++) row[j] *= length;
      vectors.set(i, row);
    }
    return vectors;
  }

  @Test
  void takesVectorsLongerThanLucenesOwnLimit() {
    Vectors vectors = random(50, 1152, 14);
    for (Metric metric : List.of(Metric.INNER_PRODUCT, Metric.L2)) {
      try (SolrIndex index =
              create(cluster.options().toBuilder().candidates(50).build(), 1152, metric);
          ExactIndex exact = new ExactIndex(1152, metric)) {
        index.add(vectors);
        exact.add(vectors);
        float[] query = vectors.row(7);
        assertSame(exact.search(query, 9), index.search(query, 9), "1,152-d " + metric);
        Neighbors expected = exact.searchAbove(query, -9, OrdinalSet.all());
        Neighbors actual = index.searchAbove(query, -9, OrdinalSet.all());
        for (int i = 0; i < 50; i++) {
          double allowed = 3e-7 * (1 + Math.abs(expected.score(i)));
          assertEquals(expected.score(i), actual.score(i), allowed, "1,152-d " + metric);
        }
      }
    }
  }

  private static void assertHolds(SolrIndex index, Vectors... parts) {
    long ordinal = 0;
    float[] row = new float[DIMENSION];
    for (Vectors part : parts) {
      for (long i = 0; i < part.rows(); i++) {
        index.reconstruct(ordinal, row);
        assertArrayEquals(part.row(i), row, "ordinal " + ordinal);
        assertEquals(ordinal, index.search(row, 1).ordinal(0));
        ordinal++;
      }
    }
    assertEquals(ordinal, index.size());
    assertEquals(ordinal, index.search(random(1, DIMENSION, 11).row(0), 100).size());
  }

  /** The label remains in the collection, through additions, and in the saved file. */
  @Test
  void keepsItsLabel() throws Exception {
    IndexLabel label = new IndexLabel("toy 1", "a folder, ü", "0123abcd");
    Path file = Files.createTempFile("labelled", ".index");
    SolrOptions copy = cluster.options();
    try (SolrIndex index = create(options, DIMENSION, Metric.L2)) {
      assertEquals(IndexLabel.NONE, index.label());
      index.label(label);
      index.add(random(5, DIMENSION, 9));
      assertEquals(label, index.label());
      index.save(file);
    }
    try (SolrIndex index = SolrIndex.open(options)) {
      assertEquals(label, index.label());
      assertEquals(5, index.size());
    }
    try (ExactIndex exact = ExactIndex.load(file)) {
      assertEquals(label, exact.label());
    }
    made.add(copy);
    try (SolrIndex index = SolrIndex.load(file, copy)) {
      assertEquals(label, index.label());
    }
    Files.delete(file);
  }

  /** A tile without a time is in no period, not even in one without an end. */
  @Test
  void leavesOutWhatHasNoTime() {
    TileRecord tile =
        new TileRecord("a", new GridCell(1, 2), "p", null, new GeoPoint(1, 2), Float.NaN, null);
    TileRecord dated =
        new TileRecord("b", tile.cell(), "p", Instant.EPOCH, tile.center(), Float.NaN, null);
    Vectors two = random(2, DIMENSION, 9);
    try (SolrIndex index = create(options, DIMENSION, Metric.L2)) {
      index.add(two, List.of(tile, dated));
      Neighbors found = index.search(two.row(0), 5, SolrFilters.sensed(Instant.MIN, Instant.MAX));
      assertEquals(1, found.size());
      assertEquals(1, found.ordinal(0));
    }
  }

  @Test
  void ofTwoThatAddOneIsRefusedAndTouchesNothing() {
    Vectors theirs = random(5, DIMENSION, 9);
    try (SolrIndex first = create(options, DIMENSION, Metric.INNER_PRODUCT);
        SolrIndex second = SolrIndex.open(options)) {
      first.add(theirs);
      EarthEmbedException e =
          assertThrows(EarthEmbedException.class, () -> second.add(random(9, DIMENSION, 10)));
      assertTrue(e.getMessage().contains(options.collection()), e.getMessage());
      assertTrue(e.getMessage().contains("open it again"), e.getMessage());
      assertEquals(0, second.size());
      assertHolds(first, theirs);
    }
    try (SolrIndex index = SolrIndex.open(options)) {
      assertHolds(index, theirs);
      Vectors more = random(4, DIMENSION, 15);
      index.add(more);
      assertHolds(index, theirs, more);
    }
  }

  /** Sends what a process sends that has begun an addition of 8 vectors. */
  private static void send(SolrCollection collection, String addition, Head head) {
    Vectors vectors = random(8, DIMENSION, 16);
    List<SolrInputDocument> documents = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      documents.add(Schema.vector(head.size() + i, addition, vectors.row(i)));
    }
    collection.add(documents);
    collection.commit();
  }

  @Test
  void anAdditionThatDiedHalfWayCountsNeitherThenNorWhenItComesBack() {
    Vectors theirs = random(5, DIMENSION, 9);
    Vectors more = random(4, DIMENSION, 17);
    Vectors last = random(6, DIMENSION, 18);
    create(options, DIMENSION, Metric.INNER_PRODUCT).close();
    try (SolrIndex before = SolrIndex.open(options);
        SolrCollection late = new SolrCollection(options)) {
      before.add(theirs);
      Head began = Head.read(late).begin(late, "late");
      send(late, "late", began);
      assertHolds(before, theirs);
      assertThrows(EarthEmbedException.class, () -> before.add(more), "was overtaken");
      assertHolds(before, theirs);
      try (SolrIndex after = SolrIndex.open(options)) {
        assertHolds(after, theirs);
        after.add(more);
        assertHolds(after, theirs, more);
        // The other process was only slow.
        send(late, "late", began);
        assertThrows(EarthEmbedException.class, () -> began.end(late, "late", 8));
        assertHolds(after, theirs, more);
        assertHolds(before, theirs);
        after.add(last);
        assertHolds(after, theirs, more, last);
      }
    }
    try (SolrIndex index = SolrIndex.open(options)) {
      assertHolds(index, theirs, more, last);
    }
  }

  @Test
  void vectorsThatAreGoneAreAnErrorNotFewerHits() {
    float[] query = random(1, DIMENSION, 19).row(0);
    try (SolrIndex index = create(options, DIMENSION, Metric.INNER_PRODUCT);
        SolrCollection collection = new SolrCollection(options)) {
      index.add(random(40, DIMENSION, 20));
      collection.delete("ordinal:33");
      collection.commit();
      EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> index.search(query, 3));
      assertTrue(e.getMessage().contains("39 vectors where 40"), e.getMessage());
      assertThrows(
          EarthEmbedException.class,
          () -> index.searchAbove(query, Float.NEGATIVE_INFINITY, OrdinalSet.all()));
      assertThrows(EarthEmbedException.class, () -> index.reconstruct(33, query));
      assertThrows(EarthEmbedException.class, () -> index.save(Path.of("target/none.index")));
      assertFalse(Files.exists(Path.of("target/none.index")));
      assertEquals(3, index.search(query, 3, OrdinalSet.of(1, 2, 3, 39)).size());
    }
  }

  @Test
  void saysWhatIsWrongWithACollection() {
    create(options, DIMENSION, Metric.L2).close();
    EarthEmbedException twice =
        assertThrows(
            EarthEmbedException.class, () -> SolrIndex.create(options, DIMENSION, Metric.L2));
    assertTrue(twice.getMessage().contains("already exists"), twice.getMessage());
    SolrOptions missing = options.toBuilder().collection("missing").build();
    EarthEmbedException none =
        assertThrows(EarthEmbedException.class, () -> SolrIndex.open(missing));
    assertTrue(none.getMessage().contains("missing"), none.getMessage());
    SolrOptions nobody = SolrOptions.of("http://127.0.0.1:1/solr", "x");
    EarthEmbedException down =
        assertThrows(EarthEmbedException.class, () -> SolrIndex.open(nobody));
    assertTrue(down.getMessage().contains("127.0.0.1:1"), down.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> options.toBuilder().collection("../x").build());
    assertThrows(
        IllegalArgumentException.class, () -> options.toBuilder().urls(List.of("solr")).build());
    assertThrows(IllegalArgumentException.class, () -> options.toBuilder().shards(0).build());
    assertThrows(IllegalArgumentException.class, () -> options.toBuilder().candidates(-1).build());
    assertNotEquals(options, options.toBuilder().replicas(2).build());
  }
}
