package io.earthembed.benchmarks;

import com.google.gson.GsonBuilder;
import io.earthembed.common.Device;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.internal.Faiss;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares one GPU with the processors: searches and encoders, their results and their speed.
 * Writes {@code report.json} and {@code report.md}; what cannot be done, or has no time left, is
 * listed there. See {@code .scripts/gpu.sh} for the arguments. Ends with the status 3 if there is
 * no GPU.
 */
public final class Gpu {
  private static final int NO_GPU = 3;

  private final int device;
  private final int rows;
  private final int dimension;
  private final long deadline;
  private final Map<String, Object> results = new LinkedHashMap<>();
  private final List<String> notDone = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  private Gpu(int device, int rows, int dimension, int seconds) {
    this.device = device;
    this.rows = rows;
    this.dimension = dimension;
    this.deadline = System.nanoTime() + seconds * 1_000_000_000L;
  }

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) options.put(args[i], args[i + 1]);
    int device = Integer.parseInt(options.getOrDefault("--device", "0"));
    requireGpu(device);
    if (options.containsKey("--check")) return;
    Gpu run =
        new Gpu(
            device,
            Integer.parseInt(options.getOrDefault("--rows", "249000")),
            Integer.parseInt(options.getOrDefault("--dimension", "1152")),
            Integer.parseInt(options.getOrDefault("--seconds", "330")));
    Path folder = Path.of(options.getOrDefault("--out", "benchmarks/target/gpu"));
    Files.createDirectories(folder);
    run.all(options.getOrDefault("--contract", "not run"));
    run.write(folder);
  }

  /** Ends the program unless the GPU can be used. */
  private static void requireGpu(int device) {
    String reason;
    try (FaissIndex index = FaissIndex.flat(2, Metric.INNER_PRODUCT)) {
      index.add(Vectors.of(new float[] {1, 0}));
      index.setDevice(Device.cuda(device));
      return;
    } catch (EarthEmbedException e) {
      reason = e.getMessage();
    }
    System.err.println("./run gpu: no GPU can be used. " + reason);
    System.exit(NO_GPU);
  }

  private void all(String contract) {
    Map<String, String> facts = Machine.facts();
    facts.put("GPU", Faiss.gpu_name(device).getString());
    facts.put("GPUs", Integer.toString(Faiss.gpu_count()));
    facts.put("memory of the GPU", gib(Faiss.gpu_memory(device, false)));
    facts.put("free of it", gib(Faiss.gpu_memory(device, true)));
    // Twice 1 GiB: far more than the cache.
    double rate = Faiss.gpu_copy_rate(device, 1L << 30);
    facts.put(
        "copies within it", String.format(Locale.ROOT, "%.0f GB/s read and written", rate / 1e9));
    facts.put("index contract on the GPU", contract);
    results.put("machine", facts);
    results.put("bytesPerSecond", rate);
    text.append("# One GPU beside the processors\n\n").append(Machine.table(facts)).append('\n');
    System.out.println(text);
    part("search", () -> new GpuSearch(this, rate).measure());
    part("encoders", () -> new GpuEncoders(this).measure());
  }

  /** Runs a part, and goes on with the next one if it fails. */
  private void part(String name, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | LinkageError e) {
      notDone(name + ": " + e.getMessage());
    }
  }

  int device() {
    return device;
  }

  int rows() {
    return rows;
  }

  int dimension() {
    return dimension;
  }

  /** Returns whether there is time left for a part, and notes if there is none. */
  boolean hasTimeFor(String part) {
    if (System.nanoTime() < deadline) return true;
    notDone(part + ": no time was left");
    return false;
  }

  void notDone(String what) {
    notDone.add(what);
    System.out.println("Not done: " + what);
  }

  void result(String name, Object value) {
    results.put(name, value);
  }

  /** Adds a line to the report and prints it. */
  void line(String format, Object... values) {
    String line = String.format(Locale.ROOT, format, values);
    text.append(line).append('\n');
    System.out.println(line);
  }

  static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.2f GiB", bytes / 1073741824.0);
  }

  private void write(Path folder) throws IOException {
    text.append("\n## Not done\n\n");
    if (notDone.isEmpty()) notDone.add("nothing was left out");
    for (String what : notDone) text.append("- ").append(what).append('\n');
    results.put("notDone", notDone);
    Files.writeString(folder.resolve("report.md"), text);
    Files.writeString(
        folder.resolve("report.json"),
        new GsonBuilder().setPrettyPrinting().create().toJson(results) + "\n");
    System.out.println("Written: " + folder.resolve("report.md") + " and report.json");
  }
}
