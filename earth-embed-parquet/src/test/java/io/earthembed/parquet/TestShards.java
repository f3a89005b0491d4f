package io.earthembed.parquet;

import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.testkit.ImageryStoreContract.Source;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes the contract's tiles as shards. */
final class TestShards {
  private TestShards() {}

  static Path write(Path file, List<Source> tiles) {
    return write(file, tiles, t -> tile(t, t.bands(), t.cloudMask()));
  }

  /** Writes tiles that share one band, B02, and have their thumbnails. */
  static Path writeBand(Path file, Raster band, List<Source> tiles) {
    return write(file, tiles, t -> tile(t, Map.of(Band.B02, band), null));
  }

  private static ShardTile tile(Source t, Map<Band, Raster> bands, @Nullable Raster cloudMask) {
    return new ShardTile(
        t.cell(), t.productId(), t.timestamp(), t.center(), bands, t.thumbnail(), cloudMask);
  }

  private static Path write(Path file, List<Source> tiles, Function<Source, ShardTile> form) {
    try (ShardWriter writer = new ShardWriter(file)) {
      for (Source t : tiles) writer.add(form.apply(t));
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
