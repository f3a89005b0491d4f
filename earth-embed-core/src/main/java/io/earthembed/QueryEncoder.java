package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ImageText;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.internal.PlainText;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Encodes queries with one model over one catalog. It calls each tower once for all of them. */
final class QueryEncoder {
  private final EmbeddingModel model;
  private final EmbeddingIndex index;
  private final TileCatalog catalog;
  private final List<Query.Text> texts = new ArrayList<>();
  private final List<Query.Image> images = new ArrayList<>();
  private final List<Query.ImageText> imageTexts = new ArrayList<>();
  private final List<Query.Location> locations = new ArrayList<>();

  /** The tiles whose vectors the index has, which it is asked for together. */
  private final Map<Query, Long> tiles = new IdentityHashMap<>();

  private final Map<Query, float[]> vectors = new IdentityHashMap<>();

  private QueryEncoder(EmbeddingModel model, EmbeddingIndex index, TileCatalog catalog) {
    this.model = model;
    this.index = index;
    this.catalog = catalog;
  }

  /** Returns the vector of each query; none may be a fusion. */
  static List<QueryEmbedding> encode(
      List<? extends Query> queries,
      EmbeddingModel model,
      EmbeddingIndex index,
      TileCatalog catalog) {
    QueryEncoder encoder = new QueryEncoder(model, index, catalog);
    for (Query query : queries) encoder.collect(query);
    encoder.readTiles();
    encoder.run(model.text(), encoder.texts, Query.Text::text);
    encoder.run(Optional.of(model.image()), encoder.images, Query.Image::image);
    encoder.run(model.imageText(), encoder.imageTexts, QueryEncoder::input);
    encoder.run(model.location(), encoder.locations, Query.Location::point);
    return queries.stream().map(encoder::compose).toList();
  }

  private static ImageText input(Query.ImageText query) {
    return new ImageText(query.image().image(), query.text().text());
  }

  /** Returns what a model's encoders assume of the pictures in a query. */
  static List<String> assumptions(Query query, EmbeddingModel model) {
    Set<String> assumptions = new LinkedHashSet<>();
    addAssumptions(query, model, assumptions);
    return List.copyOf(assumptions);
  }

  private static void addAssumptions(Query query, EmbeddingModel model, Set<String> assumptions) {
    if (query instanceof Query.Image image) {
      assumptions.addAll(model.image().assumptions(image.image()));
    } else if (query instanceof Query.ImageText both) {
      model.imageText().ifPresent(tower -> assumptions.addAll(tower.assumptions(input(both))));
    } else if (query instanceof Query.By by) {
      addAssumptions(by.query(), model, assumptions);
    } else if (query instanceof Query.Sum sum) {
      for (Query.Part part : sum.parts()) addAssumptions(part.query(), model, assumptions);
    } else if (query instanceof Query.Fusion fusion) {
      for (Query.Part part : fusion.parts()) addAssumptions(part.query(), model, assumptions);
    }
  }

  private interface Input<Q, T> {
    T of(Q query);
  }

  private <Q extends Query, T> void run(
      Optional<Encoder<T>> tower, List<Q> queries, Input<Q, T> input) {
    if (queries.isEmpty()) return;
    List<T> inputs = new ArrayList<>();
    for (Q query : queries) inputs.add(input.of(query));
    Vectors encoded = tower.orElseThrow().encode(inputs); // collect has checked that it exists
    for (int i = 0; i < queries.size(); i++) vectors.put(queries.get(i), encoded.row(i));
  }

  /** Collects the queries that a tower must encode, and resolves all others at once. */
  private void collect(Query query) {
    if (query instanceof Query.Text text) {
      require(model.text(), "text");
      texts.add(text);
    } else if (query instanceof Query.Image image) {
      images.add(image);
    } else if (query instanceof Query.ImageText both) {
      require(model.imageText(), "image with text");
      imageTexts.add(both);
    } else if (query instanceof Query.Location location) {
      if (model.location().isPresent()) locations.add(location);
      else tiles.put(query, nearest(location.point()));
    } else if (query instanceof Query.TileAt tileAt) {
      tiles.put(query, nearest(tileAt.point()));
    } else if (query instanceof Query.Tile tile) {
      OptionalLong ordinal = catalog.find(tile.id());
      tiles.put(query, ordinal.orElseThrow(() -> unknown(tile)));
    } else if (query instanceof Query.Vector vector) {
      vectors.put(query, checked(vector));
    } else if (query instanceof Query.Learned learned) {
      vectors.put(query, checked(new Query.Vector(learned.embedding(), learned.model())));
    } else if (query instanceof Query.By by) {
      if (!by.model().equals(model.info().name())) throw otherModel(by.model());
      collect(by.query());
    } else if (query instanceof Query.Sum sum) {
      for (Query.Part part : sum.parts()) collect(part.query());
    } else {
      throw new IllegalArgumentException("a query with scores, not a vector: " + query.describe());
    }
  }

  private QueryEmbedding compose(Query query) {
    if (query instanceof Query.By by) return compose(by.query());
    if (!(query instanceof Query.Sum sum)) return QueryEmbedding.of(query, vector(query));
    List<float[]> parts = new ArrayList<>();
    for (Query.Part part : sum.parts()) parts.add(compose(part.query()).vector());
    return QueryEmbedding.sum(sum.parts(), parts);
  }

  private float[] vector(Query query) {
    float[] vector = vectors.get(query);
    if (vector == null) throw new IllegalStateException("not encoded: " + query);
    return vector;
  }

  private long nearest(GeoPoint point) {
    return catalog
        .nearest(point)
        .orElseThrow(
            () -> new IllegalArgumentException("no tile is near " + point + ": there are none"));
  }

  private void readTiles() {
    if (tiles.isEmpty()) return;
    long[] ordinals = tiles.values().stream().distinct().mapToLong(Long::longValue).toArray();
    Vectors stored = index.reconstruct(ordinals);
    Map<Long, float[]> known = new HashMap<>();
    for (int i = 0; i < ordinals.length; i++) known.put(ordinals[i], stored.row(i));
    tiles.forEach(
        (query, ordinal) -> vectors.put(query, Objects.requireNonNull(known.get(ordinal))));
  }

  private float[] checked(Query.Vector vector) {
    ModelInfo made = vector.model();
    if (made != null && !made.equals(model.info())) throw otherModel(made.toString());
    if (vector.embedding().length != model.info().dimension()) {
      throw new IllegalArgumentException(
          "vector of length " + vector.embedding().length + " for " + model.info());
    }
    Vectors.of(vector.embedding()).requireFinite("vector");
    return vector.embedding();
  }

  private IllegalArgumentException unknown(Query.Tile tile) {
    return new IllegalArgumentException(
        "no tile has the id " + PlainText.line(tile.id()) + " in " + catalog);
  }

  private IllegalArgumentException otherModel(String other) {
    return new IllegalArgumentException(
        "a vector of "
            + other
            + " cannot be compared with, or added to, one of "
            + model.info()
            + ", which answers "
            + kinds(model)
            + "; scores of several models can be fused");
  }

  private <T> void require(Optional<Encoder<T>> tower, String kind) {
    if (tower.isEmpty()) {
      throw new IllegalArgumentException(
          model.info() + " has no " + kind + " encoder; it answers " + kinds(model));
    }
  }

  /** Returns the kinds of query that a model answers with the dataset's help. */
  static List<String> kinds(EmbeddingModel model) {
    List<String> kinds = new ArrayList<>(model.queryKinds());
    if (model.location().isEmpty()) kinds.add("location by the nearest tile");
    kinds.add("tile");
    kinds.add("vector");
    return kinds;
  }
}
