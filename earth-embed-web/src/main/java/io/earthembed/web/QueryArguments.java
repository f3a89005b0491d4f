package io.earthembed.web;

import io.earthembed.Query;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.geo.GeoPoint;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the query of a search: its parts, how they are combined, and feedback. */
final class QueryArguments {
  /** The most parts of a query. */
  static final int MAX_PARTS = 16;

  /** The most characters of a text. */
  private static final int MAX_TEXT = 10_000;

  /** The most good or bad tiles. */
  private static final int MAX_FEEDBACK = 200;

  /** The most suggestions of tiles to label. */
  private static final int MAX_SUGGESTIONS = 100;

  private final List<Part> parts;
  private final boolean fused;
  private final List<String> good;
  private final List<String> bad;
  private final int suggestions;

  private QueryArguments(
      List<Part> parts, boolean fused, List<String> good, List<String> bad, int suggestions) {
    this.parts = parts;
    this.fused = fused;
    this.good = good;
    this.bad = bad;
    this.suggestions = suggestions;
  }

  /**
   * A part.
   *
   * @param query null for an uploaded picture alone; of a picture with a text, the text
   * @param image the picture's id, or null
   * @param explorer name of the explorer whose model answers it, or null for the one that is asked
   */
  private record Part(
      @Nullable Query query, @Nullable String image, double weight, @Nullable String explorer) {}

  static QueryArguments read(JsonArguments arguments) {
    List<Part> parts = new ArrayList<>();
    for (JsonArguments part : arguments.objects("parts", MAX_PARTS)) parts.add(part(part));
    if (parts.isEmpty()) throw new IllegalArgumentException("parts has no element");
    boolean fused = arguments.choice("combine", "sum", List.of("sum", "fuse")).equals("fuse");
    if (!fused && parts.stream().anyMatch(part -> part.explorer != null)) {
      throw new IllegalArgumentException(
          "a part names an explorer, and only scores of several models can be added: set combine"
              + " to fuse");
    }
    List<String> good = List.of();
    List<String> bad = List.of();
    int suggestions = 0;
    JsonArguments feedback = arguments.object("feedback");
    if (feedback != null) {
      good = feedback.texts("good", MAX_FEEDBACK, SearchRequest.MAX_ID);
      bad = feedback.texts("bad", MAX_FEEDBACK, SearchRequest.MAX_ID);
      suggestions = feedback.integer("suggest", 0, 0, MAX_SUGGESTIONS);
      feedback.requireNoOthers();
    }
    return new QueryArguments(parts, fused, good, bad, suggestions);
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
    // Generated clients send an empty vector with a part of another kind.
    float[] vector = part.vector("vector", Vectors.MAX_DIMENSION);
    if (vector.length > 0) queries.add(Query.vector(vector));
    String image = part.text("image", 64);
    double weight = part.number("weight", 1);
    String explorer = part.text("explorer", 64);
    part.requireNoOthers();
    boolean both = text != null && image != null && queries.size() == 1;
    if (queries.size() + (image == null ? 0 : 1) != 1 && !both) {
      throw new IllegalArgumentException(
          "a part has not exactly one of text, image, place, tile and vector, nor text with image");
    }
    return new Part(queries.isEmpty() ? null : queries.get(0), image, weight, explorer);
  }

  /**
   * Returns the explorers whose models answer parts of the query: the asked one first, then the
   * others that parts name.
   */
  List<LoadedExplorer> answering(LoadedExplorer asked, ExplorerRegistry explorers) {
    Set<LoadedExplorer> all = new LinkedHashSet<>(List.of(asked));
    for (Part part : parts) all.add(answering(part, asked, explorers));
    return List.copyOf(all);
  }

  private static LoadedExplorer answering(
      Part part, LoadedExplorer asked, ExplorerRegistry explorers) {
    return part.explorer == null ? asked : explorers.require(part.explorer);
  }

  /** Returns whether a model without location encoder is asked for what looks like a place. */
  boolean needsNearestTile(LoadedExplorer asked, ExplorerRegistry explorers) {
    return parts.stream()
        .filter(part -> part.query instanceof Query.Location)
        .map(part -> answering(part, asked, explorers))
        .anyMatch(explorer -> explorer.explorer().model().location().isEmpty());
  }

  /**
   * Returns the query. Each part names its model if parts name explorers; then it is a fusion.
   *
   * @param images the uploaded pictures
   * @param asked the explorer that is asked
   * @throws ProblemException (404) if a picture is not kept, or there is no explorer of a name
   */
  Query query(ImageStore images, LoadedExplorer asked, ExplorerRegistry explorers) {
    boolean named = parts.stream().anyMatch(part -> part.explorer != null);
    List<Query.Part> weighted = new ArrayList<>();
    for (Part part : parts) {
      EmbeddingModel model = answering(part, asked, explorers).explorer().model();
      Query query = query(part, images, model);
      // Scores cannot be moved, so that feedback moves each part of a fusion.
      if (fused) query = refined(query);
      weighted.add((named ? query.by(model.info().name()) : query).weighted(part.weight));
    }
    if (fused) return new Query.Fusion(weighted);
    boolean single = parts.size() == 1 && parts.get(0).weight == 1;
    Query original = single ? weighted.get(0).query() : new Query.Sum(weighted);
    if (good.isEmpty()) return refined(original);
    Query.Learned learned = asked.explorer().learn(original, tiles(good), tiles(bad));
    // A refined query tells its parts.
    return learned.learner() == Query.Learner.ROCCHIO ? refined(original) : learned;
  }

  private static Query query(Part part, ImageStore images, EmbeddingModel model) {
    if (part.image == null) return Objects.requireNonNull(part.query);
    Query.Image image = images.require(part.image, model.picture());
    return part.query instanceof Query.Text text ? new Query.ImageText(image, text) : image;
  }

  private Query refined(Query query) {
    return hasFeedback() ? query.refine(tiles(good), tiles(bad)) : query;
  }

  /** Returns whether tiles are marked as good or bad. */
  boolean hasFeedback() {
    return !good.isEmpty() || !bad.isEmpty();
  }

  /** Returns how many tiles to label next are wanted; only a learned query has any. */
  int suggestions() {
    return suggestions;
  }

  private static List<Query> tiles(List<String> ids) {
    return ids.stream().map(Query::tile).toList();
  }
}
