package io.earthembed.parquet;

import com.code_intelligence.jazzer.api.BugDetectors;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.hub.Endpoint;
import io.earthembed.hub.Hub;
import io.earthembed.hub.HubRepo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Fuzzed by {@link ReplyFuzzTest} with Jazzer: arbitrary bytes as a hub's replies. */
public final class HubReplyFuzz {
  private static final HubRepo REPO = HubRepo.model("org/name");

  private HubReplyFuzz() {}

  /** A request to another host is a finding. */
  public static void fuzzerInitialize() {
    BugDetectors.allowNetworkConnections(
        (host, port) -> host.equals("localhost") || host.equals("127.0.0.1"));
  }

  /** Anything but our own exceptions is a finding. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    FuzzReplies.set(data);
    String base = FuzzReplies.SERVER.url("hub").toString();
    Path cache = Files.createTempDirectory("hub-fuzz");
    try {
      Hub hub =
          Hub.builder()
              .endpoint(Endpoint.HUGGING_FACE.withBase(base))
              .cache(cache)
              .offline(false)
              .attempts(1)
              .timeout(Duration.ofMillis(300))
              .build();
      Path file = hub.directory(REPO).resolve("model.onnx");
      if (data.length % 2 == 0) {
        // A rest of what came some time ago.
        Files.createDirectories(hub.directory(REPO));
        Files.write(file.resolveSibling("model.onnx.part"), new byte[10]);
        Files.writeString(file.resolveSibling("model.onnx.part.tag"), "\"v1\"");
      }
      hub.fetch(REPO, "model.onnx", "", ProgressListener.NONE);
    } catch (EarthEmbedException e) {
      // As it should be.
      if (e.getMessage().chars().anyMatch(Character::isISOControl)) throw new AssertionError(e);
    } finally {
      delete(cache);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : all) Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
