package io.earthembed;

import io.earthembed.geo.GeoPoint;
import io.earthembed.image.ImageFiles;
import io.earthembed.image.Raster;
import java.nio.file.Path;
import java.util.Objects;

/** What to look for. Immutable; made with the factories here. */
public sealed interface Query {
  /** A few words for titles and logs. */
  String describe();

  /**
   * Places that fit a text, for example "a satellite image of a river".
   *
   * @throws IllegalArgumentException if it is blank
   */
  static Query text(String text) {
    return new Text(text);
  }

  /**
   * Places that look like a picture.
   *
   * @param image h x w x 3 UINT8, red, green, blue
   */
  static Query image(Raster image) {
    return new Image(image, "an image of " + image.height() + " x " + image.width());
  }

  /**
   * Places that look like a picture.
   *
   * @param file PNG or JPEG
   */
  static Query image(Path file) {
    return new Image(ImageFiles.read(file), String.valueOf(file.getFileName()));
  }

  /**
   * What looks like a place, by the model's location tower.
   *
   * @param latitude degrees in [-90, 90]
   * @param longitude degrees
   */
  static Query location(double latitude, double longitude) {
    return new Location(new GeoPoint(latitude, longitude));
  }

  /**
   * Vectors similar to this one, of the same model.
   *
   * @param embedding finite
   */
  static Query vector(float[] embedding) {
    return new Vector(embedding.clone());
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
   * @param image h x w x 3 UINT8
   * @param name what to call it
   */
  record Image(Raster image, String name) implements Query {
    /** Checks its arguments. */
    public Image {
      Objects.requireNonNull(name, "name");
      if (image.bands() != 3) {
        throw new IllegalArgumentException("image must have 3 bands, red, green, blue: " + image);
      }
    }

    @Override
    public String describe() {
      return name;
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
   * A query by embedding.
   *
   * @param embedding of the model's dimension; not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by identity, which is what a query needs
  record Vector(float[] embedding) implements Query {
    @Override
    public String describe() {
      return "a vector of " + embedding.length;
    }
  }
}
