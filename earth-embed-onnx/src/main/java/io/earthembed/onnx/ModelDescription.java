package io.earthembed.onnx;

import io.earthembed.encoder.ModelInfo;
import io.earthembed.encoder.SigmoidScore;
import io.earthembed.image.Band;
import io.earthembed.internal.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The contents of {@code model.json}: a model's ONNX files, and how inputs become their tensors.
 *
 * <pre>{@code
 * {
 *   "name": "CLIP", "version": "ViT-B-16", "dimension": 512,
 *   "image": {
 *     "file": "image.onnx", "input": "pixel_values", "output": "embedding",
 *     "channels": "RGB", "size": 224,
 *     "resize": "shorter-side", "resizeTo": 224, "crop": "round",
 *     "interpolation": "bicubic", "antialias": true,
 *     "divisor": 255, "mean": [0.48, 0.46, 0.41], "std": [0.27, 0.26, 0.28]
 *   },
 *   "text": {
 *     "file": "text.onnx", "input": "input_ids", "output": "embedding",
 *     "tokenizer": "tokenizer.json", "clean": "lower",
 *     "contextLength": 77, "padId": 0, "vocabularySize": 49408
 *   },
 *   "location": {
 *     "file": "location.onnx", "input": "harmonics", "output": "embedding",
 *     "degree": 40, "harmonics": "analytic", "precision": "float64"
 *   },
 *   "sigmoid": { "scale": 112.7, "bias": -16.5 }
 * }
 * }</pre>
 *
 * One of the sections {@code image} and {@code text} is required; {@code location} and {@code
 * sigmoid} are optional. So are {@code trainedOn} (of the model and of its location tower) and
 * {@code notes}, which are for people; loading the model logs the notes. Optional fields with
 * defaults: {@code resize} (default shorter-side), {@code resizeTo} (default {@code size}), {@code
 * fill} (default 0), {@code crop} (default floor), {@code antialias} (default true), {@code
 * divisor} (default 255), {@code prefix} and {@code suffix} (default empty), {@code clean} (default
 * none), {@code padding} (default auto), {@code metadata} (default none), {@code pooling} of image
 * and text (default none), {@code harmonics} (default closed-form), {@code precision} (default
 * float32). Any other field that is missing, unknown or out of range is an error. {@link
 * ImageDescription} and {@link TextDescription} explain the fields.
 *
 * <p>A picture network may take further inputs, which tell when and where the picture was taken or
 * how large its pixels are: {@code "metadata": {"time": "week-hour"}} in {@code image} names such
 * an input and one of the {@link PictureMetadata}.
 *
 * <p>A section {@code imageText} tells that the picture network takes a text too, so that the model
 * encodes a picture and a text as one query; {@link ImageText} explains its fields.
 *
 * <p>A model of Sentinel-2 bands lists them, for example {@code "channels": ["B02", "B03", "B04",
 * "0"]}; "0" is a channel of zeros. Its inputs are rasters of all twelve bands, in the order of
 * {@link Band}. Immutable and safe for many threads.
 */
public final class ModelDescription {
  private final Values values;

  private static final class Values extends Settings<Values> {
    ModelInfo info;
    @Nullable ImageDescription image;
    @Nullable TextDescription text;
    @Nullable Location location;
    @Nullable ImageText imageText;
    @Nullable SigmoidScore sigmoid;
    @Nullable String trainedOn;
    @Nullable String notes;

    Values(ModelInfo info) {
      this.info = info;
    }

    void checkImageText() {
      if (image == null || text == null) {
        throw new IllegalArgumentException("imageText needs both image and text");
      }
      if (image.pooling() != null) {
        throw new IllegalArgumentException(
            "image.pooling must be absent with imageText: the network pools its own tokens");
      }
    }
  }

  private ModelDescription(Values values) {
    this.values = values;
  }

  /**
   * A network: one file, its main input and the output that is used.
   *
   * @param file path of the file in the model's directory, with slashes
   * @param input name of the input
   * @param output name of the output; the file's other outputs are not computed
   */
  public record Network(String file, String input, String output) {
    /** Checks its arguments. */
    public Network {
      requireFileName("file", file);
    }
  }

  /** Kinds of spherical harmonics that location towers are trained on; SatCLIP's code has both. */
  public enum Harmonics {
    /** Orthonormal harmonics with the Condon-Shortley sign. */
    CLOSED_FORM,
    /** The polynomials in SatCLIP's code, on which its published checkpoints were trained. */
    ANALYTIC
  }

  /**
   * Preparation of places.
   *
   * @param network input [n, degree²]
   * @param degree number of degrees of spherical harmonics, 0 to degree - 1; from 1 to 1024, or to
   *     40 for {@link Harmonics#ANALYTIC}
   * @param harmonics kind of harmonics
   * @param float64 true if the network's input is float64, false if it is float32
   * @param trainedOn the tower's training data, or null
   */
  public record Location(
      Network network,
      int degree,
      Harmonics harmonics,
      boolean float64,
      @Nullable String trainedOn) {
    /** Checks its arguments. */
    public Location {
      int max =
          harmonics == Harmonics.ANALYTIC
              ? AnalyticHarmonics.MAX_DEGREES
              : SphericalHarmonics.MAX_DEGREES;
      if (degree < 1 || degree > max) {
        throw new IllegalArgumentException("location.degree outside [1, " + max + "]: " + degree);
      }
    }
  }

  /**
   * Preparation of a picture with a text, which the picture network takes together, and of a
   * picture alone. The tokenizer, its limits and the padding are those of the text tower.
   *
   * @param input name of the picture network's input of token ids, int64 or int32 [n, tokens]; the
   *     network may also take the further inputs of {@link TextDescription}
   * @param prompt the whole text for a picture alone
   * @param prefix what is put before the text of a query
   * @param suffix what is put after it
   */
  public record ImageText(String input, String prompt, String prefix, String suffix) {
    /** Checks its arguments. */
    public ImageText {
      Objects.requireNonNull(input, "input");
      Objects.requireNonNull(prompt, "prompt");
      Objects.requireNonNull(prefix, "prefix");
      Objects.requireNonNull(suffix, "suffix");
    }
  }

  /** Checks that a name is a path inside the model's directory. */
  static void requireFileName(String name, String value) {
    boolean outside = value.startsWith("/") || List.of(value.split("/", -1)).contains("..");
    if (value.isBlank() || outside || value.contains("\\")) {
      throw new IllegalArgumentException(
          name + " is not the name of a file in the model's directory: \"" + value + "\"");
    }
  }

  /**
   * Returns a builder of a description without towers.
   *
   * @param info name, version and dimension
   */
  public static Builder builder(ModelInfo info) {
    return new Builder(new Values(Objects.requireNonNull(info, "info")));
  }

  /** Returns a builder with this description's settings. */
  public Builder toBuilder() {
    return new Builder(values.copy());
  }

  /** Returns name, version and dimension. */
  public ModelInfo info() {
    return values.info;
  }

  /** Returns the picture tower and its preparation, or null. */
  public @Nullable ImageDescription image() {
    return values.image;
  }

  /** Returns the text tower and its preparation, or null. */
  public @Nullable TextDescription text() {
    return values.text;
  }

  /** Returns the location tower and its preparation, or null. */
  public @Nullable Location location() {
    return values.location;
  }

  /** Returns how the picture network takes a picture with a text, or null if it takes none. */
  public @Nullable ImageText imageText() {
    return values.imageText;
  }

  /** Returns the model's conversion of a cosine to a probability, or null. */
  public @Nullable SigmoidScore sigmoid() {
    return values.sigmoid;
  }

  /** Returns the model's training data, or null. */
  public @Nullable String trainedOn() {
    return values.trainedOn;
  }

  /** Returns other notes for users, or null. */
  public @Nullable String notes() {
    return values.notes;
  }

  /** Returns the names of the networks' files. */
  List<String> networks() {
    List<String> networks = new ArrayList<>();
    ImageDescription image = image();
    TextDescription text = text();
    Location location = location();
    if (image != null) networks.add(image.network().file());
    if (text != null) networks.add(text.network().file());
    if (location != null) networks.add(location.network().file());
    return networks;
  }

  /** Returns the names of all files. */
  List<String> files() {
    List<String> files = new ArrayList<>(networks());
    TextDescription text = text();
    if (text != null) files.add(text.tokenizer());
    return files;
  }

  private List<@Nullable Object> parts() {
    return Arrays.asList(
        info(), image(), text(), location(), imageText(), sigmoid(), trainedOn(), notes());
  }

  /** Two descriptions are equal if all their settings are. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ModelDescription that && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  @Override
  public String toString() {
    return "ModelDescription[" + info() + ", " + image() + ", " + text() + ", " + location() + "]";
  }

  /** Builds descriptions. Not safe for several threads at once. */
  public static final class Builder {
    private final Values values;

    private Builder(Values values) {
      this.values = values;
    }

    /** Sets the version. */
    public Builder version(String version) {
      values.info = new ModelInfo(values.info.name(), version, values.info.dimension());
      return this;
    }

    /** Sets the picture tower and its preparation (default none). */
    public Builder image(@Nullable ImageDescription image) {
      values.image = image;
      return this;
    }

    /** Sets the text tower and its preparation (default none). */
    public Builder text(@Nullable TextDescription text) {
      values.text = text;
      return this;
    }

    /** Sets the location tower and its preparation (default none). */
    public Builder location(@Nullable Location location) {
      values.location = location;
      return this;
    }

    /** Sets how the picture network takes a picture with a text (default none). */
    public Builder imageText(@Nullable ImageText imageText) {
      values.imageText = imageText;
      return this;
    }

    /** Sets the model's conversion of a cosine to a probability (default none). */
    public Builder sigmoid(@Nullable SigmoidScore sigmoid) {
      values.sigmoid = sigmoid;
      return this;
    }

    /** Sets a description of the model's training data (default none). */
    public Builder trainedOn(@Nullable String trainedOn) {
      values.trainedOn = trainedOn;
      return this;
    }

    /** Sets other notes for users (default none). */
    public Builder notes(@Nullable String notes) {
      values.notes = notes;
      return this;
    }

    /**
     * Returns the description.
     *
     * @throws IllegalArgumentException if it has neither a picture nor a text tower, or pictures
     *     with texts and not both towers
     */
    public ModelDescription build() {
      if (values.image == null && values.text == null) {
        throw new IllegalArgumentException("neither image nor text is described");
      }
      if (values.imageText != null) values.checkImageText();
      return new ModelDescription(values.copy());
    }
  }

  /**
   * Returns the description of a published model, as its export recipe in {@code docs/models}
   * writes it.
   *
   * @param name one of {@link #publishedNames}, for example {@code dinov2-small}
   * @throws IllegalArgumentException if there is no model of this name
   */
  public static ModelDescription published(String name) {
    for (PublishedModel model : PublishedModel.values()) {
      if (model.folder().equals(name)) return model.description();
    }
    throw new IllegalArgumentException(
        "no published model is named " + name + ", only " + publishedNames());
  }

  /** Returns the names of the published models whose descriptions are in the jar. */
  public static List<String> publishedNames() {
    return Arrays.stream(PublishedModel.values()).map(PublishedModel::folder).toList();
  }

  /**
   * Reads the {@code model.json} of a model's directory.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be read; {@link
   *     io.earthembed.common.CorruptDataException}, naming file and field, if a field is missing,
   *     unknown or out of range
   */
  public static ModelDescription read(Path directory) {
    return DescriptionReader.read(ModelFiles.in(directory));
  }
}
