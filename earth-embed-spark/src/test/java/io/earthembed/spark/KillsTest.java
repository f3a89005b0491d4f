package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.spark.SparkProcesses.Running;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills executors, workers and the driver at random moments of jobs, whose shards and results lie
 * on a local disk or in a bucket that fails, whose addresses are signed again for each attempt,
 * whose shards are lost or damaged for a while, and whose results lose files. Each job is repeated
 * until it ends well; the rows are then those of one machine.
 *
 * <p>{@code -Dearthembed.kills} sets the number of kills (default 4), {@code -Dearthembed.seed} the
 * seed of all choices but the moments, which depend on the machine.
 */
@SuppressWarnings("NullAway.Init") // twoWorkersAndADriver starts the driver
class KillsTest {
  private static final int KILLS = Integer.getInteger("earthembed.kills", 4);
  private static final int SEED = Integer.getInteger("earthembed.seed", 1);
  private static final int SHARDS = 6;
  private static final Pattern SHARD = Pattern.compile("(?:http|s3a)://[^ \\]#]*/(part_)");

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private final List<Running> workers = new ArrayList<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private Archive archive;
  private ObjectStore store;
  private SparkProcesses spark;
  private String master;
  private Running driver;
  private int jobs;
  private long typical = 4_000;

  @BeforeEach
  void start() throws Exception {
    archive = new Archive(folder.resolve("archive"), SHARDS, 4);
    store = ObjectStore.start(folder);
    for (int shard = 0; shard < SHARDS; shard++) store.put("shards/" + name(shard), file(shard));
    spark = new SparkProcesses(folder.resolve("processes"));
    master = spark.master();
  }

  @AfterEach
  void stop() throws IOException {
    spark.close();
    store.close();
    archive.close();
  }

  private String name(int shard) {
    return archive.shards.get(shard).getPath().substring(1);
  }

  private Path file(int shard) {
    return folder.resolve("archive").resolve(name(shard));
  }

  /** Returns the rows of a dataset, with the names of shards instead of their addresses. */
  private static Map<String, String> rows(Path dataset) {
    Map<String, String> rows = Archive.rows(dataset);
    rows.replaceAll((id, row) -> SHARD.matcher(row).replaceAll("$1"));
    return rows;
  }

  @Test
  void rowsEqualThoseOfOneMachineAfterAnyKills() throws Exception {
    Map<String, String> expected = rows(archive.embedHere(folder.resolve("here")));
    int kills = 0;
    for (int round = 0; kills < KILLS; round++) {
      boolean bucket = round % 2 == 1;
      store.proxy.fail(bucket ? 0.1 : 0, SEED + round);
      archive.server.setLatency(Duration.ofMillis(random.nextInt(100)));
      String out = "emb" + round;
      Path result = bucket ? store.file(out) : folder.resolve(out);
      URI address = bucket ? ObjectStore.address(out) : result.toUri();
      int planned = Math.min(KILLS - kills, 1 + random.nextInt(3));
      // From 0: web addresses that are signed again, Hadoop's, the archive's own.
      int kind = bucket ? round / 2 % 2 : 2;
      int damaged = random.nextInt(3) == 0 ? random.nextInt(SHARDS) : -1;
      for (int attempt = 0; ; attempt++) {
        assertTrue(attempt < 12, "round " + round + " never ends");
        twoWorkersAndADriver();
        Path shard = attempt == 0 && damaged >= 0 ? shardOf(bucket, damaged) : null;
        byte[] whole = shard == null ? new byte[0] : Files.readAllBytes(shard);
        if (shard != null) damage(shard, whole);
        if (attempt > 0 && random.nextInt(4) == 0) loseAFile(result);
        String told;
        try {
          told = run(kind, address, planned > 0);
          if (planned > 0) {
            planned--;
            kills++;
          }
        } finally {
          if (shard != null) Files.write(shard, whole);
        }
        if (!told.startsWith("done")) continue;
        // A job that ends well has all rows, whatever happened.
        assertEquals(expected, rows(result), "round " + round + ", " + told);
        if (planned == 0) break;
      }
      System.out.println(kills + " kills in " + jobs + " jobs: " + counts);
    }
  }

  private void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  private void twoWorkersAndADriver() throws IOException {
    workers.removeIf(worker -> !worker.process().isAlive());
    while (workers.size() < 2) workers.add(spark.worker(master));
    if (driver != null && driver.process().isAlive()) return;
    driver = spark.submit(EmbedRounds.class, master, store.conf());
    SparkProcesses.await(
        SparkProcesses.LIMIT, () -> driver.text().contains("\nready for rounds"), driver);
  }

  /** Runs a job, and kills something meanwhile; returns what it told. */
  private String run(int kind, URI out, boolean kill) throws Exception {
    List<String> list = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      String name = "shards/" + name(shard);
      list.add(
          (switch (kind) {
                case 0 -> store.signed("GET", name, Instant.now(), Duration.ofHours(1));
                case 1 -> ObjectStore.address(name);
                default -> URI.create(archive.shards.get(shard) + "?X-Amz-Signature=" + jobs);
              })
              .toString());
    }
    int number = jobs++;
    Path file = Files.write(folder.resolve("list.txt"), list);
    long start = System.nanoTime();
    driver
        .process()
        .getOutputStream()
        .write((number + " " + file + " " + out + "\n").getBytes(StandardCharsets.UTF_8));
    driver.process().getOutputStream().flush();
    Pattern end = Pattern.compile("\nround " + number + ": (.*)\n");
    if (kill) {
      Thread.sleep(random.nextLong(typical));
      String victim = kill(random.nextInt(3));
      count(victim);
      if (victim.equals("driver")) return "killed";
    }
    SparkProcesses.await(
        SparkProcesses.LIMIT,
        () -> end.matcher(driver.text()).find() || !driver.process().isAlive(),
        driver);
    if (!kill) typical = (typical + (System.nanoTime() - start) / 1_000_000) / 2;
    Matcher told = end.matcher(driver.text());
    String result = told.find() ? told.group(1) : "ended";
    count(result.split(" ")[0]);
    return result;
  }

  private String kill(int what) throws InterruptedException {
    if (what == 0) {
      driver.process().destroyForcibly().waitFor();
      return "driver";
    }
    Running worker = workers.get(random.nextInt(2));
    List<ProcessHandle> executors = SparkProcesses.executors(worker, driver);
    if (what == 1) worker.process().destroyForcibly().waitFor();
    executors.forEach(ProcessHandle::destroyForcibly);
    return what == 1 ? "worker" : "executor";
  }

  private Path shardOf(boolean bucket, int shard) {
    return bucket ? store.file("shards/" + name(shard)) : file(shard);
  }

  private void damage(Path shard, byte[] whole) throws IOException {
    if (random.nextBoolean()) {
      Files.delete(shard);
      count("lost shard");
    } else {
      byte[] bytes = whole.clone();
      for (int i = whole.length / 2; i < whole.length / 2 + 64; i++) bytes[i] ^= 0x5a;
      Files.write(shard, bytes);
      count("damaged shard");
    }
  }

  /** Removes a file of a result, if it has one. */
  private void loseAFile(Path result) throws IOException {
    if (!Files.isDirectory(result)) return;
    try (Stream<Path> all = Files.walk(result)) {
      List<Path> files = all.filter(Files::isRegularFile).sorted().toList();
      if (files.isEmpty()) return;
      Files.delete(files.get(random.nextInt(files.size())));
      count("lost file");
    }
  }
}
