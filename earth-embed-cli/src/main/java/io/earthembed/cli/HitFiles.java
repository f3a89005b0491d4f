package io.earthembed.cli;

import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileParts;
import io.earthembed.parquet.GeoParquetHits;
import io.earthembed.view.Csv;
import io.earthembed.view.GeoJson;
import io.earthembed.view.Kml;
import io.earthembed.view.SimilarityMap;
import io.earthembed.view.StacItems;
import io.earthembed.view.TileArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes what a search found as files, whose names choose the format. */
final class HitFiles {
  private static final List<String> MAPS = List.of(".html", ".png", ".svg");
  private static final List<String> TABLES =
      List.of(".stac.json", ".geojson", ".csv", ".kml", ".parquet");
  private static final List<String> EXPORTS =
      List.of(".stac.json", ".geojson", ".csv", ".kml", ".parquet", ".zip");

  private HitFiles() {}

  /** A picture of a hit, or the reason why there is none. */
  record Picture(Hit hit, @Nullable Path file, @Nullable Raster image, @Nullable String failure) {}

  /**
   * Checks the name of a map.
   *
   * @throws IllegalArgumentException if it ends in none of the formats
   */
  static void requireMap(Path file) {
    format("--map", file, MAPS);
  }

  /** Checks the name of an export, like {@link #requireMap}. */
  static void requireExport(Path file) {
    format("--export", file, EXPORTS);
  }

  /** Checks the name of an export without pixels, like {@link #requireMap}. */
  static void requireTable(Path file) {
    format("--export", file, TABLES);
  }

  private static String format(String option, Path file, List<String> endings) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    for (String ending : endings) if (name.endsWith(ending)) return ending;
    throw new IllegalArgumentException(
        option + " ends in none of " + String.join(", ", endings) + ": " + file);
  }

  /**
   * Writes a map.
   *
   * @param result has a score field
   */
  static void map(SearchResult result, Path file, List<Picture> pictures) {
    SimilarityMap map = SimilarityMap.of(result);
    if (!pictures.isEmpty()) {
      List<@Nullable Raster> images = new ArrayList<>();
      for (Picture picture : pictures) images.add(picture.image());
      map = map.withPictures(images);
    }
    switch (format("--map", file, MAPS)) {
      case ".png" -> map.writePng(file);
      case ".svg" -> map.writeSvg(file);
      default -> map.writeHtml(file);
    }
  }

  /** Writes the hits; a ZIP has their pixels in all bands. */
  static void export(EarthExplorer earth, SearchResult result, Path file) {
    if (format("--export", file, EXPORTS).equals(".zip")) {
      requireSources(result, "--export of a ZIP");
      TileArchive.of(result, earth.fetch(result, TileParts.ALL_BANDS)).write(file);
    } else {
      table(result, file);
    }
  }

  /** Writes the hits without pixels. */
  static void table(SearchResult result, Path file) {
    switch (format("--export", file, TABLES)) {
      case ".csv" -> Csv.of(result).write(file);
      case ".kml" -> Kml.of(result).write(file);
      case ".parquet" -> GeoParquetHits.write(result, file);
      case ".stac.json" -> StacItems.of(result).write(file);
      default -> GeoJson.of(result).write(file);
    }
  }

  /** Writes a PNG in true colour of each hit. */
  static List<Picture> pictures(EarthExplorer earth, SearchResult result, Path folder)
      throws IOException {
    requireSources(result, "--pictures");
    Files.createDirectories(folder);
    List<Picture> pictures = new ArrayList<>();
    List<ImageryStore.Outcome> outcomes = earth.fetch(result, TileParts.TRUE_COLOR);
    for (int i = 0; i < outcomes.size(); i++) {
      Hit hit = result.hits().get(i);
      RuntimeException failure = outcomes.get(i).failure();
      if (failure != null) {
        pictures.add(new Picture(hit, null, null, String.valueOf(failure.getMessage())));
        continue;
      }
      Raster image = outcomes.get(i).orThrow().trueColor();
      // A cell's name cannot lead out of the folder; ids could.
      String cell = hit.tile().hasCell() ? '_' + hit.tile().cell().name() : "";
      Path file = folder.resolve(String.format(Locale.ROOT, "rank%03d%s.png", hit.rank(), cell));
      Files.write(file, ImageFiles.encodePng(image));
      pictures.add(new Picture(hit, file, image, null));
    }
    return pictures;
  }

  private static void requireSources(SearchResult result, String option) {
    for (Hit hit : result.hits()) {
      if (hit.tile().source() == null) {
        throw new EarthEmbedException(
            option + ": the dataset does not say where the pixels of " + hit.tile().id() + " are");
      }
    }
  }
}
