package io.earthembed.benchmarks;

import io.earthembed.common.Device;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.image.Raster;
import io.earthembed.onnx.DemoModel;
import io.earthembed.onnx.EncoderOptions;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Encodes the same pictures by ONNX Runtime on a GPU and on the processors. */
final class GpuEncoders {
  private static final int[] BATCHES = {1, 8, 64, 256};
  private static final long NANOS = 1_000_000_000;

  private final Gpu run;

  GpuEncoders(Gpu run) {
    this.run = run;
  }

  void measure() {
    if (!run.hasTimeFor("encoders")) return;
    List<Raster> pictures = new ArrayList<>();
    for (int i = 0; i < BATCHES[BATCHES.length - 1]; i++) {
      LandscapeKind kind = LandscapeKind.values()[i % LandscapeKind.values().length];
      pictures.add(Landscape.generate(kind, i, 64).trueColor());
    }
    EncoderOptions options = EncoderOptions.defaults();
    // Fails here, and says why, without a CUDA build of ONNX Runtime.
    try (EmbeddingModel gpu = DemoModel.load(options.withDevice(Device.cuda(run.device())));
        EmbeddingModel cpu = DemoModel.load(options.withDevice(Device.cpu()))) {
      double difference = difference(cpu.image().encode(pictures), gpu.image().encode(pictures));
      double[] onGpu = rates(gpu, pictures);
      double[] onCpu = rates(cpu, pictures);
      run.line(
          "\n"
              + "## Encoders\n\n"
              + "The demo model's pictures of 64 x 64; the largest difference of a component is"
              + " %.1e.\n",
          difference);
      run.line("| batch | pictures/s, GPU | CPU |\n| --- | --- | --- |");
      for (int b = 0; b < BATCHES.length; b++) {
        run.line("| %d | %,.0f | %,.0f |", BATCHES[b], onGpu[b], onCpu[b]);
      }
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("largestDifferenceOfComponent", difference);
      facts.put("batches", BATCHES);
      facts.put("picturesPerSecondGpu", onGpu);
      facts.put("picturesPerSecondCpu", onCpu);
      run.result("encoders", facts);
    }
    run.notDone("TensorRT: earth-embed-onnx has no setting for it");
  }

  private static double difference(Vectors a, Vectors b) {
    double most = 0;
    for (int i = 0; i < a.rows(); i++) {
      float[] left = a.row(i);
      float[] right = b.row(i);
      for (int j = 0; j < left.length; j++) most = Math.max(most, Math.abs(left[j] - right[j]));
    }
    return most;
  }

  private static double[] rates(EmbeddingModel model, List<Raster> pictures) {
    double[] rates = new double[BATCHES.length];
    for (int b = 0; b < BATCHES.length; b++) {
      List<Raster> batch = pictures.subList(0, BATCHES[b]);
      model.image().encode(batch);
      int times = 0;
      long start = System.nanoTime();
      long end;
      do {
        model.image().encode(batch);
        times++;
        end = System.nanoTime();
      } while (end - start < NANOS);
      rates[b] = times * BATCHES[b] / ((end - start) / 1e9);
    }
    return rates;
  }
}
