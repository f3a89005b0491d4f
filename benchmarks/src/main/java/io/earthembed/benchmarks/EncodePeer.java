package io.earthembed.benchmarks;

import com.sun.management.ThreadMXBean;
import io.earthembed.common.Device;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.resample.Resampler;
import io.earthembed.onnx.DemoModel;
import io.earthembed.onnx.EncoderOptions;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Encodes as benchmarks/peers/encoding/peer.py does. Arguments: THREADS BATCH SECONDS. */
public final class EncodePeer {
  private EncodePeer() {}

  /** Prints encodings per second, the best of many runs. */
  public static void main(String[] arguments) {
    int threads = Integer.parseInt(arguments[0]);
    int batch = Integer.parseInt(arguments[1]);
    double seconds = Double.parseDouble(arguments[2]);
    List<Raster> small = new ArrayList<>();
    List<Raster> large = new ArrayList<>();
    for (int i = 0; i < batch; i++) small.add(picture(i, 64));
    for (int i = 0; i < 4 * batch; i++) large.add(picture(i, 384));
    EncoderOptions options = new EncoderOptions(threads, batch).withDevice(Device.cpu());
    try (EmbeddingModel model = DemoModel.load(options)) {
      Encoder<Raster> encoder = model.image();
      // Pictures of the network's size. We also convert their tones, which the peer does not.
      report("network", batch, seconds, () -> encoder.encode(small));
      report("encode-384", 4 * batch, seconds, () -> encoder.encode(large));
    }
    try (EmbeddingModel model = DemoModel.load(options.withThreads(1))) {
      Encoder<Raster> encoder = model.image();
      garbage("a picture of 64 x 64", encoder, small);
      garbage("a picture of 384 x 384, resized", encoder, large);
    }
    for (int[] sides : new int[][] {{1068, 384}, {384, 224}, {64, 224}}) {
      Raster one = picture(1, sides[0]);
      for (Resampler.Filter filter : Resampler.Filter.values()) {
        String name =
            "resize-" + sides[0] + "-" + sides[1] + "-" + filter.name().toLowerCase(Locale.ROOT);
        report(name, 1, seconds, () -> Resampler.resize(one, sides[1], sides[1], filter));
      }
    }
  }

  /** Measures what one thread leaves on the Java heap, without the embeddings, which are off it. */
  private static void garbage(String name, Encoder<Raster> encoder, List<Raster> pictures) {
    encoder.encode(pictures);
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = bean.getCurrentThreadAllocatedBytes();
    int rounds = 10;
    for (int i = 0; i < rounds; i++) encoder.encode(pictures);
    long bytes = bean.getCurrentThreadAllocatedBytes() - before;
    System.out.println("garbage " + name + ", bytes\t" + bytes / (rounds * (long) pictures.size()));
  }

  private static Raster picture(int seed, int side) {
    byte[] samples = new byte[side * side * 3];
    new Random(seed).nextBytes(samples);
    return Raster.wrap(side, side, 3, SampleType.UINT8, ByteBuffer.wrap(samples));
  }

  private static void report(String name, int count, double seconds, Runnable work) {
    double best = Double.POSITIVE_INFINITY;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < end) {
      long start = System.nanoTime();
      work.run();
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
    }
    System.out.printf(Locale.ROOT, "%s\t%.1f%n", name, count / best);
  }
}
