package io.earthembed.cli;

import io.earthembed.Query;
import io.earthembed.geo.GeoPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options and words that make a query. */
final class QueryOptions {
  @Parameters(paramLabel = "WORDS", arity = "0..*", description = "a text to search for, as --text")
  private List<String> words = List.of();

  @ArgGroup(
      exclusive = false,
      multiplicity = "0..*",
      heading = "%nParts of the query; several may be given, each with a weight:%n")
  private List<Part> parts = new ArrayList<>();

  @Option(
      names = "--fuse",
      description =
          "rank by each part alone and join the ranks (default: sum the parts, then rank once)")
  private boolean fuse;

  @Option(
      names = "--together",
      description =
          "encode one text and one picture as one input, by a model that takes both (default: sum"
              + " the parts)")
  private boolean together;

  /** A part and its weight. */
  private static final class Part {
    @ArgGroup(exclusive = true, multiplicity = "1")
    private Kind kind = new Kind();

    @Option(
        names = "--weight",
        paramLabel = "W",
        description =
            "weight of the part before it (default: 1); a negative one leads away from it")
    private @Nullable Double weight;
  }

  /** The content of a part; exactly one field is set. */
  private static final class Kind {
    @Option(names = "--text", paramLabel = "TEXT", required = true, description = "a text")
    private @Nullable String text;

    @Option(
        names = "--image",
        paramLabel = "FILE",
        required = true,
        description = "a picture: PNG, JPEG, GIF or BMP")
    private @Nullable Path image;

    @Option(
        names = "--place",
        paramLabel = "LAT,LON",
        required = true,
        converter = Converters.Place.class,
        description = "what looks like this place; --in limits the search to a place")
    private @Nullable GeoPoint place;

    @Option(
        names = "--tile",
        paramLabel = "ID",
        required = true,
        description = "what looks like this tile")
    private @Nullable String tile;

    private Query query() {
      if (text != null) return Query.text(text);
      if (tile != null) return Query.tile(tile);
      if (place != null) return Query.location(place.latitude(), place.longitude());
      Path file = image;
      if (file == null) throw new IllegalArgumentException("a part of the query is missing");
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException("--image is no file: " + file);
      }
      return Query.image(file);
    }
  }

  /** Returns the query. */
  Query query() {
    List<Query.Part> weighted = new ArrayList<>();
    if (!words.isEmpty()) weighted.add(Query.text(String.join(" ", words)).weighted(1));
    for (Part part : parts)
      weighted.add(part.kind.query().weighted(part.weight == null ? 1 : part.weight));
    if (weighted.isEmpty()) {
      throw new IllegalArgumentException(
          "nothing to search for: name WORDS, --text, --image, --place or --tile");
    }
    if (together) return together(weighted);
    if (fuse) return new Query.Fusion(weighted);
    if (weighted.size() == 1 && weighted.get(0).weight() == 1) return weighted.get(0).query();
    return new Query.Sum(weighted);
  }

  private Query together(List<Query.Part> weighted) {
    Query.@Nullable Text said = null;
    Query.@Nullable Image shown = null;
    boolean plain = weighted.size() == 2 && !fuse;
    for (Query.Part part : weighted) {
      if (part.query() instanceof Query.Text one) said = one;
      if (part.query() instanceof Query.Image one) shown = one;
      plain &= part.weight() == 1;
    }
    if (!plain || said == null || shown == null) {
      throw new IllegalArgumentException(
          "--together needs one text and one --image, without --weight and --fuse");
    }
    return new Query.ImageText(shown, said);
  }
}
