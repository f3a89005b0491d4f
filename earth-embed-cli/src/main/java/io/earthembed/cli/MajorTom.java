package io.earthembed.cli;

import io.earthembed.common.ProgressListener;
import io.earthembed.imagery.TileRecord;
import io.earthembed.parquet.ParquetImageryStore;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Chooses published tiles of MajorTOM Core-S2L2A, evenly over its shards. It reads only footers.
 */
final class MajorTom {
  /**
   * The folder of the shards. ESA Phi-lab's Major TOM Core-S2L2A, CC-BY-SA-4.0; contains Copernicus
   * Sentinel data.
   */
  static final URI PUBLISHED =
      URI.create("https://huggingface.co/datasets/Major-TOM/Core-S2L2A/resolve/main/images/");

  /** Shards of the published data set. */
  static final int SHARDS = 4492;

  /** Tiles taken from one shard: each new shard costs a footer of about 1.2 MB. */
  private static final int TILES_OF_A_SHARD = 25;

  private MajorTom() {}

  static URI shard(URI base, int number) {
    return base.resolve(String.format(Locale.ROOT, "part_%05d.parquet", number));
  }

  /**
   * Chooses tiles.
   *
   * @param base folder of the shards, ending in a slash
   * @param shards number of shards
   * @param count number of tiles
   */
  static List<TileRecord> choose(
      ParquetImageryStore store, URI base, int shards, int count, ProgressListener progress) {
    int visited = Math.max(1, Math.min(shards, (count + TILES_OF_A_SHARD - 1) / TILES_OF_A_SHARD));
    List<TileRecord> chosen = new ArrayList<>();
    for (int s = 0; s < visited; s++) {
      List<TileRecord> held = store.list(shard(base, 1 + (int) ((long) s * shards / visited)));
      int wanted = (int) ((long) (s + 1) * count / visited - (long) s * count / visited);
      for (int i = 0; i < Math.min(wanted, held.size()); i++) {
        chosen.add(held.get((int) ((long) i * held.size() / Math.min(wanted, held.size()))));
      }
      progress.update("footers", s + 1L, visited);
    }
    return chosen;
  }
}
