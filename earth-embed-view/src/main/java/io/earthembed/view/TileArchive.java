package io.earthembed.view;

import io.earthembed.Hit;
import io.earthembed.SearchResult;
import io.earthembed.base.image.GeoTiffWriter;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The best tiles of a search as one ZIP. Each tile that was read has a folder with every band as a
 * georeferenced GeoTIFF, and a picture as PNG (also as GeoTIFF if it is composed of bands). The ZIP
 * also contains {@code results.csv}, {@code results.geojson}, {@code map.png} and, if tiles could
 * not be read, {@code not-read.txt} with the reasons. Immutable and safe for many threads.
 */
public final class TileArchive {
  private final SearchResult result;
  private final List<ImageryStore.Outcome> tiles;
  private final String note;

  private TileArchive(SearchResult result, List<ImageryStore.Outcome> tiles, String note) {
    this.result = result;
    this.tiles = tiles;
    this.note = note;
  }

  /**
   * Creates the archive of a result's best hits.
   *
   * @param tiles outcomes of {@link io.earthembed.EarthExplorer#fetch} in order of rank, at most as
   *     many as hits
   */
  public static TileArchive of(SearchResult result, List<ImageryStore.Outcome> tiles) {
    if (tiles.size() > result.neighbors().size()) {
      throw new IllegalArgumentException(
          tiles.size() + " tiles for " + result.neighbors().size() + " hits");
    }
    return new TileArchive(result, List.copyOf(tiles), "");
  }

  /** Returns a copy with a note for readers, one line. */
  public TileArchive withNote(String line) {
    return new TileArchive(result, tiles, line);
  }

  /**
   * Writes the archive atomically: all or nothing.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public void write(Path file) {
    AtomicFiles.write(
        file,
        path -> {
          try (OutputStream out = Files.newOutputStream(path);
              ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
            write(zip);
          }
        });
  }

  private void write(ZipOutputStream zip) throws IOException {
    text(zip, "results.csv", Csv.of(result).toCsv());
    text(zip, "results.geojson", GeoJson.of(result).withNote(note).toJson());
    put(zip, "map.png", SimilarityMap.of(result).withNote(note).toPng());
    StringBuilder missing = new StringBuilder();
    for (int i = 0; i < tiles.size(); i++) {
      Hit hit = result.hits().get(i);
      RuntimeException failure = tiles.get(i).failure();
      if (failure == null) add(zip, hit, tiles.get(i).orThrow());
      else
        missing
            .append('#')
            .append(hit.rank())
            .append(": ")
            .append(failure.getMessage())
            .append('\n');
    }
    if (!missing.isEmpty()) text(zip, "not-read.txt", missing.toString());
  }

  private static void add(ZipOutputStream zip, Hit hit, Tile tile) throws IOException {
    // The name of a cell cannot lead out of the folder; ids and products could.
    String folder =
        hit.tile().hasCell()
            ? String.format(Locale.ROOT, "rank%03d_%s/", hit.rank(), hit.tile().cell().name())
            : String.format(Locale.ROOT, "rank%03d/", hit.rank());
    for (Map.Entry<Band, Raster> band : new TreeMap<>(tile.bands()).entrySet()) {
      put(zip, folder + band.getKey() + ".tif", GeoTiffWriter.write(band.getValue()));
    }
    if (tile.bands().keySet().containsAll(List.of(Band.B02, Band.B03, Band.B04))) {
      Raster color = tile.trueColor();
      put(zip, folder + "true_colour.tif", GeoTiffWriter.write(color));
      put(zip, folder + "true_colour.png", ImageFiles.encodePng(color));
    }
    Raster thumbnail = tile.thumbnail();
    if (thumbnail != null) put(zip, folder + "thumbnail.png", ImageFiles.encodePng(thumbnail));
  }

  private static void text(ZipOutputStream zip, String name, String words) throws IOException {
    put(zip, name, words.getBytes(StandardCharsets.UTF_8));
  }

  private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0)); // equal results give equal bytes
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  @Override
  public String toString() {
    return "TileArchive[" + tiles.size() + " tiles of " + result + "]";
  }
}
