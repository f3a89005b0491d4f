package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients at once, a tenth of whose requests are faulty or cut off. {@code
 * -Dearthembed.load.seconds=N} sets how long (default 5); the output has the times.
 */
@Timeout(900)
class LoadTest {
  private static final int CLIENTS = 64;
  private static final int SECONDS = Integer.getInteger("earthembed.load.seconds", 5);

  @TempDir Path folder;

  private final ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
  private final AtomicInteger busy = new AtomicInteger();

  private void request(TestServer server, SplittableRandom random) throws Exception {
    int row = random.nextInt(40);
    String search = "/api/search";
    String demo = "{\"explorers\": [\"demo\"], \"parts\": [";
    switch (random.nextInt(10)) {
      case 0 -> fault(server, random);
      case 1 -> expect(200, server.get("/api/explorers/demo/points"));
      case 2, 3 ->
          expect(200, server.get("/api/explorers/demo/tiles/" + row + "/picture?view=crop"));
      case 4 -> expect(200, server.get("/api/explorers/demo/tiles/" + row));
      case 5 -> expect(200, server.post("/api/export?format=csv", demo + "{\"text\": \"snow\"}]}"));
      case 6 ->
          expect(
              200,
              server.post(
                  search,
                  demo
                      + "{\"text\": \"a city\"}, {\"place\": {\"lat\": "
                      + random.nextInt(-80, 80)
                      + ", \"lon\": 3}, \"weight\": -0.3}]}"));
      case 7 ->
          expect(
              200,
              server.post(
                  search,
                  demo
                      + "{\"text\": \"a forest\"}], \"filter\": {\"circle\": {\"lat\": 0, \"lon\": "
                      + random.nextInt(-180, 180)
                      + ", \"meters\": 9e6}}}"));
      default ->
          expect(
              200, server.post(search, demo + "{\"text\": \"a river " + row + "\"}], \"k\": 40}"));
    }
  }

  private void fault(TestServer server, SplittableRandom random) throws Exception {
    if (random.nextBoolean()) {
      expect(400, server.post("/api/search", "{\"parts\": [{\"text\": 1}]}"));
      return;
    }
    try (Socket socket = new Socket("127.0.0.1", server.server.port())) {
      String cut =
          "POST /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 500\r\n\r\n{\"parts\": [";
      socket.getOutputStream().write(cut.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private void expect(int status, HttpResponse<byte[]> answer) {
    if (answer.statusCode() == 429) busy.incrementAndGet();
    else if (answer.statusCode() != status) {
      errors.add(answer.statusCode() + ": " + TestServer.text(answer));
    }
  }

  private static long files() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }

  @Test
  void manyClientsAreAnswered() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (TestServer server = TestServer.start(folder, 40, ServerOptions.DEFAULT)) {
      long end = System.nanoTime() + SECONDS * 1_000_000_000L;
      List<Future<?>> running = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        SplittableRandom random = new SplittableRandom(c);
        running.add(
            clients.submit(
                () -> {
                  while (System.nanoTime() < end) {
                    long start = System.nanoTime();
                    try {
                      request(server, random);
                    } catch (IOException e) {
                      errors.add(e.toString());
                    }
                    millis.add((System.nanoTime() - start) / 1e6);
                  }
                  return null;
                }));
      }
      long filesAtHalf = 0;
      long threadsAtHalf = 0;
      while (System.nanoTime() < end) {
        Thread.sleep(500);
        if (filesAtHalf == 0 && end - System.nanoTime() < SECONDS * 500_000_000L) {
          filesAtHalf = files();
          threadsAtHalf = ManagementFactory.getThreadMXBean().getThreadCount();
        }
      }
      for (Future<?> client : running) client.get();
      double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      System.gc();
      long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
      System.out.printf(
          "%d clients, %d s: %d requests, %d busy, p50 %.1f ms, p99 %.1f ms, max %.1f ms;"
              + " files %d at half, %d at the end; threads %d and %d; heap %d MiB after GC%n",
          CLIENTS,
          SECONDS,
          sorted.length,
          busy.get(),
          sorted[sorted.length / 2],
          sorted[sorted.length * 99 / 100],
          sorted[sorted.length - 1],
          filesAtHalf,
          files(),
          threadsAtHalf,
          ManagementFactory.getThreadMXBean().getThreadCount(),
          heap);
      assertEquals(List.of(), List.copyOf(errors).subList(0, Math.min(3, errors.size())));
      assertTrue(sorted.length > CLIENTS, "requests: " + sorted.length);
      assertEquals(200, server.get("/ready").statusCode());
    } finally {
      clients.shutdownNow();
    }
  }
}
