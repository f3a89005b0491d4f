package io.earthembed.guides.examples;

import io.earthembed.EarthExplorer;
import io.earthembed.Explanation;
import io.earthembed.Hit;
import io.earthembed.ModelComparison;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileFilter;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.GridSample;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.geo.Polygon;
import io.earthembed.geo.Region;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.pipeline.Fragment;
import io.earthembed.pipeline.FragmentGrid;
import io.earthembed.region.Regions;
import io.earthembed.view.NaturalEarth;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** The code of docs/guides/searching.md. */
public final class SearchGuide {
  private SearchGuide() {}

  /** Combines queries. */
  public static SearchResult combine(EarthExplorer earth, Raster picture) {
    // [combine
    Query river = Query.text("a satellite image of a river");
    Query notInCities = river.minus(0.5, Query.text("a satellite image of a city"));
    Query snowy = Query.image(picture).plus(Query.text("snow"));
    Query both = Query.fuse(river.weighted(0.7), Query.location(-3.1, -60.0).weighted(0.3));
    List<SearchResult> found =
        earth.searchAll(List.of(river, notInCities, snowy, both), SearchOptions.top(20));
    // combine]
    return found.get(1);
  }

  /** Refines a query by feedback, and explains a hit. */
  public static SearchResult refine(EarthExplorer earth, SearchResult first) {
    // [refine
    List<Hit> hits = first.hits();
    Query better = first.refine(hits.subList(3, 6), hits.subList(0, 1));
    SearchResult second = earth.search(better, SearchOptions.top(20));
    Explanation why = second.explain(second.hits().get(0));
    System.out.println(why);
    // refine]
    return second;
  }

  /** Filters tiles. */
  public static SearchResult filter(EarthExplorer earth, Query query) {
    // [filter
    Polygon lake =
        Polygon.of(new GeoPoint(-60, -170), new GeoPoint(70, -170), new GeoPoint(70, -20))
            .withHole(
                List.of(new GeoPoint(40, -120), new GeoPoint(45, -120), new GeoPoint(45, -115)));
    TileFilter where =
        TileFilter.within(lake)
            .or(TileFilter.within(new BoundingBox(160, -50, -160, 20))) // across the antimeridian
            .or(TileFilter.near(new GeoPoint(48.1, 11.6), 2_000_000))
            .or((catalog, ordinal) -> catalog.latitude(ordinal) < -20);
    TileFilter when =
        TileFilter.sensed(
            Instant.parse("1969-01-01T00:00:00Z"), Instant.parse("2025-01-01T00:00:00Z"));
    SearchOptions options =
        SearchOptions.builder()
            .fraction(0.1)
            .k(20)
            .filter(where.and(when))
            .minDistance(50_000)
            .build();
    SearchResult firstPage = earth.search(query, options.toBuilder().scoreField().build());
    SearchResult secondPage = earth.search(query, options.toBuilder().offset(20).build());
    // filter]
    return secondPage.hits().isEmpty() ? firstPage : secondPage;
  }

  /** Gives a tile attributes. */
  public static TileRecord describe(TileRecord tile, String crop, double yield) {
    // [describe
    TileRecord described =
        tile.withAttributes(
            Attributes.NONE
                .with("crop", crop)
                .with("yield", yield)
                .with("sown", Instant.parse("2024-03-20T00:00:00Z"))
                .with("organic", true));
    // describe]
    return described;
  }

  /** Filters by attributes. */
  public static SearchResult filterByAttributes(EarthExplorer earth, Query query) {
    // [attributes
    TileFilter cereals = TileFilter.attribute("crop").in(List.of("wheat", "rye"));
    TileFilter rich =
        TileFilter.attribute("yield").atLeast(6.5).and(TileFilter.attribute("yield").below(9));
    TileFilter undocumented = TileFilter.attribute("sown").isPresent().negate();
    TileFilter filter = cereals.and(rich).or(undocumented);
    SearchResult found = earth.search(query, SearchOptions.builder().k(20).filter(filter).build());
    for (Hit hit : found.hits()) {
      System.out.println(hit.tile().attributes().get("crop"));
    }
    // attributes]
    return found;
  }

  /** Reads regions. */
  public static TileFilter regions() {
    // [regions
    Region park = Regions.ofWkt("POLYGON ((10 46, 12 46, 12 47, 10 47, 10 46))"); // longitude first
    String text =
        "{'type': 'Polygon', 'coordinates': [[[176, -20], [183, -20], [183, -15], [176, -15]]]}";
    Region fiji = Regions.ofGeoJson(text.replace('\'', '"'));
    TileFilter inEither = TileFilter.within(Region.union(List.of(park, fiji)));
    // regions]
    return inEither;
  }

  /** Compares several models. */
  public static SearchResult compare(EarthExplorer siglip, EarthExplorer satclip, Query query) {
    // [compare
    ModelComparison both = ModelComparison.of(siglip, satclip);
    for (ModelComparison.Row row : both.compare(query, SearchOptions.top(20)).rows()) {
      System.out.println(row.tile().cell() + " " + row.hits());
    }
    Query.Fusion fusion = Query.fuse(query.weighted(0.6), Query.location(47, 8).weighted(0.4));
    SearchResult fused = both.search(fusion, SearchOptions.topFraction(0.007));
    // compare]
    return fused;
  }

  /** Saves and opens an explorer. */
  public static String reopen(EarthExplorer earth, Path folder) {
    // [reopen
    earth.save(folder);
    try (EarthExplorer again =
        EarthExplorer.open(folder, DemoModel.load(), ParquetImageryStore.open()).owning()) {
      return again.toString();
    }
    // reopen]
  }

  /** Uses the grid. */
  public static GridSample.Coverage grid(GeoReference tile) {
    // [grid
    MajorTomGrid grid = MajorTomGrid.CORE;
    GridCell cell = grid.cellOf(new GeoPoint(40.823861, 14.292709)); // 454U_120R
    List<GridCell> round = grid.neighbors(cell);
    long cells = grid.cellsIn(new BoundingBox(5, 45, 11, 48)).count();
    for (Fragment fragment : FragmentGrid.of(1068, 384).fragments()) {
      System.out.println(fragment.pixelBox() + " at " + fragment.center(tile));
    }
    GridSample sample = new GridSample(new MajorTomGrid(50), 0.012);
    GridSample.Coverage coverage = sample.coverage(NaturalEarth::isLand);
    System.out.println(coverage + ", near " + cell + " with " + round + ", of " + cells);
    // grid]
    return coverage;
  }
}
