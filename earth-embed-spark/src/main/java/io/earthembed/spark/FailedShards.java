package io.earthembed.spark;

import com.google.gson.Gson;
import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The file of the shards that failed in a folder's last job, one JSON object per line. */
final class FailedShards {
  private static final String NAME = "_failed-shards.jsonl";

  private FailedShards() {}

  /**
   * Replaces the file.
   *
   * @param parts its folder
   */
  static void write(Path parts, List<ShardResult> failed) {
    Path list = parts.resolve(NAME);
    try {
      if (failed.isEmpty()) {
        Files.deleteIfExists(list);
        return;
      }
      StringBuilder lines = new StringBuilder();
      Gson gson = new Gson();
      for (ShardResult shard : failed) {
        Map<String, @Nullable String> line = new LinkedHashMap<>();
        line.put("source", Addresses.redacted(shard.shard()));
        line.put("reason", shard.failure());
        lines.append(gson.toJson(line)).append('\n');
      }
      try (AtomicFile file = AtomicFile.create(list)) {
        Files.writeString(file.path(), lines);
        file.commit();
      }
    } catch (IOException e) {
      throw new EarthEmbedException(list + ": cannot be written: " + e, e);
    }
  }

  /** Returns the lines of the file; none if no shard failed. */
  static List<String> lines(Path parts) throws IOException {
    Path list = parts.resolve(NAME);
    return Files.exists(list) ? Files.readAllLines(list) : List.of();
  }
}
