package io.earthembed.encoder;

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
  private final TilePicture picture;
  private final @Nullable SigmoidScore sigmoid;

  private EmbeddingModel(
      Encoder<Raster> image,
      @Nullable Encoder<String> text,
      @Nullable Encoder<GeoPoint> location,
      TilePicture picture,
      @Nullable SigmoidScore sigmoid) {
    this.info = image.model();
    this.image = image;
    this.text = text;
    this.location = location;
    this.picture = picture;
    this.sigmoid = sigmoid;
    requireSame(text);
    requireSame(location);
  }

  private void requireSame(@Nullable Encoder<?> tower) {
    if (tower != null && !tower.model().equals(info)) {
      throw new IllegalArgumentException("towers of two models: " + info + " and " + tower.model());
    }
  }

  /**
   * A model that encodes true-colour pictures only, to be completed with {@link #withText}, {@link
   * #withLocation} and the like.
   *
   * @param image its picture tower
   */
  public static EmbeddingModel of(Encoder<Raster> image) {
    return new EmbeddingModel(image, null, null, TilePicture.TRUE_COLOUR, null);
  }

  /**
   * The same model with a text tower.
   *
   * @throws IllegalArgumentException if the tower is of another model
   */
  public EmbeddingModel withText(Encoder<String> tower) {
    return new EmbeddingModel(image, tower, location, picture, sigmoid);
  }

  /**
   * The same model with a location tower.
   *
   * @throws IllegalArgumentException if the tower is of another model
   */
  public EmbeddingModel withLocation(Encoder<GeoPoint> tower) {
    return new EmbeddingModel(image, text, tower, picture, sigmoid);
  }

  /** The same model, of another picture of a tile. */
  public EmbeddingModel withPicture(TilePicture other) {
    return new EmbeddingModel(image, text, location, other, sigmoid);
  }

  /** The same model with a meaning of its scores. */
  public EmbeddingModel withSigmoid(@Nullable SigmoidScore other) {
    return new EmbeddingModel(image, text, location, picture, other);
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

  /** Which picture of a tile the picture tower takes. */
  public TilePicture picture() {
    return picture;
  }

  /**
   * What the model itself makes of the cosine of a picture and a text, if it was trained to tell.
   */
  public Optional<SigmoidScore> sigmoid() {
    return Optional.ofNullable(sigmoid);
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
