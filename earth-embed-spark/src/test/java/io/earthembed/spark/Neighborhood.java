package io.earthembed.spark;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** For each tile of a dataset, which others are most similar to it, in words. */
final class Neighborhood {
  private Neighborhood() {}

  private static String key(String query, int rank) {
    return String.format(Locale.ROOT, "%s %02d", query, rank);
  }

  /** Scores to three digits, because engines add in different orders. */
  private static String value(String tile, float score) {
    return String.format(Locale.ROOT, "%s %.3f", tile, score);
  }

  /** Finds neighbours by comparing every pair. */
  static Map<String, String> exact(Path dataset, int k) {
    GeoParquetDataset opened = GeoParquetDataset.open(dataset);
    Map<String, String> all = new TreeMap<>();
    try (ExactIndex index = new ExactIndex(opened.model().dimension(), Metric.INNER_PRODUCT)) {
      index.add(opened.vectors());
      List<Neighbors> found = index.search(opened.vectors(), k, OrdinalSet.all());
      for (int q = 0; q < found.size(); q++) {
        for (int rank = 0; rank < found.get(q).size(); rank++) {
          String tile = opened.catalog().id(found.get(q).ordinal(rank));
          all.put(key(opened.catalog().id(q), rank + 1), value(tile, found.get(q).score(rank)));
        }
      }
    }
    return all;
  }

  /** Reads neighbours from a search job's files. */
  static Map<String, String> read(Path folder) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
        for (String line : Files.readAllLines(file)) {
          JsonObject row = JsonParser.parseString(line).getAsJsonObject();
          String key = key(row.get("query_id").getAsString(), row.get("rank").getAsInt());
          String value = value(row.get("unique_id").getAsString(), row.get("score").getAsFloat());
          if (all.put(key, value) != null) throw new AssertionError("twice: " + line);
        }
      }
    }
    return all;
  }
}
