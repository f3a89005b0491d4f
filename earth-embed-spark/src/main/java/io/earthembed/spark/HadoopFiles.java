package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Hadoop's file systems, as the cluster and the job's {@code spark.hadoop.*} configure them. */
final class HadoopFiles {
  private HadoopFiles() {}

  /** Returns the configuration of this driver or executor. */
  static Configuration configuration() {
    SparkEnv env = SparkEnv.get();
    return SparkHadoopUtil.get().newConfiguration(env == null ? new SparkConf() : env.conf());
  }

  /**
   * Returns the file system of an address; Hadoop shares it within the process.
   *
   * @throws EarthEmbedException if none is configured for the scheme, or it refuses the address
   */
  static FileSystem of(URI address, Configuration configuration) {
    try {
      return FileSystem.get(address, configuration);
    } catch (IOException | RuntimeException e) {
      throw new EarthEmbedException(
          Addresses.redacted(address)
              + ": Hadoop has no file system for it; its connector must be on Spark's class path: "
              + e.getMessage(),
          e);
    }
  }

  /** Creates a folder for copies on this machine, where Spark keeps its temporary files. */
  static Path scratch() throws IOException {
    SparkEnv env = SparkEnv.get();
    String name = "earth-embed-";
    // Spark removes these folders when the driver or the executor ends.
    return env == null
        ? Files.createTempDirectory(name)
        : Files.createTempDirectory(
            Path.of(env.blockManager().diskBlockManager().localDirsString()[0]), name);
  }
}
