package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class RequestBatcherTest {
  private static ByteBuffer sample(int value) {
    return ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putInt(value).flip();
  }

  private static FloatBuffer room() {
    return ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  private static float run(RequestBatcher batcher, int value) {
    FloatBuffer result = room();
    batcher.run(sample(value), 1, result);
    return result.get(0);
  }

  @Test
  void mergesSamplesOfOneSizeOnly() throws Exception {
    List<String> runs = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(1);
    RequestBatcher batcher =
        new RequestBatcher(
            (samples, count, embeddings) -> {
              runs.add(count + " of " + samples.remaining() / count);
              first.countDown();
              awaitOrFail(others);
            },
            8,
            1);
    List<Thread> made = new ArrayList<>();
    // The first runs alone; 4, 8, 4, 8 and 4 bytes wait behind it.
    for (int bytes : new int[] {4, 4, 8, 4, 8, 4}) {
      ByteBuffer samples = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
      Thread thread = new Thread(() -> batcher.run(samples, 1, room()));
      made.add(thread);
      thread.start();
      if (made.size() == 1) awaitOrFail(first);
      else awaitWaiting(List.copyOf(made), batcher, made.size() - 1);
    }
    others.countDown();
    for (Thread thread : made) thread.join();
    assertEquals(List.of("1 of 4", "3 of 4", "2 of 8"), runs);
  }

  /** Runs a network that squares; its first run blocks until the other callers wait. */
  private static List<Integer> batches(int callers, int batchSize, boolean failing)
      throws InterruptedException, ExecutionException {
    List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(1);
    RequestBatcher batcher =
        new RequestBatcher(
            (samples, count, embeddings) -> {
              batches.add(count);
              first.countDown();
              awaitOrFail(others);
              if (failing && count > 1) throw new EarthEmbedException("out of memory");
              for (int i = 0; i < count; i++) {
                float value = samples.getInt(samples.position() + 4 * i);
                embeddings.put(embeddings.position() + i, value * value);
              }
            },
            batchSize,
            1);
    List<Thread> made = Collections.synchronizedList(new ArrayList<>());
    ExecutorService threads =
        Executors.newFixedThreadPool(
            callers,
            work -> {
              Thread thread = new Thread(work);
              made.add(thread);
              return thread;
            });
    try {
      Future<Float> one = threads.submit(() -> run(batcher, 3));
      awaitOrFail(first);
      List<Future<Float>> rest = new ArrayList<>();
      for (int i = 1; i < callers; i++) {
        int value = i;
        rest.add(threads.submit(() -> run(batcher, value)));
      }
      awaitWaiting(List.copyOf(made), batcher, callers - 1);
      others.countDown();
      assertEquals(9f, one.get());
      for (int i = 1; i < callers; i++) {
        Future<Float> answer = rest.get(i - 1);
        if (failing) {
          ExecutionException e = assertThrows(ExecutionException.class, answer::get);
          assertTrue(String.valueOf(e.getCause()).contains("out of memory"));
        } else {
          assertEquals((float) i * i, answer.get());
        }
      }
    } finally {
      threads.shutdownNow();
    }
    return batches;
  }

  /** Waits until the given number of threads is parked in the batcher. */
  private static void awaitWaiting(List<Thread> threads, RequestBatcher batcher, int count)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (threads.stream().filter(t -> LockSupport.getBlocker(t) == batcher).count() < count) {
      assertTrue(System.nanoTime() < end, "not all wait");
      Thread.sleep(5);
    }
  }

  private static void awaitOrFail(CountDownLatch latch) {
    try {
      assertTrue(latch.await(300, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void combinesWaitingRequests() throws Exception {
    assertEquals(List.of(1, 4, 4, 1), batches(10, 4, false));
    assertEquals(List.of(1, 7), batches(8, 64, false));
  }

  @Test
  void throwsTheFaultInEachCaller() throws Exception {
    assertEquals(List.of(1, 5), batches(6, 64, true));
  }

  @Test
  void givesEachThreadItsOwnEmbeddings() throws Exception {
    List<Raster> pictures = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      byte[] samples = new byte[64 * 64 * 3];
      new Random(i).nextBytes(samples);
      pictures.add(Raster.wrap(64, 64, 3, SampleType.UINT8, ByteBuffer.wrap(samples)));
    }
    int processors = Runtime.getRuntime().availableProcessors();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (EmbeddingModel model = DemoModel.load(new EncoderOptions(processors, 8))) {
      List<float[]> alone = new ArrayList<>();
      for (Raster picture : pictures) alone.add(model.image().encode(picture));
      List<Future<?>> tasks = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int own = t;
        tasks.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    assertArrayEquals(
                        alone.get(own), model.image().encode(pictures.get(own)), 1e-5f);
                  }
                }));
      }
      for (Future<?> task : tasks) task.get();
    } finally {
      threads.shutdownNow();
    }
  }
}
