package io.earthembed.web;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.EarthExplorer;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.TilePicture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An explorer that can be searched, the tiles that it had at one time, and its description for
 * clients. Safe for many threads.
 */
final class LoadedExplorer {
  private final ExplorerVersions versions;
  private final ServedExplorer served;
  private final EarthExplorer explorer;
  private final TileCatalog catalog;
  private volatile @Nullable JsonObject description; // computed on first use

  LoadedExplorer(
      ExplorerVersions versions,
      ServedExplorer served,
      EarthExplorer explorer,
      TileCatalog catalog) {
    this.versions = versions;
    this.served = served;
    this.explorer = explorer;
    this.catalog = catalog;
  }

  /** Returns this explorer with the tiles that a search has found its hits in. */
  LoadedExplorer at(TileCatalog searched) {
    return versions.of(searched);
  }

  /** Returns whether the explorer still has these tiles. */
  boolean isCurrent() {
    return explorer.catalog() == catalog;
  }

  ServedExplorer served() {
    return served;
  }

  String name() {
    return served.name();
  }

  EarthExplorer explorer() {
    return explorer;
  }

  TileCatalog catalog() {
    return catalog;
  }

  /** Returns a text that changes with the tiles and their order. */
  String tag() {
    return catalog.fingerprint();
  }

  /** Returns the description; callers must not change it. */
  JsonObject description() {
    JsonObject known = description;
    if (known == null) {
      known = describe();
      description = known;
    }
    return known;
  }

  /**
   * Returns the row of a tile.
   *
   * @throws ProblemException (404) if there is none
   */
  long requireRow(String text) {
    if (text.matches("[0-9]{1,10}") && Long.parseLong(text) < catalog().size()) {
      return Long.parseLong(text);
    }
    throw ProblemException.notFound("no row " + text + ": " + name() + " has " + catalog().size());
  }

  /**
   * Returns longitude and latitude of each tile, in degrees, as little-endian floats; NaN if they
   * are unknown.
   */
  byte[] points() {
    ByteBuffer points =
        ByteBuffer.allocate(Math.toIntExact(8 * catalog.size())).order(ByteOrder.LITTLE_ENDIAN);
    for (long i = 0; i < catalog.size(); i++) {
      points.putFloat((float) catalog.longitude(i)).putFloat((float) catalog.latitude(i));
    }
    return points.array();
  }

  private JsonObject describe() {
    EmbeddingModel model = explorer.model();
    JsonObject json = describe(served, "ready");
    json.addProperty("model", model.info().nameAndVersion());
    json.addProperty("dimension", model.info().dimension());
    JsonArray asks = new JsonArray();
    if (model.text().isPresent()) asks.add("text");
    if (model.queryKinds().contains("image")) asks.add("image");
    if (model.imageText().isPresent()) asks.add("imageText");
    asks.add("place");
    asks.add("tile");
    json.add("asks", asks);
    json.addProperty("imageBands", model.picture() == TilePicture.ALL_BANDS ? 12 : 3);
    json.addProperty("pictures", explorer.imagery().isPresent());
    json.addProperty("cropMeters", 10.0 * served.cropPixels());
    json.addProperty("tiles", catalog().size());
    json.addProperty("tilesTag", tag());
    new Extent(catalog()).describe(json);
    json.add("attributes", AttributesJson.describe(catalog()));
    return json;
  }

  /** Returns what is known of an explorer that may have failed to load. */
  static JsonObject describe(ServedExplorer served, String status) {
    JsonObject json = new JsonObject();
    json.addProperty("name", served.name());
    json.addProperty("title", served.title());
    json.addProperty("status", status);
    if (!served.attribution().isEmpty()) json.addProperty("attribution", served.attribution());
    if (!served.licence().isEmpty()) json.addProperty("licence", served.licence());
    JsonArray examples = new JsonArray();
    served.examples().forEach(examples::add);
    json.add("examples", examples);
    return json;
  }

  /** The smallest box and period of all tiles. */
  private static final class Extent {
    private double west = 180;
    private double south = 90;
    private double east = -180;
    private double north = -90;
    private long from = Long.MAX_VALUE;
    private long to = Long.MIN_VALUE;
    private long undated;
    private long unplaced;
    private boolean clouds;

    Extent(TileCatalog catalog) {
      for (long i = 0; i < catalog.size(); i++) {
        if (catalog.hasCenter(i)) {
          west = Math.min(west, catalog.longitude(i));
          east = Math.max(east, catalog.longitude(i));
          south = Math.min(south, catalog.latitude(i));
          north = Math.max(north, catalog.latitude(i));
        } else {
          unplaced++;
        }
        long time = catalog.epochMillis(i);
        if (time == TileCatalog.UNKNOWN_TIME) {
          undated++;
        } else {
          from = Math.min(from, time);
          to = Math.max(to, time);
        }
        clouds |= !Float.isNaN(catalog.cloudCover(i));
      }
    }

    void describe(JsonObject json) {
      if (west <= east) {
        JsonObject box = new JsonObject();
        box.addProperty("west", west);
        box.addProperty("south", south);
        box.addProperty("east", east);
        box.addProperty("north", north);
        json.add("bounds", box);
      }
      if (from <= to) {
        json.addProperty("from", Instant.ofEpochMilli(from).toString());
        json.addProperty("to", Instant.ofEpochMilli(to).toString());
      }
      json.addProperty("undated", undated);
      json.addProperty("unplaced", unplaced);
      json.addProperty("clouds", clouds);
    }
  }
}
