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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * Encodes as benchmarks/peers/encoding/peer.py does. Arguments: BATCH SECONDS. Each line of the
 * standard input names a kind of work, which this thread repeats. The answer is the best rate per
 * second of the thread's CPU time, of time on the wall if the encoder has two threads, or what the
 * work leaves on the Java heap.
 */
public final class EncodePeer {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final LongSupplier CPU = THREADS::getCurrentThreadCpuTime;

  private EncodePeer() {}

  /** Answers requests until the input ends. */
  public static void main(String[] arguments) throws IOException {
    int batch = Integer.parseInt(arguments[0]);
    double seconds = Double.parseDouble(arguments[1]);
    List<Raster> small = new ArrayList<>();
    List<Raster> large = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      small.add(picture(i, 64));
      large.add(picture(i, 384));
    }
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<Raster> four = new ArrayList<>();
    for (int i = 0; i < 4; i++) four.addAll(large);
    EncoderOptions options = new EncoderOptions(1, batch).withDevice(Device.cpu());
    try (EmbeddingModel model = DemoModel.load(options);
        EmbeddingModel modelOfTwo = DemoModel.load(options.withThreads(2))) {
      Encoder<Raster> encoder = model.image();
      Encoder<Raster> two = modelOfTwo.image();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ");
        double answer =
            switch (words[0]) {
              // Pictures of the network's size. We also convert their tones; the peer's are ready.
              case "network" -> batch * best(seconds, CPU, () -> encoder.encode(small));
              case "encode-384" -> batch * best(seconds, CPU, () -> encoder.encode(large));
              case "encode-384-2" ->
                  4 * batch * best(seconds, System::nanoTime, () -> two.encode(four));
              case "garbage-64" -> garbage(encoder, small);
              case "garbage-384" -> garbage(encoder, large);
              default -> best(seconds, CPU, resize(words));
            };
        System.out.println("ok " + answer);
      }
    }
  }

  /** Returns the work of a line such as {@code resize 384 224 bicubic}. */
  private static Runnable resize(String[] words) {
    Raster one = picture(1, Integer.parseInt(words[1]));
    int side = Integer.parseInt(words[2]);
    Resampler.Filter filter = Resampler.Filter.valueOf(words[3].toUpperCase(Locale.ROOT));
    return () -> Resampler.resize(one, side, side, filter);
  }

  /** Measures what one thread leaves on the Java heap, without the embeddings, which are off it. */
  private static double garbage(Encoder<Raster> encoder, List<Raster> pictures) {
    encoder.encode(pictures);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    int rounds = 10;
    for (int i = 0; i < rounds; i++) encoder.encode(pictures);
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    return (double) bytes / (rounds * pictures.size());
  }

  private static Raster picture(int seed, int side) {
    byte[] samples = new byte[side * side * 3];
    new Random(seed).nextBytes(samples);
    return Raster.wrap(side, side, 3, SampleType.UINT8, ByteBuffer.wrap(samples));
  }

  /** Returns how often the work can be done in a second of a clock's nanoseconds, at best. */
  private static double best(double seconds, LongSupplier clock, Runnable work) {
    long best = Long.MAX_VALUE;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < end) {
      long start = clock.getAsLong();
      work.run();
      best = Math.min(best, clock.getAsLong() - start);
    }
    return 1e9 / best;
  }
}
