package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import io.earthembed.parquet.GeoParquetDataset;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lists the files of a dataset at any address, as {@link GeoParquetDataset#files} does. */
final class DatasetFiles {
  private DatasetFiles() {}

  /**
   * Returns the files in the order of their rows, and the version of each.
   *
   * @param dataset a file, or a folder
   * @throws EarthEmbedException if there are none, or they cannot be listed
   */
  static Map<URI, JobFolder.Listed> of(URI dataset) {
    Map<URI, JobFolder.Listed> files = new LinkedHashMap<>();
    try (JobFolder folder = JobFolder.of(dataset)) {
      folder
          .files()
          .forEach(
              (name, version) -> {
                if (isData(name)) files.put(folder.address(name), version);
              });
    }
    if (!files.isEmpty()) return files;
    throw new EarthEmbedException(Addresses.redacted(dataset) + " holds no .parquet file");
  }

  private static boolean isData(String name) {
    for (String step : name.split("/")) {
      if (step.startsWith(".") || step.startsWith("_")) return false;
    }
    return name.isEmpty() || name.endsWith(".parquet");
  }

  /** Returns the last step of an address. */
  static String name(URI dataset) {
    String path = dataset.getPath().replaceFirst("/+$", "");
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
