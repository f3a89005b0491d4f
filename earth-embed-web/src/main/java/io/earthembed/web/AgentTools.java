package io.earthembed.web;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.image.Acquisition;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tools that agents call, apart from the protocol. Safe for many threads. */
final class AgentTools {
  /** The greatest k of an agent's search: its answer fills the agent's memory. */
  private static final int MAX_HITS = 100;

  private final ExplorerRegistry explorers;
  private final Searcher searcher;
  private final ImageStore images;
  private final PictureReader pictures;
  private final ServerOptions options;

  AgentTools(Services services) {
    this.explorers = services.explorers;
    this.searcher = services.searcher;
    this.images = services.images;
    this.pictures = services.pictures;
    this.options = services.options;
  }

  /** Answers a call. */
  interface Action {
    Answer call(JsonArguments arguments);
  }

  /**
   * A tool.
   *
   * @param name its name
   * @param description for agents: what it does, and when to use it
   * @param schema JSON Schema of its arguments
   */
  record Tool(String name, String description, String schema, Action action) {}

  /**
   * The answer of a tool.
   *
   * @param text JSON
   * @param png a picture, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(String text, byte @Nullable [] png) {}

  List<Tool> all() {
    return List.of(
        new Tool(
            "describe_explorers",
            "Lists the searchable sets of satellite tiles: name, model, what may be asked (text,"
                + " image, place, tile), number of tiles, extent in space and time. Call it first.",
            "{\"type\": \"object\", \"properties\": {}, \"additionalProperties\": false}",
            arguments -> describe()),
        new Tool(
            "search_tiles",
            "Finds the satellite tiles that fit a text, a picture, a place or another tile best; if"
                + " several are given, their sum; text and"
                + " picture are one query if the explorer's asks have imageText. Returns rank, id, score, latitude, longitude and"
                + " time of each.",
            SEARCH_SCHEMA,
            this::search),
        new Tool(
            "look_at_tile",
            "Returns a picture of one tile, and what is known of it. Name the tile by an id that"
                + " search_tiles returned, or by a place near its center.",
            LOOK_SCHEMA,
            this::look));
  }

  private static final String SEARCH_SCHEMA =
      """
      {"type": "object", "additionalProperties": false, "properties": {
        "explorer": {"type": "string", "description": "Name of an explorer; may be left out if there is one"},
        "text": {"type": "string", "description": "For example: a satellite image of a river"},
        "without": {"type": "string", "description": "A text that the tiles should not fit"},
        "picture": {"type": "string", "description": "A PNG or JPEG in Base64"},
        "known": {"type": "object", "additionalProperties": false,
          "description": "What is known of the picture; some models use it",
          "properties": {
            "time": {"type": "string", "description": "When it was taken, such as 2024-06-30T10:20:31Z"},
            "lat": {"type": "number"}, "lon": {"type": "number"},
            "resolution": {"type": "number", "description": "Meters of a pixel on the ground"}}},
        "place": {"type": "object", "required": ["lat", "lon"], "additionalProperties": false,
          "description": "Finds what looks like this place. To search near a place, use circle",
          "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}}},
        "tile": {"type": "string", "description": "Id of a tile; finds tiles like it"},
        "box": {"type": "object", "required": ["west", "south", "east", "north"], "additionalProperties": false,
          "description": "Only tiles in it, in degrees",
          "properties": {"west": {"type": "number"}, "south": {"type": "number"},
            "east": {"type": "number"}, "north": {"type": "number"}}},
        "circle": {"type": "object", "required": ["lat", "lon", "meters"], "additionalProperties": false,
          "description": "Only tiles in it",
          "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}, "meters": {"type": "number"}}},
        "region": {"type": "object", "description": "Only tiles in this GeoJSON polygon"},
        "from": {"type": "string", "description": "Only tiles sensed since this date, such as 2024-06-01"},
        "to": {"type": "string", "description": "Only tiles sensed until this date, inclusive"},
        "clouds": {"type": "number", "description": "The most cloud cover in percent"},
        "attributes": {"type": "object", "maxProperties": 64,
          "description": "Only tiles whose attributes, by name, meet all conditions; describe_explorers lists the attributes",
          "additionalProperties": {"type": "object", "additionalProperties": false,
            "description": "Values are texts, numbers, flags, or objects whose member time is a time of ISO 8601",
            "properties": {"present": {"type": "boolean"}, "is": {}, "in": {"type": "array"},
              "atLeast": {}, "above": {}, "atMost": {}, "below": {}}}},
        "k": {"type": "integer", "minimum": 1, "maximum": 100, "description": "Number of tiles, 10 by default"},
        "offset": {"type": "integer", "minimum": 0, "description": "How many of the best to leave out"}}}
      """;

  private static final String LOOK_SCHEMA =
      """
      {"type": "object", "additionalProperties": false, "properties": {
        "explorer": {"type": "string", "description": "Name of an explorer; may be left out if there is one"},
        "tile": {"type": "string", "description": "Id of the tile"},
        "place": {"type": "object", "required": ["lat", "lon"], "additionalProperties": false,
          "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}}},
        "view": {"type": "string", "enum": ["thumbnail", "crop", "tile"],
          "description": "thumbnail by default; crop is what the model saw; tile is all of it"},
        "bands": {"type": "string", "description": "Three Sentinel-2 bands as red, green, blue: B08,B04,B03"}}}
      """;

  private Answer describe() {
    JsonObject json = new JsonObject();
    json.add("explorers", explorers.descriptions());
    return new Answer(json.toString(), null);
  }

  private LoadedExplorer explorer(JsonArguments arguments) {
    String name = arguments.text("explorer", 64);
    if (name != null) return explorers.require(name);
    List<LoadedExplorer> ready = explorers.ready();
    if (ready.size() == 1) return ready.get(0);
    throw new IllegalArgumentException(
        "explorer is missing; known: " + ready.stream().map(LoadedExplorer::name).toList());
  }

  private Answer search(JsonArguments arguments) {
    JsonObject request = new JsonObject();
    JsonArray names = new JsonArray();
    LoadedExplorer explorer = explorer(arguments);
    names.add(explorer.name());
    request.add("explorers", names);
    JsonArray parts = new JsonArray();
    String text = arguments.text("text", SearchRequest.MAX_ID);
    if (text != null) parts.add(part("text", text, 1));
    String picture = arguments.text("picture", 64 << 20);
    JsonArguments known = arguments.object("known");
    if (picture != null) {
      String image = upload(picture, known);
      boolean together = text != null && explorer.explorer().model().imageText().isPresent();
      if (together) parts.get(0).getAsJsonObject().addProperty("image", image);
      else parts.add(part("image", image, 1));
    } else if (known != null) {
      throw new IllegalArgumentException("known is given without a picture");
    }
    String tile = arguments.text("tile", SearchRequest.MAX_ID);
    if (tile != null) parts.add(part("tile", tile, 1));
    JsonObject place = arguments.json("place");
    if (place != null) {
      JsonObject part = new JsonObject();
      part.add("place", place);
      parts.add(part);
    }
    String without = arguments.text("without", SearchRequest.MAX_ID);
    if (without != null) parts.add(part("text", without, -0.5));
    request.add("parts", parts);
    JsonObject filter = new JsonObject();
    for (String name : List.of("box", "circle", "region", "attributes")) {
      JsonObject value = arguments.json(name);
      if (value != null) filter.add(name, value);
    }
    for (String name : List.of("from", "to")) {
      String value = arguments.text(name, 40);
      if (value != null) filter.addProperty(name, value);
    }
    if (arguments.has("clouds")) filter.addProperty("clouds", arguments.requiredNumber("clouds"));
    request.add("filter", filter);
    request.addProperty("k", arguments.integer("k", 10, 1, MAX_HITS));
    request.addProperty("offset", arguments.integer("offset", 0, 0, Integer.MAX_VALUE));
    request.addProperty("field", false);
    arguments.requireNoOthers();
    JsonObject found = searcher.search(SearchRequest.read(request, MAX_HITS));
    return new Answer(found.getAsJsonArray("results").get(0).toString(), null);
  }

  private static JsonObject part(String kind, String value, double weight) {
    JsonObject part = new JsonObject();
    part.addProperty(kind, value);
    part.addProperty("weight", weight);
    return part;
  }

  private String upload(String base64, @Nullable JsonArguments known) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("picture is not Base64: " + e.getMessage(), e);
    }
    if (bytes.length > options.imageBytes()) {
      throw new IllegalArgumentException(
          "picture has more than " + options.imageBytes() + " bytes");
    }
    return images.add(bytes, acquisition(known)).get("image").getAsString();
  }

  private static Acquisition acquisition(@Nullable JsonArguments known) {
    if (known == null) return Acquisition.UNKNOWN;
    Acquisition acquisition =
        ImageStore.acquisition(
            known.text("time", 40),
            known.has("lat") ? known.requiredNumber("lat") : null,
            known.has("lon") ? known.requiredNumber("lon") : null,
            known.has("resolution") ? known.requiredNumber("resolution") : null);
    known.requireNoOthers();
    return acquisition;
  }

  private Answer look(JsonArguments arguments) {
    LoadedExplorer explorer = explorer(arguments);
    PictureView view = PictureView.of(arguments.text("view", 20), arguments.text("bands", 20));
    String id = arguments.text("tile", SearchRequest.MAX_ID);
    JsonArguments place = arguments.object("place");
    arguments.requireNoOthers();
    if ((id == null) == (place == null)) {
      throw new IllegalArgumentException("neither or both of tile and place are given");
    }
    var row =
        id != null
            ? explorer.catalog().find(id)
            : explorer.catalog().nearest(FilterArguments.place(place));
    if (row.isEmpty()) throw ProblemException.notFound(explorer.name() + " has no such tile");
    byte[] png = pictures.png(explorer, row.getAsLong(), view, PictureReader.Patience.ENDLESS);
    JsonObject tile = TileJson.of(row.getAsLong(), explorer.catalog().record(row.getAsLong()));
    return new Answer(tile.toString(), png);
  }
}
