package io.earthembed.web;

import io.earthembed.Query;
import io.earthembed.encoder.TilePicture;
import io.earthembed.geo.GeoPoint;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the query of a search: its parts, how they are combined, and feedback. */
final class QueryArguments {
  /** The most parts of a query. */
  static final int MAX_PARTS = 16;

  /** The most characters of a text. */
  private static final int MAX_TEXT = 10_000;

  /** The most good or bad tiles. */
  private static final int MAX_FEEDBACK = 200;

  private final List<Part> parts;
  private final boolean fused;
  private final List<String> good;
  private final List<String> bad;

  private QueryArguments(List<Part> parts, boolean fused, List<String> good, List<String> bad) {
    this.parts = parts;
    this.fused = fused;
    this.good = good;
    this.bad = bad;
  }

  /** A part: a query, or the id of an uploaded picture. */
  private record Part(@Nullable Query query, @Nullable String image, double weight) {}

  static QueryArguments read(JsonArguments arguments) {
    List<Part> parts = new ArrayList<>();
    for (JsonArguments part : arguments.objects("parts", MAX_PARTS)) parts.add(part(part));
    if (parts.isEmpty()) throw new IllegalArgumentException("parts has no element");
    boolean fused = arguments.choice("combine", "sum", List.of("sum", "fuse")).equals("fuse");
    List<String> good = List.of();
    List<String> bad = List.of();
    JsonArguments feedback = arguments.object("feedback");
    if (feedback != null) {
      good = feedback.texts("good", MAX_FEEDBACK, SearchRequest.MAX_ID);
      bad = feedback.texts("bad", MAX_FEEDBACK, SearchRequest.MAX_ID);
      feedback.requireNoOthers();
    }
    return new QueryArguments(parts, fused, good, bad);
  }

  private static Part part(JsonArguments part) {
    List<Query> queries = new ArrayList<>();
    String text = part.text("text", MAX_TEXT);
    if (text != null) queries.add(Query.text(text));
    JsonArguments place = part.object("place");
    if (place != null) {
      GeoPoint point = FilterArguments.place(place);
      place.requireNoOthers();
      queries.add(Query.location(point.latitude(), point.longitude()));
    }
    String tile = part.text("tile", SearchRequest.MAX_ID);
    if (tile != null) queries.add(Query.tile(tile));
    if (part.has("vector")) queries.add(Query.vector(part.vector("vector", Vectors.MAX_DIMENSION)));
    String image = part.text("image", 64);
    double weight = part.number("weight", 1);
    part.requireNoOthers();
    if (queries.size() + (image == null ? 0 : 1) != 1) {
      throw new IllegalArgumentException(
          "a part has not exactly one of text, image, place, tile and vector");
    }
    return new Part(queries.isEmpty() ? null : queries.get(0), image, weight);
  }

  /** Returns whether the query asks for what looks like a place. */
  boolean asksForPlace() {
    return parts.stream().anyMatch(part -> part.query instanceof Query.Location);
  }

  /**
   * Returns the query.
   *
   * @param images the uploaded pictures
   * @param picture the model's kind of picture
   * @throws ProblemException (404) if a picture is not kept
   */
  Query query(ImageStore images, TilePicture picture) {
    List<Query.Part> weighted = new ArrayList<>();
    for (Part part : parts) {
      Query query = part.image == null ? null : images.require(part.image, picture);
      weighted.add(
          (query == null ? Objects.requireNonNull(part.query) : query).weighted(part.weight));
    }
    Query query;
    if (fused) query = new Query.Fusion(weighted);
    else if (parts.size() == 1 && parts.get(0).weight == 1) query = weighted.get(0).query();
    else query = new Query.Sum(weighted);
    if (good.isEmpty() && bad.isEmpty()) return query;
    return query.refine(
        good.stream().map(Query::tile).toList(), bad.stream().map(Query::tile).toList());
  }
}
