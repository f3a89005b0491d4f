package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.MappedFaissIndex;
import io.earthembed.spark.SparkProcesses.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in local mode whose results lie in HDFS, of one name node and one data node. */
class HdfsTest {
  @TempDir Path folder;

  @Test
  void embedsTwiceAndIndexes() throws Exception {
    try (Archive archive = new Archive(folder.resolve("archive"), 3, 9);
        SparkProcesses spark = new SparkProcesses(folder)) {
      Path details = folder.resolve("hdfs.json");
      Running hdfs = spark.hdfs(details);
      // The cluster makes the file first and writes it afterwards.
      Pattern written = Pattern.compile("\"namenode_port\":(\\d+)\\D");
      String port = SparkProcesses.awaitText(written, () -> read(details), hdfs);
      URI root = URI.create("hdfs://127.0.0.1:" + port + "/");
      URI out = root.resolve("emb");
      Object[] embed = {"embed", "--shards", archive.list(), "--out", out, "--crop", Archive.SIDE};
      String told = spark.submit("local[2]", List.of(), embed).succeed(SparkProcesses.LIMIT);
      assertTrue(told.contains("27 tiles embedded, 0 there already, 0 failed; 3 shards"), told);
      told = spark.submit("local[2]", List.of(), embed).succeed(SparkProcesses.LIMIT);
      assertTrue(told.contains("0 tiles embedded, 27 there already, 0 failed"), told);
      Map<String, String> expected = Archive.rows(archive.embedHere(folder.resolve("here")));
      try (JobFolder shared = JobFolder.of(out)) {
        for (String file : shared.files().keySet()) shared.fetch(file);
        assertEquals(expected, Archive.rows(shared.staging()));
      }
      URI index = root.resolve("index");
      spark
          .submit("local[2]", List.of(), "index", "--embeddings", out, "--out", index)
          .succeed(SparkProcesses.LIMIT);
      try (JobFolder shared = JobFolder.of(index);
          MappedFaissIndex made = FaissIndex.open(shared.fetch(IndexJob.MERGED))) {
        assertEquals(List.of(IndexJob.CATALOG, IndexJob.MERGED), shared.names(""));
        assertEquals(27, made.size());
        TileCatalog catalog = TileCatalog.open(shared.fetch(IndexJob.CATALOG));
        assertEquals(catalog.fingerprint(), made.label().rows());
      }
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
