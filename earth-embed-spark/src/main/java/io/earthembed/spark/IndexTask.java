package io.earthembed.spark;

import io.earthembed.faiss.FaissIndex;
import io.earthembed.parquet.GeoParquetDataset;
import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/**
 * One share of an index: consecutive files of a dataset.
 *
 * @param files their URLs, in order
 * @param folder the index's folder
 * @param trained name of the trained index in it
 * @param target name of the share's file in it
 */
record IndexTask(List<URI> files, URI folder, String trained, String target)
    implements Serializable {
  /** Limits FAISS to the processors that Spark gave this executor. */
  static void limitThreads() {
    int cpus = TaskContext.get().cpus();
    FaissIndex.setThreads(
        Math.max(cpus, SparkEnv.get().conf().getInt("spark.executor.cores", cpus)));
  }

  /** Adds the files' vectors to the trained index, and saves it, whole or not at all. */
  void fill() {
    limitThreads();
    try (JobFolder shared = JobFolder.of(folder);
        FaissIndex index = FaissIndex.load(shared.fetch(trained))) {
      for (URI file : files) GeoParquetDataset.open(List.of(file), null).forEachBatch(index::add);
      index.save(shared.staging().resolve(target));
      shared.publish(target);
    }
  }

  /**
   * Returns an even sample of a file's rows.
   *
   * @param share share of the rows, in (0, 1]
   */
  static Iterator<float[]> sample(URI file, double share) {
    List<float[]> chosen = new ArrayList<>();
    long[] row = {0};
    GeoParquetDataset.open(List.of(file), null)
        .forEachBatch(
            batch -> {
              for (long i = 0; i < batch.rows(); i++, row[0]++) {
                if (isChosen(file, row[0], share)) chosen.add(batch.row(i));
              }
            });
    return chosen.iterator();
  }

  /**
   * Selects rows in steps of 1 / share. The start differs from file to file, because files may be
   * small.
   */
  private static boolean isChosen(URI file, long row, double share) {
    double start = (file.toString().hashCode() & 0xFFFF) / 65_536.0;
    return Math.floor(start + (row + 1) * share) > Math.floor(start + row * share);
  }
}
