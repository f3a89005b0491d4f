package io.earthembed.onnx;

import io.earthembed.encoder.ModelInfo;
import io.earthembed.encoder.SigmoidScore;
import io.earthembed.image.Band;
import io.earthembed.image.resample.Resampler;
import io.earthembed.internal.Checks;
import io.earthembed.internal.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * Sections {@code text}, {@code location} and {@code sigmoid} are optional; so are {@code
 * trainedOn} (of the model and of its location tower) and {@code notes}, which are for people.
 * Optional fields with defaults: {@code resize} (default shorter-side), {@code resizeTo} (default
 * {@code size}), {@code crop} (default floor), {@code antialias} (default true), {@code divisor}
 * (default 255), {@code clean} (default none), {@code harmonics} (default closed-form), {@code
 * precision} (default float32). Any other field that is missing, unknown or out of range is an
 * error.
 *
 * <p>A model of Sentinel-2 bands lists them, for example {@code "channels": ["B02", "B03", "B04",
 * "0"]}; "0" is a channel of zeros. Its inputs are rasters of all twelve bands, in the order of
 * {@link Band}. Immutable and safe for many threads.
 *
 * @param info name, version and dimension
 * @param image picture tower and preparation
 * @param text text tower and preparation, or null
 * @param location location tower and preparation, or null
 * @param sigmoid the model's conversion of a cosine to a probability, or null
 * @param trainedOn the model's training data, or null
 * @param notes other notes for users, or null
 */
public record ModelDescription(
    ModelInfo info,
    Image image,
    @Nullable Text text,
    @Nullable Location location,
    @Nullable SigmoidScore sigmoid,
    @Nullable String trainedOn,
    @Nullable String notes) {
  /**
   * A network: one file with one input and one output.
   *
   * @param file name of the file in the model's directory
   * @param input name of the input
   * @param output name of the output, float32 [n, dimension]
   */
  public record Network(String file, String input, String output) {
    /** Checks its arguments. */
    public Network {
      requireFileName("file", file);
    }
  }

  /** Ways to resize a picture of another size than the network's. */
  public enum Resize {
    /** Resizes the shorter side to {@code resizeTo} and keeps the aspect ratio. */
    SHORTER_SIDE,
    /** Resizes both sides to {@code resizeTo}; the aspect ratio may change. */
    SQUASH
  }

  /** Rounding of the crop's offset if (n - size) is odd, so that the margins differ by one. */
  public enum Crop {
    /** Rounds (n - size) / 2 down, like Hugging Face's image processors. */
    FLOOR,
    /** Rounds (n - size) / 2 half to even, like torchvision. */
    ROUND
  }

  /**
   * Preparation of pictures: they are resized and cropped in the middle, and each value of a
   * channel becomes {@code (value / divisor - mean) / std}. Immutable.
   */
  public static final class Image {
    /** The name of a channel of zeros. */
    public static final String ZERO = "0";

    private final Values values;

    private static final class Values extends Settings<Values> {
      final Network network;
      final int size;
      List<String> bands = List.of();
      Resize resize = Resize.SHORTER_SIDE;
      int resizeTo;
      Crop crop = Crop.FLOOR;
      Resampler.Filter interpolation = Resampler.Filter.BICUBIC;
      boolean antialias = true;
      float divisor = 255;
      List<Float> mean = List.of(0f, 0f, 0f);
      List<Float> std = List.of(1f, 1f, 1f);

      Values(Network network, int size) {
        this.network = network;
        this.size = size;
        this.resizeTo = size;
      }

      void check() {
        if (size < 1 || size > 8192) {
          throw new IllegalArgumentException("image.size outside [1, 8192]: " + size);
        }
        if (resizeTo < size || resizeTo > 8192) {
          throw new IllegalArgumentException(
              "image.resizeTo outside [" + size + ", 8192]: " + resizeTo);
        }
        for (String band : bands) {
          if (!band.equals(ZERO)) requireBand(band);
        }
        if (!antialias && bands.isEmpty()) {
          throw new IllegalArgumentException("image.antialias must be true for RGB");
        }
        if (!(divisor > 0 && divisor < Float.POSITIVE_INFINITY)) {
          throw new IllegalArgumentException("image.divisor must be positive: " + divisor);
        }
        int channels = bands.isEmpty() ? 3 : bands.size();
        if (mean.size() != channels) {
          throw new IllegalArgumentException(
              "image.mean must be " + channels + " numbers: " + mean);
        }
        if (std.size() != channels || std.contains(0f) || std.contains(-0f)) {
          throw new IllegalArgumentException(
              "image.std must be " + channels + " numbers other than 0: " + std);
        }
      }

      private static void requireBand(String band) {
        try {
          Band.valueOf(band);
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException("image.channels: no such band: \"" + band + "\"", e);
        }
      }
    }

    private Image(Values values) {
      this.values = values;
    }

    /**
     * Returns a builder with the defaults.
     *
     * @param network input float32 [n, channels, size, size]
     * @param size height and width of the network's input, from 1 to 8192
     */
    public static Builder builder(Network network, int size) {
      return new Builder(new Values(network, size));
    }

    /** Returns a builder with this network, this size and these settings. */
    public Builder toBuilder() {
      return new Builder(values.copy());
    }

    /** Returns the network. */
    public Network network() {
      return values.network;
    }

    /** Returns the height and width of the network's input. */
    public int size() {
      return values.size;
    }

    /** Returns the band of each channel, or an empty list for true-colour pictures. */
    public List<String> bands() {
      return values.bands;
    }

    /** Returns the number of the network's channels. */
    public int channels() {
      return values.mean.size();
    }

    /** Returns how pictures of another size are resized. */
    public Resize resize() {
      return values.resize;
    }

    /** Returns the side in pixels after resizing. */
    public int resizeTo() {
      return values.resizeTo;
    }

    /** Returns how the crop's offset is rounded. */
    public Crop crop() {
      return values.crop;
    }

    /** Returns how pixels are interpolated. */
    public Resampler.Filter interpolation() {
      return values.interpolation;
    }

    /** Returns whether pixels are interpolated like {@link Resampler}. */
    public boolean antialias() {
      return values.antialias;
    }

    /** Returns the divisor of the samples. */
    public float divisor() {
      return values.divisor;
    }

    /** Returns the mean of each channel. */
    public List<Float> mean() {
      return values.mean;
    }

    /** Returns the standard deviation of each channel. */
    public List<Float> std() {
      return values.std;
    }

    /**
     * Describes everything except the network in one line, for {@link
     * io.earthembed.encoder.Encoder#preparation}.
     */
    String preparation() {
      return (bands().isEmpty() ? "RGB" : String.join(",", bands()))
          + " size="
          + size()
          + " resize="
          + resize()
          + "("
          + resizeTo()
          + ")"
          + " crop="
          + crop()
          + " interpolation="
          + interpolation()
          + (antialias() ? "" : "(no antialias)")
          + " divisor="
          + divisor()
          + " mean="
          + mean()
          + " std="
          + std();
    }

    /** Two preparations are equal if their networks and all their settings are. */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Image that
          && network().equals(that.network())
          && preparation().equals(that.preparation());
    }

    @Override
    public int hashCode() {
      return 31 * network().hashCode() + preparation().hashCode();
    }

    @Override
    public String toString() {
      return "Image[" + network() + ", " + preparation() + "]";
    }

    /** Builds preparations. Not safe for several threads at once. */
    public static final class Builder {
      private final Values values;

      private Builder(Values values) {
        this.values = values;
      }

      /**
       * Sets the band of each channel (default an empty list: 8-bit true-colour pictures, whose
       * channels are red, green and blue).
       *
       * @param names for each channel the name of a {@link Band}, or "0" for zeros
       */
      public Builder bands(List<String> names) {
        values.bands = List.copyOf(names);
        return this;
      }

      /** Sets how pictures of another size are resized (default {@link Resize#SHORTER_SIDE}). */
      public Builder resize(Resize resize) {
        values.resize = Objects.requireNonNull(resize, "resize");
        return this;
      }

      /** Sets the side in pixels after resizing, from size to 8192 (default size). */
      public Builder resizeTo(int side) {
        values.resizeTo = side;
        return this;
      }

      /** Sets how the crop's offset is rounded (default {@link Crop#FLOOR}). */
      public Builder crop(Crop crop) {
        values.crop = Objects.requireNonNull(crop, "crop");
        return this;
      }

      /** Sets how pixels are interpolated (default bicubic). */
      public Builder interpolation(Resampler.Filter filter) {
        values.interpolation = Objects.requireNonNull(filter, "filter");
        return this;
      }

      /**
       * Sets whether pixels are interpolated like {@link Resampler} (default true). If false, only
       * the nearest 2 or 4 pixels of each axis are blended, like PyTorch's {@code interpolate},
       * which is allowed for bands only.
       */
      public Builder antialias(boolean antialias) {
        values.antialias = antialias;
        return this;
      }

      /** Sets the divisor of the samples, above 0 (default 255). */
      public Builder divisor(float divisor) {
        values.divisor = divisor;
        return this;
      }

      /** Sets the mean of each channel, after division (default 0 for three channels). */
      public Builder mean(List<Float> mean) {
        values.mean = List.copyOf(mean);
        return this;
      }

      /**
       * Sets the standard deviation of each channel, after division, not zero (default 1 for three
       * channels).
       */
      public Builder std(List<Float> std) {
        values.std = List.copyOf(std);
        return this;
      }

      /**
       * Returns the preparation.
       *
       * @throws IllegalArgumentException if a setting is out of range or does not fit another,
       *     naming it as in {@code model.json}
       */
      public Image build() {
        values.check();
        return new Image(values.copy());
      }
    }
  }

  /**
   * Preparation of text.
   *
   * @param network input int64 [n, contextLength]
   * @param tokenizer name of the tokenizer's file, in the format that Hugging Face's tokenizers
   *     library writes
   * @param clean how a text is cleaned before it is tokenized
   * @param contextLength length of a row of token ids, from 1 to 65536
   * @param padId token id that pads shorter texts, in [0, vocabularySize)
   * @param vocabularySize number of the network's token ids, at least 1
   */
  public record Text(
      Network network,
      String tokenizer,
      TextCleaning clean,
      int contextLength,
      int padId,
      int vocabularySize) {
    /** Checks its arguments. */
    public Text {
      requireFileName("text.tokenizer", tokenizer);
      if (contextLength < 1 || contextLength > 65536) {
        throw new IllegalArgumentException(
            "text.contextLength outside [1, 65536]: " + contextLength);
      }
      Checks.positive("text.vocabularySize", vocabularySize);
      if (padId < 0 || padId >= vocabularySize) {
        throw new IllegalArgumentException("text.padId is not in the vocabulary: " + padId);
      }
    }

    /** Returns a copy with another cleaning. */
    public Text withClean(TextCleaning other) {
      return new Text(network, tokenizer, other, contextLength, padId, vocabularySize);
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

  private static void requireFileName(String name, String value) {
    if (value.isBlank() || value.contains("/") || value.contains("\\")) {
      throw new IllegalArgumentException(name + " is not the name of a file: \"" + value + "\"");
    }
  }

  /** Returns the names of all files. */
  List<String> files() {
    List<String> files = new ArrayList<>(List.of(image.network().file()));
    if (text != null) files.addAll(List.of(text.network().file(), text.tokenizer()));
    if (location != null) files.add(location.network().file());
    return files;
  }

  /** Returns a copy with another version. */
  public ModelDescription withVersion(String version) {
    return new ModelDescription(
        new ModelInfo(info.name(), version, info.dimension()),
        image,
        text,
        location,
        sigmoid,
        trainedOn,
        notes);
  }

  /** Returns a copy with another preparation of pictures. */
  public ModelDescription withImage(Image other) {
    return new ModelDescription(info, other, text, location, sigmoid, trainedOn, notes);
  }

  /** Returns a copy with another preparation of text. */
  public ModelDescription withText(@Nullable Text other) {
    return new ModelDescription(info, image, other, location, sigmoid, trainedOn, notes);
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
