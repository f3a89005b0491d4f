package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests devices as far as that is possible without a GPU. */
class DeviceTest {
  private static final ModelFiles DEMO = ModelFiles.onClassPath(DemoModel.class, "demo");

  private static EncoderOptions on(Device device) {
    return new EncoderOptions(1, 1).withDevice(device);
  }

  private static OrtSession open(Device device, EnumSet<OrtProvider> available) {
    OnnxFile onnx = DEMO.inspect("image.onnx");
    return Sessions.open(DEMO, "image.onnx", null, onnx, on(device), available);
  }

  @Test
  void namesDevices() {
    assertEquals(
        List.of("auto", "cpu", "cuda:3"),
        List.of(Device.auto().toString(), Device.cpu().toString(), Device.cuda(3).toString()));
    assertEquals(Device.auto(), EncoderOptions.defaults().device());
    assertEquals(Device.cpu(), on(Device.cpu()).withThreads(2).withBatchSize(3).device());
    assertThrows(IllegalArgumentException.class, () -> Device.cuda(-1));
    assertThrows(IllegalArgumentException.class, () -> new Device(Device.Kind.CPU, 1));
  }

  @Test
  void saysWhatIsMissingWhereCudaIsAskedFor() {
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class,
            () -> open(Device.cuda(0), EnumSet.of(OrtProvider.CPU)).close());
    assertTrue(e.getMessage().contains("image.onnx: cuda:0"), e.getMessage());
    assertTrue(e.getMessage().contains("onnxruntime_gpu"), e.getMessage());
  }

  @Test
  void saysWhatIsMissingWhereCudaDoesNotWork() {
    assumeFalse(OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA));
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class,
            () -> open(Device.cuda(7), EnumSet.of(OrtProvider.CPU, OrtProvider.CUDA)).close());
    assertTrue(e.getMessage().contains("cuda:7 cannot be used"), e.getMessage());
    assertTrue(e.getMessage().contains("cuDNN"), e.getMessage());
  }

  /** Runs with {@code -Donnxruntime.artifact=onnxruntime_gpu}, on a machine without a GPU. */
  @Test
  void saysWhatIsMissingWhereTheGpuBuildFindsNoGpu() throws OrtException {
    EnumSet<OrtProvider> built = OrtEnvironment.getAvailableProviders();
    assumeTrue(built.contains(OrtProvider.CUDA));
    assumeFalse(Files.exists(Path.of("/proc/driver/nvidia")));
    EarthEmbedException e =
        assertThrows(EarthEmbedException.class, () -> open(Device.cuda(0), built).close());
    assertTrue(e.getMessage().contains("cuda:0 cannot be used"), e.getMessage());
    try (OrtSession session = open(Device.auto(), built)) {
      assertEquals(1, session.getNumInputs());
    }
  }

  @Test
  void fallsBackWhereNothingWasAskedFor() throws OrtException {
    for (EnumSet<OrtProvider> available :
        List.of(EnumSet.of(OrtProvider.CPU), EnumSet.of(OrtProvider.CPU, OrtProvider.CUDA))) {
      try (OrtSession session = open(Device.auto(), available)) {
        assertEquals(1, session.getNumInputs());
      }
    }
    try (EmbeddingModel model = DemoModel.load(on(Device.cpu()))) {
      assertEquals(3, model.queryKinds().size());
    }
  }
}
