package io.earthembed.view;

import io.earthembed.SearchResult;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Maps side by side, for example of several models and one query. Each map has a colour scale of
 * its own, since models do not share a scale. On the page, all maps move together. Immutable and
 * safe for many threads.
 */
public final class SideBySide {
  private static final int WIDTH = 1200;

  private final List<SimilarityMap> maps;

  private SideBySide(List<SimilarityMap> maps) {
    this.maps = maps;
  }

  /**
   * Arranges maps side by side.
   *
   * @param maps two or more
   */
  public static SideBySide of(List<SimilarityMap> maps) {
    if (maps.size() < 2) throw new IllegalArgumentException("maps must be at least two: " + maps);
    return new SideBySide(List.copyOf(maps));
  }

  /**
   * Arranges the maps of several results, such as those of {@link io.earthembed.ModelComparison}.
   *
   * @param results two or more
   */
  public static SideBySide ofResults(List<SearchResult> results) {
    return of(results.stream().map(SimilarityMap::of).toList());
  }

  /**
   * Returns a PNG with two maps in a row.
   *
   * @throws io.earthembed.common.EarthEmbedException if the machine has no font, naming the
   *     packages to install
   */
  public byte[] toPng() {
    List<BufferedImage> pictures = new ArrayList<>();
    int height = 1;
    for (SimilarityMap map : maps) {
      BufferedImage picture = new MapPicture(map).draw();
      pictures.add(picture);
      height = Math.max(height, picture.getHeight() * WIDTH / picture.getWidth());
    }
    int rows = (maps.size() + 1) / 2;
    BufferedImage out = new BufferedImage(2 * WIDTH, rows * height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = out.createGraphics();
    try {
      MapPicture.smooth(g);
      g.setColor(MapPicture.PAPER);
      g.fillRect(0, 0, out.getWidth(), out.getHeight());
      for (int i = 0; i < pictures.size(); i++) {
        BufferedImage picture = pictures.get(i);
        int own = picture.getHeight() * WIDTH / picture.getWidth();
        g.drawImage(picture, i % 2 * WIDTH, i / 2 * height, WIDTH, own, null);
      }
    } finally {
      g.dispose();
    }
    return MapPicture.png(out);
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
   * Returns the maps as HTML for a notebook or another page. Each is a page of {@link
   * SimilarityMap#toHtml}; all of them move together.
   */
  public String toHtml() {
    StringBuilder out = new StringBuilder("<div class=\"earth-embed\">").append(Html.STYLE);
    out.append("<div class=\"ee-maps\">");
    for (SimilarityMap map : maps) out.append(Html.frame(map.subtitle(), map.toHtml()));
    out.append("</div>");
    return out.append(
            """
            <script>
            (() => {
              const frames = [...document.currentScript.parentElement.querySelectorAll("iframe")];
              let leader = null;
              const link = frame => {
                const map = frame.contentWindow && frame.contentWindow.earthEmbedMap;
                if (!map) { setTimeout(link, 100, frame); return; }
                map.on("move", () => {
                  if (leader && leader !== frame) return;
                  leader = frame;
                  for (const other of frames) {
                    const follower = other !== frame && other.contentWindow.earthEmbedMap;
                    if (!follower) continue;
                    // A map centered on the antimeridian counts degrees from another edge.
                    const { lat, lng } = map.getCenter(), west = follower.options.maxBounds.getWest();
                    follower.setView([lat, lng - 360 * Math.floor((lng - west) / 360)], map.getZoom(), { animate: false });
                  }
                  leader = null;
                });
              };
              frames.forEach(link);
            })();
            </script></div>""")
        .toString();
  }

  /**
   * Writes {@link #toHtml} as a page to a file in UTF-8, atomically: all or nothing.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be written
   */
  public void writeHtml(Path file) {
    String title = Text.line(maps.get(0).title(), 200);
    Set<String> origins = new TreeSet<>();
    for (SimilarityMap map : maps) {
      if (map.tiles != null) origins.add(map.tiles.origin());
    }
    AtomicFiles.write(file, Html.page(title, toHtml(), origins).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "SideBySide[" + maps + "]";
  }
}
