package io.earthembed.parquet;

import io.earthembed.base.image.GeoTiff;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;

/** Fuzzed by {@link FuzzTest} with Jazzer: arbitrary bytes as a band of a shard. */
public final class TiffFuzz {
  private TiffFuzz() {}

  /** Anything but our own exceptions is a finding, as are our exceptions that indicate a bug. */
  public static void fuzzerTestOneInput(byte[] data) {
    try {
      GeoTiff.read(data, "fuzz.tif");
    } catch (CorruptDataException e) {
      if (e.getCause() instanceof RuntimeException oversight) throw oversight;
    } catch (EarthEmbedException e) {
      // As it should be.
    }
  }
}
