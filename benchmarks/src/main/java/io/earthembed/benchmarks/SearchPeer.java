package io.earthembed.benchmarks;

import com.sun.management.ThreadMXBean;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.faiss.SearchEffort;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The Java side of {@code benchmarks/peers/search}. A Python program sends one request per line, so
 * both sides alternate in one run over the same float32 files.
 */
public final class SearchPeer {
  private final Map<String, FaissIndex> indexes = new HashMap<>();
  private final Map<String, ExactIndex> exacts = new HashMap<>();
  private final Map<String, GraphPeer> graphs = new HashMap<>();
  private final int dimension;
  private float[][] queries = {};

  private SearchPeer(int dimension) {
    this.dimension = dimension;
  }

  /** Arguments: dimension, threads. */
  public static void main(String[] args) throws Exception {
    FaissIndex.setThreads(Integer.parseInt(args[1]));
    ExactIndex.setThreads(Integer.parseInt(args[1]));
    SearchPeer peer = new SearchPeer(Integer.parseInt(args[0]));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(peer.answer(line.split(" ")));
      System.out.flush();
    }
  }

  private String answer(String[] a) throws Exception {
    return switch (a[0]) {
      case "queries" -> {
        Vectors all = read(Path.of(a[1]), dimension, 0, Long.MAX_VALUE);
        queries = new float[(int) all.rows()][];
        for (int q = 0; q < queries.length; q++) queries[q] = all.row(q);
        yield "ok " + queries.length;
      }
      case "build" -> build(a[1], a[2], Path.of(a[3]), Integer.parseInt(a[4]));
      case "exact" -> {
        ExactIndex exact = new ExactIndex(dimension, Metric.INNER_PRODUCT);
        long rows = Files.size(Path.of(a[2])) / 4 / dimension;
        for (long from = 0; from < rows; from += 50_000) {
          exact.add(read(Path.of(a[2]), dimension, from, 50_000));
        }
        exacts.put(a[1], exact);
        yield "ok " + exact.size();
      }
      case "open" -> {
        indexes.put(a[1], FaissIndex.load(Path.of(a[2])));
        yield "ok " + indexes.get(a[1]).size();
      }
      case "copy" -> {
        long start = System.nanoTime();
        indexes.get(a[1]).setQuantizedCopy(true);
        yield "ok " + (System.nanoTime() - start) / 1e9;
      }
      case "save" -> {
        indexes.get(a[1]).save(Path.of(a[2]));
        yield "ok " + Files.size(Path.of(a[2]));
      }
      case "close" -> {
        if (indexes.containsKey(a[1])) indexes.remove(a[1]).close();
        if (exacts.containsKey(a[1])) exacts.remove(a[1]).close();
        if (graphs.containsKey(a[1])) graphs.remove(a[1]).close();
        yield "ok";
      }
      case "graph" -> {
        long start = System.nanoTime();
        Vectors all = read(Path.of(a[3]), dimension, 0, Long.MAX_VALUE);
        graphs.put(a[1], GraphPeer.of(a[2], all));
        yield "ok " + (System.nanoTime() - start) / 1e9;
      }
      case "time" -> time(a[1], Integer.parseInt(a[2]), effort(a), Path.of(a[6]));
      case "batch" -> batch(a[1], Integer.parseInt(a[2]), Integer.parseInt(a[3]));
      case "overhead" -> overhead();
      case "memory" -> "ok " + residentBytes();
      default -> "unknown " + a[0];
    };
  }

  private static SearchEffort effort(String[] a) {
    return new SearchEffort(Integer.parseInt(a[3]), Integer.parseInt(a[4]), Integer.parseInt(a[5]));
  }

  /** Trains on evenly spaced rows and adds all rows batch by batch. */
  private String build(String name, String description, Path file, int sample) throws IOException {
    long start = System.nanoTime();
    FaissIndex index =
        FaissIndex.create(dimension, Metric.INNER_PRODUCT, FaissSpec.factory(description));
    if (!index.isTrained()) index.train(sample(file, sample));
    double trained = (System.nanoTime() - start) / 1e9;
    long rows = Files.size(file) / 4 / dimension;
    for (long from = 0; from < rows; from += 50_000) {
      index.add(read(file, dimension, from, 50_000));
    }
    indexes.put(name, index);
    return "ok " + trained + " " + (System.nanoTime() - start) / 1e9;
  }

  private Vectors sample(Path file, int size) throws IOException {
    long rows = Files.size(file) / 4 / dimension;
    Vectors sample = Vectors.allocate(Math.min(size, rows), dimension);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer row = ByteBuffer.allocate(4 * dimension).order(ByteOrder.LITTLE_ENDIAN);
      float[] values = new float[dimension];
      for (long i = 0; i < sample.rows(); i++) {
        long from = i * rows / sample.rows() * 4 * dimension;
        row.clear();
        while (row.hasRemaining()) channel.read(row, from + row.position());
        row.flip().asFloatBuffer().get(values);
        sample.set(i, values);
      }
    }
    return sample;
  }

  /** Reads vectors from a file of little-endian float32. */
  private static Vectors read(Path file, int dimension, long from, long most) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long rows = Math.min(most, channel.size() / 4 / dimension - from);
      Vectors vectors = Vectors.allocate(rows, dimension);
      long at = from * dimension * 4;
      for (int c = 0; c < vectors.chunkCount(); c++) {
        FloatBuffer chunk = vectors.chunk(c);
        long bytes = 4L * chunk.remaining();
        chunk.put(
            channel
                .map(FileChannel.MapMode.READ_ONLY, at, bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer());
        at += bytes;
      }
      return vectors;
    }
  }

  /**
   * Returns the median time of single queries in milliseconds, and writes their hits to a file of
   * int64.
   */
  private String time(String name, int k, SearchEffort effort, Path found) throws IOException {
    long[] times = new long[queries.length];
    ByteBuffer ids = ByteBuffer.allocate(8 * k * queries.length).order(ByteOrder.LITTLE_ENDIAN);
    GraphPeer graph = graphs.get(name);
    for (int q = 0; q < queries.length; q++) {
      long start = System.nanoTime();
      long[] ordinals;
      if (graph != null) {
        ordinals = graph.search(queries[q], k, effort.efSearch());
      } else if (exacts.containsKey(name)) {
        ordinals = exacts.get(name).search(queries[q], k).ordinals();
      } else if (effort.equals(SearchEffort.DEFAULT)) {
        ordinals = indexes.get(name).search(queries[q], k).ordinals();
      } else {
        Neighbors neighbors =
            indexes.get(name).search(Vectors.of(queries[q]), k, OrdinalSet.all(), effort).get(0);
        ordinals = neighbors.ordinals();
      }
      times[q] = System.nanoTime() - start;
      for (int i = 0; i < k; i++) ids.putLong(i < ordinals.length ? ordinals[i] : -1);
    }
    Files.write(found, ids.array());
    return "ok " + median(times);
  }

  private String batch(String name, int k, int size) {
    Vectors batch = Vectors.of(Arrays.copyOf(queries, size));
    long[] times = new long[5];
    for (int i = 0; i < times.length; i++) {
      long start = System.nanoTime();
      EmbeddingIndex index = exacts.containsKey(name) ? exacts.get(name) : indexes.get(name);
      List<Neighbors> found = index.search(batch, k, OrdinalSet.all());
      times[i] = System.nanoTime() - start;
      if (found.size() != size) throw new IllegalStateException("results are missing");
    }
    return "ok " + median(times);
  }

  private static double median(long[] times) {
    Arrays.sort(times);
    return times[times.length / 2] / 1e6;
  }

  /** Measures the overhead of a call, with only ten vectors; returns nanoseconds and bytes. */
  private String overhead() {
    try (FaissIndex index = FaissIndex.flat(dimension, Metric.INNER_PRODUCT)) {
      index.add(Vectors.of(Arrays.copyOf(queries, 10)));
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long id = Thread.currentThread().getId();
      double nanos = 0;
      double bytes = 0;
      for (int round = 0; round < 20; round++) {
        long allocated = threads.getThreadAllocatedBytes(id);
        long start = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
          if (index.search(queries[i % 10], 10).size() != 10) throw new IllegalStateException();
        }
        nanos = (System.nanoTime() - start) / 1e4;
        bytes = (threads.getThreadAllocatedBytes(id) - allocated) / 1e4;
      }
      return "ok " + nanos + " " + bytes;
    }
  }

  private static long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS")) return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
    throw new IOException("no VmRSS");
  }
}
