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
 * A map of a search's scores: a picture (PNG or SVG), or one page that needs no network.
 *
 * <p>The map shows every score if the search kept them ({@link SearchResult#scoreField}), else the
 * hits. Its colours range from the 2nd percentile of the shown scores to the 99.8th, so that
 * outliers do not flatten the map; the legend names both ends. Tiles are dots if they do not
 * overlap. Else they are pixels: each has the colour of its best tile, and its opacity grows with
 * its number of tiles. Immutable and safe for many threads.
 */
public final class SimilarityMap {
  /** Most hits that are marked with their rank. */
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
    this.shown = Dots.shown(result);
    this.dots = dots;
    this.note = note;
    this.pictures = pictures;
    this.projection = projection;
    this.region = region;
    this.tiles = tiles;
  }

  /** Creates the map of a result: the world, in plate carrée. */
  public static SimilarityMap of(SearchResult result) {
    return new SimilarityMap(
        result,
        Dots.of(result),
        Text.note(result, ""),
        List.of(),
        Projection.PLATE_CARREE,
        WORLD,
        null);
  }

  /**
   * Returns a copy with a note for readers, one line below the map, before the dataset's
   * attribution; for example that positions are synthetic.
   */
  public SimilarityMap withNote(String line) {
    String note = Text.note(result, line);
    return new SimilarityMap(result, dots, note, pictures, projection, region, tiles);
  }

  /**
   * Returns a copy with pictures of the best hits, which the page shows.
   *
   * @param best h x w x 3 or 1, UINT8, in order of rank; null for a hit without a picture; may be
   *     shorter than the hits
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

  /** Returns a copy with another projection of pictures; the page does not change. */
  public SimilarityMap withProjection(Projection other) {
    return new SimilarityMap(result, dots, note, pictures, other, region, tiles);
  }

  /**
   * Returns a copy of a part of the Earth; the page opens there.
   *
   * @param box width and height above 0; may cross the antimeridian
   * @throws IllegalArgumentException if the box has no area
   */
  public SimilarityMap withRegion(BoundingBox box) {
    SimilarityMap map = new SimilarityMap(result, dots, note, pictures, projection, box, tiles);
    map.frame();
    return map;
  }

  /**
   * Returns a copy whose page shows the tiles over a base map, which the page loads from the
   * network. That page is in Web Mercator. Without base tiles a page does not use the network.
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
        MapPicture.MAX_HEIGHT);
  }

  boolean isWorld() {
    return region.equals(WORLD);
  }

  /** Returns the number of dots in a frame. */
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

  /** Returns the score at the lower end of the colours; 0 if there are no dots. */
  float low() {
    int n = dots.size();
    return n == 0 ? 0 : dots.score(n - 1 - n / 50);
  }

  /** Returns the score at the upper end of the colours; 0 if there are no dots. */
  float high() {
    int n = dots.size();
    return n == 0 ? 0 : dots.score(n / 500);
  }

  /** Returns a score's position between the ends, in [0, 1]. */
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
        + Text.count(all ? result.catalog().size() : result.searched(), "tile")
        + (unplaced() > 0 ? ", " + Text.count(unplaced()) + " without a place not drawn" : "");
  }

  /** Returns the number of scores whose tiles have no known centre. */
  private int unplaced() {
    return result.scoreField().orElse(result.neighbors()).size() - shown.size();
  }

  /**
   * Returns the map as a PNG, 2000 pixels wide; the whole Earth in plate carrée is 1160 high.
   *
   * @throws io.earthembed.common.EarthEmbedException if the machine has no font, naming the
   *     packages to install
   */
  public byte[] toPng() {
    return new MapPicture(this).png();
  }

  /**
   * Writes {@link #toPng} to a file, atomically: all or nothing.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public void writePng(Path file) {
    AtomicFiles.write(file, toPng());
  }

  /**
   * Returns the map as SVG, with the parts of the PNG. Dots are drawn as pixels if there are too
   * many for shapes.
   */
  public String toSvg() {
    return new MapSvg(this).svg();
  }

  /**
   * Writes {@link #toSvg} to a file in UTF-8, atomically: all or nothing.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public void writeSvg(Path file) {
    AtomicFiles.write(file, toSvg().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the map as one page for a browser: drag and zoom, a threshold, a card for each tile.
   * The page opens from disk and does not use the network, except for base tiles. It contains at
   * most the best {@value MapPage#MAX_POINTS} scores, and states if there are more.
   */
  public String toHtml() {
    return new MapPage(this).html();
  }

  /** Returns {@link #toHtml} in a frame, for a notebook or another page. */
  public String toFrame() {
    return "<div class=\"earth-embed\">"
        + Html.STYLE
        + Html.frame(Text.line(title(), 200), toHtml())
        + "</div>";
  }

  /**
   * Writes {@link #toHtml} to a file in UTF-8, atomically: all or nothing.
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
