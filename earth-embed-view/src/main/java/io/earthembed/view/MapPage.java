package io.earthembed.view;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.Hit;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Raster;
import io.earthembed.vector.Neighbors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a map page: the template map.html with one JSON object in it.
 *
 * <p>All data is in that object and nowhere else. Gson escapes {@code <}, {@code >}, {@code &},
 * U+2028 and U+2029, so that no text can end the script element. The page writes texts into nodes,
 * never into markup.
 */
final class MapPage {
  /** Most scores in a page: it stays below 8 MB, or below 10 MB if its columns are wide. */
  static final int MAX_POINTS = 280_000;

  private static final long DAY = 86_400_000L;
  private static final int TEXT = 500;

  /** Stands for an unknown cell or day. */
  private static final int UNKNOWN = Integer.MIN_VALUE;

  private static final int HITS = 100;

  private final SimilarityMap map;

  MapPage(SimilarityMap map) {
    this.map = map;
  }

  String html() {
    BaseTiles tiles = map.tiles;
    // The data comes last, so that nothing in it is replaced. Gson escapes whatever could end a
    // script element.
    return Resources.text("map.html")
        .replace("@TILES@", tiles == null ? "" : tiles.origin())
        .replace("@LEAFLET_CSS@", Resources.leafletStyle())
        .replace("@LEAFLET_JS@", Resources.leafletScript())
        .replace("@MAP_JS@", MapFiles.script())
        .replace("@DATA@", new Gson().toJson(data()));
  }

  private JsonObject data() {
    Neighbors shown = map.shown.top(MAX_POINTS);
    JsonObject data = new JsonObject();
    data.addProperty("title", Text.line(map.title(), TEXT));
    data.addProperty("subtitle", Text.line(map.subtitle(), TEXT));
    data.addProperty("note", Text.line(map.note, TEXT));
    data.addProperty("all", map.shown.size());
    data.addProperty("count", shown.size());
    data.addProperty("low", map.low());
    data.addProperty("high", map.high());
    TileCatalog catalog = map.result.catalog();
    boolean wide = wide(catalog, shown);
    data.addProperty("wide", wide);
    data.addProperty("points", points(catalog, shown, wide));
    BaseTiles tiles = map.tiles;
    if (tiles == null) {
      data.addProperty("land", base64(NaturalEarth.encoded("land.bin")));
      data.addProperty("borders", base64(NaturalEarth.encoded("borders.bin")));
    } else {
      JsonObject base = new JsonObject();
      base.addProperty("template", tiles.template());
      base.addProperty("attribution", Text.line(tiles.attribution(), TEXT));
      data.add("tiles", base);
    }
    BoundingBox box = map.region;
    JsonArray region = new JsonArray();
    region.add(box.west());
    region.add(box.south());
    region.add(box.east() + (box.crossesAntimeridian() ? 360 : 0));
    region.add(box.north());
    data.add("region", region);
    data.addProperty("world", map.isWorld());
    data.add("query", query());
    data.add("hits", hits(shown));
    return data;
  }

  /** Tells whether rows, columns or days need four bytes: small cells, or far dates. */
  private static boolean wide(TileCatalog catalog, Neighbors shown) {
    for (int i = 0; i < shown.size(); i++) {
      long ordinal = shown.ordinal(i);
      for (int value : numbers(catalog, ordinal)) {
        boolean fits = value == (short) value && value != Short.MIN_VALUE;
        if (!fits && value != UNKNOWN) return true;
      }
    }
    return false;
  }

  /** Returns the cell's row and column and the day since 1970, or {@link #UNKNOWN}. */
  private static int[] numbers(TileCatalog catalog, long ordinal) {
    int day = day(catalog, ordinal);
    if (!catalog.hasCell(ordinal)) return new int[] {UNKNOWN, UNKNOWN, day};
    GridCell cell = catalog.cell(ordinal);
    return new int[] {cell.row(), cell.column(), day};
  }

  /** Returns the days since 1970, or {@link #UNKNOWN}. */
  private static int day(TileCatalog catalog, long ordinal) {
    long time = catalog.epochMillis(ordinal);
    if (time == TileCatalog.UNKNOWN_TIME) return UNKNOWN;
    long day = Math.floorDiv(time, DAY);
    return (int) Math.max(-Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, day));
  }

  /**
   * Encodes the shown tiles as little-endian columns, best first: longitude, latitude and score as
   * float32, then the grid cell's row and column and the day since 1970, all int16 or all int32. A
   * tile takes 18 or 24 bytes before base64.
   */
  private static String points(TileCatalog catalog, Neighbors shown, boolean wide) {
    int n = shown.size();
    int size = wide ? 4 : 2;
    ByteBuffer bytes = ByteBuffer.allocate((12 + 3 * size) * n).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < n; i++) {
      long ordinal = shown.ordinal(i);
      bytes.putFloat(4 * i, (float) catalog.longitude(ordinal));
      bytes.putFloat(4 * (n + i), (float) catalog.latitude(ordinal));
      bytes.putFloat(4 * (2 * n + i), shown.score(i));
      int[] whole = numbers(catalog, ordinal);
      for (int c = 0; c < 3; c++) {
        int at = 12 * n + size * (c * n + i);
        // The least number of either width means unknown.
        if (wide) bytes.putInt(at, whole[c]);
        else bytes.putShort(at, whole[c] == UNKNOWN ? Short.MIN_VALUE : (short) whole[c]);
      }
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private JsonObject query() {
    JsonObject json = new JsonObject();
    json.addProperty("text", Text.line(map.title(), TEXT));
    Raster picture = Pictures.of(map.result.query());
    if (picture != null) json.addProperty("picture", Pictures.dataUrl(picture));
    return json;
  }

  private JsonArray hits(Neighbors shown) {
    JsonArray array = new JsonArray();
    List<Hit> hits = map.result.hits();
    hits = hits.subList(0, Math.min(HITS, hits.size()));
    // Pages and distances select hits, so a hit need not be among the first shown tiles.
    Map<Long, Integer> places = new HashMap<>();
    for (Hit hit : hits) places.put(hit.ordinal(), -1);
    for (int i = 0; i < shown.size(); i++) places.replace(shown.ordinal(i), i);
    for (int i = 0; i < hits.size(); i++) {
      Hit hit = hits.get(i);
      if (!hit.tile().hasCenter()) continue; // the subtitle counts them
      JsonObject json = new JsonObject();
      json.addProperty("at", places.get(hit.ordinal()));
      json.addProperty("rank", hit.rank());
      json.addProperty("score", hit.score());
      json.addProperty("id", Text.line(hit.tile().id(), TEXT));
      json.addProperty("cell", Text.cell(hit));
      json.addProperty("date", Text.date(hit));
      json.addProperty("lat", hit.tile().center().latitude());
      json.addProperty("lon", hit.tile().center().longitude());
      Raster picture = i < map.pictures.size() ? map.pictures.get(i) : null;
      if (picture != null) json.addProperty("picture", Pictures.dataUrl(picture));
      array.add(json);
    }
    return array;
  }
}
