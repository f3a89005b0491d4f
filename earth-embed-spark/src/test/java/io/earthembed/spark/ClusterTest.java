package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.demo.http.Fault;
import io.earthembed.spark.SparkProcesses.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the results and the failures of a standalone master with two workers of one core. */
class ClusterTest {
  private static final int SHARDS = 12;
  private static final int PER_SHARD = 10;

  @TempDir static Path shared;
  @TempDir Path folder;

  private static Archive archive;
  private static SparkProcesses spark;
  private static String master;
  private static Map<String, String> expected;
  private static final List<Running> WORKERS = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    archive = new Archive(shared.resolve("archive"), SHARDS, PER_SHARD);
    expected = Archive.rows(archive.embedHere(shared.resolve("here")));
    spark = new SparkProcesses(shared.resolve("processes"));
    master = spark.master();
  }

  @AfterAll
  static void stop() {
    spark.close();
    archive.close();
  }

  @BeforeEach
  void twoWorkers() throws IOException {
    archive.server.setLatency(Duration.ZERO);
    archive.server.release();
    WORKERS.removeIf(worker -> !worker.process().isAlive());
    while (WORKERS.size() < 2) WORKERS.add(spark.worker(master));
  }

  private Running embed(Path out, Object... more) throws IOException {
    List<Object> arguments = new ArrayList<>();
    Collections.addAll(arguments, "embed", "--shards", archive.list(), "--out", out);
    Collections.addAll(arguments, "--crop", Archive.SIDE, "--readers", 4);
    Collections.addAll(arguments, more);
    return spark.submit(master, List.of("spark.task.maxFailures=2"), arguments.toArray());
  }

  /** Lets a job run half-way, until the server releases it. */
  private Running embedHalf(Path out) throws IOException {
    // Of 45 tiles, two executors have read at most nine each without ending their shard.
    AtomicInteger requests = new AtomicInteger();
    archive.server.hold(path -> requests.incrementAndGet() > SHARDS + 45);
    Running driver = embed(out, "--timeout", SparkProcesses.LIMIT.toSeconds());
    SparkProcesses.await(SparkProcesses.LIMIT, () -> parts(out) >= 3 || ended(driver), driver);
    assertTrue(!ended(driver) && parts(out) < SHARDS, driver.text());
    return driver;
  }

  private static boolean ended(Running driver) {
    return !driver.process().isAlive();
  }

  private static long parts(Path out) {
    Path parts = out.resolve("_parts");
    if (!Files.isDirectory(parts)) return 0;
    try (Stream<Path> files = Files.list(parts)) {
      return files.filter(f -> f.toString().endsWith(PartTiles.SUFFIX)).count();
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void twoWorkersMakeTheRowsOfOneMachineAndOpenEachShardOnce() throws Exception {
    long before = archive.server.requests();
    Path out = folder.resolve("out");
    String told = embed(out).succeed(SparkProcesses.LIMIT);
    assertTrue(told.contains("120 tiles embedded, 0 there already, 0 failed; 12 shards"), told);
    assertEquals(expected, Archive.rows(out));
    for (Running worker : WORKERS) {
      assertTrue(worker.text().contains("Launch"), worker.text());
    }
    // A footer for the list, and a range for each tile.
    assertEquals(SHARDS + SHARDS * PER_SHARD, archive.server.requests() - before);
    assertTrue(told.contains(SHARDS + SHARDS * PER_SHARD + " requests"), told);
  }

  /** Each process sees a folder of its own under this path. */
  @Test
  void aFolderThatExecutorsDoNotShareIsRefused() throws Exception {
    Running driver = embed(Path.of("/proc/self/cwd/own"));
    String told = driver.end(1, SparkProcesses.LIMIT);
    String problem = told.lines().filter(l -> l.startsWith("earth-embed-spark:")).toList().get(0);
    assertTrue(problem.contains("is not the driver's folder: choose a path"), problem);
  }

  @Test
  void anIndexMadeInSharesFindsWhatAnExactOneFinds() throws Exception {
    Path embeddings = shared.resolve("here");
    Path index = folder.resolve("index");
    String told =
        spark
            .submit(
                master,
                List.of(),
                "index",
                "--embeddings",
                embeddings,
                "--out",
                index,
                "--parts",
                3)
            .succeed(SparkProcesses.LIMIT);
    assertTrue(told.contains("120 vectors indexed in 3 shares"), told);
    try (Stream<Path> files = Files.list(index)) {
      assertEquals(
          List.of("catalog.bin", "index.faiss"),
          files.map(f -> f.getFileName().toString()).sorted().toList());
    }
    Path found = folder.resolve("found");
    spark
        .submit(
            master,
            List.of(),
            "search",
            "--index",
            index,
            "--queries",
            embeddings,
            "--top",
            7,
            "--format",
            "json",
            "--out",
            found)
        .succeed(SparkProcesses.LIMIT);
    assertEquals(Neighborhood.exact(embeddings, 7), Neighborhood.read(found));
  }

  @Test
  void aModelIsLoadedOnceOnTheGpuThatSparkAssigns() throws Exception {
    List<String> conf =
        List.of(
            "spark.cores.max=1",
            "spark.executor.resource.gpu.amount=1",
            "spark.task.resource.gpu.amount=1");
    spark
        .submit(DeviceJob.class, master, conf, archive.shards.get(0), archive.shards.get(1), folder)
        .succeed(SparkProcesses.LIMIT);
    // Once for the executor, and not for each of its tasks.
    assertEquals("cuda:3, 1 threads\n", Files.readString(folder.resolve("told")));
    assertEquals(2 * PER_SHARD, Archive.rows(folder.resolve("embeddings")).size());
  }

  @Test
  void anExecutorIsKilledAndNothingIsLostOrThereTwice() throws Exception {
    Path out = folder.resolve("out");
    Running driver = embedHalf(out);
    List<ProcessHandle> executors = new ArrayList<>();
    for (Running worker : WORKERS) executors.addAll(SparkProcesses.executors(worker, driver));
    assertEquals(2, executors.size());
    assertTrue(executors.get(0).destroyForcibly());
    archive.server.release();
    String told = driver.succeed(SparkProcesses.LIMIT);
    assertTrue(told.contains("Lost executor"), told);
    assertEquals(expected, Archive.rows(out));
  }

  @Test
  void aWorkerIsKilledAndTheOtherDoesItsWork() throws Exception {
    Path out = folder.resolve("out");
    Running driver = embedHalf(out);
    Running worker = WORKERS.get(0);
    // The machine is gone: the worker and what ran on it, at once.
    List<ProcessHandle> executors = SparkProcesses.executors(worker, driver);
    assertFalse(executors.isEmpty());
    worker.process().destroyForcibly();
    executors.forEach(ProcessHandle::destroyForcibly);
    archive.server.release();
    driver.succeed(SparkProcesses.LIMIT);
    assertEquals(expected, Archive.rows(out));
  }

  @Test
  void aTaskThatRunsTwiceAtOnceDoublesNothing() throws Exception {
    Path out = folder.resolve("out");
    // One task stays in its shard after the footer; the other executors then have nothing to do.
    AtomicInteger requests = new AtomicInteger();
    String shard = archive.shards.get(SHARDS - 1).getPath();
    archive.server.hold(path -> path.equals(shard) && requests.incrementAndGet() > 1);
    List<String> conf =
        List.of(
            "spark.speculation=true",
            "spark.speculation.quantile=0.5",
            "spark.speculation.multiplier=1.1",
            "spark.speculation.efficiency.enabled=false");
    List<Object> arguments = new ArrayList<>();
    Collections.addAll(arguments, "embed", "--shards", archive.list(), "--out", out);
    Collections.addAll(arguments, "--crop", Archive.SIDE, "--readers", 4);
    Collections.addAll(arguments, "--timeout", SparkProcesses.LIMIT.toSeconds());
    // Spark starts a second attempt only on another machine.
    Running other = spark.worker(master, List.of(), "1g", "127.0.0.2");
    try {
      Running driver = spark.submit(master, conf, arguments.toArray());
      Pattern second = Pattern.compile("Starting task \\d+\\.1 in stage");
      SparkProcesses.await(
          SparkProcesses.LIMIT,
          () -> second.matcher(driver.text()).find() || ended(driver),
          driver);
      archive.server.release();
      String told = driver.succeed(SparkProcesses.LIMIT);
      assertTrue(second.matcher(told).find(), told);
      assertEquals(expected, Archive.rows(out));
    } finally {
      other.process().descendants().forEach(ProcessHandle::destroyForcibly);
      other.process().destroyForcibly();
    }
  }

  @Test
  void theDriverIsKilledAndTheNextOneGoesOn() throws Exception {
    Path out = folder.resolve("out");
    Running first = embedHalf(out);
    first.process().destroyForcibly().waitFor();
    archive.server.release();
    String told = embed(out).succeed(SparkProcesses.LIMIT);
    assertFalse(told.contains(", 0 there already"), told);
    assertEquals(expected, Archive.rows(out));
  }

  @Test
  void aServerThatFailsCostsTimeAndADamagedTileIsInTheSideTable() throws Exception {
    // A shard whose pixels are damaged in one tile.
    Path shard = shared.resolve("archive").resolve("part_00004.parquet");
    byte[] whole = Files.readAllBytes(shard);
    byte[] damaged = whole.clone();
    for (int i = whole.length / 2; i < whole.length / 2 + 64; i++) damaged[i] ^= 0x5a;
    Files.write(shard, damaged);
    try {
      Path out = folder.resolve("out");
      Running strict = embed(out);
      assertNotEquals(0, strict.await(SparkProcesses.LIMIT));
      assertTrue(strict.text().contains("part_00004.parquet"), strict.text());
      // Slow, and failing here and there, which costs time only.
      archive.server.setLatency(Duration.ofMillis(50));
      archive.server.fail(
          Fault.UNAVAILABLE, Fault.CUT_BODY, Fault.STALL, Fault.TOO_MANY, Fault.NO_CONTENT_RANGE);
      String told =
          embed(out, "--max-failures", 1, "--timeout", 5)
              .end(Main.INCOMPLETE, SparkProcesses.LIMIT);
      assertTrue(told.contains("1 failed"), told);
      Map<String, String> rows = Archive.rows(out);
      Map<String, String> missing = new TreeMap<>(expected);
      missing.keySet().removeAll(rows.keySet());
      assertEquals(1, missing.size());
      String id = missing.keySet().iterator().next();
      Map<String, String> rest = new TreeMap<>(expected);
      rest.remove(id);
      assertEquals(rest, rows);
      assertTrue(told.contains("failed: " + id), told);
    } finally {
      Files.write(shard, whole);
    }
  }
}
