package io.earthembed.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens ONNX files with ONNX Runtime, on the requested device. */
final class Sessions {
  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

  /** True once the fallback to the CPU is logged; its reason is equal for all models. */
  private static final AtomicBoolean FALLBACK_LOGGED = new AtomicBoolean();

  private static @Nullable OrtEnvironment environment;

  private Sessions() {}

  /** Returns the environment, of which ONNX Runtime allows one in a virtual machine. */
  static synchronized OrtEnvironment environment() {
    OrtEnvironment known = environment;
    if (known != null) return known;
    UnpackedRuntime.use();
    try {
      // Errors are thrown; logged too, they would appear on the console in color.
      OrtEnvironment created =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      created.setTelemetry(false);
      environment = created;
      return created;
    } catch (LinkageError | OrtException | RuntimeException e) {
      throw new EarthEmbedException("ONNX Runtime does not load on this machine", e);
    }
  }

  /**
   * Opens a file.
   *
   * @param content the file's bytes if it has no path, or null
   * @param onnx the file's own description
   * @throws EarthEmbedException naming the file
   */
  static OrtSession open(
      ModelFiles files,
      String name,
      byte @Nullable [] content,
      OnnxFile onnx,
      EncoderOptions options) {
    environment(); // before the class of the next call loads the native library its own way
    return open(files, name, content, onnx, options, OrtEnvironment.getAvailableProviders());
  }

  /**
   * @param available the providers that this build of ONNX Runtime contains
   */
  static OrtSession open(
      ModelFiles files,
      String name,
      byte @Nullable [] content,
      OnnxFile onnx,
      EncoderOptions options,
      Set<OrtProvider> available) {
    String file = files.describe(name);
    if (!onnx.isWhole()) {
      throw new CorruptDataException(file, "is not an ONNX model, or is cut off");
    }
    files.requireWeights(name, onnx);
    Device device = options.device();
    boolean built = available.contains(OrtProvider.CUDA);
    switch (device.kind()) {
      case CPU -> {}
      case CUDA -> {
        if (!built) {
          throw new EarthEmbedException(
              file
                  + ": "
                  + device
                  + " was requested, but the ONNX Runtime on the class path was built without CUDA;"
                  + " replace onnxruntime there by com.microsoft.onnxruntime:onnxruntime_gpu");
        }
        try {
          return create(files, name, content, onnx, options, device.index());
        } catch (OrtException e) {
          throw new EarthEmbedException(
              file
                  + ": "
                  + device
                  + " cannot be used; it needs an NVIDIA driver, CUDA 12 and cuDNN 9 on the"
                  + " library path, and a GPU of that number: "
                  + OrtMessages.plain(e),
              e);
        }
      }
      case AUTO -> {
        if (built) {
          try {
            return create(files, name, content, onnx, options, 0);
          } catch (OrtException e) {
            logFallback(OrtMessages.plain(e));
          }
        } else {
          logFallback("this ONNX Runtime was built without CUDA");
        }
      }
    }
    try {
      return create(files, name, content, onnx, options, -1);
    } catch (OrtException e) {
      switch (e.getCode()) {
        case ORT_INVALID_PROTOBUF, ORT_INVALID_GRAPH, ORT_NO_MODEL ->
            throw new CorruptDataException(
                file, "is not an ONNX model: " + OrtMessages.plain(e), e);
        default -> throw OrtMessages.failure(file, e);
      }
    }
  }

  private static void logFallback(String reason) {
    if (FALLBACK_LOGGED.compareAndSet(false, true)) {
      LOG.info("encoders run on the CPU, since CUDA cannot be used: {}", reason);
    }
  }

  /**
   * @param gpu number of the GPU, or -1 for the CPU
   */
  private static OrtSession create(
      ModelFiles files,
      String name,
      byte @Nullable [] content,
      OnnxFile onnx,
      EncoderOptions options,
      int gpu)
      throws OrtException {
    try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
      settings.setIntraOpNumThreads(options.threads());
      settings.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      settings.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      // Idle threads sleep, so that other towers and the application get the processors.
      settings.addConfigEntry("session.intra_op.allow_spinning", "0");
      if (gpu >= 0) settings.addCUDA(gpu);
      if (onnx.hasFloat16Weights()) {
        // ONNX Runtime 1.23 and 1.32 crash the process when they fuse a transposition with a
        // float16 matrix multiplication on the CPU.
        settings.addConfigEntry(
            "optimization.disable_specified_optimizers", "MatmulTransposeFusion");
      }
      OrtEnvironment shared = environment();
      Path path = files.path(name);
      if (path != null) return shared.createSession(path.toString(), settings);
      return shared.createSession(content == null ? files.read(name) : content, settings);
    }
  }
}
