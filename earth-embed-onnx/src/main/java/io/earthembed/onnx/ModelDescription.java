package io.earthembed.onnx;

import io.earthembed.ModelInfo;
import io.earthembed.image.Resampler;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code model.json} says: the model's ONNX files, and how inputs become their tensors.
 *
 * <pre>{@code
 * {
 *   "name": "earth-embed-demo-s2", "version": "1", "dimension": 128,
 *   "image": {
 *     "file": "image.onnx", "input": "pixel_values", "output": "embedding",
 *     "size": 64, "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5],
 *     "interpolation": "bicubic", "channels": "RGB"
 *   },
 *   "text": {
 *     "file": "text.onnx", "input": "input_ids", "output": "embedding",
 *     "tokenizer": "tokenizer.json", "contextLength": 32, "padId": 0, "vocabularySize": 990
 *   },
 *   "location": {
 *     "file": "location.onnx", "input": "harmonics", "output": "embedding", "degree": 10
 *   }
 * }
 * }</pre>
 *
 * Sections {@code text} and {@code location} are there for the towers a model has; {@code
 * trainedOn} (of the model and of its location tower) and {@code notes} are there for people. Any
 * other field that is missing, unknown or out of range is an error.
 *
 * @param info name, version and dimension
 * @param image how pictures are prepared
 * @param text how text is prepared, or null
 * @param location how places are prepared, or null
 * @param trainedOn what the model was trained on, or null
 * @param notes what else its users should know, or null
 */
public record ModelDescription(
    ModelInfo info,
    Image image,
    @Nullable Text text,
    @Nullable Location location,
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

  /**
   * How pictures are prepared: {@code (value / 255 - mean) / std} for each of red, green and blue.
   *
   * @param network input float32 [n, 3, size, size]
   * @param size height and width of the network's input, from 1 to 8192
   * @param mean three numbers
   * @param std three numbers, not zero
   * @param interpolation how pictures of another size are resized
   */
  public record Image(
      Network network,
      int size,
      List<Float> mean,
      List<Float> std,
      Resampler.Filter interpolation) {
    /** Checks and copies its arguments. */
    public Image {
      if (size < 1 || size > 8192) {
        throw new IllegalArgumentException("image.size outside [1, 8192]: " + size);
      }
      if (mean.size() != 3) {
        throw new IllegalArgumentException("image.mean must be three numbers: " + mean);
      }
      if (std.size() != 3 || std.contains(0f) || std.contains(-0f)) {
        throw new IllegalArgumentException("image.std must be three numbers but 0: " + std);
      }
      mean = List.copyOf(mean);
      std = List.copyOf(std);
    }
  }

  /**
   * How text is prepared.
   *
   * @param network input int64 [n, contextLength]
   * @param tokenizer name of the tokenizer's file, as Hugging Face's tokenizers library writes it
   * @param contextLength length of a row of token ids, from 1 to 65536
   * @param padId fills rows of shorter texts, in [0, vocabularySize)
   * @param vocabularySize how many token ids the network knows, at least 1
   */
  public record Text(
      Network network, String tokenizer, int contextLength, int padId, int vocabularySize) {
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
  }

  /**
   * How places are prepared.
   *
   * @param network input float32 [n, degree²]
   * @param degree how many degrees of spherical harmonics, 0 to degree - 1; from 1 to 1024
   * @param trainedOn what this tower was trained on, or null
   */
  public record Location(Network network, int degree, @Nullable String trainedOn) {
    /** Checks its arguments. */
    public Location {
      if (degree < 1 || degree > SphericalHarmonics.MAX_DEGREES) {
        throw new IllegalArgumentException(
            "location.degree outside [1, " + SphericalHarmonics.MAX_DEGREES + "]: " + degree);
      }
    }
  }

  private static void requireFileName(String name, String value) {
    if (value.isBlank() || value.contains("/") || value.contains("\\")) {
      throw new IllegalArgumentException(name + " is not the name of a file: \"" + value + "\"");
    }
  }

  /**
   * Reads {@code model.json} of a model's directory.
   *
   * @throws io.earthembed.EarthEmbedException if it cannot be read; {@link
   *     io.earthembed.CorruptDataException}, naming file and field, if it is not as above
   */
  public static ModelDescription read(Path directory) {
    return DescriptionReader.read(ModelFiles.in(directory));
  }
}
