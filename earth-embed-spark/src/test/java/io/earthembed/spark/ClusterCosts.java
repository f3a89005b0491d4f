package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.spark.SparkProcesses.Running;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures Spark's overhead compared with the pipeline alone, and the gain of a second worker; runs
 * only by name. {@code taskset} binds each process that embeds to its own core; drivers and daemons
 * run on any core. {@code -Dearthembed.shards=60} of {@code -Dearthembed.tiles=500}; {@code
 * -Dearthembed.alone=true} leaves Spark out. A pipeline on two cores is what a task with {@code
 * spark.task.cpus=2} runs.
 */
class ClusterCosts {
  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final int PER_SHARD = Integer.getInteger("earthembed.tiles", 500);
  private static final int SIDE = Integer.getInteger("earthembed.side", Archive.SIDE);
  private static final int CROP = Integer.getInteger("earthembed.crop", Archive.SIDE);

  @TempDir Path folder;

  @Test
  void measure() throws IOException {
    int shards = Integer.getInteger("earthembed.shards", 60);
    try (Archive archive = new Archive(folder.resolve("archive"), shards, PER_SHARD, SIDE)) {
      Path list = archive.files();
      CostMeter.say(
          "%d tiles of %d x %d in %d shards, one machine then Spark",
          archive.tiles(), SIDE, SIDE, shards);
      Path here = folder.resolve("here");
      double alone = alone(list, here, 1);
      alone(list, folder.resolve("here-2"), 2);
      if (Boolean.getBoolean("earthembed.alone")) return;
      double one = spark(list, 1, alone);
      double two = spark(list, 2, alone);
      CostMeter.say("one worker to two: %.2f times as fast", one / two);
      assertEquals(Archive.rows(here), Archive.rows(folder.resolve("out-2")));
    }
  }

  private double alone(Path list, Path out, int cores) throws IOException {
    List<String> command =
        List.of(
            "taskset",
            "-c",
            "0-" + (cores - 1),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            EmbedHere.class.getName(),
            list.toString(),
            out.toString(),
            "" + CROP,
            "8",
            "" + PER_SHARD,
            "" + cores);
    Path log = folder.resolve("here-" + cores + ".log");
    long start = System.nanoTime();
    Running running =
        new Running(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start(),
            log);
    CostMeter meter = new CostMeter();
    meter.follow(running, List.of(running));
    running.succeed(LIMIT);
    CostMeter.say(
        "pipeline alone, %d cores: %.1f s, %.1f s of processor time, JVM start included",
        cores, (System.nanoTime() - start) / 1e9, meter.seconds());
    return meter.seconds();
  }

  /** Returns how long the job took, without the starting of processes. */
  private double spark(Path list, int workers, double alone) throws IOException {
    try (SparkProcesses spark = new SparkProcesses(folder.resolve("spark-" + workers), List.of())) {
      String master = spark.master();
      List<Running> watched = new ArrayList<>();
      for (int w = 0; w < workers; w++)
        watched.add(spark.worker(master, List.of("taskset", "-c", "" + w)));
      long start = System.nanoTime();
      Running driver =
          spark.submit(
              master,
              List.of(),
              "embed",
              "--shards",
              list,
              "--out",
              folder.resolve("out-" + workers),
              "--crop",
              CROP,
              "--readers",
              8);
      watched.add(driver);
      CostMeter meter = new CostMeter();
      CostMeter drivers = new CostMeter();
      while (driver.process().isAlive()) {
        for (Running each : watched) meter.look(each);
        drivers.look(driver);
        CostMeter.pause();
      }
      String told = driver.succeed(LIMIT);
      Matcher line = Pattern.compile("tiles embedded, .* ([0-9.]+) s\\n").matcher(told);
      if (!line.find()) throw new AssertionError(told);
      double job = Double.parseDouble(line.group(1));
      CostMeter.say(
          "Spark, %d workers of 1 core: %.1f s, of which the job %.1f s; %.1f s of processor time (driver %.1f s), %.3f of the pipeline alone",
          workers,
          (System.nanoTime() - start) / 1e9,
          job,
          meter.seconds(),
          drivers.seconds(),
          meter.seconds() / alone);
      return job;
    }
  }
}
