package io.earthembed.onnx;

import io.earthembed.ModelInfo;
import io.earthembed.image.Resampler;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code model.json} says: how inputs become the tensors of the model's ONNX files.
 *
 * <pre>{@code
 * {
 *   "name": "earth-embed-demo-s2", "version": "1", "dimension": 128,
 *   "image": {"size": 64, "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bicubic"},
 *   "text": {"contextLength": 24, "padId": 0},
 *   "location": {"degree": 10}
 * }
 * }</pre>
 *
 * Sections {@code text} and {@code location} are there for the towers a model has; any other field
 * that is missing, unknown or out of range is an error.
 *
 * @param info name, version and dimension
 * @param image how pictures are prepared
 * @param text how text is prepared, or null
 * @param location how places are prepared, or null
 */
public record ModelDescription(
    ModelInfo info, Image image, @Nullable Text text, @Nullable Location location) {
  /**
   * How pictures are prepared: {@code (value / 255 - mean) / std} for each of red, green and blue.
   *
   * @param size height and width of the network's input, at least 1
   * @param mean three numbers
   * @param std three numbers, not zero
   * @param interpolation how pictures of another size are resized
   */
  public record Image(int size, List<Float> mean, List<Float> std, Resampler.Filter interpolation) {
    /** Checks and copies its arguments. */
    public Image {
      if (size < 1) throw new IllegalArgumentException("image.size must be positive: " + size);
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
   * @param contextLength length of a row of token ids, at least 1
   * @param padId fills rows of shorter texts, at least 0
   */
  public record Text(int contextLength, long padId) {
    /** Checks its arguments. */
    public Text {
      if (contextLength < 1) {
        throw new IllegalArgumentException("text.contextLength must be positive: " + contextLength);
      }
      if (padId < 0) throw new IllegalArgumentException("text.padId is negative: " + padId);
    }
  }

  /**
   * How places are prepared.
   *
   * @param degree how many degrees of spherical harmonics, 0 to degree - 1: degree² features
   */
  public record Location(int degree) {
    /** Checks its argument. */
    public Location {
      if (degree < 1 || degree > SphericalHarmonics.MAX_DEGREES) {
        throw new IllegalArgumentException(
            "location.degree outside [1, " + SphericalHarmonics.MAX_DEGREES + "]: " + degree);
      }
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
