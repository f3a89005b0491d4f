package io.earthembed.solr;

import io.earthembed.testkit.EmbeddingIndexContract;
import io.earthembed.testkit.MutableIndexContract;
import io.earthembed.testkit.PersistentIndexContract;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The contract on two nodes, each with one of two shards. */
class SolrIndexContractTest implements MutableIndexContract, PersistentIndexContract {
  private static Cluster cluster;
  private final List<SolrOptions> made = new ArrayList<>();

  /** Returns the contract's vectors, for the other tests here. */
  static Vectors vectors(int rows, int dimension, long seed) {
    return EmbeddingIndexContract.random(rows, dimension, seed);
  }

  @BeforeAll
  static void start() {
    cluster = new Cluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @AfterEach
  void drop() {
    for (SolrOptions options : made) SolrIndex.open(options).drop();
  }

  @Override
  public SolrIndex create(int dimension, Metric metric) {
    SolrIndex index = SolrIndex.create(cluster.options(), dimension, metric);
    made.add(index.options());
    return index;
  }

  @Override
  public SolrIndex load(Path file) {
    SolrIndex index = SolrIndex.load(file, cluster.options());
    made.add(index.options());
    return index;
  }
}
