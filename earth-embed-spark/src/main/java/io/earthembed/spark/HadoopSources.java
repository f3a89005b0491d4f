package io.earthembed.spark;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.range.RangeSourceProvider;
import java.net.URI;

/**
 * Lets stores and datasets read addresses of Hadoop's file systems, such as {@code s3a://}, {@code
 * gs://}, {@code abfs://} and {@code hdfs://}. Java's {@link java.util.ServiceLoader} finds it.
 * Safe for many threads.
 */
public final class HadoopSources implements RangeSourceProvider {
  /** Creates the provider; for the service loader. */
  public HadoopSources() {}

  @Override
  public RangeSource open(URI file, Counters counters) {
    return new HadoopRanges(file, counters);
  }
}
