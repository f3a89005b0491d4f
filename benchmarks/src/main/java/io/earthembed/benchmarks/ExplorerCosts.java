package io.earthembed.benchmarks;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.GridSample;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Measures the explorer's overhead: searches with a map compared with one flat scan, filters over
 * all of Major TOM, opening a saved explorer, the grid. Each figure is the median of many runs
 * after a warm-up; compared runs alternate. Prints Markdown.
 *
 * <p>Arguments: any of {@code search}, {@code filters}, {@code grid}; all without.
 */
public final class ExplorerCosts {
  private static final int TILES = 249_000;
  private static final int DIMENSION = 1152;
  private static final int MAJOR_TOM = 2_245_886;

  private ExplorerCosts() {}

  /** Runs the named parts, or everything. */
  public static void main(String[] args) throws IOException {
    List<String> parts = args.length == 0 ? List.of("search", "filters", "grid") : List.of(args);
    if (parts.contains("search")) search();
    if (parts.contains("filters")) filters();
    if (parts.contains("grid")) grid();
  }

  private interface Work {
    Object run();
  }

  private static volatile Object sink = "";

  /** Returns the medians in milliseconds of tasks that run alternately. */
  private static double[] medians(int runs, Work... works) {
    double[][] times = new double[works.length][runs];
    for (int r = -runs / 2; r < runs; r++) {
      for (int w = 0; w < works.length; w++) {
        long start = System.nanoTime();
        sink = works[w].run();
        if (r >= 0) times[w][r] = (System.nanoTime() - start) / 1e6;
      }
    }
    double[] medians = new double[works.length];
    for (int w = 0; w < works.length; w++) {
      Arrays.sort(times[w]);
      medians[w] = times[w][runs / 2];
    }
    return medians;
  }

  private static void row(String what, double milliseconds, String note) {
    System.out.printf(Locale.ROOT, "| %s | %.2f | %s |%n", what, milliseconds, note);
  }

  private static void head(String title) {
    System.out.printf("%n%s%n%n| what | ms | |%n| --- | --- | --- |%n", title);
  }

  // --- searches, opening ---

  private static void search() throws IOException {
    Vectors vectors = SyntheticData.vectors(TILES, DIMENSION, 1);
    EmbeddingModel model = SyntheticData.model(DIMENSION);
    EmbeddingIndex index = FaissIndex.flat(DIMENSION, Metric.INNER_PRODUCT);
    Path folder = Files.createTempDirectory("explorer-costs");
    try (EarthExplorer earth =
        EarthExplorer.open(
                SyntheticData.dataset(SyntheticData.catalog(TILES), vectors), model, index)
            .owning()) {
      float[] vector = vectors.row(77);
      Query query = Query.vector(vector);
      SearchOptions top = SearchOptions.top(10);
      head("249,000 x 1152, two threads; the encoder's time is on neither side");
      double[] ms =
          medians(
              25,
              () -> index.search(vector, 10),
              () -> earth.search(query, top),
              () -> earth.search(query, top.toBuilder().scoreField().build()),
              () ->
                  earth.search(
                      query,
                      SearchOptions.builder().fraction(0.007).k(10).scoreField(0.05f).build()),
              () ->
                  earth.search(
                      query, top.toBuilder().filter(SyntheticData.BOX).scoreField().build()),
              () -> earth.search(query, SearchOptions.topFraction(0.007)),
              () -> earth.search(query, top.toBuilder().minDistance(100_000).build()),
              () -> earth.search(query, SearchOptions.top(10_000)));
      String[] what = {
        "one flat scan, best ten",
        "search, best ten",
        "search, best ten and the whole score field",
        "search, best 7 per mille and the field above a score",
        "search, best ten and the field in a box (a sixth of the tiles)",
        "search, best 7 per mille (1,743 hits)",
        "search, best ten at least 100 km apart",
        "search, best 10,000"
      };
      for (int i = 0; i < ms.length; i++) {
        row(what[i], ms[i], String.format(Locale.ROOT, "%.2f x the scan", ms[i] / ms[0]));
      }
      Query sum = Query.tile("tile-5").plus(query).minus(0.3, Query.tile("tile-9"));
      Query fusion = Query.fuse(query.weighted(0.5), Query.tile("tile-5").weighted(0.5));
      double[] more =
          medians(
              15,
              () -> index.search(vector, 10),
              () -> earth.search(sum, top),
              () -> earth.search(fusion, top));
      row("one flat scan, again", more[0], "");
      row("search, a sum of three", more[1], ratio(more[1], more[0]));
      row("search, a fusion of two", more[2], ratio(more[2], more[0]));

      head("Opening what was saved, 249,000 x 1152, files in the page cache");
      long start = System.nanoTime();
      earth.save(folder);
      row("save", (System.nanoTime() - start) / 1e6, "");
      Path file;
      try (Stream<Path> files = Files.list(folder)) {
        file =
            files
                .filter(f -> f.getFileName().toString().startsWith("catalog"))
                .findFirst()
                .orElseThrow();
      }
      double[] open =
          medians(
              9,
              () -> TileCatalog.open(file),
              () -> {
                try (EarthExplorer again =
                    EarthExplorer.open(folder, model, saved -> FaissIndex.open(saved))) {
                  return again.toString();
                }
              },
              () -> {
                try (EarthExplorer again =
                    EarthExplorer.open(folder, model, saved -> FaissIndex.open(saved))) {
                  return again.search(query, top);
                }
              },
              () -> {
                try (EarthExplorer again = EarthExplorer.open(folder, model, FaissIndex::load)) {
                  return again.toString();
                }
              });
      row("the catalog", open[0], Files.size(file) / 1_000_000 + " MB");
      row("the explorer, index mapped", open[1], "");
      row("the same, and a first search", open[2], "");
      row("the explorer, index loaded and its checksum verified", open[3], "");
    } finally {
      SyntheticData.remove(folder);
    }
  }

  private static String ratio(double one, double other) {
    return String.format(Locale.ROOT, "%.2f x", one / other);
  }

  // --- filters ---

  private static void filters() {
    long start = System.nanoTime();
    TileCatalog catalog = SyntheticData.catalog(MAJOR_TOM);
    double built = (System.nanoTime() - start) / 1e6;
    TileFilter[] filters = {
      SyntheticData.BOX,
      TileFilter.within(new BoundingBox(150, -60, -120, 60)),
      SyntheticData.star(),
      TileFilter.near(new GeoPoint(48, 11), 500_000),
      TileFilter.near(new GeoPoint(48, 11), 8_000_000),
      SyntheticData.THREE_YEARS,
      TileFilter.cloudCoverAtMost(20),
      TileFilter.cells(new GridSample(MajorTomGrid.CORE, 0.05).cells().toList()),
      SyntheticData.BOX_YEARS_CLOUDS,
      SyntheticData.BOX.negate().or(TileFilter.cloudCoverAtMost(5)),
      (c, i) -> c.cloudCover(i) <= 20,
      (c, i) -> Objects.toString(c.productId(i)).endsWith("7")
    };
    String[] names = {
      "a box",
      "a box across the antimeridian",
      "a polygon of 1,000 corners",
      "within 500 km",
      "within 8,000 km",
      "three years",
      "cloud cover",
      "254,717 grid cells",
      "box, years and cloud cover",
      "not in the box, or clear",
      "a lambda on cloud cover",
      "a lambda on the product's name"
    };
    head("A filter over 2,245,886 tiles");
    for (int f = 0; f < filters.length; f++) {
      TileFilter filter = filters[f];
      OrdinalSet set = catalog.select(filter);
      row(
          names[f],
          medians(31, () -> catalog.select(filter))[0],
          String.format(Locale.ROOT, "%,d pass", set.count(MAJOR_TOM)));
    }
    head("Lookups among 2,245,886 tiles");
    row("building the catalog", built, "once");
    start = System.nanoTime();
    sink = catalog.nearest(new GeoPoint(1, 2));
    row(
        "the first nearest tile",
        (System.nanoTime() - start) / 1e6,
        "makes the spatial index, once");
    start = System.nanoTime();
    sink = catalog.find("tile-77");
    row("the first tile by id", (System.nanoTime() - start) / 1e6, "makes the table, once");
    SplittableRandom random = new SplittableRandom(3);
    double[] ms =
        medians(
            9,
            () -> {
              long sum = 0;
              for (int i = 0; i < 10_000; i++) {
                GeoPoint at =
                    new GeoPoint(random.nextDouble(-90, 90), random.nextDouble(-180, 180));
                sum += catalog.nearest(at).orElseThrow();
              }
              return sum;
            },
            () -> {
              long sum = 0;
              for (int i = 0; i < 10_000; i++) {
                sum += catalog.find("tile-" + random.nextInt(MAJOR_TOM)).orElseThrow();
              }
              return sum;
            });
    row("10,000 nearest tiles", ms[0], "");
    row("10,000 tiles by id", ms[1], "");
  }

  // --- the grid ---

  private static void grid() {
    int n = 1_000_000;
    SplittableRandom random = new SplittableRandom(4);
    GeoPoint[] points = new GeoPoint[n];
    GridCell[] cells = new GridCell[n];
    for (int i = 0; i < n; i++) {
      points[i] = new GeoPoint(random.nextDouble(-84.9, 84.9), random.nextDouble(-180, 180));
      cells[i] = MajorTomGrid.CORE.cellOf(points[i]);
    }
    MajorTomGrid grid = MajorTomGrid.CORE;
    Work[] works = {
      () -> sum(points, p -> grid.cellOf(p).column()),
      () -> sum(points, p -> grid.cellOf(p).name().length()),
      () -> sum(points, p -> grid.nearestCell(p).column()),
      () -> sum(cells, c -> (int) grid.centerOf(c).latitude()),
      () -> sum(cells, c -> GridCell.parse(c.name()).row()),
      () -> sum(cells, c -> grid.neighbors(c).size()),
      () -> grid.cellsIn(new BoundingBox(-20, -40, 60, 40)).mapToLong(GridCell::column).sum()
    };
    String[] names = {
      "cell of a point",
      "cell of a point and its name",
      "nearest cell",
      "centre of a cell",
      "name of a cell, and back",
      "neighbours",
      "cells in a box of 80 by 80 degrees"
    };
    long boxed = grid.cellsIn(new BoundingBox(-20, -40, 60, 40)).count();
    head("Major TOM's grid at 10 km, a million times, one thread");
    for (int w = 0; w < works.length; w++) {
      double ms = medians(9, works[w])[0];
      double millions = (w == works.length - 1 ? boxed : n) / ms / 1000;
      row(names[w], ms, String.format(Locale.ROOT, "%.1f million a second", millions));
    }
  }

  private interface ToInt<T> {
    int of(T value);
  }

  private static <T> long sum(T[] values, ToInt<T> work) {
    long sum = 0;
    for (T value : values) sum += work.of(value);
    return sum;
  }
}
