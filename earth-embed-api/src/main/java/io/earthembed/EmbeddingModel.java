package io.earthembed;

import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Raster;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The towers of one model that share an embedding space: pictures always, text and location where
 * the model has them. Immutable and safe for many threads; closing it closes its towers.
 */
public final class EmbeddingModel implements AutoCloseable {
  private final ModelInfo info;
  private final Encoder<Raster> image;
  private final @Nullable Encoder<String> text;
  private final @Nullable Encoder<GeoPoint> location;

  private EmbeddingModel(
      Encoder<Raster> image, @Nullable Encoder<String> text, @Nullable Encoder<GeoPoint> location) {
    this.info = image.model();
    this.image = image;
    this.text = text;
    this.location = location;
    requireSame(text);
    requireSame(location);
  }

  private void requireSame(@Nullable Encoder<?> tower) {
    if (tower != null && !tower.model().equals(info)) {
      throw new IllegalArgumentException("towers of two models: " + info + " and " + tower.model());
    }
  }

  /**
   * A model that encodes pictures only, to be completed with {@link #withText} and {@link
   * #withLocation}.
   *
   * @param image its picture tower
   */
  public static EmbeddingModel of(Encoder<Raster> image) {
    return new EmbeddingModel(image, null, null);
  }

  /**
   * The same model with a text tower.
   *
   * @throws IllegalArgumentException if the tower is of another model
   */
  public EmbeddingModel withText(Encoder<String> tower) {
    return new EmbeddingModel(image, tower, location);
  }

  /**
   * The same model with a location tower.
   *
   * @throws IllegalArgumentException if the tower is of another model
   */
  public EmbeddingModel withLocation(Encoder<GeoPoint> tower) {
    return new EmbeddingModel(image, text, tower);
  }

  /** Name, version and dimension. */
  public ModelInfo info() {
    return info;
  }

  /** The picture tower. */
  public Encoder<Raster> image() {
    return image;
  }

  /** The text tower, if the model has one. */
  public Optional<Encoder<String>> text() {
    return Optional.ofNullable(text);
  }

  /** The location tower, if the model has one. */
  public Optional<Encoder<GeoPoint>> location() {
    return Optional.ofNullable(location);
  }

  /** The kinds of query this model answers, for messages: a subset of text, image, location. */
  public List<String> queryKinds() {
    List<String> kinds = new ArrayList<>();
    if (text != null) kinds.add("text");
    kinds.add("image");
    if (location != null) kinds.add("location");
    return kinds;
  }

  @Override
  public void close() {
    image.close();
    if (text != null) text.close();
    if (location != null) location.close();
  }

  @Override
  public String toString() {
    return info + " " + queryKinds();
  }
}
