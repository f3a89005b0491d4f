package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in local mode whose shards and results lie in a private bucket. */
class ObjectStoreTest {
  @TempDir Path folder;

  /** Returns the rows of a dataset in the bucket, with the shards' URLs on the archive's server. */
  private static Map<String, String> rows(ObjectStore store, Archive archive, String dataset) {
    Map<String, String> rows = new TreeMap<>();
    String server = archive.shards.get(0).resolve(".").toString();
    Archive.rows(store.file(dataset))
        .forEach(
            (id, row) ->
                rows.put(id, row.replace(ObjectStore.address("shards/").toString(), server)));
    return rows;
  }

  @Test
  void embedsIndexesAndSearchesInABucketThatFails() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 4, 9);
        ObjectStore store = ObjectStore.start(folder);
        SparkProcesses spark = new SparkProcesses(folder)) {
      List<String> shards = new ArrayList<>();
      for (URI shard : archive.shards) {
        String name = shard.getPath().substring(1);
        store.put("shards/" + name, folder.resolve("archive").resolve(name));
        shards.add(ObjectStore.address("shards/" + name).toString());
      }
      Path list = Files.write(folder.resolve("list.txt"), shards);
      store.put("list.txt", list);
      store.proxy.fail(0.3, 1);
      List<Object> embed = new ArrayList<>();
      embed.addAll(List.of("embed", "--shards", ObjectStore.address("list.txt")));
      embed.addAll(List.of("--out", ObjectStore.address("emb"), "--crop", Archive.SIDE));
      String told =
          spark.submit("local[2]", store.conf(), embed.toArray()).succeed(SparkProcesses.LIMIT);
      assertTrue(told.contains("36 tiles embedded, 0 there already, 0 failed; 4 shards"), told);
      assertTrue(store.proxy.failed() > 0);
      Map<String, String> expected = Archive.rows(archive.embedHere(folder.resolve("here")));
      assertEquals(expected, rows(store, archive, "emb"));
      Map<String, Integer> files = Archive.files(store.file("emb"));

      // Signed addresses are other ones, but their tiles are there.
      List<String> signed = new ArrayList<>();
      for (URI shard : archive.shards) {
        String name = "shards" + shard.getPath();
        signed.add(store.signed("GET", name, Instant.now(), Duration.ofHours(1)).toString());
      }
      Files.write(list, signed);
      embed.set(2, list);
      told = spark.submit("local[2]", store.conf(), embed.toArray()).succeed(SparkProcesses.LIMIT);
      assertTrue(told.contains("0 tiles embedded, 36 there already, 0 failed"), told);
      assertEquals(files, Archive.files(store.file("emb")));

      URI index = ObjectStore.address("index");
      told =
          spark
              .submit(
                  "local[2]",
                  store.conf(),
                  "index",
                  "--embeddings",
                  ObjectStore.address("emb"),
                  "--out",
                  index,
                  "--parts",
                  3,
                  "--sharded")
              .succeed(SparkProcesses.LIMIT);
      assertTrue(told.contains("36 vectors indexed in 3 shares"), told);
      try (Stream<Path> made = Files.list(store.file("index"))) {
        List<String> names = made.map(f -> f.getFileName().toString()).sorted().toList();
        assertEquals(5, names.size(), names.toString());
        assertEquals(List.of("catalog.bin", "index.manifest"), names.subList(0, 2));
      }
      spark
          .submit(
              "local[2]",
              store.conf(),
              "search",
              "--index",
              index,
              "--queries",
              ObjectStore.address("emb"),
              "--top",
              7,
              "--format",
              "json",
              "--out",
              ObjectStore.address("found"))
          .succeed(SparkProcesses.LIMIT);
      assertEquals(
          Neighborhood.exact(folder.resolve("here"), 7), Neighborhood.read(store.file("found")));
    }
  }

  @Test
  void aBucketThatRefusesTheKeyIsNamedInOneLine() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 1, 3);
        ObjectStore store = ObjectStore.start(folder);
        SparkProcesses spark = new SparkProcesses(folder)) {
      List<String> conf = new ArrayList<>(store.conf());
      conf.replaceAll(setting -> setting.replace("secret.key=embed", "secret.key=wrong"));
      URI out = ObjectStore.address("emb");
      String told =
          spark
              .submit("local[1]", conf, "embed", "--shards", archive.list(), "--out", out)
              .end(1, SparkProcesses.LIMIT);
      List<String> problem =
          told.lines().filter(line -> line.startsWith("earth-embed-spark:")).toList();
      assertEquals(1, problem.size(), told);
      assertTrue(problem.get(0).contains("s3a://archive/emb"), problem.get(0));
      assertTrue(problem.get(0).contains("403"), problem.get(0));
      assertFalse(told.contains("secret.key=wrong"), told);
    }
  }
}
