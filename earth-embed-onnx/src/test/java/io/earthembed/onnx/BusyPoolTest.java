package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.testkit.process.ChildJvm;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application's tasks occupy all threads of the common pool, and some wait for the model. */
class BusyPoolTest {
  private static final int WORKERS = 2;

  @TempDir Path folder;

  /** Runs in a child process, whose pool has the same size on any machine. */
  @Test
  void encodingAndClosingNeedNoFreeThread() throws Exception {
    File log = folder.resolve("log").toFile();
    Process child =
        ChildJvm.withMemory(1024, 1024, 0)
            .withOptions("-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + WORKERS)
            .builder(BusyPoolTest.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    boolean ended = child.waitFor(300, TimeUnit.SECONDS);
    child.destroyForcibly();
    String told = Files.readString(log.toPath());
    assertTrue(ended, told);
    assertEquals(0, child.waitFor(), told);
    assertTrue(told.contains("stalled: 48 embeddings"), told);
    assertTrue(told.contains("closed"), told);
  }

  /** Runs in the child process. */
  public static void main(String[] args) throws Exception {
    Raster picture = Raster.allocate(64, 64, 3, SampleType.UINT8);
    EmbeddingModel model = DemoModel.load(new EncoderOptions(WORKERS, 16));
    // Occupy all threads until the end.
    CountDownLatch over = new CountDownLatch(1);
    List<CompletableFuture<Void>> elsewhere = occupy(() -> await(over));
    long rows = model.image().encode(Collections.nCopies(48, picture)).rows();
    System.out.println("stalled: " + rows + " embeddings");
    over.countDown();
    for (CompletableFuture<Void> one : elsewhere) one.join();

    // All of them wait for a lock, behind the thread that closes the model.
    Thread busy =
        new Thread(
            () -> {
              try {
                model.image().encode(Collections.nCopies(4_000, picture));
              } catch (IllegalStateException closed) {
                // The other thread closed it first.
              }
            });
    busy.start();
    while (busy.getState() == Thread.State.NEW) Thread.onSpinWait();
    Thread.sleep(50);
    Thread closer = new Thread(model::close);
    closer.start();
    while (closer.getState() != Thread.State.WAITING && closer.isAlive()) Thread.onSpinWait();
    List<CompletableFuture<Void>> late =
        occupy(
            () -> {
              try {
                model.image().encode(List.of(picture));
              } catch (IllegalStateException closed) {
                // Expected.
              }
            });
    busy.join();
    closer.join();
    for (CompletableFuture<Void> one : late) one.join();
    System.out.println("closed");
  }

  private static List<CompletableFuture<Void>> occupy(Runnable work) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      all.add(CompletableFuture.runAsync(work, ForkJoinPool.commonPool()));
    }
    return all;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
