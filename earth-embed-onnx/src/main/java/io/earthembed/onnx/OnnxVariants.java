package io.earthembed.onnx;

import io.earthembed.common.EarthEmbedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names of ONNX files in a model's repository: one network in several precisions. */
final class OnnxVariants {
  private static final List<String> FOLDERS = List.of("onnx/", "");

  /** The suffixes of transformers.js and Optimum, for networks without one of full precision. */
  private static final List<String> SUFFIXES =
      List.of("_fp16", "_quantized", "_int8", "_uint8", "_q8", "_q4", "_q4f16", "_bnb4");

  private OnnxVariants() {}

  /**
   * Finds the file of a network: that of full precision, or the only one of another precision.
   *
   * @return its path in the model's directory, or null if there is none
   * @throws EarthEmbedException if there are several of other precisions
   */
  static @Nullable String find(ModelFiles files, String network) {
    for (String folder : FOLDERS) {
      String full = folder + network + ".onnx";
      if (files.has(full)) return full;
    }
    List<String> found = new ArrayList<>();
    for (String folder : FOLDERS) {
      for (String suffix : SUFFIXES) {
        String file = folder + network + suffix + ".onnx";
        if (files.has(file)) found.add(file);
      }
    }
    if (found.size() > 1) {
      String section = network.startsWith("vision") ? "image" : "text";
      throw new EarthEmbedException(
          files.describe(HubLayout.CONFIG)
              + ": several networks, "
              + found
              + "; add a model.json that names one, such as { \""
              + section
              + "\": { \"file\": \""
              + found.get(0)
              + "\" } }");
    }
    return found.isEmpty() ? null : found.get(0);
  }

  /** Returns the names of networks' files of full precision, for messages. */
  static List<String> names(String... networks) {
    List<String> names = new ArrayList<>();
    for (String network : networks) {
      for (String folder : FOLDERS) names.add(folder + network + ".onnx");
    }
    return names;
  }
}
