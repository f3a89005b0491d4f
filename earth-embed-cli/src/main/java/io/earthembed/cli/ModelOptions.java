package io.earthembed.cli;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.onnx.DemoModel;
import io.earthembed.onnx.OnnxEncoders;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that chooses a model. */
final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "folder of a model in ONNX: one of Hugging Face's hub, or with a model.json (default:"
              + " the demo model)")
  private @Nullable Path directory;

  /** Returns whether the model is the demo model. */
  boolean isDemo() {
    return directory == null;
  }

  /** Returns the side of the square that the model encodes by default, in pixels of a tile. */
  int crop() {
    return isDemo() ? QuickstartCommand.DEMO_CROP : 384;
  }

  /** Returns the end of the name of a folder with the model's embeddings. */
  String variant(ModelInfo info) {
    return isDemo() ? "" : '-' + info.nameAndVersion().replaceAll("[^A-Za-z0-9.]+", "-");
  }

  /** Loads the model. */
  EmbeddingModel load() {
    if (directory == null) return DemoModel.load();
    if (!Files.isDirectory(directory)) {
      throw new IllegalArgumentException("--model is no folder: " + directory);
    }
    return OnnxEncoders.open(directory);
  }

  /**
   * Loads the model for a dataset: the chosen one, the demo model if that made the dataset, or one
   * without encoders.
   *
   * @param made the model that made the dataset
   * @param notes receives a line if there are no encoders
   */
  EmbeddingModel loadFor(ModelInfo made, PrintWriter notes) {
    EmbeddingModel model = load();
    if (directory != null || model.info().equals(made)) return model;
    model.close();
    notes.println(
        "Search: by place, tile and vector; texts and pictures need the encoders of "
            + made
            + ", which are not here (--model names their folder)");
    return EmbeddingModel.withoutEncoders(made);
  }
}
