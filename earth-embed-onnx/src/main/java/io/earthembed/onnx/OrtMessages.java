package io.earthembed.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import io.earthembed.common.EarthEmbedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes messages for users from ONNX Runtime's messages and types. */
final class OrtMessages {
  /** The place in ONNX Runtime's source code: a path, a line, and often a C++ signature. */
  private static final Pattern SOURCE_CODE =
      Pattern.compile(
          "\\S*onnxruntime/core/\\S+\\.(?:cc|h):\\d+\\s*(?:[\\w:<>~&*, ]+\\([^\\n]*?\\)(?: const)?(?= [A-Z\"']))?");

  private static final Pattern IR_VERSION =
      Pattern.compile("Unsupported model IR version: (\\d+), max supported IR version: (\\d+)");

  private OrtMessages() {}

  /** Returns the message without source code paths and C++ signatures. */
  static String plain(OrtException e) {
    return plain(String.valueOf(e.getMessage()));
  }

  static String plain(String message) {
    return SOURCE_CODE.matcher(message).replaceAll("").replaceAll("\\s+", " ").trim();
  }

  static EarthEmbedException failure(String file, OrtException e) {
    Matcher newer = IR_VERSION.matcher(String.valueOf(e.getMessage()));
    if (newer.find()) {
      return new EarthEmbedException(
          file
              + ": has IR version "
              + newer.group(1)
              + ", newer than the "
              + newer.group(2)
              + " that this ONNX Runtime reads; export it with ir_version="
              + newer.group(2)
              + ", or use a newer com.microsoft.onnxruntime:onnxruntime",
          e);
    }
    return new EarthEmbedException(file + ": " + plain(e), e);
  }

  /** Describes a tensor: {@code float32 [batch, 3, 224, 224]}. */
  static String describe(NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo tensor)) return "no tensor";
    long[] shape = tensor.getShape();
    String[] names = tensor.getDimensionNames();
    List<String> axes = new ArrayList<>();
    for (int i = 0; i < shape.length; i++) {
      String name = names != null && i < names.length && names[i] != null ? names[i] : "";
      axes.add(shape[i] >= 0 ? Long.toString(shape[i]) : name.isEmpty() ? "?" : name);
    }
    return describe(tensor.type) + " " + axes;
  }

  static String describe(OnnxJavaType type) {
    return switch (type) {
      case FLOAT -> "float32";
      case DOUBLE -> "float64";
      default -> type.name().toLowerCase(Locale.ROOT);
    };
  }
}
