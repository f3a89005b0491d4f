package io.earthembed.solr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.solr.cloud.MiniSolrCloudCluster;
import org.apache.solr.embedded.JettySolrRunner;

/** Two nodes of Solr and their ZooKeeper, on loopback, in this process. */
final class Cluster implements AutoCloseable {
  private static int clusters;
  private static int names;

  private final MiniSolrCloudCluster solr;

  Cluster() {
    try {
      solr = new MiniSolrCloudCluster.Builder(2, folder()).configure();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns a folder under target. Solr leaves files open, which would prevent deletion of a
   * temporary folder; the remains of an earlier run are removed instead.
   */
  private static Path folder() throws IOException {
    Path folder = Path.of("target/solr/cluster" + clusters++).toAbsolutePath();
    if (Files.exists(folder)) {
      try (Stream<Path> old = Files.walk(folder)) {
        for (Path file : old.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
      }
    }
    return Files.createDirectories(folder);
  }

  /** Returns the base URLs of both nodes. */
  List<String> urls() {
    return nodes().stream().map(node -> node.getBaseUrl().toString()).toList();
  }

  /** Returns both nodes. */
  List<JettySolrRunner> nodes() {
    return solr.getJettySolrRunners();
  }

  /** Returns options with two shards for a collection that no other test uses. */
  SolrOptions options() {
    List<String> urls = urls();
    return SolrOptions.builder(urls.get(0), "test" + names++).urls(urls).shards(2).build();
  }

  @Override
  public void close() {
    try {
      solr.shutdown();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
