package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MicrometerMetricsTest {
  @TempDir Path folder;

  @Test
  void measureWhatTheServerDoes() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    ServerOptions options =
        ServerOptions.builder().metrics(new MicrometerMetrics(registry)).build();
    try (TestServer server = TestServer.start(folder, 5, options)) {
      server.post("/api/search", "{\"explorers\": [\"demo\"], \"parts\": [{\"text\": \"snow\"}]}");
      server.post("/api/search", "{}");
      server.get("/api/fields/" + "0".repeat(32));
      server.get("/nothing");
    }
    for (String status : new String[] {"200", "400"}) {
      assertEquals(
          1,
          registry
              .get("earthembed.requests")
              .tags("route", "POST /api/search", "status", status)
              .timer()
              .count());
    }
    assertEquals(
        1,
        registry
            .get("earthembed.requests")
            .tags("route", "other", "status", "404")
            .timer()
            .count());
    assertEquals(
        1,
        registry
            .get("earthembed.stages")
            .tags("explorer", "demo", "stage", "encode")
            .timer()
            .count());
    assertEquals(
        1,
        registry
            .get("earthembed.lookups")
            .tags("cache", "fields", "result", "miss")
            .counter()
            .count());
  }
}
