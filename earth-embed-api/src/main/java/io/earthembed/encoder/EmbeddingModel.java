package io.earthembed.encoder;

import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Raster;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The towers of one model, which share an embedding space. Every model encodes pictures, except
 * those {@linkplain #withoutEncoders without encoders}; some encode texts, locations, and pictures
 * together with texts too. Immutable and safe for many threads. Closing the model closes its
 * towers.
 */
public final class EmbeddingModel implements AutoCloseable {
  private final ModelInfo info;
  private final Encoder<Raster> image;
  private final @Nullable Encoder<String> text;
  private final @Nullable Encoder<GeoPoint> location;
  private final @Nullable Encoder<ImageText> imageText;
  private final TilePicture picture;
  private final @Nullable SigmoidScore sigmoid;

  private EmbeddingModel(
      Encoder<Raster> image,
      @Nullable Encoder<String> text,
      @Nullable Encoder<GeoPoint> location,
      @Nullable Encoder<ImageText> imageText,
      TilePicture picture,
      @Nullable SigmoidScore sigmoid) {
    this.info = image.model();
    this.image = image;
    this.text = text;
    this.location = location;
    this.imageText = imageText;
    this.picture = picture;
    this.sigmoid = sigmoid;
    requireSame(text);
    requireSame(location);
    requireSame(imageText);
  }

  private void requireSame(@Nullable Encoder<?> tower) {
    if (tower != null && !tower.model().equals(info)) {
      throw new IllegalArgumentException("towers of two models: " + info + " and " + tower.model());
    }
  }

  /**
   * Returns a model that encodes only true-colour pictures. {@link #withText} and {@link
   * #withLocation} add further towers.
   *
   * @param image the picture tower
   */
  public static EmbeddingModel of(Encoder<Raster> image) {
    return new EmbeddingModel(image, null, null, null, TilePicture.TRUE_COLOR, null);
  }

  /**
   * Returns a model without encoders, to search embeddings whose model is not at hand: by tile, by
   * the tile nearest to a place, and by vector. Its picture tower refuses every picture with an
   * {@link IllegalArgumentException}.
   *
   * @param info the model that made the embeddings
   */
  public static EmbeddingModel withoutEncoders(ModelInfo info) {
    return of(new MissingEncoder(info));
  }

  /**
   * Returns this model with a text tower.
   *
   * @throws IllegalArgumentException if the tower belongs to another model
   */
  public EmbeddingModel withText(Encoder<String> tower) {
    return new EmbeddingModel(image, tower, location, imageText, picture, sigmoid);
  }

  /**
   * Returns this model with a location tower.
   *
   * @throws IllegalArgumentException if the tower belongs to another model
   */
  public EmbeddingModel withLocation(Encoder<GeoPoint> tower) {
    return new EmbeddingModel(image, text, tower, imageText, picture, sigmoid);
  }

  /**
   * Returns this model with an encoder of a picture and a text as one input.
   *
   * @throws IllegalArgumentException if the encoder belongs to another model
   */
  public EmbeddingModel withImageText(Encoder<ImageText> encoder) {
    return new EmbeddingModel(image, text, location, encoder, picture, sigmoid);
  }

  /** Returns this model with another picture of a tile as its input (default true colour). */
  public EmbeddingModel withPicture(TilePicture other) {
    return new EmbeddingModel(image, text, location, imageText, other, sigmoid);
  }

  /** Returns this model with a probability for its scores (default none). */
  public EmbeddingModel withSigmoid(@Nullable SigmoidScore other) {
    return new EmbeddingModel(image, text, location, imageText, picture, other);
  }

  /** Returns name, version and dimension. */
  public ModelInfo info() {
    return info;
  }

  /** Returns the picture tower. */
  public Encoder<Raster> image() {
    return image;
  }

  /** Returns the text tower, if the model has one. */
  public Optional<Encoder<String>> text() {
    return Optional.ofNullable(text);
  }

  /** Returns the location tower, if the model has one. */
  public Optional<Encoder<GeoPoint>> location() {
    return Optional.ofNullable(location);
  }

  /** Returns the encoder of a picture and a text as one input, if the model has one. */
  public Optional<Encoder<ImageText>> imageText() {
    return Optional.ofNullable(imageText);
  }

  /** Returns the picture of a tile that the picture tower encodes. */
  public TilePicture picture() {
    return picture;
  }

  /**
   * Returns the model's own mapping from the cosine of a picture and a text to a probability, if
   * the model was trained with a sigmoid loss.
   */
  public Optional<SigmoidScore> sigmoid() {
    return Optional.ofNullable(sigmoid);
  }

  /**
   * Returns the kinds of query that this model answers, for messages: a subset of text, image,
   * location, image with text.
   */
  public List<String> queryKinds() {
    List<String> kinds = new ArrayList<>();
    if (text != null) kinds.add("text");
    if (!(image instanceof MissingEncoder)) kinds.add("image");
    if (location != null) kinds.add("location");
    if (imageText != null) kinds.add("image with text");
    return kinds;
  }

  @Override
  public void close() {
    image.close();
    if (text != null) text.close();
    if (location != null) location.close();
    if (imageText != null) imageText.close();
  }

  @Override
  public String toString() {
    return info + " " + queryKinds();
  }
}
