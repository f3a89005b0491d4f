package io.earthembed.faiss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.testkit.peer.PythonPeer;
import io.earthembed.testkit.process.ChildJvm;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random kinds, metrics, filters, equal vectors and sizes against Python's FAISS: its files here,
 * ours there, and the scores of both. {@code -Dearthembed.differential=N} runs N cases, and {@code
 * -Dearthembed.differential.first=S} begins with case S, so that one that failed can be run alone.
 * Ours run in a JVM of their own, whose end is a finding.
 */
class FaissDifferentialTest {
  private static final int CASES = Integer.getInteger("earthembed.differential", 2_000);
  private static final int FIRST = Integer.getInteger("earthembed.differential.first", 0);
  private static final int QUERIES = 3;

  /** Pairs of processes, which divide the cases among them. */
  private static final int WORKERS = 2;

  @TempDir Path folder;

  private final Map<String, Integer> refused = new ConcurrentSkipListMap<>();
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger same = new AtomicInteger();

  @Test
  void answersAsPythonsDoes() throws Exception {
    assumeTrue(PythonPeer.isPresent(), "no -Dearthembed.python: ./run test makes one");
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    try {
      List<Callable<Void>> work = new ArrayList<>();
      for (int w = 0; w < WORKERS; w++) {
        int first = FIRST + w;
        Path own = Files.createDirectories(folder.resolve("worker-" + w));
        work.add(
            () -> {
              compare(first, own);
              return null;
            });
      }
      for (Future<Void> each : workers.invokeAll(work)) each.get();
    } finally {
      workers.shutdownNow();
    }
    assertEquals("", String.join("\n", failures.subList(0, Math.min(10, failures.size()))));
    refused.forEach((why, count) -> System.out.println(count + " " + why));
    assertTrue(same.get() > 0.6 * CASES, same + " of " + CASES + " compared; refused: " + refused);
  }

  private void compare(int first, Path folder) throws Exception {
    Process child = null;
    try (PythonPeer peer = PythonPeer.start(Path.of("src/test/python/faiss_peer.py"))) {
      child = start();
      BufferedWriter to = child.outputWriter();
      BufferedReader from = child.inputReader();
      for (int i = first; i < FIRST + CASES; i += WORKERS) {
        String made = peer.ask("make " + folder + " " + i);
        String where = "case " + i + " (" + made.replace('\t', ' ') + "): ";
        boolean ours = made.endsWith("1");
        String reply = ours ? ask(to, from, "make\t" + folder + "\t" + made, where) : "made";
        if (reply.equals("made")) {
          String rounded = peer.ask("table " + folder + " " + made.split("\t", -1)[2]);
          String request = "compare\t" + folder + "\t" + made + "\t" + rounded;
          boolean known = !rounded.equals("unknown");
          reply = known ? ask(to, from, request, where) : "refused: by Python";
        }
        if (reply.startsWith("refused: ")) {
          refused.merge(reply, 1, Integer::sum);
        } else if (reply.equals("same")) {
          same.incrementAndGet();
        } else {
          failures.add(where + reply);
        }
      }
    } finally {
      if (child != null) child.destroyForcibly();
    }
  }

  private static Process start() throws IOException {
    ProcessBuilder builder =
        ChildJvm.withMemory(512, 512, 0)
            .withOptions("-XX:TieredStopAtLevel=1")
            .builder(Ours.class.getName());
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static String ask(BufferedWriter to, BufferedReader from, String line, String where)
      throws Exception {
    to.write(line);
    to.newLine();
    to.flush();
    CompletableFuture<String> reply =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return String.valueOf(from.readLine());
              } catch (IOException e) {
                return e.toString();
              }
            });
    try {
      String said = reply.get(300, TimeUnit.SECONDS);
      return said.equals("null") ? fail(where + "the process ended") : said;
    } catch (TimeoutException e) {
      return fail(where + "no answer for a minute");
    }
  }

  /** Answers each line with one: same, made, refused, or what differs. */
  static final class Ours {
    public static void main(String[] args) throws IOException {
      BufferedReader lines = new BufferedReader(new java.io.InputStreamReader(System.in));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split("\t", -1);
        Case one = new Case(fields);
        String reply;
        try {
          reply = fields[0].equals("make") ? one.make() : one.compare(fields[10].equals("1"));
        } catch (RuntimeException e) {
          reply = "threw " + e + " at " + Arrays.toString(e.getStackTrace());
        }
        System.out.println(reply.replace('\n', ' '));
        System.out.flush();
      }
    }
  }

  private static final class Case {
    final Path folder;
    final String kind;
    final int d;
    final Metric metric;
    final int n;
    final int k;
    final boolean everything;
    final boolean whole;
    final boolean ours;
    final boolean[] passes;
    final int passing;
    final float[] x;
    final float[] q;

    Case(String[] fields) throws IOException {
      folder = Path.of(fields[1]);
      kind = fields[2];
      d = Integer.parseInt(fields[3]);
      metric = Metric.valueOf(fields[4]);
      n = Integer.parseInt(fields[5]);
      k = Integer.parseInt(fields[6]);
      everything = fields[7].equals("1");
      whole = fields[8].equals("1");
      ours = fields[9].equals("1");
      byte[] mask = Files.readAllBytes(folder.resolve("mask"));
      passes = new boolean[n];
      int count = 0;
      for (int i = 0; i < n; i++) if (passes[i] = everything || mask[i] != 0) count++;
      passing = count;
      x = floats("x");
      q = floats("q");
    }

    float[] floats(String name) throws IOException {
      byte[] bytes = Files.readAllBytes(folder.resolve(name));
      float[] values = new float[bytes.length / 4];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      return values;
    }

    Vectors vectors(float[] values) {
      Vectors all = Vectors.allocate(values.length / d, d);
      for (int i = 0; i < values.length / d; i++) {
        all.set(i, Arrays.copyOfRange(values, i * d, (i + 1) * d));
      }
      return all;
    }

    String make() throws IOException {
      FaissIndex index;
      try {
        index = FaissIndex.create(d, metric, FaissSpec.factory(kind));
      } catch (IllegalArgumentException e) {
        return refused(e);
      }
      try (index) {
        if (!index.isTrained()) index.train(vectors(floats("sample")));
        if (n > 0) index.add(vectors(x));
        index.save(folder.resolve("index"));
        return "made";
      } catch (EarthEmbedException e) {
        return refused(e);
      }
    }

    /** Returns the message without numbers, so that similar ones are counted together. */
    static String refused(RuntimeException e) {
      return "refused: " + String.valueOf(e.getMessage()).replaceAll("^.*?: |[0-9]+", "");
    }

    String compare(boolean rounded) throws IOException {
      Path file = folder.resolve("index");
      FaissIndex index;
      try {
        index = ours ? FaissIndex.load(file) : FaissIndex.loadPlain(file);
      } catch (EarthEmbedException e) {
        return ours ? "not read: " + e : refused(e);
      }
      float[] table = floats("table");
      try (index) {
        if (index.size() != n) return index.size() + " vectors";
        String found = compare(index, index::search, table, rounded);
        if (!found.isEmpty()) return found;
        if (n == 0) return "same";
        // Nothing else may end the process either.
        try {
          index.reconstruct(n - 1, new float[d]);
        } catch (EarthEmbedException e) {
          // what cannot be decoded
        }
        Path again = folder.resolve("again");
        index.save(again);
        try (MappedFaissIndex mapped = FaissIndex.open(again)) {
          found = compare(mapped, mapped::search, table, rounded);
          if (!found.isEmpty()) return "mapped, " + found;
        }
        try {
          index.remove(OrdinalSet.of(n - 1));
          for (Neighbors some : index.search(vectors(q), k, OrdinalSet.all())) {
            for (long id : some.ordinals()) if (id == n - 1) return "found what was removed";
          }
        } catch (UnsupportedOperationException e) {
          // most kinds
        }
        return "same";
      }
    }

    String compare(EmbeddingIndex index, EffortSearch search, float[] table, boolean rounded) {
      OrdinalSet filter = everything ? OrdinalSet.all() : OrdinalSet.where(n, i -> passes[(int) i]);
      SearchEffort effort = whole ? new SearchEffort(1 << 20, 1000, 1000) : SearchEffort.DEFAULT;
      List<Neighbors> results = search.search(vectors(q), k, filter, effort);
      // Searches through a graph or through cells may miss vectors, as may rounded scores before a
      // second ranking.
      boolean exhaustive = whole && !kind.matches(".*(HNSW|\\(IVF|x4fs.*(RFlat|Refine)).*");
      for (int i = 0; i < QUERIES; i++) {
        float[] scores = Arrays.copyOfRange(table, i * n, (i + 1) * n);
        float[] query = Arrays.copyOfRange(q, i * d, (i + 1) * d);
        String what = "query " + i + ": ";
        String found = check(results.get(i), scores, rounded, exhaustive);
        if (!found.isEmpty()) return what + found;
        found = check(index.search(query, k, filter), scores, rounded, false);
        if (!found.isEmpty()) return what + "alone, " + found;
        float floor = floor(scores);
        Neighbors above = index.searchAbove(query, floor, filter);
        float slack = slack(scores, rounded);
        Set<Long> reached = new HashSet<>();
        for (int j = 0; j < above.size(); j++) {
          reached.add(above.ordinal(j));
          if (above.score(j) < floor) return what + above.score(j) + " is below " + floor;
        }
        for (int id = 0; id < n; id++) {
          boolean known = !Float.isNaN(scores[id]);
          if (reached.contains((long) id) && !passes[id]) return what + id + " does not pass";
          if (known && passes[id] && scores[id] > floor + slack && !reached.contains((long) id)) {
            return what + id + " reaches " + floor + " with " + scores[id] + " and is not found";
          }
        }
      }
      return "";
    }

    float floor(float[] scores) {
      float[] sorted = scores.clone();
      Arrays.sort(sorted);
      return n == 0 || Float.isNaN(sorted[n / 2]) ? Float.NEGATIVE_INFINITY : sorted[n / 2];
    }

    /** Returns the difference that rounding may cause. */
    static float slack(float[] scores, boolean rounded) {
      float least = Float.POSITIVE_INFINITY;
      float most = Float.NEGATIVE_INFINITY;
      for (float s : scores) {
        if (Float.isNaN(s)) continue;
        least = Math.min(least, s);
        most = Math.max(most, s);
      }
      if (least > most) return 1e-3f;
      float size = Math.max(Math.abs(least), Math.abs(most));
      return 1e-3f + 2e-4f * size + (rounded ? 0.1f * (most - least) + 0.2f * size + 1 : 0);
    }

    /**
     * Checks that equal vectors are in the order of their ordinals, that scores equal the table's,
     * and that the hits are the best.
     */
    String check(Neighbors found, float[] scores, boolean rounded, boolean exhaustive) {
      if (found.size() != Math.min(k, passing)) {
        return found.size() + " found of " + passing + " that pass";
      }
      float slack = slack(scores, rounded);
      Set<Long> ids = new HashSet<>();
      for (int i = 0; i < found.size(); i++) {
        long id = found.ordinal(i);
        if (id < 0 || id >= n || !passes[(int) id]) return id + " does not pass";
        if (!ids.add(id)) return id + " twice";
        float score = scores[(int) id];
        if (!Float.isNaN(score) && !(Math.abs(score - found.score(i)) <= slack)) {
          return id + " has " + found.score(i) + ", Python's " + score + ", slack " + slack;
        }
        if (i > 0
            && !(found.score(i - 1) > found.score(i)
                || (found.score(i - 1) == found.score(i) && found.ordinal(i - 1) < id))) {
          return "order at " + i + ": " + found.ordinal(i - 1) + " before " + id;
        }
      }
      if (found.size() == 0 || found.size() == passing) return "";
      float last = found.score(found.size() - 1);
      for (int id = 0; exhaustive && id < n; id++) {
        if (passes[id] && !ids.contains((long) id) && scores[id] > last + 2 * slack) {
          return id + " with " + scores[id] + " left out after " + last;
        }
      }
      // Equal vectors must have the smaller ordinals, unless a search rounds, may miss some, or has
      // codes by local search, which differ for equal vectors.
      if (rounded || kind.matches(".*(HNSW|\\(IVF|x4fs|LSQ).*")) return "";
      Map<FloatBuffer, Integer> first = new HashMap<>();
      for (int id = 0; id < n; id++) {
        if (!passes[id]) continue;
        FloatBuffer row = FloatBuffer.wrap(Arrays.copyOfRange(x, id * d, (id + 1) * d));
        if (!ids.contains((long) id)) {
          first.putIfAbsent(row, id);
        } else if (first.containsKey(row) && !(scores[id] > scores[first.get(row)])) {
          return id + " is found and its equal " + first.get(row) + " is not";
        }
      }
      return "";
    }
  }
}
