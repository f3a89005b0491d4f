package io.earthembed.onnx;

import io.earthembed.encoder.ModelInfo;
import io.earthembed.encoder.SigmoidScore;
import io.earthembed.image.Band;
import io.earthembed.image.resample.Resampler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code model.json} says: the model's ONNX files, and how inputs become their tensors.
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
 * Sections {@code text}, {@code location} and {@code sigmoid} are there where a model has them;
 * {@code trainedOn} (of the model and of its location tower) and {@code notes} are there for
 * people. These may be left out: {@code resize} (shorter-side), {@code resizeTo} (the size), {@code
 * crop} (floor), {@code antialias} (true), {@code divisor} (255), {@code clean} (none), {@code
 * harmonics} (closed-form), {@code precision} (float32). Any other field that is missing, unknown
 * or out of range is an error.
 *
 * <p>A model whose pictures are Sentinel-2 bands lists them, for example {@code "channels": ["B02",
 * "B03", "B04", "0"]}, where "0" is a channel of zeros. It takes rasters of all twelve bands of
 * {@link Band}, in that order.
 *
 * @param info name, version and dimension
 * @param image how pictures are prepared
 * @param text how text is prepared, or null
 * @param location how places are prepared, or null
 * @param sigmoid what the model makes of a cosine, or null
 * @param trainedOn what the model was trained on, or null
 * @param notes what else its users should know, or null
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
   * @param file its name in the model's directory
   * @param input name of the input
   * @param output name of the output, float32 [n, dimension]
   */
  public record Network(String file, String input, String output) {
    /** Checks its arguments. */
    public Network {
      requireFileName("file", file);
    }
  }

  /** What happens to a picture whose size is not the network's. */
  public enum Resize {
    /** Its shorter side is brought to {@code resizeTo}; the aspect ratio stays. */
    SHORTER_SIDE,
    /** Both sides are brought to {@code resizeTo}; the aspect ratio may change. */
    SQUASH
  }

  /** Where the square is cut whose margins are not equal, (n - size) being odd. */
  public enum Crop {
    /** At (n - size) / 2, rounded down, as Hugging Face's image processors do. */
    FLOOR,
    /** At (n - size) / 2, rounded half to even, as torchvision does. */
    ROUND
  }

  /**
   * How pictures are prepared: resized, cut out of the middle, then {@code (value / divisor - mean)
   * / std} for each channel.
   *
   * @param network input float32 [n, channels, size, size]
   * @param bands for each channel the name of a {@link Band}, or "0" for zeros; empty for 8-bit
   *     true-colour pictures, whose channels are red, green and blue
   * @param size height and width of the network's input, from 1 to 8192
   * @param resize what happens to pictures of another size
   * @param resizeTo the side they are brought to, from size to 8192
   * @param crop how the margins are rounded
   * @param interpolation how pixels are interpolated
   * @param antialias true to interpolate as {@link Resampler}, false to look at the nearest 2 or 4
   *     pixels only, as PyTorch's {@code interpolate} does; that is for bands
   * @param divisor what samples are divided by, above 0
   * @param mean one number for each channel
   * @param std one number for each channel, not zero
   */
  public record Image(
      Network network,
      List<String> bands,
      int size,
      Resize resize,
      int resizeTo,
      Crop crop,
      Resampler.Filter interpolation,
      boolean antialias,
      float divisor,
      List<Float> mean,
      List<Float> std) {
    /** The name of a channel of zeros. */
    public static final String ZERO = "0";

    /** Checks and copies its arguments. */
    public Image {
      if (size < 1 || size > 8192) {
        throw new IllegalArgumentException("image.size outside [1, 8192]: " + size);
      }
      if (resizeTo < size || resizeTo > 8192) {
        throw new IllegalArgumentException(
            "image.resizeTo outside [" + size + ", 8192]: " + resizeTo);
      }
      bands = List.copyOf(bands);
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
        throw new IllegalArgumentException("image.mean must be " + channels + " numbers: " + mean);
      }
      if (std.size() != channels || std.contains(0f) || std.contains(-0f)) {
        throw new IllegalArgumentException(
            "image.std must be " + channels + " numbers but 0: " + std);
      }
      mean = List.copyOf(mean);
      std = List.copyOf(std);
    }

    private static void requireBand(String band) {
      try {
        Band.valueOf(band);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("image.channels: no such band: \"" + band + "\"", e);
      }
    }

    /**
     * All of it but the network, in one line, for {@link
     * io.earthembed.encoder.Encoder#preparation}.
     */
    String preparation() {
      return (bands.isEmpty() ? "RGB" : String.join(",", bands))
          + " size="
          + size
          + " resize="
          + resize
          + "("
          + resizeTo
          + ")"
          + " crop="
          + crop
          + " interpolation="
          + interpolation
          + (antialias ? "" : "(no antialias)")
          + " divisor="
          + divisor
          + " mean="
          + mean
          + " std="
          + std;
    }

    /** How many channels the network sees. */
    public int channels() {
      return mean.size();
    }

    /** The same with another divisor. */
    public Image withDivisor(float other) {
      return new Image(
          network, bands, size, resize, resizeTo, crop, interpolation, antialias, other, mean, std);
    }
  }

  /**
   * How text is prepared.
   *
   * @param network input int64 [n, contextLength]
   * @param tokenizer name of the tokenizer's file, as Hugging Face's tokenizers library writes it
   * @param clean what is done to a text before the tokenizer sees it
   * @param contextLength length of a row of token ids, from 1 to 65536
   * @param padId fills rows of shorter texts, in [0, vocabularySize)
   * @param vocabularySize how many token ids the network knows, at least 1
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
      if (vocabularySize < 1) {
        throw new IllegalArgumentException(
            "text.vocabularySize must be positive: " + vocabularySize);
      }
      if (padId < 0 || padId >= vocabularySize) {
        throw new IllegalArgumentException("text.padId is not in the vocabulary: " + padId);
      }
    }

    /** The same with another cleaning. */
    public Text withClean(TextCleaning other) {
      return new Text(network, tokenizer, other, contextLength, padId, vocabularySize);
    }
  }

  /** Which spherical harmonics a location tower was trained on; SatCLIP's code has both. */
  public enum Harmonics {
    /** Orthonormal, with the Condon-Shortley sign. */
    CLOSED_FORM,
    /** SatCLIP's printed polynomials, which its published checkpoints were trained on. */
    ANALYTIC
  }

  /**
   * How places are prepared.
   *
   * @param network input [n, degree²]
   * @param degree how many degrees of spherical harmonics, 0 to degree - 1; from 1 to 1024, or to
   *     40 for {@link Harmonics#ANALYTIC}
   * @param harmonics which ones
   * @param float64 whether the network's input is float64, not float32
   * @param trainedOn what this tower was trained on, or null
   */
  public record Location(
      Network network,
      int degree,
      Harmonics harmonics,
      boolean float64,
      @Nullable String trainedOn) {
    /** Checks its arguments. */
    public Location {
      int most =
          harmonics == Harmonics.ANALYTIC
              ? AnalyticHarmonics.MAX_DEGREES
              : SphericalHarmonics.MAX_DEGREES;
      if (degree < 1 || degree > most) {
        throw new IllegalArgumentException("location.degree outside [1, " + most + "]: " + degree);
      }
    }
  }

  private static void requireFileName(String name, String value) {
    if (value.isBlank() || value.contains("/") || value.contains("\\")) {
      throw new IllegalArgumentException(name + " is not the name of a file: \"" + value + "\"");
    }
  }

  /** The files that it names. */
  List<String> files() {
    List<String> files = new ArrayList<>(List.of(image.network().file()));
    if (text != null) files.addAll(List.of(text.network().file(), text.tokenizer()));
    if (location != null) files.add(location.network().file());
    return files;
  }

  /** The same with another version. */
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

  /** The same with other pictures. */
  public ModelDescription withImage(Image other) {
    return new ModelDescription(info, other, text, location, sigmoid, trainedOn, notes);
  }

  /** The same with other texts. */
  public ModelDescription withText(@Nullable Text other) {
    return new ModelDescription(info, image, other, location, sigmoid, trainedOn, notes);
  }

  /**
   * Reads {@code model.json} of a model's directory.
   *
   * @throws io.earthembed.common.EarthEmbedException if it cannot be read; {@link
   *     io.earthembed.common.CorruptDataException}, naming file and field, if it is not as above
   */
  public static ModelDescription read(Path directory) {
    return DescriptionReader.read(ModelFiles.in(directory));
  }
}
