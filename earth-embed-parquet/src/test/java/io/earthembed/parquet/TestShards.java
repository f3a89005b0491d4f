package io.earthembed.parquet;

import io.earthembed.testkit.ImageryStoreContract.Source;
import java.nio.file.Path;
import java.util.List;

/** Writes the contract's tiles as a shard. */
final class TestShards {
  private TestShards() {}

  static Path write(Path file, List<Source> tiles) {
    try (ShardWriter writer = new ShardWriter(file)) {
      for (Source t : tiles) {
        writer.add(
            new ShardTile(
                t.cell(),
                t.productId(),
                t.timestamp(),
                t.center(),
                t.bands(),
                t.thumbnail(),
                t.cloudMask()));
      }
      writer.finish();
    }
    return file;
  }
}
