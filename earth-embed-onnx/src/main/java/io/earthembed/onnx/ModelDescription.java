package io.earthembed.onnx;

import io.earthembed.encoder.ModelInfo;
import io.earthembed.encoder.SigmoidScore;
import io.earthembed.image.Band;
import io.earthembed.internal.Checks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    ImageDescription image,
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
  public ModelDescription withImage(ImageDescription other) {
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
