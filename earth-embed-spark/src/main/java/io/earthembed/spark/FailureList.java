package io.earthembed.spark;

import com.google.gson.Gson;
import io.earthembed.base.file.AtomicFile;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files beside the parts' lists, one JSON object per line: the tiles that a part lacks because they
 * failed, and the shards that failed in a folder's last job.
 */
final class FailureList {
  /** The file of the shards. */
  static final String SHARDS = PartTiles.FOLDER + "_failed-shards.jsonl";

  private static final String SUFFIX = ".failed.jsonl";

  private FailureList() {}

  /**
   * What failed.
   *
   * @param tile its id; null for a whole shard
   * @param source tile or shard
   * @param reason in one line
   */
  record Failure(@Nullable String tile, String source, @Nullable String reason) {
    static Failure of(ShardResult shard) {
      return new Failure(null, Addresses.redacted(shard.shard()), shard.failure());
    }
  }

  /** Returns the name of a part's file. */
  static String ofPart(String part) {
    return PartTiles.FOLDER + part + SUFFIX;
  }

  /** Replaces a file; removes it if nothing failed. */
  static void write(JobFolder folder, String name, List<Failure> failures) {
    if (failures.isEmpty()) {
      folder.delete(name);
      return;
    }
    StringBuilder lines = new StringBuilder();
    Gson gson = new Gson();
    for (Failure failure : failures) {
      Map<String, String> line = new LinkedHashMap<>();
      if (failure.tile() != null) line.put("tile", failure.tile());
      line.put("source", failure.source());
      line.put("reason", "" + failure.reason());
      lines.append(gson.toJson(line)).append('\n');
    }
    Path path = folder.staging().resolve(name);
    try {
      Files.createDirectories(path.getParent());
      try (AtomicFile file = AtomicFile.create(path)) {
        Files.writeString(file.path(), lines);
        file.commit();
      }
    } catch (IOException e) {
      throw new EarthEmbedException(path + ": cannot be written: " + e, e);
    }
    folder.publish(name);
  }

  /** Returns the lines of a file; none if it does not exist. */
  static List<String> lines(JobFolder folder, String name) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(folder.open(name), StandardCharsets.UTF_8))) {
      return in.lines().toList();
    } catch (NoSuchFileException | FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw new EarthEmbedException(folder + "/" + name + ": cannot be read: " + e, e);
    }
  }
}
