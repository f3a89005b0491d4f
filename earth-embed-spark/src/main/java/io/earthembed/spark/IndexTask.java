package io.earthembed.spark;

import io.earthembed.faiss.FaissIndex;
import io.earthembed.parquet.GeoParquetDataset;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/**
 * One share of an index: consecutive files of a dataset.
 *
 * @param files their paths, in order
 * @param target the share's file
 */
record IndexTask(List<String> files, String target) implements Serializable {
  /** Limits FAISS to the processors that Spark gave this executor. */
  static void limitThreads() {
    int cpus = TaskContext.get().cpus();
    FaissIndex.setThreads(
        Math.max(cpus, SparkEnv.get().conf().getInt("spark.executor.cores", cpus)));
  }

  /**
   * Adds the files' vectors to a trained index, and saves it as the target, whole or not at all.
   *
   * @return the number of vectors
   */
  long fill(String trained) {
    limitThreads();
    try (FaissIndex index = FaissIndex.load(Path.of(trained))) {
      for (String file : files) GeoParquetDataset.open(Path.of(file)).forEachBatch(index::add);
      index.save(Path.of(target));
      return index.size();
    }
  }

  /**
   * Returns an even sample of a file's rows.
   *
   * @param share share of the rows, in (0, 1]
   */
  static Iterator<float[]> sample(String file, double share) {
    List<float[]> chosen = new ArrayList<>();
    long[] row = {0};
    GeoParquetDataset.open(Path.of(file))
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
  private static boolean isChosen(String file, long row, double share) {
    double start = (file.hashCode() & 0xFFFF) / 65_536.0;
    return Math.floor(start + (row + 1) * share) > Math.floor(start + row * share);
  }
}
