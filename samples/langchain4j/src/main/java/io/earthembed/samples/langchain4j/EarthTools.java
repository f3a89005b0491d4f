package io.earthembed.samples.langchain4j;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.catalog.TileFilter;
import io.earthembed.geo.GeoPoint;
import java.util.Locale;

/** Searches that a chat model can ask for. Safe for many threads. */
public final class EarthTools {
  private static final int MOST = 20;
  private static final int NEAR = 3;

  private final EarthExplorer earth;

  /** Offers an explorer, which the caller closes. */
  public EarthTools(EarthExplorer earth) {
    this.earth = earth;
  }

  /** Finds tiles by text. */
  @Tool("Finds satellite tiles that show what a text describes; returns one line for each")
  public String searchTiles(
      @P("What the tiles show, such as 'a satellite image of a river'") String text,
      @P("Number of tiles, 1 to 20") int count) {
    return lines(text, SearchOptions.top(Math.max(1, Math.min(MOST, count))));
  }

  /** Finds tiles by text near a place. */
  @Tool("Finds the three satellite tiles near a place that show best what a text describes")
  public String searchTilesNear(
      @P("What the tiles show") String text,
      @P("Latitude in degrees") double latitude,
      @P("Longitude in degrees") double longitude,
      @P("Greatest distance in kilometers") double kilometers) {
    TileFilter near = TileFilter.near(new GeoPoint(latitude, longitude), kilometers * 1000);
    return lines(text, SearchOptions.builder().k(NEAR).filter(near).build());
  }

  private String lines(String text, SearchOptions options) {
    StringBuilder lines = new StringBuilder();
    for (Hit hit : earth.search(Query.text(text), options).hits()) {
      lines.append(
          String.format(
              Locale.ROOT,
              "%d %s at %.2f, %.2f, score %.2f%n",
              hit.rank(),
              hit.tile().productId(),
              hit.tile().center().latitude(),
              hit.tile().center().longitude(),
              hit.score()));
    }
    return lines.isEmpty() ? "no tile" : lines.toString().stripTrailing();
  }
}
