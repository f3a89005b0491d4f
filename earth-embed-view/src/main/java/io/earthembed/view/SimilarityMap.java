package io.earthembed.view;

import io.earthembed.SearchResult;
import io.earthembed.image.Raster;
import io.earthembed.vector.Neighbors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A search's scores over the Earth, plate carree: a picture, or one page that needs no network.
 *
 * <p>Shows every score where the search kept them ({@link SearchResult#scoreField}), else the hits.
 * Colours run from the score that 2 % of the shown tiles stay below to the one that 0.2 % exceed,
 * so that a single outlier does not flatten the map; the legend names both. Immutable and safe for
 * many threads.
 */
public final class SimilarityMap {
  /** Hits that are marked with their rank. */
  static final int MARKED = 10;

  final SearchResult result;
  final Neighbors shown;
  final String note;
  final List<@Nullable Raster> pictures;

  private SimilarityMap(SearchResult result, String note, List<@Nullable Raster> pictures) {
    this.result = result;
    this.shown = result.scoreField().orElse(result.neighbors());
    this.note = note;
    this.pictures = pictures;
  }

  /** The map of a result. */
  public static SimilarityMap of(SearchResult result) {
    return new SimilarityMap(result, "", List.of());
  }

  /**
   * The same map with a line below it that says what a reader must know, for example that positions
   * are made up.
   */
  public SimilarityMap withNote(String line) {
    return new SimilarityMap(result, line, pictures);
  }

  /**
   * The same map with pictures of the best hits, which the page shows.
   *
   * @param best h x w x 3 or 1, UINT8, in order of rank; null where there is none; may be shorter
   *     than the hits
   */
  public SimilarityMap withPictures(List<? extends @Nullable Raster> best) {
    return new SimilarityMap(
        result, note, Collections.unmodifiableList(new ArrayList<@Nullable Raster>(best)));
  }

  /** The score at the lower end of the colours; 0 where nothing is shown. */
  float low() {
    int n = shown.size();
    return n == 0 ? 0 : shown.score(Math.min(n - 1, (int) Math.floor(0.98 * n)));
  }

  /** The score at the upper end of the colours; 0 where nothing is shown. */
  float high() {
    int n = shown.size();
    return n == 0 ? 0 : shown.score((int) (0.002 * n));
  }

  /** Where a score lies between the ends, in [0, 1]. */
  static double position(float score, float low, float high) {
    return high > low ? Math.max(0, Math.min(1, (score - low) / (double) (high - low))) : 1;
  }

  String subtitle() {
    return result.model().name()
        + " "
        + result.model().version()
        + "  ·  "
        + Text.count(shown.size())
        + (result.scoreField().isPresent() ? "" : " best")
        + " of "
        + Text.count(result.catalog().size())
        + " tiles";
  }

  /**
   * The map as a PNG, 2000 x 1160 pixels.
   *
   * @throws io.earthembed.EarthEmbedException if the machine has no font, naming the packages
   */
  public byte[] toPng() {
    return new MapPicture(this).png();
  }

  /**
   * Writes {@link #toPng} to a file, whole or not at all.
   *
   * @throws io.earthembed.EarthEmbedException if it cannot be written
   */
  public void writePng(Path file) {
    AtomicFiles.write(file, toPng());
  }

  /**
   * The map as one page for a browser, which opens from disk and asks the network for nothing: drag
   * and zoom, a threshold, a card for each tile. Holds the best {@value MapPage#MAX_POINTS} scores
   * at most, and says so where there are more.
   */
  public String toHtml() {
    return new MapPage(this).html();
  }

  /**
   * Writes {@link #toHtml} to a file in UTF-8, whole or not at all.
   *
   * @throws io.earthembed.EarthEmbedException if it cannot be written
   */
  public void writeHtml(Path file) {
    AtomicFiles.write(file, toHtml().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "SimilarityMap[" + shown.size() + " scores of " + result + "]";
  }
}
