package io.earthembed.parquet.internal;

import io.earthembed.base.range.FileVersion;
import io.earthembed.common.EarthEmbedException;

/** Any bytes as a footer alone. For FuzzTest. */
public final class FooterFuzz {
  private FooterFuzz() {}

  /** Anything but our own exceptions is a finding. */
  public static void fuzzerTestOneInput(byte[] data) {
    try {
      Footer.parse("memory", new Footer.Raw(data, new FileVersion(1 << 20, null)));
    } catch (EarthEmbedException e) {
      // As it should be.
    }
  }
}
