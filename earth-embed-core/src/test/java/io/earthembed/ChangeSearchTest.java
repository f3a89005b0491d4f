package io.earthembed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.vector.Vectors;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ChangeSearchTest {
  private static final ModelInfo MODEL = new ModelInfo("toy", "1", Planet.DIMENSION);
  private static final Instant DAY = Instant.parse("2020-01-01T00:00:00Z");

  /** Passes on a batch of some rows at a time. */
  private static class Rows implements EmbeddingDataset {
    private final TileCatalog catalog;
    private final List<float[]> rows;
    private final int batch;

    Rows(List<TileRecord> tiles, List<float[]> rows, int batch) {
      this.catalog = TileCatalog.of(tiles);
      this.rows = rows;
      this.batch = batch;
    }

    @Override
    public ModelInfo model() {
      return MODEL;
    }

    @Override
    public String name() {
      return "rows";
    }

    @Override
    public TileCatalog catalog() {
      return catalog;
    }

    @Override
    public void forEachBatch(Consumer<Vectors> batches) {
      for (int from = 0; from < rows.size(); from += batch) {
        int to = Math.min(rows.size(), from + batch);
        batches.accept(Vectors.of(rows.subList(from, to).toArray(float[][]::new)));
      }
    }
  }

  private static TileRecord tile(GridCell cell, int day, float clouds) {
    return new TileRecord(
        cell + "/" + day,
        cell,
        "product " + day,
        day < 0 ? null : DAY.plus(day, ChronoUnit.DAYS),
        MajorTomGrid.CORE.centerOf(cell),
        clouds,
        null);
  }

  private static double change(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return 1 - ab / Math.sqrt(aa * bb);
  }

  /** Several tiles of each cell of a block, shuffled, with some cells missing. */
  private static Rows random(Random random, int firstDay, int batch) {
    List<TileRecord> tiles = new ArrayList<>();
    List<float[]> rows = new ArrayList<>();
    for (int c = 0; c < 60; c++) {
      for (int t = random.nextInt(4); t > 0; t--) {
        GridCell cell = new GridCell(400 + c / 10, c % 10 - 5);
        float clouds = random.nextInt(3) == 0 ? Float.NaN : random.nextInt(3) * 10;
        tiles.add(tile(cell, firstDay + 10 * t + random.nextInt(9), clouds));
      }
    }
    Collections.shuffle(tiles, random);
    for (int i = 0; i < tiles.size(); i++) {
      float[] row = Planet.random(random.nextLong());
      for (int j = 0; j < row.length; j++) row[j] *= 3;
      rows.add(row);
    }
    return new Rows(tiles, rows, batch);
  }

  /** Returns the row that is compared for each cell: fewest clouds, then latest, then first. */
  private static Map<GridCell, Integer> clearest(Rows rows, float most) {
    Map<GridCell, Integer> best = new HashMap<>();
    for (int i = 0; i < rows.catalog.size(); i++) {
      TileRecord tile = rows.catalog.record(i);
      if (!(tile.cloudCover() <= most) && most < 100) continue;
      Integer known = best.get(tile.cell());
      if (known != null) {
        TileRecord other = rows.catalog.record(known);
        double clouds = Float.isNaN(tile.cloudCover()) ? 101 : tile.cloudCover();
        double otherClouds = Float.isNaN(other.cloudCover()) ? 101 : other.cloudCover();
        boolean later =
            Objects.requireNonNull(tile.timestamp())
                .isAfter(Objects.requireNonNull(other.timestamp()));
        if (!(clouds < otherClouds || (clouds == otherClouds && later))) continue;
      }
      best.put(tile.cell(), i);
    }
    return best;
  }

  @Property(tries = 150)
  void comparesTheClearestTilesOfEachCell(@ForAll long seed) {
    Random random = new Random(seed);
    Rows before = random(random, 0, 1 + random.nextInt(40));
    Rows after = random(random, 400, 1 + random.nextInt(40));
    float most = random.nextBoolean() ? 100 : 10;
    TileFilter clear = most == 100 ? TileFilter.ALL : TileFilter.cloudCoverAtMost(most);
    Changes changes = ChangeSearch.between(before, clear, after, clear);
    Map<GridCell, Integer> earlier = clearest(before, most);
    Map<GridCell, Integer> later = clearest(after, most);
    later.keySet().retainAll(earlier.keySet());
    assertEquals(later.size(), changes.size());
    assertEquals(0, changes.artifacts());
    List<Integer> order = new ArrayList<>(later.values());
    Collections.sort(order);
    for (int i = 0; i < changes.size(); i++) {
      int row = order.get(i);
      TileRecord tile = after.catalog.record(row);
      assertEquals(tile, changes.catalog().record(i));
      int other = Objects.requireNonNull(earlier.get(tile.cell()));
      assertEquals(before.catalog.record(other), changes.before(i));
      assertEquals(change(before.rows.get(other), after.rows.get(row)), changes.change(i), 1e-6);
    }
  }

  @Property(tries = 60)
  void comparesTheFirstAndTheLastDateOfOneDataset(@ForAll long seed) {
    Rows rows = random(new Random(seed), 0, 7);
    Changes changes = ChangeSearch.within(rows, TileFilter.ALL);
    Map<GridCell, List<Integer>> cells = new HashMap<>();
    for (int i = 0; i < rows.catalog.size(); i++) {
      cells.computeIfAbsent(rows.catalog.cell(i), cell -> new ArrayList<>()).add(i);
    }
    cells.values().removeIf(of -> of.size() < 2);
    assertEquals(cells.size(), changes.size());
    for (int i = 0; i < changes.size(); i++) {
      List<Integer> of = Objects.requireNonNull(cells.get(changes.catalog().cell(i)));
      of.sort((a, b) -> Long.compare(rows.catalog.epochMillis(a), rows.catalog.epochMillis(b)));
      int first = of.get(0);
      int last = of.get(of.size() - 1);
      assertEquals(rows.catalog.id(last), changes.catalog().id(i));
      assertEquals(rows.catalog.id(first), changes.before(i).id());
      assertEquals(change(rows.rows.get(first), rows.rows.get(last)), changes.change(i), 1e-6);
    }
  }

  private static List<GridCell> block(int row, int column, int side) {
    List<GridCell> cells = new ArrayList<>();
    for (int i = 0; i < side * side; i++) {
      cells.add(new GridCell(row + i / side, column + i % side));
    }
    return cells;
  }

  private static Rows rows(List<GridCell> cells, int day, List<float[]> rows) {
    return new Rows(cells.stream().map(cell -> tile(cell, day, 0)).toList(), rows, 3);
  }

  private static List<float[]> vectors(int n, int seed) {
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) rows.add(Planet.random(seed * 1000L + i));
    return rows;
  }

  @Test
  void hitsAreTheGreatestChangesThatPass() {
    List<GridCell> cells = block(100, 0, 10);
    List<float[]> before = vectors(100, 1);
    List<float[]> after = new ArrayList<>(before);
    after.set(37, Planet.random(5));
    after.set(62, Planet.random(6));
    Changes changes = ChangeSearch.between(rows(cells, 0, before), rows(cells, 500, after));
    SearchResult found = changes.search(SearchOptions.above(0.01f));
    assertEquals(2, found.hits().size());
    assertEquals(
        Set.of(cells.get(37) + "/500", cells.get(62) + "/500"),
        Set.of(found.hits().get(0).tile().id(), found.hits().get(1).tile().id()));
    assertTrue(found.hits().get(0).score() >= found.hits().get(1).score());
    assertEquals("change", found.query().describe());
    assertEquals(found.hits().get(1).score(), found.explain(found.hits().get(1)).score(), 1e-9);
    assertThrows(IllegalStateException.class, found::embedding);
    SearchResult map =
        changes.search(
            SearchOptions.top(1).toBuilder()
                .scoreField()
                .filter(TileFilter.cells(List.of(cells.get(62), cells.get(3))))
                .build());
    assertEquals(62, map.hits().get(0).ordinal());
    assertEquals(2, map.scoreField().orElseThrow().size());
  }

  @Test
  void leavesOutEmptyTilesAndCountsThem() {
    List<GridCell> cells = block(100, 0, 5);
    List<float[]> before = vectors(25, 1);
    List<float[]> after = vectors(25, 2);
    float[] black = Planet.random(77);
    after.set(3, black);
    after.set(4, black.clone());
    before.set(9, black.clone()); // the only one before, but known to be empty
    before.set(11, new float[Planet.DIMENSION]);
    float[] broken = Planet.random(8);
    broken[2] = Float.NaN;
    after.set(12, broken);
    after.set(20, before.get(20)); // unchanged, not empty
    Changes changes = ChangeSearch.between(rows(cells, 0, before), rows(cells, 9, after));
    assertEquals(5, changes.artifacts());
    assertEquals(20, changes.size());
    Set<GridCell> left = new HashSet<>(cells);
    for (int i = 0; i < changes.size(); i++) left.remove(changes.catalog().cell(i));
    assertEquals(
        Set.of(cells.get(3), cells.get(4), cells.get(9), cells.get(11), cells.get(12)), left);
    int same = (int) changes.catalog().find(cells.get(20) + "/9").orElseThrow();
    assertEquals(0, changes.change(same), 1e-7);
  }

  @Test
  void supportIsTheMeanChangeOfTheCellsAround() {
    // Far from Greenwich, equal columns of two rows lie apart.
    GridCell middle = MajorTomGrid.CORE.cellOf(new GeoPoint(58, 120));
    List<GridCell> cells = block(middle.row() - 6, middle.column() - 9, 19);
    List<float[]> before = vectors(cells.size(), 1);
    List<float[]> after = vectors(cells.size(), 2);
    Changes changes = ChangeSearch.between(rows(cells, 0, before), rows(cells, 9, after));
    int at = cells.indexOf(middle);
    GeoPoint center = MajorTomGrid.CORE.centerOf(middle);
    double width = 360.0 / MajorTomGrid.CORE.columns(middle.row());
    Set<Integer> around = new HashSet<>();
    for (double north : new double[] {-0.09, 0, 0.09}) {
      for (double east : new double[] {-width, 0, width}) {
        GeoPoint point = new GeoPoint(center.latitude() + north, center.longitude() + east);
        around.add(cells.indexOf(MajorTomGrid.CORE.cellOf(point)));
      }
    }
    around.remove(at);
    assertEquals(8, around.size());
    assertFalse(around.contains(-1));
    double mean = around.stream().mapToDouble(i -> changes.change(i)).sum() / 8;
    assertEquals(mean, changes.support(at), 1e-5);
    SearchResult supported = changes.search(SearchOptions.builder().build(), mean - 1e-4);
    for (Hit hit : supported.hits()) {
      assertTrue(changes.support((int) hit.ordinal()) >= mean - 1e-4, hit.toString());
    }
    assertTrue(supported.hits().size() < changes.size());
    assertTrue(supported.hits().stream().anyMatch(hit -> hit.ordinal() == at));
    Changes alone =
        ChangeSearch.between(
            rows(cells.subList(0, 1), 0, before.subList(0, 1)),
            rows(cells.subList(0, 1), 9, after.subList(0, 1)));
    assertTrue(Float.isNaN(alone.support(0)));
    assertEquals(0, alone.search(SearchOptions.top(1), 0).hits().size());
  }

  @Test
  void findsChangesLikeOne() {
    List<GridCell> cells = block(100, 0, 8);
    List<float[]> before = vectors(64, 1);
    List<float[]> after = vectors(64, 2);
    float[] forest = Planet.random(70);
    float[] town = Planet.random(71);
    for (int i : new int[] {5, 23, 51}) {
      before.set(i, noisy(forest, i));
      after.set(i, noisy(town, i + 1));
    }
    before.set(30, noisy(town, 3));
    after.set(30, noisy(forest, 4));
    Changes changes = ChangeSearch.between(rows(cells, 0, before), rows(cells, 9, after));
    SearchResult one = changes.like(cells.get(5) + "/9", SearchOptions.top(64));
    assertEquals(5, one.hits().get(0).ordinal());
    assertEquals(1, one.hits().get(0).score(), 1e-6);
    assertTrue(one.hits().get(one.hits().size() - 1).score() < -0.5, "the opposite change");
    assertThrows(IllegalArgumentException.class, () -> changes.like("none", SearchOptions.top(1)));
    Planet model = Planet.of(1, 1);
    try (EarthExplorer kinds = EarthExplorer.open(changes.differences(), model.everything())) {
      SearchResult like =
          kinds.search(Query.tile(cells.get(5) + "/9"), SearchOptions.builder().build());
      List<Long> best = like.hits().subList(0, 3).stream().map(Hit::ordinal).sorted().toList();
      assertEquals(List.of(5L, 23L, 51L), best);
      for (Hit hit : one.hits()) {
        Hit same = like.hits().get(hit.rank() - 1);
        assertEquals(same.ordinal(), hit.ordinal());
        assertEquals(same.score(), hit.score(), 1e-5);
      }
      assertEquals(30, like.hits().get(63).ordinal(), "the opposite change comes last");
      Query towns = Query.vector(town).minus(Query.vector(forest));
      SearchResult built = kinds.search(towns, SearchOptions.top(3));
      assertEquals(best, built.hits().stream().map(Hit::ordinal).sorted().toList());
    }
  }

  private static float[] noisy(float[] vector, int seed) {
    float[] noise = Planet.random(9000 + seed);
    float[] sum = new float[vector.length];
    for (int i = 0; i < sum.length; i++) sum[i] = vector[i] + 0.05f * noise[i];
    return sum;
  }

  @Test
  void bothDatasetsAreReadInStep() {
    List<GridCell> cells = new ArrayList<>();
    for (int i = 0; i < 4000; i++) cells.add(new GridCell(i / 100, i % 100));
    List<float[]> vectors = vectors(cells.size(), 1);
    int[] started = new int[2];
    List<String> late = new ArrayList<>();
    class Watched extends Rows {
      private final int side;

      Watched(int side) {
        super(cells.stream().map(cell -> tile(cell, side, 0)).toList(), vectors, 10);
        this.side = side;
      }

      @Override
      public void forEachBatch(Consumer<Vectors> batches) {
        super.forEachBatch(
            batch -> {
              synchronized (started) {
                started[side] += 10;
              }
              batches.accept(batch);
              synchronized (started) {
                int ahead = started[side] - started[1 - side];
                if (ahead > 0.01 * cells.size() + 10) late.add(side + " by " + ahead);
              }
            });
      }
    }
    Changes changes = ChangeSearch.between(new Watched(0), new Watched(1));
    assertEquals(4000, changes.size());
    assertEquals(List.of(), late);
  }

  @Test
  void aFailureOfEitherDatasetEndsBoth() throws InterruptedException {
    for (int failing = 0; failing < 2; failing++) {
      List<GridCell> cells = block(0, 0, 30);
      IllegalStateException failure = new IllegalStateException("damaged");
      AtomicReference<Thread> reader = new AtomicReference<>();
      Rows good =
          new Rows(cells.stream().map(c -> tile(c, 1, 0)).toList(), vectors(900, 1), 5) {
            @Override
            public void forEachBatch(Consumer<Vectors> batches) {
              reader.set(Thread.currentThread());
              super.forEachBatch(batches);
            }
          };
      Rows bad =
          new Rows(cells.stream().map(c -> tile(c, 2, 0)).toList(), vectors(900, 2), 5) {
            @Override
            public void forEachBatch(Consumer<Vectors> batches) {
              int[] n = {0};
              super.forEachBatch(
                  batch -> {
                    if (++n[0] == 50) throw failure;
                    batches.accept(batch);
                  });
            }
          };
      boolean first = failing == 0;
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () -> ChangeSearch.between(first ? bad : good, first ? good : bad));
      assertSame(failure, thrown);
      Thread other = Objects.requireNonNull(reader.get());
      if (other != Thread.currentThread()) {
        other.join(10_000);
        assertFalse(other.isAlive());
      }
    }
  }

  @Test
  void refusesSetsOfTwoModels() {
    IllegalArgumentException failure =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                ChangeSearch.between(
                    rows(block(0, 0, 1), 0, vectors(1, 1)), new Planet("other", List.of(), 1)));
    assertEquals(
        "the earlier dataset was made by toy 1 (8-d), the later by other 1 (8-d): only embeddings"
            + " of one model can be compared",
        failure.getMessage());
  }
}
