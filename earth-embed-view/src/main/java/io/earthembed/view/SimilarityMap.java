package io.earthembed.view;

import io.earthembed.SearchResult;
import io.earthembed.geo.BoundingBox;
import io.earthembed.image.Raster;
import io.earthembed.vector.Neighbors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A search's scores over the Earth: a picture (PNG or SVG), or one page that needs no network.
 *
 * <p>Shows every score where the search kept them ({@link SearchResult#scoreField}), else the hits.
 * Colours run from the score that 2 % of the shown tiles stay below to the one that 0.2 % exceed,
 * so that a single outlier does not flatten the map; the legend names both. Few tiles are dots; so
 * many that dots would overlap are pixels, each with the colour of its best tile, the more opaque
 * the more tiles it stands for. Immutable and safe for many threads.
 */
public final class SimilarityMap {
  /** Hits that are marked with their rank. */
  static final int MARKED = 10;

  private static final BoundingBox WORLD = new BoundingBox(-180, -90, 180, 90);

  final SearchResult result;
  final Neighbors shown;
  final Dots dots;
  final String note;
  final List<@Nullable Raster> pictures;
  final Projection projection;
  final BoundingBox region;
  final @Nullable BaseTiles tiles;

  private SimilarityMap(
      SearchResult result,
      Dots dots,
      String note,
      List<@Nullable Raster> pictures,
      Projection projection,
      BoundingBox region,
      @Nullable BaseTiles tiles) {
    this.result = result;
    this.shown = result.scoreField().orElse(result.neighbors());
    this.dots = dots;
    this.note = note;
    this.pictures = pictures;
    this.projection = projection;
    this.region = region;
    this.tiles = tiles;
  }

  /** The map of a result: the world, plate carree. */
  public static SimilarityMap of(SearchResult result) {
    return new SimilarityMap(
        result, Dots.of(result), "", List.of(), Projection.PLATE_CARREE, WORLD, null);
  }

  /**
   * The same map with a line below it that says what a reader must know, for example that positions
   * are made up.
   */
  public SimilarityMap withNote(String line) {
    return new SimilarityMap(result, dots, line, pictures, projection, region, tiles);
  }

  /**
   * The same map with pictures of the best hits, which the page shows.
   *
   * @param best h x w x 3 or 1, UINT8, in order of rank; null where there is none; may be shorter
   *     than the hits
   */
  public SimilarityMap withPictures(List<? extends @Nullable Raster> best) {
    return new SimilarityMap(
        result,
        dots,
        note,
        Collections.unmodifiableList(new ArrayList<@Nullable Raster>(best)),
        projection,
        region,
        tiles);
  }

  /** The same map drawn flat in another way; the page is not changed by it. */
  public SimilarityMap withProjection(Projection other) {
    return new SimilarityMap(result, dots, note, pictures, other, region, tiles);
  }

  /**
   * The same map of a part of the Earth; the page opens there.
   *
   * @param box wider and higher than nothing; may cross the antimeridian
   */
  public SimilarityMap withRegion(BoundingBox box) {
    SimilarityMap map = new SimilarityMap(result, dots, note, pictures, projection, box, tiles);
    map.frame();
    return map;
  }

  /**
   * The same map whose page lays its tiles over a map of others, which it asks the network for. The
   * page is in Web Mercator then. Without this a page asks the network for nothing.
   */
  public SimilarityMap withBaseTiles(BaseTiles base) {
    return new SimilarityMap(result, dots, note, pictures, projection, region, base);
  }

  Frame frame() {
    return new Frame(
        projection,
        region,
        MapPicture.LEFT,
        MapPicture.TOP,
        MapPicture.MAP_WIDTH,
        MapPicture.MOST_HEIGHT);
  }

  boolean isWorld() {
    return region.equals(WORLD);
  }

  /** How many dots lie in a frame. */
  int dotsWithin(Frame frame) {
    if (isWorld()) return dots.size();
    int n = 0;
    for (int i = 0; i < dots.size(); i++) {
      if (frame.contains(dots.latitude(i), dots.longitude(i))) n++;
    }
    return n;
  }

  String title() {
    return result.query().describe();
  }

  /** The score at the lower end of the colours; 0 where nothing is shown. */
  float low() {
    int n = dots.size();
    return n == 0 ? 0 : dots.score(n - 1 - n / 50);
  }

  /** The score at the upper end of the colours; 0 where nothing is shown. */
  float high() {
    int n = dots.size();
    return n == 0 ? 0 : dots.score(n / 500);
  }

  /** Where a score lies between the ends, in [0, 1]. */
  static double position(float score, float low, float high) {
    return high > low ? Math.max(0, Math.min(1, (score - low) / (double) (high - low))) : 1;
  }

  String subtitle() {
    boolean all = result.scoreField().isPresent();
    return Text.models(result)
        + "  ·  "
        + Text.count(dots.size())
        + (all ? "" : " best")
        + " of "
        + Text.count(all ? result.catalog().size() : result.searched(), "tile");
  }

  /**
   * The map as a PNG, 2000 pixels wide; the whole Earth in plate carree is 1160 high.
   *
   * @throws io.earthembed.common.EarthEmbedException if the machine has no font, naming the
   *     packages
   */
  public byte[] toPng() {
    return new MapPicture(this).png();
  }

  /**
   * Writes {@link #toPng} to a file, whole or not at all.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public void writePng(Path file) {
    AtomicFiles.write(file, toPng());
  }

  /** The map as SVG, with the same parts as the PNG; only dots too many to be shapes are pixels. */
  public String toSvg() {
    return new MapSvg(this).svg();
  }

  /**
   * Writes {@link #toSvg} to a file in UTF-8, whole or not at all.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public void writeSvg(Path file) {
    AtomicFiles.write(file, toSvg().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The map as one page for a browser, which opens from disk and asks the network for nothing: drag
   * and zoom, a threshold, a card for each tile. Holds the best {@value MapPage#MAX_POINTS} scores
   * at most, and says so where there are more.
   */
  public String toHtml() {
    return new MapPage(this).html();
  }

  /** {@link #toHtml} in a frame, for a notebook or a page of one's own. */
  public String toFrame() {
    return "<div class=\"earth-embed\">"
        + Html.STYLE
        + Html.frame(Text.line(title(), 200), toHtml())
        + "</div>";
  }

  /**
   * Writes {@link #toHtml} to a file in UTF-8, whole or not at all.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public void writeHtml(Path file) {
    AtomicFiles.write(file, toHtml().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "SimilarityMap[" + dots.size() + " scores of " + result + "]";
  }
}
