package io.earthembed.parquet;

import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/** Any bytes as a table that a metadata index is made from. For {@link FuzzTest}. */
public final class MetadataFuzz {
  private MetadataFuzz() {}

  /** Anything but our own exceptions is a finding. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Path file = Files.createTempFile("metadata", ".parquet");
    try {
      Files.write(file, data);
      Files.setLastModifiedTime(file, FileTime.fromMillis(0));
      MetadataIndex.ofMetadata(List.of(file)).size();
    } catch (EarthEmbedException e) {
      // As it should be.
    } finally {
      Files.delete(file);
    }
  }
}
