package io.earthembed;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.InvalidInputException;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.Tile;
import io.earthembed.internal.Checks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A query. The static methods make queries, which can be combined in two ways: {@link #plus} and
 * {@link #minus} add vectors of one model; {@link #fuse} adds scores, also of several models.
 * Immutable and safe for many threads.
 */
public sealed interface Query {
  /** Returns a few words for titles and logs. */
  String describe();

  /**
   * Returns a query for places that fit a text, for example "a satellite image of a river".
   *
   * @throws IllegalArgumentException if it is blank
   */
  static Query text(String text) {
    return new Text(text);
  }

  /**
   * Returns a query for places that look like a picture.
   *
   * @param image the model's kind of picture ({@link EmbeddingModel#picture}): h x w x 3 UINT8,
   *     red, green, blue, or h x w x 12 UINT16
   */
  static Query image(Raster image) {
    return new Image(image, "an image of " + image.height() + " x " + image.width());
  }

  /**
   * Returns a query for places that look like a picture.
   *
   * @param file PNG, JPEG, GIF or BMP; see {@link ImageFiles}
   * @throws InvalidInputException if it is no such picture, or is damaged
   * @throws EarthEmbedException if the file does not exist or cannot be read
   */
  static Query image(Path file) {
    return new Image(ImageFiles.read(file), String.valueOf(file.getFileName()));
  }

  /**
   * Returns a query for places that fit a picture and a text together, for example a picture of a
   * lake with "the same in winter". The model encodes both as one input; a model that cannot
   * refuses the query. {@link #plus} and {@link #fuse} combine a picture and a text by any model of
   * both.
   *
   * @param image as for {@link #image(Raster)}
   * @param text not blank
   */
  static Query imageText(Raster image, String text) {
    return new ImageText((Image) image(image), new Text(text));
  }

  /**
   * Returns a query for places that fit a picture and a text together, as {@link #imageText(Raster,
   * String)}.
   *
   * @param file as for {@link #image(Path)}
   * @param text not blank
   */
  static Query imageText(Path file, String text) {
    return new ImageText((Image) image(file), new Text(text));
  }

  /**
   * Returns a query for tiles that look like a place. It uses the model's location tower or, if the
   * model has none, the tile nearest to the place, as {@link #tileAt}.
   *
   * @param latitude degrees in [-90, 90]
   * @param longitude degrees
   */
  static Query location(double latitude, double longitude) {
    return new Location(new GeoPoint(latitude, longitude));
  }

  /**
   * Returns a query for tiles that look like the tile nearest to a place by great circle, at any
   * distance. That tile's embedding is the query, so it is the best hit itself.
   *
   * @param latitude degrees in [-90, 90]
   * @param longitude degrees
   */
  static Query tileAt(double latitude, double longitude) {
    return new TileAt(new GeoPoint(latitude, longitude));
  }

  /**
   * Returns a query for tiles like a tile, whose embedding is the query, so it is the best hit
   * itself.
   *
   * @param id a tile of the searched dataset
   */
  static Query tile(String id) {
    return new Tile(id);
  }

  /**
   * Returns a query for vectors similar to this one, of the searched model.
   *
   * @param embedding finite
   */
  static Query vector(float[] embedding) {
    return new Vector(embedding.clone(), null);
  }

  /**
   * Returns a query for vectors similar to this one.
   *
   * @param embedding finite
   * @param model the model that made it; searches with other models refuse it
   */
  static Query vector(float[] embedding, ModelInfo model) {
    return new Vector(embedding.clone(), model);
  }

  /**
   * Adds scores. Each part is searched by itself, and its scores over all tiles are scaled so that
   * their range is [0, 1]. A tile's score is the mean of the parts' scores, weighted by the parts'
   * weights.
   *
   * @param parts the parts, with weights of 0 or more; parts with weight 0 are left out
   * @throws IllegalArgumentException if no weight is positive, or a part is a fusion itself
   */
  static Fusion fuse(Part... parts) {
    return new Fusion(List.of(parts));
  }

  /** Returns this query with a weight, as part of a {@link #fuse}. */
  default Part weighted(double weight) {
    return new Part(this, weight);
  }

  /** Adds another query: "a river" plus this picture. */
  default Query plus(Query other) {
    return plus(1, other);
  }

  /**
   * Adds another query with a weight.
   *
   * @param weight of the other, not 0; this query's parts keep their weights
   */
  default Query plus(double weight, Query other) {
    List<Part> parts = new ArrayList<>(this instanceof Sum sum ? sum.parts : List.of(weighted(1)));
    parts.add(other.weighted(weight));
    return new Sum(parts);
  }

  /** Subtracts another query: "a river" minus "a city". */
  default Query minus(Query other) {
    return plus(-1, other);
  }

  /**
   * Subtracts another query with a weight.
   *
   * @param weight of the other, positive
   * @throws IllegalArgumentException if it is not
   */
  default Query minus(double weight, Query other) {
    Checks.positive("weight", weight);
    return plus(-weight, other);
  }

  /**
   * Returns this query, moved towards the liked and away from the disliked queries by {@link
   * Rocchio#CLASSIC}.
   */
  default Query refine(List<? extends Query> liked, List<? extends Query> disliked) {
    return refine(Rocchio.CLASSIC, liked, disliked);
  }

  /**
   * Returns this query, moved towards the mean of the liked and away from the mean of the disliked
   * queries.
   *
   * @param weights weights of the three vectors
   * @param liked may be empty
   * @param disliked may be empty
   */
  default Query refine(
      Rocchio weights, List<? extends Query> liked, List<? extends Query> disliked) {
    List<Part> parts = new ArrayList<>();
    if (weights.original() > 0) parts.add(weighted(weights.original()));
    if (weights.liked() > 0) {
      for (Query query : liked) parts.add(query.weighted(weights.liked() / liked.size()));
    }
    if (weights.disliked() > 0) {
      for (Query query : disliked) parts.add(query.weighted(-weights.disliked() / disliked.size()));
    }
    if (parts.isEmpty()) throw new IllegalArgumentException("nothing is left to look for");
    return new Sum(parts);
  }

  /**
   * Returns this query for one of several models, which answers it in a {@link #fuse}.
   *
   * @param model its name
   */
  default Query by(String model) {
    return new By(model, this);
  }

  /**
   * The weights by which feedback moves a query (J. J. Rocchio, "Relevance feedback in information
   * retrieval", 1971).
   *
   * @param original weight of the query itself, 0 or more
   * @param liked weight of the mean of the liked queries, 0 or more
   * @param disliked weight of the mean of the disliked queries, 0 or more
   */
  record Rocchio(double original, double liked, double disliked) {
    /**
     * 1, 0.75 and 0.15: liked queries count more than disliked ones (C. D. Manning, P. Raghavan, H.
     * Schütze, "Introduction to Information Retrieval", 2008, section 9.1.1).
     */
    public static final Rocchio CLASSIC = new Rocchio(1, 0.75, 0.15);

    /** 0, 2 and 1: only the examples count, not the original query. */
    public static final Rocchio EXAMPLES_ONLY = new Rocchio(0, 2, 1);

    /** Checks its arguments. */
    public Rocchio {
      requireWeight("original", original);
      requireWeight("liked", liked);
      requireWeight("disliked", disliked);
    }

    private static void requireWeight(String name, double value) {
      if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(name + " must be 0 or more: " + value);
      }
    }
  }

  /**
   * A part of a combination.
   *
   * @param query the query
   * @param weight its weight; finite
   */
  record Part(Query query, double weight) {
    /** Checks its arguments. */
    public Part {
      Objects.requireNonNull(query, "query");
      if (!Double.isFinite(weight)) {
        throw new IllegalArgumentException("weight is not finite: " + weight);
      }
    }
  }

  /**
   * A text query.
   *
   * @param text not blank
   */
  record Text(String text) implements Query {
    /** Checks its argument. */
    public Text {
      if (text.isBlank()) throw new IllegalArgumentException("text is blank");
    }

    @Override
    public String describe() {
      return '"' + text + '"';
    }
  }

  /**
   * A picture query.
   *
   * @param image the model's kind of picture
   * @param name its name in titles and logs
   */
  record Image(Raster image, String name) implements Query {
    /** Checks its arguments. */
    public Image {
      Objects.requireNonNull(image, "image");
      Objects.requireNonNull(name, "name");
    }

    @Override
    public String describe() {
      return name;
    }
  }

  /**
   * A query by a picture and a text as one input of the model.
   *
   * @param image the picture
   * @param text the text
   */
  record ImageText(Image image, Text text) implements Query {
    /** Checks its arguments. */
    public ImageText {
      Objects.requireNonNull(image, "image");
      Objects.requireNonNull(text, "text");
    }

    @Override
    public String describe() {
      return image.describe() + " with " + text.describe();
    }
  }

  /**
   * A location query.
   *
   * @param point the place
   */
  record Location(GeoPoint point) implements Query {
    @Override
    public String describe() {
      return "what looks like " + point;
    }
  }

  /**
   * A query by the tile nearest to a place.
   *
   * @param point the place
   */
  record TileAt(GeoPoint point) implements Query {
    @Override
    public String describe() {
      return "more like the tile at " + point;
    }
  }

  /**
   * A query by a tile.
   *
   * @param id its id
   */
  record Tile(String id) implements Query {
    /** Checks its argument. */
    public Tile {
      Objects.requireNonNull(id, "id");
    }

    @Override
    public String describe() {
      return "more like " + id;
    }
  }

  /**
   * A query by embedding.
   *
   * @param embedding length of the model's dimension; must not be changed
   * @param model the model that made it, or null for the searched model
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by identity, as a query needs
  record Vector(float[] embedding, @Nullable ModelInfo model) implements Query {
    @Override
    public String describe() {
      return "a vector of " + embedding.length;
    }
  }

  /** The method that learned a query from labels. */
  enum Learner {
    /** Rocchio's mean of the examples, for few labels. */
    ROCCHIO("Rocchio"),
    /** Logistic regression with L2 regularization and balanced class weights. */
    LOGISTIC_REGRESSION("logistic regression");

    private final String words;

    Learner(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * A query that {@link EarthExplorer#learn} made from labeled examples. Its vector is the normal
   * of the decision boundary, so a search by it ranks tiles by their signed distance from the
   * boundary.
   *
   * @param embedding length 1; must not be changed
   * @param model the model that made the examples' embeddings
   * @param learner the method that was used
   * @param good the examples that are wanted
   * @param bad the examples that are not wanted; may be empty
   * @param boundary the score at the decision boundary: tiles above it are more probably good
   * @param slope the change of the log-odds per unit of the score, or NaN if the method estimates
   *     no probability
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by identity, as a query needs
  record Learned(
      float[] embedding,
      ModelInfo model,
      Learner learner,
      List<Query> good,
      List<Query> bad,
      double boundary,
      double slope)
      implements Query {
    /** Copies the lists. */
    public Learned {
      good = List.copyOf(good);
      bad = List.copyOf(bad);
    }

    /**
     * Estimates the probability that a tile of a score is good, in [0, 1]. The estimate takes both
     * classes as equally frequent and unlabeled tiles as bad. {@link Learner#ROCCHIO} makes none.
     *
     * @param score the score of a hit of this query
     */
    public OptionalDouble probability(double score) {
      return Double.isNaN(slope)
          ? OptionalDouble.empty()
          : OptionalDouble.of(1 / (1 + Math.exp(-slope * (score - boundary))));
    }

    @Override
    public String describe() {
      return good.size() + " good and " + bad.size() + " bad labels by " + learner;
    }
  }

  /**
   * A sum of vectors: each part's vector is normalised and multiplied by its weight, and the sum is
   * normalised.
   *
   * @param parts at least one; weights are not 0
   */
  record Sum(List<Part> parts) implements Query {
    /** Checks and copies its argument. */
    public Sum {
      parts = List.copyOf(parts);
      if (parts.isEmpty()) throw new IllegalArgumentException("a sum of nothing");
      for (Part part : parts) {
        if (part.weight == 0) throw new IllegalArgumentException("a part has weight 0");
        if (part.query instanceof Fusion) {
          throw new IllegalArgumentException("a fusion has scores, not a vector to add");
        }
      }
    }

    @Override
    public String describe() {
      StringBuilder words = new StringBuilder();
      for (Part part : parts) {
        if (words.length() > 0) words.append(part.weight < 0 ? " - " : " + ");
        else if (part.weight < 0) words.append('-');
        double size = Math.abs(part.weight);
        if (size != 1) words.append(String.format(Locale.ROOT, "%.2f x ", size));
        words.append(part.query.describe());
      }
      return words.toString();
    }
  }

  /**
   * A weighted mean of scores.
   *
   * @param parts the parts; those with weight 0 are left out
   */
  record Fusion(List<Part> parts) implements Query {
    /** Checks and copies its argument. */
    public Fusion {
      List<Part> active = new ArrayList<>();
      for (Part part : parts) {
        Checks.notNegative("weight", part.weight);
        if (part.query instanceof Fusion) {
          throw new IllegalArgumentException("a fusion cannot be part of another");
        }
        if (part.weight > 0) active.add(part);
      }
      if (active.isEmpty()) throw new IllegalArgumentException("no part has a positive weight");
      parts = List.copyOf(active);
    }

    /** Returns a part's weight divided by the sum of all weights. */
    double share(int part) {
      return parts.get(part).weight / parts.stream().mapToDouble(Part::weight).sum();
    }

    @Override
    public String describe() {
      return parts.stream()
          .map(p -> String.format(Locale.ROOT, "%.2f of %s", p.weight, p.query.describe()))
          .collect(Collectors.joining(", "));
    }
  }

  /**
   * The query of a result whose scores were computed elsewhere ({@link SearchResult#ofScores}). It
   * has no vector, so no search answers it.
   *
   * @param title what the scores are
   */
  record Scored(String title) implements Query {
    /** Checks its argument. */
    public Scored {
      Objects.requireNonNull(title, "title");
    }

    @Override
    public String describe() {
      return title;
    }
  }

  /**
   * A query for one of several models.
   *
   * @param model its name
   * @param query no fusion
   */
  record By(String model, Query query) implements Query {
    /** Checks its arguments. */
    public By {
      Objects.requireNonNull(model, "model");
      if (query instanceof Fusion) {
        throw new IllegalArgumentException("a fusion may be of several models");
      }
    }

    @Override
    public String describe() {
      return query.describe() + " by " + model;
    }
  }
}
