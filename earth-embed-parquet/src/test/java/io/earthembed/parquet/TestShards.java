package io.earthembed.parquet;

import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.testkit.ImageryStoreContract.Source;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes the contract's tiles as shards. */
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

  /** Writes tiles that share one band, B02, and have their thumbnails. */
  static Path writeBand(Path file, Raster band, List<Source> tiles) {
    try (ShardWriter writer = new ShardWriter(file)) {
      for (Source t : tiles) {
        writer.add(
            new ShardTile(
                t.cell(),
                t.productId(),
                t.timestamp(),
                t.center(),
                Map.of(Band.B02, band),
                t.thumbnail()));
      }
      writer.finish();
    }
    return file;
  }

  /** Returns a square raster of random values, which no codec makes smaller. */
  static Raster noise(int side) {
    Random random = new Random(1);
    Raster noise = Raster.allocate(side, side, 1, SampleType.UINT16);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) noise.set(y, x, 0, random.nextInt(1 << 16));
    }
    return noise;
  }
}
