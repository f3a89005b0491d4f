package io.earthembed.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens ONNX files on the requested device. */
final class Sessions {
  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

  /** True once the fallback to the CPU is logged; its reason is equal for all models. */
  private static final AtomicBoolean FALLBACK_LOGGED = new AtomicBoolean();

  private Sessions() {}

  static OrtSession open(
      ModelFiles files, String name, OrtEnvironment environment, EncoderOptions options) {
    return open(files, name, environment, options, OrtEnvironment.getAvailableProviders());
  }

  /**
   * @param available the providers that this build of ONNX Runtime contains
   */
  static OrtSession open(
      ModelFiles files,
      String name,
      OrtEnvironment environment,
      EncoderOptions options,
      Set<OrtProvider> available) {
    String file = files.describe(name);
    checkWhole(files, name);
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
          return create(files, name, environment, options, device.index());
        } catch (OrtException e) {
          throw new EarthEmbedException(
              file
                  + ": "
                  + device
                  + " cannot be used; it needs an NVIDIA driver, CUDA 12 and cuDNN 9 on the"
                  + " library path, and a GPU of that number: "
                  + e.getMessage(),
              e);
        }
      }
      case AUTO -> {
        if (built) {
          try {
            return create(files, name, environment, options, 0);
          } catch (OrtException e) {
            logFallback(e.getMessage());
          }
        } else {
          logFallback("this ONNX Runtime was built without CUDA");
        }
      }
    }
    try {
      return create(files, name, environment, options, -1);
    } catch (OrtException e) {
      switch (e.getCode()) {
        case ORT_INVALID_PROTOBUF, ORT_INVALID_GRAPH, ORT_NO_MODEL ->
            throw new CorruptDataException(file, "is not an ONNX model: " + e.getMessage(), e);
        default -> throw new EarthEmbedException(file + ": " + e.getMessage(), e);
      }
    }
  }

  private static void logFallback(@Nullable String reason) {
    if (FALLBACK_LOGGED.compareAndSet(false, true)) {
      LOG.info("encoders run on the CPU, since CUDA cannot be used: {}", reason);
    }
  }

  /**
   * @param gpu number of the GPU, or -1 for the CPU
   */
  private static OrtSession create(
      ModelFiles files, String name, OrtEnvironment environment, EncoderOptions options, int gpu)
      throws OrtException {
    try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
      settings.setIntraOpNumThreads(options.threads());
      settings.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      settings.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      // Idle threads sleep, so that other towers and the application get the processors.
      settings.addConfigEntry("session.intra_op.allow_spinning", "0");
      if (gpu >= 0) settings.addCUDA(gpu);
      Path path = files.path(name);
      if (path != null && hasFloat16Weights(path)) {
        // ONNX Runtime 1.23 and 1.32 crash the process when they fuse a transposition with a
        // float16 matrix multiplication on the CPU.
        settings.addConfigEntry(
            "optimization.disable_specified_optimizers", "MatmulTransposeFusion");
      }
      return path == null
          ? environment.createSession(files.read(name), settings)
          : environment.createSession(path.toString(), settings);
    }
  }

  private static void checkWhole(ModelFiles files, String name) {
    files.require(name);
    Path path = files.path(name);
    if (path == null) return; // opening reads the whole file
    try (SeekableByteChannel file = Files.newByteChannel(path)) {
      if (!OnnxFile.isWhole(file)) {
        throw new CorruptDataException(
            path.toString(), "is not an ONNX model, or is cut off: " + file.size() + " bytes");
      }
    } catch (IOException e) {
      throw new EarthEmbedException(path + ": cannot be read", e);
    }
  }

  /** Returns false if the file cannot be read: opening it will report the error. */
  private static boolean hasFloat16Weights(Path path) {
    try (SeekableByteChannel file = Files.newByteChannel(path)) {
      return OnnxFile.hasFloat16Weights(file);
    } catch (IOException e) {
      return false;
    }
  }
}
