package io.earthembed.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.geo.BoundingBox;
import io.earthembed.stac.StacClient;
import io.earthembed.stac.StacSearch;
import io.earthembed.testkit.peer.PythonPeer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Searches of a real STAC server find what a scan of its items finds. */
class StacServerTest {
  private static final String[] COLLECTIONS = {"first", "second"};

  @Test
  void findsWhatAScanFinds() throws IOException {
    int found = 0;
    try (PythonPeer peer = PythonPeer.start(Path.of("src/test/python/stac_server.py"))) {
      StacClient client = StacClient.of(URI.create(peer.ask("start")));
      Random random = new Random(3);
      for (int i = 0; i < 40; i++) {
        double west = random.nextDouble() * 360 - 180;
        double east = Math.min(180, west + random.nextDouble() * 150);
        // Some boxes cross the antimeridian.
        if (i % 4 == 0) east = -180 + random.nextDouble() * 60;
        double south = random.nextDouble() * 170 - 90;
        BoundingBox box =
            new BoundingBox(west, south, east, Math.min(90, south + random.nextDouble() * 90));
        Instant from =
            Instant.parse("2024-01-01T00:00:00Z").plusSeconds(random.nextInt(20_000_000));
        Instant to = from.plusSeconds(random.nextInt(20_000_000));
        String[] collections =
            i % 3 == 0 ? COLLECTIONS : new String[] {COLLECTIONS[random.nextInt(2)]};
        List<String> ids =
            client
                .search(
                    StacSearch.of(collections)
                        .in(box)
                        .between(from, to)
                        .pageSize(1 + random.nextInt(20)))
                .map(item -> item.id())
                .sorted()
                .toList();
        found += ids.size();
        String request =
            String.format(
                Locale.ROOT,
                "{\"collections\":[\"%s\"],\"bbox\":[%s,%s,%s,%s],\"datetime\":\"%s/%s\"}",
                String.join("\",\"", collections),
                box.west(),
                box.south(),
                box.east(),
                box.north(),
                from,
                to);
        String expected = peer.ask(request);
        assertEquals(
            expected.replace("\"", "").replace("[", "").replace("]", ""),
            String.join(", ", ids),
            request);
      }
    }
    assertTrue(found > 100, "found " + found);
  }
}
