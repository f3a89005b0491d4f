package io.earthembed.spark;

import io.earthembed.base.text.Timestamps;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * Searches for a partition of queries on an executor, batch after batch.
 *
 * @param attributes names of the attributes whose values follow the score; times in microseconds
 */
record SearchTask(String job, URI folder, int k, List<String> attributes)
    implements MapPartitionsFunction<Row, Row> {
  private static final int BATCH = 256;

  /** The most rows of a batch, because they wait in memory until they are consumed. */
  private static final int MAX_FOUND = 1 << 20;

  /** Returns the number of queries in a batch. */
  static int batch(int k) {
    return Math.max(1, Math.min(BATCH, MAX_FOUND / k));
  }

  /** An index and its catalog, and the folder that holds the local copies of both. */
  private record Opened(JobFolder folder, EmbeddingIndex index, TileCatalog catalog)
      implements AutoCloseable {
    static Opened in(URI address) {
      JobFolder folder = JobFolder.of(address);
      try {
        // The catalog comes first because it needs no closing if the index does not open.
        TileCatalog catalog = TileCatalog.open(folder.fetch(IndexJob.CATALOG));
        EmbeddingIndex index =
            folder.exists(IndexJob.MERGED)
                ? FaissIndex.open(folder.fetch(IndexJob.MERGED))
                : ShardedIndex.load(
                    folder.fetch(IndexJob.MANIFEST),
                    shard -> FaissIndex.open(folder.fetch(shard.getFileName().toString())));
        requireFit(folder, index, catalog);
        return new Opened(folder, index, catalog);
      } catch (RuntimeException e) {
        folder.close();
        throw e;
      }
    }

    /** Closes the index and fails if it is not that of the catalog. */
    private static void requireFit(JobFolder folder, EmbeddingIndex index, TileCatalog catalog) {
      long size = index.size();
      long end = index.ordinalEnd();
      if (size != catalog.size() || end != size) {
        index.close();
        throw new EarthEmbedException(
            folder
                + ": the index holds "
                + size
                + " vectors under ordinals below "
                + end
                + ", the catalog "
                + catalog.size()
                + " tiles: run the index job again");
      }
      try {
        index.label().requireFits(new IndexLabel("", "", catalog.fingerprint()));
      } catch (IllegalArgumentException e) {
        index.close();
        throw new EarthEmbedException(
            folder + ": the index is not that of the catalog: run the index job again", e);
      }
    }

    @Override
    public void close() {
      index.close();
      folder.close();
    }
  }

  @Override
  public Iterator<Row> call(Iterator<Row> queries) {
    IndexTask.limitThreads();
    PerExecutor.Lease<Opened> lease = PerExecutor.lease(Opened.class, job, () -> Opened.in(folder));
    // The rows are consumed after this method has returned.
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> lease.close());
    return new Found(queries, lease.get());
  }

  private final class Found implements Iterator<Row> {
    private final Iterator<Row> queries;
    private final Opened opened;
    private final Deque<Row> found = new ArrayDeque<>();

    Found(Iterator<Row> queries, Opened opened) {
      this.queries = queries;
      this.opened = opened;
    }

    @Override
    public boolean hasNext() {
      while (found.isEmpty() && queries.hasNext()) search();
      return !found.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) throw new NoSuchElementException();
      return found.remove();
    }

    private void search() {
      List<Row> batch = new ArrayList<>();
      while (batch.size() < batch(k) && queries.hasNext()) batch.add(queries.next());
      float[][] vectors = new float[batch.size()][];
      for (int i = 0; i < vectors.length; i++) {
        vectors[i] = vector(batch.get(i), opened.index.dimension());
      }
      List<Neighbors> results = opened.index.search(Vectors.of(vectors), k, OrdinalSet.all());
      for (int i = 0; i < vectors.length; i++) {
        Neighbors best = results.get(i);
        for (int rank = 0; rank < best.size(); rank++) {
          found.add(row(batch.get(i).get(0), rank + 1, best.ordinal(rank), best.score(rank)));
        }
      }
    }

    private Row row(Object query, int rank, long tile, float score) {
      List<@Nullable Object> values = new ArrayList<>();
      values.addAll(Arrays.asList(query, rank, opened.catalog.id(tile), score));
      for (String name : attributes) {
        Object value = opened.catalog.attribute(tile, name);
        values.add(value instanceof Instant time ? Timestamps.epochMicros(time) : value);
      }
      return RowFactory.create(values.toArray());
    }
  }

  /** Returns the vector of a query. Errors name the query's id. */
  static float[] vector(Row row, int dimension) {
    if (row.isNullAt(1)) throw new IllegalArgumentException("embedding is null: " + row.get(0));
    List<Float> values = row.getList(1);
    float[] vector = new float[values.size()];
    int i = 0;
    for (Float value : values) vector[i++] = value == null ? Float.NaN : value;
    String name = "embedding of " + row.get(0);
    if (vector.length != dimension) {
      throw new IllegalArgumentException(
          name + " has " + vector.length + " components, the index " + dimension);
    }
    Vectors.requireComparable(name, vector);
    return vector;
  }
}
